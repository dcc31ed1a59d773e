"""A pause needs a reason and gives the paused working time back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import services
from complaints.models import Case, Pause, RectificationTask, Verb
from complaints.services.timekeeping import timekeeper
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.working_time import working_time_between
from tests.complaints.clock_world import MONDAY, due, local, moment, running


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def pause(case: Case, actor: User, at: str) -> Pause:
    with clock.at(moment(at)):
        return services.pause_case(
            case, actor=actor, waits_for="person", reason="等患者补充材料"
        )


def test_the_paused_working_time_is_given_back(case: Case, front_desk: User) -> None:
    """Tuesday 16:00 to Wednesday 10:00 are four working hours."""
    pause(case, front_desk, "2025-06-10T16:00")
    with clock.at(moment("2025-06-11T10:00")):
        services.resume_case(case, actor=front_desk)
    assert due(case, "feedback") == ["(06-16 18:00)", "06-17 12:00"]
    assert due(case, "acknowledge") == ["(06-11 18:00)", "06-12 12:00"]
    assert running(case, "feedback").credited == timedelta(hours=4)


def test_a_pause_over_a_weekend_gives_no_weekend_back(
    case: Case, front_desk: User
) -> None:
    pause(case, front_desk, "2025-06-13T18:00")
    with clock.at(moment("2025-06-16T08:30")):
        services.resume_case(case, actor=front_desk)
    assert due(case, "feedback")[-1] == "06-17 08:30"


def test_a_pause_outside_working_hours_changes_no_due_time(
    case: Case, front_desk: User
) -> None:
    pause(case, front_desk, "2025-06-10T19:00")
    with clock.at(moment("2025-06-11T07:00")):
        services.resume_case(case, actor=front_desk)
    deadline = running(case, "feedback")
    assert (due(case, "feedback"), deadline.paused_at) == (["06-16 18:00"], None)


def test_two_pauses_add_up(case: Case, front_desk: User) -> None:
    for day in ("10", "11"):
        pause(case, front_desk, f"2025-06-{day}T09:00")
        with clock.at(moment(f"2025-06-{day}T11:00")):
            services.resume_case(case, actor=front_desk)
    assert running(case, "feedback").credited == timedelta(hours=4)
    assert due(case, "feedback")[-1] == "06-17 12:00"


def test_a_pause_after_the_due_time_gives_nothing_back(
    case: Case, front_desk: User
) -> None:
    """Nobody stops the clock on what is over already."""
    pause(case, front_desk, "2025-06-17T09:00")
    with clock.at(moment("2025-06-19T09:00")):
        services.resume_case(case, actor=front_desk)
    assert due(case, "feedback") == ["06-16 18:00"]


def test_a_paused_case_is_not_over_time(case: Case, front_desk: User) -> None:
    pause(case, front_desk, "2025-06-10T09:00")
    case.refresh_from_db()
    with clock.at(moment("2025-06-20T09:00")):
        assert (case.due_at, list(Case.objects.overdue())) == (None, [])
        states = {row.clock: row.state for row in case.deadlines.all()}
    assert states == {"acknowledge": "paused", "feedback": "paused"}


def test_a_change_of_tier_during_a_pause_keeps_the_pause(
    case: Case, front_desk: User
) -> None:
    pause(case, front_desk, "2025-06-10T09:00")
    with clock.at(moment("2025-06-10T10:00")):
        services.set_tier(case, actor=front_desk, tier=3, reason="媒体关注")
    assert running(case, "feedback").is_paused
    with clock.at(moment("2025-06-10T11:00")):
        services.resume_case(case, actor=front_desk)
    assert due(case, "feedback") == ["(06-16 18:00)", "(06-12 18:00)", "06-13 10:00"]


def test_a_tier_set_after_a_pause_keeps_the_time_given_back(
    case: Case, front_desk: User
) -> None:
    pause(case, front_desk, "2025-06-10T09:00")
    with clock.at(moment("2025-06-10T11:00")):
        services.resume_case(case, actor=front_desk)
        services.set_tier(case, actor=front_desk, tier=3, reason="媒体关注")
    assert due(case, "feedback")[-1] == "06-13 10:00"


def test_a_tasks_clocks_run_on_while_the_case_waits(
    task: RectificationTask, front_desk: User
) -> None:
    pause(task.case, front_desk, "2025-06-10T09:00")
    paused = task.deadlines.exclude(paused_at=None)
    assert list(paused) == []


def test_a_paused_task_is_due_later_and_its_list_says_so(
    task: RectificationTask, front_desk: User, head: User
) -> None:
    with clock.at(moment("2025-06-10T09:00")):
        services.pause_task(
            task, actor=front_desk, waits_for="outside", reason="等厂家配件"
        )
    with clock.at(moment("2025-06-10T11:00")):
        services.resume_task(task, actor=front_desk)
    task.refresh_from_db()
    assert local(task.due_at) == "06-13 10:00"


def test_the_department_does_not_stop_its_own_clock(
    task: RectificationTask, head: User
) -> None:
    with pytest.raises(PermissionDenied):
        services.pause_task(task, actor=head, waits_for="outside", reason="忙")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"waits_for": "person", "reason": "  "}, "reason"),
        ({"waits_for": "nobody", "reason": "等"}, "waits_for"),
    ],
)
def test_a_pause_says_why_and_for_whom(
    case: Case, front_desk: User, words: dict[str, str], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.pause_case(case, actor=front_desk, **words)  # type: ignore[arg-type]  # of the parameters
    assert (refusal.value.field, Pause.objects.count()) == (field, 0)


def test_a_case_is_paused_once_and_resumed_once(case: Case, front_desk: User) -> None:
    pause(case, front_desk, "2025-06-10T09:00")
    with pytest.raises(RuleViolation):
        pause(case, front_desk, "2025-06-10T09:30")
    services.resume_case(case, actor=front_desk)
    with pytest.raises(RuleViolation):
        services.resume_case(case, actor=front_desk)


def test_a_case_without_a_running_clock_is_not_paused(
    case: Case, front_desk: User
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    with pytest.raises(RuleViolation):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等")


def test_an_end_ends_the_pause(case: Case, front_desk: User) -> None:
    pause(case, front_desk, "2025-06-10T09:00")
    services.withdraw_case(case, actor=front_desk, reason="误会")
    assert services.find_pause(case) is None


def test_pause_and_resume_stand_in_the_history(case: Case, front_desk: User) -> None:
    pause(case, front_desk, "2025-06-10T09:00")
    services.resume_case(case, actor=front_desk)
    events = case.events.filter(verb__in=[Verb.PAUSED, Verb.RESUMED]).order_by("seq")
    assert [(event.verb, event.note) for event in events] == [
        ("paused", "等患者补充材料"),
        ("resumed", ""),
    ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    after=st.integers(0, 4 * 24 * 60),
    length=st.integers(1, 20 * 24 * 60),
)
def test_pausing_for_x_working_hours_moves_the_due_time_by_exactly_x(
    new_case: Callable[..., Case], front_desk: User, after: int, length: int
) -> None:
    case = new_case()
    started = MONDAY + timedelta(minutes=after)
    ended = started + timedelta(minutes=length)
    before = running(case, "feedback").due_at
    with clock.at(started):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等")
    with clock.at(ended):
        services.resume_case(case, actor=front_desk)
        office = timekeeper().calendars.office
    moved = working_time_between(before, running(case, "feedback").due_at, office)
    assert moved == working_time_between(started, ended, office)


def test_the_clock_is_given_back_by_the_calendar_of_its_own(
    case: Case, front_desk: User
) -> None:
    """By the clock, a night counts: seven days as the CMS guidance has them."""
    deadline = running(case, "feedback")
    type(deadline).objects.filter(pk=deadline.pk).update(
        unit="hours", hours="always", amount=168
    )
    pause(case, front_desk, "2025-06-10T18:00")
    with clock.at(moment("2025-06-11T08:00")):
        services.resume_case(case, actor=front_desk)
    until: datetime = running(case, "feedback").due_at
    assert until - deadline.due_at == timedelta(hours=14)
