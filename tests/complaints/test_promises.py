"""A promise is dated, owned, reminded of, and kept or not."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from complaints import services
from complaints.models import Case, Promise
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Topic
from tests.complaints.clock_world import MONDAY, moment, taken, tick_at, told

FRIDAY = moment("2025-06-13T10:00")


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def promise(case: Case, front_desk: User) -> Promise:
    return services.make_promise(
        case, actor=front_desk, text="周五上午回电", due_at=FRIDAY
    )


def test_a_promise_is_warned_of_and_told_when_it_is_broken(
    promise: Promise, front_desk: User, supervisor: User
) -> None:
    services.reply_to_person(
        promise.case, actor=front_desk, method="phone", text="先说明"
    )
    tick_at("2025-06-13T09:00")
    tick_at("2025-06-13T10:00")
    tick_at("2025-06-13T16:00")
    assert taken(promise.case) == [
        "promise tell_owner@-60m",
        "promise tell_owner@0m",
        "promise tell_supervisor@240m",
    ]
    assert told(front_desk) == [Topic.PROMISE_SOON, Topic.PROMISE_OVER]
    assert told(supervisor) == [Topic.PROMISE_OVER]


def test_a_kept_promise_is_told_to_nobody(promise: Promise, front_desk: User) -> None:
    with clock.at(FRIDAY - timedelta(hours=2)):
        services.end_promise(promise, actor=front_desk, kept=True)
    promise.refresh_from_db()
    assert (promise.is_kept, promise.was_in_time) == (True, True)
    tick_at("2025-06-13T16:00")
    assert [step for step in taken(promise.case) if "promise" in step] == []


def test_a_promise_kept_late_was_kept_but_not_in_time(
    promise: Promise, front_desk: User
) -> None:
    with clock.at(FRIDAY + timedelta(minutes=1)):
        kept = services.end_promise(promise, actor=front_desk, kept=True)
    assert (kept.is_kept, kept.was_in_time) == (True, False)


def test_a_promise_is_taken_back_with_a_reason(
    promise: Promise, front_desk: User
) -> None:
    with pytest.raises(RuleViolation):
        services.end_promise(promise, actor=front_desk, kept=False)
    dropped = services.end_promise(
        promise, actor=front_desk, kept=False, note="患者已来院面谈"
    )
    assert (dropped.is_kept, dropped.note) == (False, "患者已来院面谈")


def test_a_promise_ends_once(promise: Promise, front_desk: User) -> None:
    services.end_promise(promise, actor=front_desk, kept=True)
    with pytest.raises(RuleViolation):
        services.end_promise(promise, actor=front_desk, kept=True)


def test_a_promise_does_not_make_the_case_over_time(
    case: Case, front_desk: User
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="先说明")
    services.make_promise(
        case, actor=front_desk, text="回电", due_at=MONDAY + timedelta(hours=1)
    )
    case.refresh_from_db()
    assert case.due_at is None


def test_several_promises_run_side_by_side(case: Case, front_desk: User) -> None:
    for day in (1, 2):
        services.make_promise(
            case, actor=front_desk, text="回电", due_at=MONDAY + timedelta(days=day)
        )
    assert case.deadlines.running().filter(clock="promise").count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"text": " "}, "text"), ({"due_at": MONDAY}, "due_at")],
)
def test_a_promise_says_what_and_a_time_to_come(
    case: Case, front_desk: User, changes: dict[str, object], field: str
) -> None:
    words = {"text": "周五上午回电", "due_at": FRIDAY} | changes
    with pytest.raises(RuleViolation) as refusal:
        services.make_promise(case, actor=front_desk, **words)  # type: ignore[arg-type]  # of the parameters
    assert (refusal.value.field, Promise.objects.count()) == (field, 0)


def test_a_department_promises_nothing_to_the_person(
    case: Case, head: User, staff: User
) -> None:
    with pytest.raises(PermissionDenied):
        services.make_promise(case, actor=head, text="回电", due_at=FRIDAY)


def test_an_open_promise_keeps_the_case_from_being_closed(
    promise: Promise, front_desk: User
) -> None:
    case = promise.case
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    services.record_satisfaction(case, actor=front_desk, score=5)
    with pytest.raises(RuleViolation):
        services.close_case(case, actor=front_desk)
    services.end_promise(promise, actor=front_desk, kept=True)
    assert services.close_case(case, actor=front_desk).status == "closed"


def test_the_end_of_a_case_ends_its_promises(
    promise: Promise, front_desk: User
) -> None:
    services.withdraw_case(promise.case, actor=front_desk, reason="误会")
    promise.refresh_from_db()
    assert (promise.is_open, promise.is_kept) == (False, False)


def test_a_merged_case_hands_its_promises_on(
    promise: Promise, front_desk: User, new_case: Callable[..., Case]
) -> None:
    other = new_case()
    services.merge_case(promise.case, actor=front_desk, into=other, reason="重复")
    promise.refresh_from_db()
    deadline = promise.deadlines.get()
    assert (promise.case, promise.is_open) == (other, True)
    assert (deadline.case, deadline.is_running) == (other, True)
