"""Every due time explains itself, and its parts add up."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import services
from complaints.models import Case, RectificationTask
from complaints.services.explain import Explanation, PartKind
from hospital import clock
from hospital.models import CalendarDay, Department, User, WorkingHours
from tests.complaints.clock_world import MONDAY, moment, running

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def explain(case: Case, which: str = "feedback") -> Explanation:
    return services.explain_deadline(running(case, which))


def parts(explanation: Explanation) -> dict[str, timedelta]:
    return {part.kind: part.time for part in explanation.parts}


def total(explanation: Explanation) -> timedelta:
    return sum(parts(explanation).values(), timedelta(0))


def test_a_plain_week_is_working_time_nights_and_a_weekend(case: Case) -> None:
    """Monday 10:00 to Monday 18:00 a week later: 6 + 5 × 8 hours count."""
    explanation = explain(case)
    assert parts(explanation) == {
        PartKind.COUNTED: 46 * HOUR,
        PartKind.OUTSIDE: 82 * HOUR,
        PartKind.WEEKEND: 48 * HOUR,
    }
    assert total(explanation) == explanation.whole


def test_the_working_days_are_numbered_from_the_day_after_receipt(case: Case) -> None:
    numbers = {line.day.day: line.number for line in explain(case).days}
    assert numbers == {9: None, 10: 1, 11: 2, 12: 3, 13: 4, 14: None, 15: None, 16: 5}


def test_holidays_and_make_up_days_are_told_by_name(
    new_case: Callable[..., Case],
) -> None:
    """National Day 2025 with a weekend in it; Saturday 11 October is worked."""
    with clock.at(moment("2025-09-29T09:00")):
        case = new_case()
        explanation = explain(case)
    kinds = {line.day: line.note.kind for line in explanation.days}
    assert kinds[date(2025, 10, 11)] == "make_up"
    assert [day.day for day, kind in kinds.items() if kind == "holiday"] == [
        *(1, 2, 3, 6, 7, 8)
    ]
    assert parts(explanation)[PartKind.HOLIDAY] == 6 * 24 * HOUR
    assert explanation.days[-1].number == 5
    assert total(explanation) == explanation.whole


def test_a_day_of_the_hospitals_own_is_told(new_case: Callable[..., Case]) -> None:
    CalendarDay.objects.create(day=date(2025, 6, 11), works=False, name="院庆")
    explanation = explain(new_case())
    own = [line for line in explanation.days if line.note.kind == "own_off"]
    assert [(line.day.day, str(line.note)) for line in own] == [(11, "院庆")]
    assert parts(explanation)[PartKind.OWN_OFF] == 24 * HOUR


def test_paused_time_stands_apart_and_what_counts_stays_the_same(
    case: Case, front_desk: User
) -> None:
    before = parts(explain(case))[PartKind.COUNTED]
    with clock.at(moment("2025-06-10T16:00")):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等")
    with clock.at(moment("2025-06-11T10:00")):
        services.resume_case(case, actor=front_desk)
        explanation = explain(case)
    shown = parts(explanation)
    assert (shown[PartKind.COUNTED], shown[PartKind.PAUSED]) == (before, 4 * HOUR)
    assert [pause.reason for pause in explanation.pauses] == ["等"]
    assert [row.superseded_at is None for row in explanation.earlier] == [False]
    assert total(explanation) == explanation.whole


def test_a_granted_extension_is_named(
    case: Case, front_desk: User, supervisor: User
) -> None:
    until = moment("2025-06-20T18:00")
    extension = services.ask_extension(
        case,
        actor=front_desk,
        deadline=running(case, "feedback"),
        until=until,
        reason="会诊",
        words="请再等几天",
    )
    services.decide_extension(extension, actor=supervisor, granted=True)
    explanation = explain(case)
    assert explanation.extensions == [extension]
    assert (explanation.deadline.due_at, total(explanation)) == (
        until,
        explanation.whole,
    )


def test_a_task_counts_the_hours_of_its_department(
    task: RectificationTask, department: Department
) -> None:
    for weekday in range(7):
        WorkingHours.objects.create(
            department=department, weekday=weekday, start="00:00", end="00:00"
        )
    explanation = explain(task.case, "rectify")
    assert parts(explanation) == {PartKind.COUNTED: explanation.whole}


def test_a_promise_explains_itself_too(case: Case, front_desk: User) -> None:
    due_at = MONDAY + timedelta(days=1)
    services.make_promise(case, actor=front_desk, text="回电", due_at=due_at)
    explanation = explain(case, "promise")
    assert total(explanation) == explanation.whole == timedelta(days=1)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    received=st.integers(0, 880 * 24 * 60),
    pause_after=st.integers(0, 9 * 24 * 60),
    pause_length=st.integers(0, 12 * 24 * 60),
)
def test_the_parts_add_up_whatever_happened(
    new_case: Callable[..., Case],
    front_desk: User,
    received: int,
    pause_after: int,
    pause_length: int,
) -> None:
    start = moment("2024-01-01T00:00") + timedelta(minutes=received)
    paused_at = start + timedelta(minutes=pause_after)
    resumed_at = paused_at + timedelta(minutes=pause_length)
    with clock.at(start):
        case = new_case()
    with clock.at(paused_at):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等")
    with clock.at(resumed_at):
        services.resume_case(case, actor=front_desk)
        explanation = explain(case)
    given_back = parts(explanation).get(PartKind.PAUSED, timedelta(0))
    assert total(explanation) == explanation.whole
    assert given_back == explanation.deadline.credited
