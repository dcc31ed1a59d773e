"""Every working minute of a case belongs to exactly one holder."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import services
from complaints.models import Case, RectificationTask
from complaints.services.ledger import Ledger
from complaints.services.timekeeping import timekeeper
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from hospital.working_time import working_time_between
from tests.complaints.clock_world import MONDAY, moment

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def ledger_at(case: Case, at: str) -> Ledger:
    with clock.at(moment(at)):
        return services.read_ledger(case)


def hours(ledger: Ledger) -> dict[str, float]:
    return {
        share.department.code if share.department else share.holder: share.time / HOUR
        for share in ledger.shares
    }


def test_at_first_the_centre_holds_the_case(case: Case) -> None:
    ledger = ledger_at(case, "2025-06-10T12:00")
    assert (hours(ledger), ledger.changes) == ({"centre": 10.0}, 0)


def test_a_task_moves_the_case_to_the_department_until_it_is_submitted(
    case: Case, front_desk: User, department: Department, head: User
) -> None:
    with clock.at(moment("2025-06-09T14:00")):
        task = services.open_task(
            case, actor=front_desk, department=department, demand="请查"
        )
    with clock.at(moment("2025-06-10T10:00")):
        services.acknowledge_task(task, actor=head)
    with clock.at(moment("2025-06-10T12:00")):
        services.submit_task(task, actor=head, result="已整改")
    ledger = ledger_at(case, "2025-06-10T18:00")
    assert hours(ledger) == {"XNK": 8.0, "centre": 6.0}
    assert (ledger.whole, ledger.changes) == (14 * HOUR, 2)


def test_waiting_for_the_person_is_nobodys_delay(
    task: RectificationTask, front_desk: User
) -> None:
    with clock.at(moment("2025-06-09T14:00")):
        services.pause_case(
            task.case, actor=front_desk, waits_for="person", reason="等材料"
        )
    with clock.at(moment("2025-06-10T14:00")):
        services.resume_case(task.case, actor=front_desk)
    ledger = ledger_at(task.case, "2025-06-10T18:00")
    assert hours(ledger) == {"person": 8.0, "XNK": 6.0}


def test_ping_pong_is_counted(
    task: RectificationTask,
    head: User,
    front_desk: User,
    other_department: Department,
    outsider: User,
) -> None:
    services.refuse_task(task, actor=head, reason="不属本科")
    with clock.at(MONDAY + HOUR):
        services.decide_refused_task(
            task, actor=front_desk, department=other_department, reason="改派"
        )
    ledger = ledger_at(task.case, "2025-06-09T18:00")
    assert hours(ledger) == {"GK": 5.0, "centre": 1.0}
    assert (ledger.changes, ledger.refusals) == (3, 1)


def test_of_two_departments_the_one_that_has_it_longest_holds_the_case(
    task: RectificationTask,
    front_desk: User,
    other_department: Department,
    outsider: User,
) -> None:
    with clock.at(MONDAY + HOUR):
        services.open_task(
            task.case, actor=front_desk, department=other_department, demand="请查"
        )
    assert hours(ledger_at(task.case, "2025-06-09T18:00")) == {"XNK": 6.0}


def test_the_ledger_stops_with_the_case(case: Case, front_desk: User) -> None:
    with clock.at(moment("2025-06-10T12:00")):
        services.withdraw_case(case, actor=front_desk, reason="误会")
    assert ledger_at(case, "2025-06-20T12:00").whole == 10 * HOUR


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(1, 2000),
            st.sampled_from(["pause", "resume", "open", "ack", "submit", "return"]),
        ),
        max_size=12,
    )
)
def test_the_shares_add_up_to_the_whole_whatever_happened(
    new_case: Callable[..., Case],
    front_desk: User,
    department: Department,
    head: User,
    steps: list[tuple[int, str]],
) -> None:
    case, at = new_case(), MONDAY
    tasks: list[RectificationTask] = []
    for minutes, name in steps:
        at += timedelta(minutes=minutes)
        with clock.at(at):
            _try(case, name, tasks, front_desk, department, head)
    with clock.at(at):
        ledger = services.read_ledger(case)
        office = timekeeper().calendars.office
    assert sum((share.time for share in ledger.shares), timedelta(0)) == ledger.whole
    assert ledger.whole == working_time_between(MONDAY, at, office)
    assert sum(share.percent for share in ledger.shares) == (
        pytest.approx(100) if ledger.whole else 0
    )


def _try(
    case: Case,
    name: str,
    tasks: list[RectificationTask],
    front_desk: User,
    department: Department,
    head: User,
) -> None:
    """Do it where the rules allow it; what is refused changes nothing."""
    do: dict[str, Callable[[], object]] = {
        "pause": lambda: services.pause_case(
            case, actor=front_desk, waits_for="outside", reason="等"
        ),
        "resume": lambda: services.resume_case(case, actor=front_desk),
        "open": lambda: tasks.append(
            services.open_task(
                case, actor=front_desk, department=department, demand="请查"
            )
        ),
        "ack": lambda: services.acknowledge_task(tasks[-1], actor=head),
        "submit": lambda: services.submit_task(tasks[-1], actor=head, result="好"),
        "return": lambda: services.return_task(
            tasks[-1], actor=front_desk, reason="缺"
        ),
    }
    with suppress(RuleViolation, IndexError):
        do[name]()
