"""Search: what each person finds, by what, and what stays hidden."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from complaints import services
from complaints.models import Case, RectificationTask
from hospital.models import Department, Role, User
from tests.factories import UserFactory

English = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
SEARCH = reverse("search")


def found(client: Client, text: str) -> list[Case]:
    response = client.get(SEARCH, {"q": text}, headers=HTMX)
    assert response.status_code == 200
    return [row["case"] for row in response.context["cases"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_the_same_for_one_case_and_for_three(
    new_case: Callable[..., Case],
    front_desk: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        new_case()
    client = english(front_desk)
    # session, person, cases, subjects, categories, departments, people, departments
    with django_assert_num_queries(8):
        assert len(found(client, "三个小时")) == rows


@pytest.mark.parametrize(
    "text", ["5678", "５６７８", "13812345678", "138 1234 5678", "＋86 13812345678"]
)
def test_the_desk_finds_any_case_by_the_telephone(
    new_case: Callable[..., Case],
    agent: User,
    front_desk: User,
    english: English,
    text: str,
) -> None:
    case = new_case(actor=agent)
    assert found(english(front_desk), text) == [case]


def test_the_desk_finds_any_case_by_number_and_tracking_code(
    new_case: Callable[..., Case], agent: User, front_desk: User, english: English
) -> None:
    case = new_case(actor=agent)
    client = english(front_desk)
    short = case.number[-3:]
    for text in (case.number, case.number.lower(), case.tracking_code, short):
        assert found(client, text) == [case]


def test_words_find_only_what_the_person_may_read(
    new_case: Callable[..., Case],
    agent: User,
    front_desk: User,
    supervisor: User,
    english: English,
) -> None:
    case = new_case(actor=agent)
    assert found(english(front_desk), "三个小时") == []
    assert found(english(agent), "三个小时") == [case]
    assert found(english(supervisor), "三个小时") == [case]
    assert found(english(supervisor), "三") == []


def test_a_department_never_learns_who_spoke_by_searching(
    task: RectificationTask, head: User, english: English
) -> None:
    client = english(head)
    for text in ("5678", "13812345678", "张建国"):
        assert found(client, text) == []
    assert found(client, task.case.number) == [task.case]
    page = client.get(SEARCH, {"q": "三个小时"}).text
    assert task.case.number in page
    assert "138****5678" not in page


def test_the_desk_sees_the_contact_masked(
    case: Case, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    for headers in ({}, HTMX):
        page = client.get(SEARCH, {"q": "三个小时"}, headers=headers).text
        assert "138****5678" in page
        assert "13812345678" not in page


def test_nobody_finds_a_case_that_names_them(
    new_case: Callable[..., Case],
    department: Department,
    category: Any,
    front_desk: User,
    english: English,
) -> None:
    other = UserFactory(roles=[Role.FRONT_DESK])
    subject = services.SubjectLine(category, department, other)
    case = new_case(subjects=[subject])
    assert found(english(other), case.number) == []
    assert found(english(other), "5678") == []
    assert found(english(front_desk), "5678") == [case]


def test_administrators_and_outsiders_find_no_cases(
    case: Case, quality_admin: User, outsider: User, english: English
) -> None:
    for user in (quality_admin, outsider):
        assert found(english(user), case.number) == []
        assert found(english(user), "三个小时") == []


def test_a_telephone_that_means_one_case_leads_right_to_it(
    case: Case, front_desk: User, english: English
) -> None:
    response = english(front_desk).get(SEARCH, {"q": "5678"})
    assertRedirects(response, case.get_absolute_url())


def test_a_telephone_of_two_cases_lists_both(
    new_case: Callable[..., Case], front_desk: User, english: English
) -> None:
    first, second = new_case(), new_case()
    response = english(front_desk).get(SEARCH, {"q": "5678"})
    assert [row["case"] for row in response.context["cases"]] == [second, first]


def test_words_that_mean_one_case_stay_a_list(
    case: Case, front_desk: User, english: English
) -> None:
    response = english(front_desk).get(SEARCH, {"q": "三个小时"})
    assert [row["case"] for row in response.context["cases"]] == [case]


@pytest.mark.parametrize("text", ["xnk", "XNK", "心内", "cardio"])
def test_departments_are_found_by_code_name_and_initials(
    department: Department, front_desk: User, english: English, text: str
) -> None:
    response = english(front_desk).get(SEARCH, {"q": text}, headers=HTMX)
    rows = response.context["departments"]
    assert [row["department"] for row in rows] == [department]
    assert f"department={department.code}" in rows[0]["url"]


def test_people_are_found_with_how_to_reach_them(
    head: User, front_desk: User, english: English
) -> None:
    head.phone = "0591-88001234"
    head.email = "head@hospital.test"
    head.save(update_fields=["phone", "email"])
    page = english(front_desk).get(SEARCH, {"q": head.employee_number}).text
    for words in ("主任", "Cardiology", "tel:0591-88001234", "mailto:head@hospital"):
        assert words in page


def test_results_lead_where_the_person_can_work_with_them(
    head: User,
    front_desk: User,
    supervisor: User,
    quality_admin: User,
    department: Department,
    english: English,
) -> None:
    def urls(user: User, kind: str, text: str) -> list[str]:
        response = english(user).get(SEARCH, {"q": text}, headers=HTMX)
        return [row["url"] for row in response.context[kind]]

    cases = reverse("complaints:case_list")
    number = front_desk.employee_number
    assert urls(supervisor, "people", number) == [f"{cases}?scope=open&owner={number}"]
    assert urls(head, "people", number) == [f"{SEARCH}?q={number}"]
    assert urls(quality_admin, "people", number) == [
        reverse("admin:hospital_user_change", args=[front_desk.pk])
    ]
    assert urls(quality_admin, "departments", "xnk") == [
        reverse("admin:hospital_department_change", args=[department.pk])
    ]
    nobody = UserFactory(roles=[])
    assert urls(nobody, "departments", "xnk") == [f"{SEARCH}?q=XNK"]


def test_pages_are_found_among_those_of_the_own_menu(
    front_desk: User, head: User, english: English
) -> None:
    client = english(front_desk)
    page = client.get(SEARCH, {"q": "new ca"}, headers=HTMX).text
    assert f'href="{reverse("complaints:intake")}"' in page
    page = english(head).get(SEARCH, {"q": "new ca"}, headers=HTMX).text
    assert reverse("complaints:intake") not in page
    assert "Nothing found." in page


def test_nothing_found_and_nothing_asked_are_pages_too(
    front_desk: User, english: English
) -> None:
    client = english(front_desk)
    assert "Nothing found." in client.get(SEARCH, {"q": "没有这样的词"}).text
    assert "Nothing found." not in client.get(SEARCH).text


@pytest.mark.parametrize("text", ["\x07\x1b[2J", "%_\\", "'; --", "💊" * 300])
def test_strange_text_finds_nothing_and_breaks_nothing(
    case: Case, front_desk: User, english: English, text: str
) -> None:
    assert found(english(front_desk), text) == []


def test_search_is_only_read(front_desk: User, english: English) -> None:
    assert english(front_desk).post(SEARCH).status_code == 405
