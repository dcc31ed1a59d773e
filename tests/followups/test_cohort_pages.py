"""The pages of cohorts: who is in, taken in by hand, let go."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import Cohort, CohortMember, Outcome, PlanVersion
from followups.services.cohorts.membership import leave_cohort
from hospital import clock
from hospital.models import Department, User
from tests.dashboards.follow_up_world import call
from tests.followups.cohort_world import join, make_cohort, make_patient
from tests.followups.world import DAY, NOW, patient

TODAY = date(2026, 3, 10)
LIST = reverse("followups:cohorts")
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def cohort(department: Department) -> Cohort:
    return make_cohort(department=department)


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def post(client: Client, url: str, **words: Any) -> str:
    return str(client.post(url, words, follow=True).content.decode())


def rows(html: str) -> list[list[str]]:
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            " ".join(re.sub(r"<[^>]*>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
    ]


def path(name: str, *args: object) -> str:
    return reverse(f"followups:{name}", args=args)


def test_the_list_tells_members_what_is_due_and_the_rate_of_the_month(
    cohort: Cohort, supervisor: User, agent: User, english: SignIn
) -> None:
    for number in ("1", "2", "3"):
        join(cohort, number, supervisor)
    call("1", agent, Outcome.REACHED_PATIENT)
    make_cohort("empty")
    html = read(english(supervisor), LIST)
    assert rows(html) == [
        ["Dialysis patients", "Cardiology", "3", "2", "33.3% 1 of 3"],
        ["Dialysis patients", "—", "0", "0", "—"],
    ]


def test_a_department_sees_its_own_cohort_without_small_rates_and_changes_nothing(
    cohort: Cohort, supervisor: User, head: User, staff: User, english: SignIn
) -> None:
    member = join(cohort, "1", supervisor)
    make_cohort("other")
    for user in (head, staff):
        client = english(user)
        assert [row[0] for row in rows(read(client, LIST))] == ["Dialysis patients"]
        html = read(client, cohort.get_absolute_url())
        assert "Take a person in" not in html
        assert "0%" not in html
        assert client.get(path("cohort", "other")).status_code == 404
        for url in (
            path("edit_cohort", "dialysis"),
            path("new_member", "dialysis"),
            path("leave_cohort", "dialysis", member.pk),
            path("new_cohort"),
        ):
            assert client.post(url).status_code == 403


def test_others_see_no_cohorts(
    cohort: Cohort, agent: User, leader: User, outsider: User, sign_in: SignIn
) -> None:
    for user in (agent, leader):
        assert sign_in(user).get(LIST).status_code == 403
    for user in (agent, leader, outsider):
        assert sign_in(user).get(cohort.get_absolute_url()).status_code == 404
        assert sign_in(user).post(path("new_cohort")).status_code == 403
    assert rows(read(sign_in(outsider), LIST)) == []


def test_members_are_shown_masked_with_the_last_contact_and_the_next_round(
    cohort: Cohort, supervisor: User, agent: User, english: SignIn
) -> None:
    make_patient("1", name="张三丰", phone="13812345678")
    make_patient("3", name="李四", do_not_call=True)
    join(cohort, "1", supervisor, on=TODAY - 2 * DAY)
    join(cohort, "2", supervisor, on=TODAY - 40 * DAY)
    join(cohort, "3", supervisor, on=TODAY - 50 * DAY)
    call("1", agent, Outcome.REACHED_PATIENT)
    found = rows(read(english(supervisor), cohort.get_absolute_url()))
    assert [row[:5] for row in found] == [
        [
            "张* 1",
            "138****5678",
            "2026-03-08",
            "just now · Reached the patient",
            "2026-04-08",
        ],
        ["患* 2", "137****0002", "2026-01-29", "—", "2026-03-29"],
        ["李* 3", "137****0003", "2026-01-19", "—", "does not want to be called"],
    ]


def test_members_are_found_by_number_and_by_name(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    make_patient("1", name="张三丰")
    for number in ("1", "20031", "3"):
        join(cohort, number, supervisor)
    client, url = english(supervisor), cohort.get_absolute_url()
    assert [row[0] for row in rows(read(client, f"{url}?q=2003"))] == ["患* 20031"]
    assert [row[0] for row in rows(read(client, f"{url}?q=三丰"))] == ["张* 1"]
    assert "No member has this number or name." in read(client, f"{url}?q=nobody")


def test_who_has_left_is_on_another_list_with_the_reason(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    member = join(cohort, "1", supervisor, on=TODAY - 3 * DAY)
    client, url = english(supervisor), cohort.get_absolute_url()
    assert "Nobody has left." in read(client, f"{url}?show=left")
    leaving = path("leave_cohort", "dialysis", member.pk)
    assert "Patient number 1. Open rounds are stopped." in read(client, leaving)
    assert "Say why they leave." in post(client, leaving, left_on="2026-03-09")
    post(client, leaving, left_on="2026-03-09", why="肾移植")
    (row,) = rows(read(client, f"{url}?show=left"))
    assert row[2:5] == ["2026-03-07", "2026-03-09", "肾移植"]
    assert "Nobody is in this cohort yet." in read(client, url)
    assert client.get(leaving).status_code == 404


def test_a_known_patient_is_taken_in_by_number_alone(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    make_patient("1", name="张三丰")
    client, url = english(supervisor), path("new_member", "dialysis")
    assert 'value="2026-03-10"' in read(client, url)
    html = post(client, url, number="1", joined_on="2026-03-01")
    assert "Taken in. The rounds are planned." in html
    assert CohortMember.objects.get().joined_on == date(2026, 3, 1)
    again = post(client, url, number="1", joined_on="2026-03-10")
    assert "Is a member since 2026-03-01." in again


def test_who_is_unknown_is_taken_in_with_name_and_phone(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    client, url = english(supervisor), path("new_member", "dialysis")
    words = {"number": "77", "joined_on": "2026-03-10", "phone": "138 1234 5678"}
    assert "the name is needed" in post(client, url, **words)
    assert "the name is needed" in post(client, url, **words | {"phone": ""})
    post(client, url, **words, name="张三丰")
    assert (patient("77").name, patient("77").phone) == ("张三丰", "13812345678")
    assert CohortMember.objects.get().added_by == supervisor


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"number": "1", "joined_on": "2026-03-11"}, "The day is in the future."),
        ({"number": "1", "joined_on": "never"}, "Enter a valid date."),
        ({"number": "1", "name": "李四"}, "has another name"),
        ({"number": "2"}, "The patient has died."),
        ({"number": ""}, "This field is required."),
    ],
)
def test_a_wrong_word_is_told_beside_its_field(
    cohort: Cohort,
    supervisor: User,
    english: SignIn,
    words: dict[str, str],
    sentence: str,
) -> None:
    make_patient("1", name="张三丰")
    make_patient("2", is_deceased=True)
    given = {"joined_on": "2026-03-10"} | words
    url = path("new_member", "dialysis")
    assert sentence in post(english(supervisor), url, **given)
    assert CohortMember.objects.count() == 0


def test_a_cohort_is_made_and_changed(
    supervisor: User, department: Department, english: SignIn
) -> None:
    client = english(supervisor)
    words = {"name_zh": "慢阻肺患者", "name_en": "COPD patients", "is_active": "on"}
    post(client, path("new_cohort"), **words, department=str(department.pk))
    made = Cohort.objects.get()
    assert (made.code, made.department, made.is_active) == (
        "copd-patients",
        department,
        True,
    )
    html = read(client, made.get_absolute_url())
    assert "No plan is for this cohort yet, so nobody is called." in html
    edit = path("edit_cohort", made.code)
    assert 'value="COPD patients"' in read(client, edit)
    del words["is_active"]
    assert "members of this cohort are not called" in post(client, edit, **words)
    made.refresh_from_db()
    assert (made.department, made.is_active) == (None, False)


def test_the_page_names_the_plan_and_how_often_it_calls(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    html = read(english(supervisor), cohort.get_absolute_url())
    assert "Dialysis · Every month" in html
    plan = PlanVersion.objects.get().plan
    PlanVersion.objects.create(plan=plan, number=2, from_at=NOW)
    html = read(english(supervisor), cohort.get_absolute_url())
    assert "No plan is for this cohort yet" in html


def test_a_long_list_is_paged(
    cohort: Cohort,
    supervisor: User,
    english: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 2})
    for number in range(1, 4):
        join(cohort, str(number), supervisor, on=TODAY - number * DAY)
    client, url = english(supervisor), cohort.get_absolute_url()
    first = read(client, url)
    (older,) = re.findall(r'href="([^"]*older=[^"]*)"', first)
    second = read(client, url + older.replace("&amp;", "&"))
    names = [row[0] for row in rows(first) + rows(second)]
    assert names == ["患* 1", "患* 2", "患* 3"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("cohorts", 7), ("cohort", 12)])
def test_more_members_and_cohorts_cost_no_more_queries(
    supervisor: User,
    sign_in: SignIn,
    department: Department,
    django_assert_num_queries: Any,
    count: int,
    name: str,
    queries: int,
) -> None:
    client = sign_in(supervisor)
    first = make_cohort(department=department)
    for number in range(1, count + 1):
        join(first, str(number), supervisor)
        left = join(first, f"9{number}", supervisor, on=TODAY - DAY)
        leave_cohort(left, actor=supervisor, left_on=TODAY, why="转院")
        make_cohort(f"more-{number}")
    url = LIST if name == "cohorts" else first.get_absolute_url()
    with django_assert_num_queries(queries):
        client.get(url)
