"""Through which channel whom, and when: addresses, own choice, quiet hours, urgency."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hospital import clock
from hospital.models import Department, User
from notifications.models import (
    GROUP_OF,
    Address,
    Channel,
    Delivery,
    Failure,
    QuietHours,
    Topic,
    TopicGroup,
)
from notifications.services import (
    add_address,
    choose_channels,
    notify,
    remove_address,
    send_due_deliveries,
    set_quiet_hours,
)
from tests.factories import UserFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY_CELL = {
    (group.value, channel.value) for group in TopicGroup for channel in Channel
}


def tell(*people: User, topic: Topic = Topic.CASE_REOPENED, **more: Any) -> None:
    notify(people, topic, path="/", number="C-1", **more)


def channels() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("channel", flat=True))


def at(hour: int, minute: int = 0, day: int = 5) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=SHANGHAI)


def test_every_topic_belongs_to_a_group() -> None:
    assert set(GROUP_OF) == set(Topic)


def test_a_new_address_gets_everything_besides_the_mail(
    reader: User, robot: Address
) -> None:
    tell(reader)
    assert channels() == ["email", "wecom"]


def test_what_a_person_does_not_want_in_a_channel_stays_in_the_inbox(
    reader: User, robot: Address
) -> None:
    wanted = EVERY_CELL - {("cases", "wecom"), ("tasks", "email")}
    choose_channels(reader, offered=[Channel.EMAIL, Channel.WECOM], wanted=wanted)
    tell(reader)
    tell(reader, topic=Topic.TASK_RETURNED)
    assert channels() == ["email", "wecom"]
    assert [d.notification.topic for d in Delivery.objects.order_by("pk")] == [
        "case_reopened",
        "task_returned",
    ]
    assert reader.notifications.count() == 2


def test_choosing_again_replaces_the_answer_and_leaves_other_channels(
    reader: User, robot: Address
) -> None:
    choose_channels(reader, offered=[Channel.EMAIL, Channel.WECOM], wanted=set())
    choose_channels(reader, offered=[Channel.EMAIL], wanted=EVERY_CELL)
    tell(reader)
    assert channels() == ["email"]


def test_the_choice_of_one_is_not_the_choice_of_another(
    reader: User, robot: Address
) -> None:
    other = UserFactory(email="other@hospital.test")
    choose_channels(reader, offered=list(Channel), wanted=set())
    tell(reader, other)
    assert [d.notification.recipient for d in Delivery.objects.all()] == [other]


def test_a_removed_address_gets_nothing_and_is_forgotten(
    reader: User, robot: Address
) -> None:
    tell(reader)
    remove_address(robot, actor=reader)
    robot.refresh_from_db()
    assert (robot.url, robot.is_active) == ("", False)
    waiting = Delivery.objects.get(channel="wecom")
    assert waiting.given_up_at is not None
    assert waiting.failure == Failure.REMOVED
    tell(reader)
    assert channels() == ["email", "wecom", "email"]


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(21, 59), at(21, 59)),
        (at(22), at(7, day=6)),
        (at(23, 30), at(7, day=6)),
        (at(0, 15), at(7)),
        (at(6, 59), at(7)),
        (at(7), at(7)),
    ],
)
def test_quiet_hours_reach_over_midnight(
    reader: User, moment: datetime, due: datetime
) -> None:
    set_quiet_hours(reader, time(22), time(7))
    with clock.at(moment):
        tell(reader)
    assert Delivery.objects.get().next_try_at == due


@pytest.mark.parametrize(
    ("moment", "due"),
    [(at(11, 59), at(11, 59)), (at(12), at(14)), (at(14), at(14))],
)
def test_quiet_hours_within_a_day(
    reader: User, moment: datetime, due: datetime
) -> None:
    set_quiet_hours(reader, time(12), time(14))
    with clock.at(moment):
        tell(reader)
    assert Delivery.objects.get().next_try_at == due


def test_quiet_hours_end_by_the_wall_clock_when_the_clocks_change() -> None:
    hours = QuietHours(starts=time(22), ends=time(7))
    with timezone.override(ZoneInfo("Europe/Berlin")):
        end = hours.end_after(datetime(2026, 3, 28, 22, 30, tzinfo=UTC))
    assert end == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_without_quiet_hours_nothing_waits(reader: User) -> None:
    set_quiet_hours(reader, time(22), time(7))
    set_quiet_hours(reader, None, None)
    with clock.at(at(23)):
        tell(reader)
    assert Delivery.objects.get().next_try_at == at(23)


def test_what_is_urgent_breaks_through(reader: User) -> None:
    set_quiet_hours(reader, time(22), time(7))
    with clock.at(at(23)):
        tell(reader, urgent=True)
    assert Delivery.objects.get().next_try_at == at(23)


@pytest.mark.parametrize(
    ("urgent", "due"), [(False, at(7, day=6)), (True, at(22, 0) + timedelta(minutes=1))]
)
def test_a_second_try_wakes_nobody_either(
    reader: User, monkeypatch: pytest.MonkeyPatch, urgent: bool, due: datetime
) -> None:
    set_quiet_hours(reader, time(22), time(7))

    def refuse(*__: object, **___: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    with clock.at(at(21, 59)):
        tell(reader, urgent=urgent)
    with clock.at(at(22)):
        send_due_deliveries()
    assert Delivery.objects.get().next_try_at == due


def test_the_departments_own_address_gets_one_copy_for_all(
    reader: User, department: Department, it_admin: User
) -> None:
    other = UserFactory()
    mine = add_address(
        actor=it_admin,
        channel=Channel.EMAIL,
        url="ward@hospital.test",
        department=department,
    )
    set_quiet_hours(reader, time(22), time(7))
    with clock.at(at(23)):
        tell(other, reader, topic=Topic.TASK_ASSIGNED, department=department)
    copies = Delivery.objects.filter(address=mine)
    assert [(copy.channel, copy.next_try_at) for copy in copies] == [("email", at(23))]
    assert Delivery.objects.filter(address=None).count() == 1


def test_nobody_told_means_no_copy_either(
    department: Department, it_admin: User
) -> None:
    add_address(
        actor=it_admin,
        channel=Channel.EMAIL,
        url="ward@hospital.test",
        department=department,
    )
    tell(topic=Topic.TASK_ASSIGNED, department=department)
    assert channels() == []


@pytest.mark.parametrize("owners", ["nobody", "both"])
def test_an_address_has_one_owner(
    reader: User, department: Department, owners: str
) -> None:
    mine = {"user": reader, "department": department} if owners == "both" else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.create(channel="wecom", url="x", shown="x", **mine)


def test_telling_many_costs_as_many_questions_as_telling_one(
    reader: User, django_assert_num_queries: Any
) -> None:
    people = [UserFactory(email=f"p{n}@hospital.test") for n in range(3)]
    # messages, addresses, refusals, quiet hours, deliveries
    for group in ([reader], [reader, *people]):
        with django_assert_num_queries(5):
            tell(*group)
