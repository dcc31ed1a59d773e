"""What the type-ahead boxes are offered."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from complaints.models import Category
from hospital import clock
from hospital.models import Department, Role, User
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory

DEPARTMENTS = reverse("hospital:department_options")
PEOPLE = reverse("hospital:person_options")
CATEGORIES = reverse("complaints:category_options")

SignIn = Callable[[User], Client]


def texts(client: Client, url: str, **params: Any) -> list[str]:
    results = client.get(url, params, headers={"accept-language": "zh-hans"}).json()
    return [result["text"] for result in results["results"]]


@pytest.fixture
def browser(sign_in: SignIn, front_desk: User) -> Client:
    return sign_in(front_desk)


@pytest.mark.django_db
@pytest.mark.parametrize("url", [DEPARTMENTS, PEOPLE, CATEGORIES])
def test_options_are_for_people_who_are_signed_in(client: Client, url: str) -> None:
    assertRedirects(
        client.get(url), f"{reverse('login')}?next={url}", fetch_redirect_response=False
    )


@pytest.mark.parametrize("url", [DEPARTMENTS, PEOPLE, CATEGORIES])
def test_options_are_only_read(browser: Client, url: str) -> None:
    assert browser.post(url).status_code == 405


def test_a_department_is_found_by_pinyin_initials(
    browser: Client, department: Department, other_department: Department
) -> None:
    response = browser.get(
        DEPARTMENTS, {"q": "xnk"}, headers={"accept-language": "zh-hans"}
    )
    assert response.json() == {
        "results": [{"id": department.pk, "text": "心内科", "hint": "总院区 · XNK"}]
    }


@pytest.mark.parametrize("typed", ["XNK", "ｘｎｋ", "心内", "  xnk "])
def test_a_department_is_found_however_it_is_typed(
    browser: Client, department: Department, other_department: Department, typed: str
) -> None:
    assert texts(browser, DEPARTMENTS, q=typed) == ["心内科"]


def test_the_department_whose_initials_begin_so_stands_first(
    browser: Client, department: Department
) -> None:
    DepartmentFactory(code="SJNK", name_zh="神经内科", initials="sjnk")
    DepartmentFactory(code="ZZZ", name_zh="内科", initials="nk")
    assert texts(browser, DEPARTMENTS, q="nk") == ["内科", "神经内科", "心内科"]


def test_a_closed_department_is_not_offered(
    browser: Client, department: Department
) -> None:
    department.is_active = False
    department.save()
    assert texts(browser, DEPARTMENTS, q="xnk") == []


def test_at_most_twenty_options_are_offered(browser: Client) -> None:
    DepartmentFactory.create_batch(21)
    assert len(texts(browser, DEPARTMENTS)) == 20


@pytest.mark.parametrize("rows", [1, 3])
def test_departments_cost_the_same_however_many(
    browser: Client, django_assert_num_queries: Any, rows: int
) -> None:
    DepartmentFactory.create_batch(rows)
    with django_assert_num_queries(3):  # session, person, departments
        assert len(texts(browser, DEPARTMENTS)) == rows


def test_a_category_is_found_with_its_heading_as_hint(
    browser: Client, category: Category
) -> None:
    response = browser.get(
        CATEGORIES, {"q": "hzsj"}, headers={"accept-language": "zh-hans"}
    )
    heading = category.parent
    assert heading is not None
    assert response.json() == {
        "results": [{"id": category.pk, "text": "候诊时间", "hint": heading.name_zh}]
    }


def test_headings_and_retired_categories_are_not_offered(
    browser: Client, category: Category
) -> None:
    CategoryFactory(name_zh="旧类别", is_active=False)
    assert texts(browser, CATEGORIES) == ["候诊时间"]


@pytest.mark.parametrize("rows", [1, 3])
def test_categories_cost_the_same_however_many(
    browser: Client, django_assert_num_queries: Any, rows: int
) -> None:
    CategoryFactory.create_batch(rows)
    with django_assert_num_queries(3):  # session, person, categories
        assert len(texts(browser, CATEGORIES)) == rows


def test_a_person_is_offered_with_number_and_place_of_work(
    browser: Client, staff: User, head: User
) -> None:
    response = browser.get(
        PEOPLE, {"q": "护士"}, headers={"accept-language": "zh-hans"}
    )
    assert response.json() == {
        "results": [
            {
                "id": staff.pk,
                "text": "护士",
                "hint": f"{staff.employee_number} · 心内科",
            }
        ]
    }


def test_a_person_can_be_offered_by_employee_number(
    browser: Client, staff: User
) -> None:
    results = browser.get(PEOPLE, {"q": "护士", "by": "number"}).json()["results"]
    assert [result["id"] for result in results] == [staff.employee_number]


def test_people_who_left_are_not_offered(browser: Client, staff: User) -> None:
    staff.is_active = False
    staff.save()
    assert texts(browser, PEOPLE, q="护士") == []


def test_people_of_the_centre_are_asked_for_a_handover(
    browser: Client, agent: User, supervisor: User, staff: User, leader: User
) -> None:
    assert sorted(texts(browser, PEOPLE, centre=1)) == ["主管", "前台", "回访员"]


def test_people_of_a_department_are_asked_for_a_responsible_person(
    browser: Client, department: Department, staff: User, outsider: User
) -> None:
    assert texts(browser, PEOPLE, department=department.pk) == ["护士"]


def test_an_unknown_department_has_nobody(browser: Client, staff: User) -> None:
    assert texts(browser, PEOPLE, department="x") == []


def test_people_are_narrowed_to_a_role(
    browser: Client, leader: User, staff: User
) -> None:
    assert texts(browser, PEOPLE, role=Role.LEADERSHIP) == ["院长"]


def test_somebody_on_leave_is_marked(browser: Client, staff: User) -> None:
    staff.leave_from = staff.leave_until = clock.today()
    staff.save()
    response = browser.get(PEOPLE, {"q": "护士"}, headers={"accept-language": "en"})
    hint = response.json()["results"][0]["hint"]
    assert hint == f"{staff.employee_number} · Cardiology · on leave"


def test_leave_that_is_over_is_not_marked(browser: Client, staff: User) -> None:
    staff.leave_from, staff.leave_until = date(2020, 1, 1), date(2020, 1, 2)
    staff.save()
    response = browser.get(PEOPLE, {"q": "护士"}, headers={"accept-language": "en"})
    hint = response.json()["results"][0]["hint"]
    assert hint == f"{staff.employee_number} · Cardiology"


def test_somebody_without_a_department_is_known_by_role(
    browser: Client, leader: User
) -> None:
    response = browser.get(PEOPLE, {"q": "院长"}, headers={"accept-language": "en"})
    hint = response.json()["results"][0]["hint"]
    assert hint == f"{leader.employee_number} · Leadership"


@pytest.mark.parametrize("rows", [1, 3])
def test_people_cost_the_same_however_many(
    browser: Client, department: Department, django_assert_num_queries: Any, rows: int
) -> None:
    UserFactory.create_batch(rows, departments=[department])
    with django_assert_num_queries(4):  # session, person, people, their departments
        assert len(texts(browser, PEOPLE, department=department.pk)) == rows


@pytest.mark.parametrize("key", ["9" * 20, "9" * 5000, "x", "²"])
def test_a_department_that_cannot_be_has_no_people(
    browser: Client, head: User, key: str
) -> None:
    assert texts(browser, PEOPLE, department=key) == []
