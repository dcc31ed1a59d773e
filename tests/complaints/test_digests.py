"""The day's digest comes once, as the receiver's working day begins."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date

import pytest

from complaints import services
from complaints.models import Case, DailyDigest, RectificationTask
from complaints.services.digests import send_daily_digests
from hospital import clock
from hospital.models import Department, Role, User, WorkingHours
from notifications.models import Notification, Topic
from tests.complaints.clock_world import MONDAY, moment
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def send_at(text: str) -> int:
    with clock.at(moment(text)):
        return send_daily_digests()


def digests_of(person: User) -> list[Notification]:
    mine = Notification.objects.filter(recipient=person, topic=Topic.DAILY_DIGEST)
    return list(mine.order_by("pk"))


def test_it_comes_when_the_working_day_begins_and_once(
    case: Case, front_desk: User
) -> None:
    """The case must be accepted by Wednesday 18:00."""
    assert send_at("2025-06-11T07:59") == 0
    assert send_at("2025-06-11T08:00") == 1
    assert send_at("2025-06-11T08:05") == 0
    assert [len(each.lines) for each in digests_of(front_desk)] == [1]


def test_it_says_nothing_when_nothing_is_due(case: Case, front_desk: User) -> None:
    assert send_at("2025-06-10T08:00") == 0
    assert (digests_of(front_desk), DailyDigest.objects.count()) == ([], 1)


@pytest.mark.parametrize("day", ["2025-06-14", "2025-06-15"])
def test_it_does_not_come_on_a_day_off(case: Case, day: str) -> None:
    assert send_at(f"{day}T08:30") == 0


def test_it_comes_at_the_hours_of_the_receivers_department(
    task: RectificationTask, head: User, department: Department
) -> None:
    for weekday in range(7):
        WorkingHours.objects.create(
            department=department, weekday=weekday, start="06:30", end="14:30"
        )
    send_at("2025-06-12T06:30")
    assert len(digests_of(head)) == 1


def test_after_a_morning_without_scheduler_it_is_not_sent_in_the_afternoon(
    case: Case,
) -> None:
    assert send_at("2025-06-11T12:01") == 0


def test_it_lists_cases_tasks_and_promises_with_the_most_urgent_first(
    case: Case, task: RectificationTask, front_desk: User, head: User
) -> None:
    services.make_promise(
        case, actor=front_desk, text="回电", due_at=moment("2025-06-16T10:00")
    )
    send_at("2025-06-16T08:00")
    (digest,) = digests_of(front_desk)
    assert [line["topic"] for line in digest.lines] == [
        Topic.PROMISE_SOON,
        Topic.CLOCK_SOON,
    ]
    (of_head,) = digests_of(head)
    assert {line["path"] for line in of_head.lines} == {task.get_absolute_url()}


def test_the_deputy_of_a_person_on_leave_gets_it_and_reads_for_whom(
    case: Case, front_desk: User
) -> None:
    deputy = UserFactory(name="代班", roles=[Role.FRONT_DESK])
    front_desk.deputy = deputy
    front_desk.leave_from = front_desk.leave_until = date(2025, 6, 11)
    front_desk.save()
    send_at("2025-06-11T08:00")
    (digest,) = digests_of(deputy)
    assert (digest.stands_in_for, digests_of(front_desk)) == (front_desk, [])


def test_paused_and_ended_work_is_not_in_it(
    new_case: Callable[..., Case], front_desk: User
) -> None:
    services.pause_case(
        new_case(), actor=front_desk, waits_for="person", reason="等材料"
    )
    services.withdraw_case(new_case(), actor=front_desk, reason="误会")
    assert send_at("2025-06-11T08:00") == 0


def test_what_it_costs_grows_with_people_not_with_the_past(
    new_case: Callable[..., Case],
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    for __ in range(3):
        new_case()
    begun = moment("2025-06-11T08:01")
    with clock.at(begun), django_assert_num_queries(15):
        assert send_daily_digests() == 1
