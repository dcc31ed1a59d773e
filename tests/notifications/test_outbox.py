"""What people must be told is kept with the change, and sent once, later."""

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import translation
from pytest_django import Settings

from complaints import services as complaints
from complaints.models import Case
from hospital import clock
from hospital.models import Department, Role, User
from notifications import tasks
from notifications.models import Channel, Delivery, Failure, Notification, Topic
from notifications.services import notify, send_due_deliveries, sending
from tests.factories import UserFactory
from tests.races import race

HERE = "tests.notifications.test_outbox"


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory(email="reader@hospital.test", language="en")


@pytest.fixture
def delivery(reader: User) -> Delivery:
    notify([reader], Topic.CASE_REOPENED, path="/cases/C-1/", number="C-1")
    return Delivery.objects.get()


class BrokenBackend(BaseEmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise SMTPServerDisconnected("the line is dead")


class NosyBackend(BaseEmailBackend):
    """Remembers whether mail was sent inside a transaction."""

    inside: list[bool] = []

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        self.inside.append(connection.in_atomic_block)
        return len(messages)


def test_a_change_that_is_rolled_back_tells_nobody(
    case: Case, department: Department, head: User, front_desk: User
) -> None:
    User.objects.filter(pk=head.pk).update(email="head@hospital.test")
    department.refresh_from_db()

    def change_and_fail() -> None:
        with transaction.atomic():
            complaints.open_task(
                case, actor=front_desk, department=department, demand="请查"
            )
            assert (Notification.objects.count(), Delivery.objects.count()) == (1, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert (Notification.objects.count(), Delivery.objects.count()) == (0, 0)


def test_without_an_address_there_is_only_the_inbox(db: None) -> None:
    notify([UserFactory()], Topic.CASE_REOPENED, path="/", number="C-1")
    assert (Notification.objects.count(), Delivery.objects.count()) == (1, 0)


def test_nobody_is_told_twice_and_who_has_left_is_not_told(reader: User) -> None:
    gone = UserFactory(email="gone@hospital.test", is_active=False)
    notify([reader, reader, gone], Topic.CASE_REOPENED, path="/", number="C-1")
    assert [n.recipient for n in Notification.objects.all()] == [reader]


def test_mail_goes_out_once(delivery: Delivery) -> None:
    assert [tasks.send_due_deliveries(), tasks.send_due_deliveries()] == [1, 0]
    delivery.refresh_from_db()
    assert (len(mail.outbox), delivery.tries) == (1, 1)
    assert delivery.sent_at is not None
    assert mail.outbox[0].extra_headers["Idempotency-Key"] == f"delivery-{delivery.pk}"


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "New task for Cardiology: {number}"), ("zh-hans", "{number}")],
)
def test_mail_speaks_the_recipients_language_and_tells_nothing_of_the_patient(
    case: Case,
    department: Department,
    head: User,
    front_desk: User,
    language: str,
    subject: str,
) -> None:
    head.email, head.language = "head@hospital.test", language
    head.save()
    department.refresh_from_db()
    task = complaints.open_task(
        case, actor=front_desk, department=department, demand="张建国等了三小时"
    )
    with translation.override("de"):
        send_due_deliveries()
    message = mail.outbox[0]
    text = f"{message.subject}\n{message.body}"
    assert message.to == ["head@hospital.test"]
    if language == "en":
        assert message.subject == subject.format(number=case.number)
    else:
        assert "心内科" in message.subject
    assert text.endswith(f"{task.get_absolute_url()}\n")
    for secret in ("张", "1381234", "5678", "三个小时", "三小时"):
        assert secret not in text


