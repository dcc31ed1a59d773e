"""The supervisor's list of work: what waits where, who has it, and dealing it out."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from followups.models import Attempt, Outcome
from followups.services.supervision.work_list import work_list
from hospital import clock
from hospital.models import Department, Role, User
from tests.complaints.clock_world import moment
from tests.factories import DepartmentFactory, UserFactory
from tests.followups.assigning_world import queue
from tests.followups.world import DAY, NOW, discharge, make_plan

SignIn = Callable[[User], Client]
WORK = "/calls/work/"
PEOPLE = "/calls/work/people/"
ASSIGN = "/calls/work/assign/"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


def read(browser: Client, path: str = WORK) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def counts() -> dict[str, dict[str, int]]:
    """The cells that are not empty, by department and column."""
    return {
        line.department.code if line.department else "": {
            cell.column.key: cell.count for cell in line.cells if cell.count
        }
        for line in work_list().lines
    }


def test_calls_are_counted_by_department_and_by_when_they_are_due(
    department: Department, other_department: Department, agent: User
) -> None:
    queue("1", department=department, closes_at=NOW + timedelta(hours=23))
    queue("2", department=department)
    queue("3", department=department, assigned_to=agent)
    queue("4", department=other_department, ready_at=moment("2026-03-10T18:00"))
    queue("5", ready_at=moment("2026-03-12T10:00"))
    queue("6", ready_at=NOW + 30 * DAY)
    queue("7", needs_number=True)
    queue("8", claimed_by=agent, claimed_until=NOW + timedelta(minutes=9))
    discharge("9", department=department, at=NOW - timedelta(hours=47))
    discharge("10", department=department, at=NOW - timedelta(hours=30))
    discharge("11", department=department, at=NOW + 9 * DAY)
    assert counts() == {
        "XNK": {"closing": 1, "waiting": 2, "0": 1, "1": 1},
        "GK": {"0": 1},
        "": {"2": 1},
    }
    total = work_list().total
    assert (total.today, total.assigned, total.unassigned) == (4, 1, 3)


def test_the_page_shows_the_table_and_the_agents_of_today(
    supervisor: User, agent: User, department: Department, english: SignIn
) -> None:
    away = UserFactory(
        name="李娜",
        roles=[Role.CALLBACK_AGENT],
        leave_from=date(2026, 3, 9),
        leave_until=date(2026, 3, 13),
    )
    row = queue("1", department=department, assigned_to=agent)
    queue("2", claimed_by=agent, claimed_until=NOW + timedelta(minutes=9))
    Attempt.objects.create(
        patient=row.patient,
        agent=agent,
        started_at=NOW,
        outcome=Outcome.NO_ANSWER,
        day_part="morning",
    )
    page = read(english(supervisor))
    for words in (
        "Cardiology",
        "Closes within 24 h",
        "1 of 1",
        "in a call",
        "Today <strong>1</strong> / 80",
        "<strong>1</strong> assigned",
        "on leave until 2026-03-13",
        away.name,
    ):
        assert words in page


def test_a_cell_opens_the_people_behind_it_masked_and_with_reasons(
    supervisor: User, agent: User, department: Department, english: SignIn
) -> None:
    queue(
        "1",
        department=department,
        priority=55,
        reasons=[["risk_high", 30], ["closing", 25]],
        attempts=2,
        assigned_to=agent,
    )
    queue("2")
    browser = english(supervisor)
    page = read(browser, f"{PEOPLE}?column=waiting&department={department.pk}")
    for words in (
        "张*",
        "55",
        "Mandarin",
        "High risk of readmission",
        "2 attempts",
        agent.name,
    ):
        assert words in page
    assert "张1" not in page
    assert page.count("<tr>") == 2
    assert "nobody" in read(browser, f"{PEOPLE}?column=waiting&department=none")
    assert read(browser, f"{PEOPLE}?column=waiting").count("<tr>") == 3


def test_a_day_opens_the_contacts_that_open_then(
    supervisor: User, department: Department, english: SignIn
) -> None:
    discharge("10", department=department, at=NOW - timedelta(hours=30), name="王五")
    queue("2", ready_at=moment("2026-03-11T10:00"))
    browser = english(supervisor)
    page = read(browser, f"{PEOPLE}?column=1&department={department.pk}")
    for words in ("王*", "General", "Wed 2026-03-11 03:30"):
        assert words in page
    page = read(browser, f"{PEOPLE}?column=1")
    assert "张*" in page
    assert "from Wed 2026-03-11 10:00" in page


def test_the_people_are_leafed_by_priority(
    supervisor: User, english: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 2})
    for number in range(1, 4):
        queue(str(number), priority=number)
    browser = english(supervisor)
    first = browser.get(PEOPLE, {"column": "waiting"})
    keys = [row["row"].priority for row in first.context["rows"]]
    token = first.context["page"].older
    then = browser.get(PEOPLE, {"column": "waiting", "older": token})
    assert (keys, [row["row"].priority for row in then.context["rows"]]) == (
        [3, 2],
        [1],
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "column=x",
        "column=7",
        "column=waiting&department=x",
        "column=1&department=0",
    ],
)
def test_a_cell_that_does_not_exist_is_not_found(
    supervisor: User, english: SignIn, query: str
) -> None:
    assert english(supervisor).get(f"{PEOPLE}?{query}").status_code == 404


def test_an_empty_list_says_so(supervisor: User, english: SignIn) -> None:
    browser = english(supervisor)
    page = read(browser)
    assert "No call is due within the next days." in page
    assert "Nobody has the role of a callback agent." in page
    assert "Nobody is here any more." in read(browser, f"{PEOPLE}?column=waiting")


@pytest.mark.parametrize("path", [WORK, f"{PEOPLE}?column=waiting", ASSIGN])
@pytest.mark.parametrize("who", ["agent", "head", "leader", "it_admin"])
def test_only_supervisors_see_the_list(
    request: pytest.FixtureRequest, english: SignIn, who: str, path: str
) -> None:
    assert english(request.getfixturevalue(who)).get(path).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [(WORK, 10), (f"{PEOPLE}?column=waiting", 4)]
)
def test_the_pages_cost_the_same_however_much_there_is(
    supervisor: User,
    english: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
    path: str,
    queries: int,
) -> None:
    for number in range(count):
        helper = UserFactory(roles=[Role.CALLBACK_AGENT])
        queue(str(number), department=DepartmentFactory(), assigned_to=helper)
    browser = english(supervisor)
    with django_assert_num_queries(queries):
        read(browser, path)
