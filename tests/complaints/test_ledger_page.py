"""Who held a case for how long, on its page; and what the page costs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from complaints import services
from complaints.models import Case
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import MONDAY, moment, running

English = Callable[[User], Client]
NewCase = Callable[..., Case]


def page(client: Client, case: Case) -> str:
    response = client.get(case.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def case(new_case: NewCase) -> Case:
    with clock.at(MONDAY):
        return new_case()


# --- who held it --------------------------------------------------------------------
def test_the_bar_shares_the_working_time_among_those_who_held_the_case(
    case: Case, front_desk: User, department: Department, head: User, english: English
) -> None:
    with clock.at(moment("2025-06-09T14:00")):
        task = services.open_task(
            case, actor=front_desk, department=department, demand="请整改"
        )
    with clock.at(moment("2025-06-09T16:00")):
        services.refuse_task(task, actor=head, reason="不是我科")
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等家属")
    with clock.at(moment("2025-06-09T18:00")):
        ledger = english(front_desk).get(case.get_absolute_url()).context["ledger"]
        shares = [(s.words, s.time, s.percent, s.width) for s in ledger["shares"]]
        assert "Who held it" not in page(english(head), case)
    assert shares == [
        ("Patient service centre", "2 h", 33, "33.33"),
        ("Cardiology", "2 h", 33, "33.33"),
        ("Waiting for the person", "2 h", 33, "33.33"),
    ]
    assert (ledger["changes"], ledger["refusals"]) == (3, 1)


def test_a_task_passed_on_is_time_of_each_department_that_had_it(
    case: Case,
    front_desk: User,
    department: Department,
    other_department: Department,
    head: User,
    outsider: User,
    english: English,
) -> None:
    with clock.at(MONDAY):
        task = services.open_task(
            case, actor=front_desk, department=department, demand="请整改"
        )
    with clock.at(moment("2025-06-09T11:00")):
        services.refuse_task(task, actor=head, reason="不是我科")
        services.decide_refused_task(
            task, actor=front_desk, department=other_department, reason="归骨科"
        )
    with clock.at(moment("2025-06-09T11:45")):
        ledger = english(front_desk).get(case.get_absolute_url()).context["ledger"]
    assert [(s.words, s.time, s.look) for s in ledger["shares"] if s.percent] == [
        ("Cardiology", "1 h", "department-0"),
        ("Orthopaedics", "45 min", "department-1"),
    ]


# --- query counts -------------------------------------------------------------------
@pytest.mark.parametrize("several", [1, 3])
def test_clocks_promises_and_pauses_cost_the_same_however_many_there_are(
    several: int,
    case: Case,
    front_desk: User,
    supervisor: User,
    english: English,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for day in range(several):
        with clock.at(MONDAY + timedelta(days=day)):
            services.pause_case(
                case, actor=front_desk, waits_for="person", reason="等家属"
            )
            services.resume_case(case, actor=front_desk)
            services.make_promise(
                case,
                actor=front_desk,
                text="回电",
                due_at=moment("2025-06-20T17:00"),
            )
            asked = services.ask_extension(
                case,
                actor=front_desk,
                deadline=running(case, "feedback"),
                until=moment(f"2025-07-{day + 1:02d}T18:00"),
                reason="会诊",
                words="请您再等几天",
            )
            services.decide_extension(asked, actor=supervisor, granted=True)
    client = english(front_desk)
    with clock.at(MONDAY + timedelta(days=4)), django_assert_num_queries(26):
        client.get(case.get_absolute_url())