def test_a_broken_line_is_tried_again_later_and_later_and_then_given_up(
    delivery: Delivery, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.BrokenBackend"
    now = delivery.next_try_at
    waits = []
    while delivery.given_up_at is None:
        with clock.at(now):
            assert send_due_deliveries() == 0
        delivery.refresh_from_db()
        waits.append((delivery.next_try_at - now) // timedelta(minutes=1))
        now = delivery.next_try_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    assert delivery.failure == Failure.UNREACHABLE
    assert delivery.last_error == "SMTPServerDisconnected: the line is dead"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.at(now + timedelta(days=1)):
        assert send_due_deliveries() == 0


def test_one_dead_address_does_not_stop_the_others(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = UserFactory(email="other@hospital.test")
    notify([other], Topic.CASE_REOPENED, path="/", number="C-2")
    send = EmailMessage.send

    def fail_for_the_first(message: EmailMessage, *args: Any) -> int:
        if message.to == ["reader@hospital.test"]:
            raise OSError("no route")
        return send(message, *args)

    monkeypatch.setattr(EmailMessage, "send", fail_for_the_first)
    assert send_due_deliveries() == 1
    assert mail.outbox[0].to == ["other@hospital.test"]


def test_a_claimed_row_is_due_again_when_its_worker_died(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    start = delivery.next_try_at
    monkeypatch.setattr("notifications.services.sending._send", die)
    with clock.at(start), pytest.raises(SystemExit):
        send_due_deliveries()
    monkeypatch.undo()
    claim = timedelta(seconds=settings.DELIVERY_CLAIM_SECONDS)
    sent = []
    for moment in (start + claim - timedelta(seconds=1), start + claim):
        with clock.at(moment):
            sent.append(send_due_deliveries())
    assert sent == [0, 1]


def die(delivery: Delivery) -> bool:
    raise SystemExit


def test_a_worker_whose_claim_ran_out_leaves_the_row_to_others(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """A mail before it in the batch took too long."""
    settings.DELIVERY_CLAIM_SECONDS = 0
    attempts = iter([[delivery], []])
    monkeypatch.setattr(
        "notifications.services.sending._claim_batch", lambda channel: next(attempts)
    )
    assert (send_due_deliveries("email"), mail.outbox) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(
    delivery: Delivery, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{HERE}.NosyBackend"
    NosyBackend.inside.clear()
    assert send_due_deliveries() == 1
    assert NosyBackend.inside == [False]


@pytest.mark.django_db(transaction=True)
def test_a_worker_passes_over_what_another_is_claiming(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [UserFactory(email=f"p{n}@hospital.test") for n in range(7)]
    notify(people, Topic.CASE_REOPENED, path="/", number="C-1")
    monkeypatch.setattr("notifications.services.sending.BATCH", 2)
    with transaction.atomic():
        claimed = {delivery.pk for delivery in sending._claim_batch(Channel.EMAIL)}
        assert race(send_due_deliveries) == [5]
    unsent = Delivery.objects.filter(sent_at=None).values_list("pk", flat=True)
    assert set(unsent) == claimed


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_every_mail_once() -> None:
    people = [UserFactory(email=f"p{n}@hospital.test") for n in range(7)]
    notify(people, Topic.CASE_REOPENED, path="/", number="C-1")
    assert sum(race(send_due_deliveries, send_due_deliveries)) == 7
    assert set(Delivery.objects.values_list("tries", flat=True)) == {1}


def test_sentences_are_told_in_the_readers_language(
    reader: User, department: Department
) -> None:
    notify([reader], Topic.TASK_REFUSED, path="/", number="C-1", department=department)
    told = Notification.objects.get()
    with translation.override("en"):
        assert told.sentence == "Cardiology refused its task: C-1"
    with translation.override("zh-hans"):
        assert "心内科" in told.sentence


@pytest.mark.parametrize("topic", Topic)
def test_every_sentence_has_only_holes_that_are_filled(
    reader: User, topic: Topic
) -> None:
    holes: dict[str, Any] = {
        "number": "C-1",
        "person": "甲",
        "tier": 3,
        "department": "乙",
    }
    holes |= {"clock": Role.SUPERVISOR.label, "count": 2, "time": "10:30"}
    notify([reader], topic, path="/", **holes)
    assert "{" not in Notification.objects.get().sentence
