"""One sender for a channel, a limited time for each, and no row that blocks others."""

import logging
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from hospital.models import Department, User
from notifications.models import Address, Channel, Delivery, Failure, Topic
from notifications.services import notify, send_due_deliveries, sending
from tests.factories import UserFactory
from tests.races import race

SECRET = "very-" + "secret"


def tell(count: int) -> None:
    people = [UserFactory(email=f"p{n}@hospital.test") for n in range(count)]
    notify(people, Topic.CASE_REOPENED, path="/", number="C-1")


@pytest.mark.django_db(transaction=True)
def test_a_channel_has_one_sender_at_a_time_and_the_others_go_on() -> None:
    tell(2)
    with sending._only_sender(Channel.EMAIL) as is_mine:
        assert is_mine
        assert race(send_due_deliveries) == [0]
        with sending._only_sender(Channel.WECOM) as is_mine_too:
            assert is_mine_too
    assert send_due_deliveries() == 2


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_failed_leaves_the_channel_to_others() -> None:
    with pytest.raises(ZeroDivisionError), sending._only_sender(Channel.EMAIL):
        raise ZeroDivisionError
    tell(1)
    assert race(send_due_deliveries) == [1]


def test_when_its_time_is_up_a_channel_gives_back_what_it_has_not_tried(
    db: None, settings: Settings
) -> None:
    tell(3)
    settings.DELIVERY_BUDGET_SECONDS = -1
    assert send_due_deliveries("email") == 0
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}
    settings.DELIVERY_BUDGET_SECONDS = 20
    assert send_due_deliveries("email") == 3


def test_a_row_that_breaks_is_told_without_its_words(
    reader: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(*__: Any) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr("notifications.services.sending.compose", burst)
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    with caplog.at_level(logging.DEBUG):
        assert send_due_deliveries() == 0
    delivery = Delivery.objects.get()
    assert (delivery.failure, delivery.last_error) == (Failure.BROKEN, "KeyError")
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (TimeoutError("slow"), Failure.TIMEOUT),
        (ConnectionRefusedError("nobody"), Failure.UNREACHABLE),
        (OSError("no route"), Failure.UNREACHABLE),
        (SMTPServerDisconnected("gone"), Failure.UNREACHABLE),
        (SMTPException("no such box"), Failure.REFUSED),
    ],
)
def test_what_the_mail_server_says_becomes_a_reason(
    reader: User, monkeypatch: pytest.MonkeyPatch, error: Exception, failure: Failure
) -> None:
    def refuse(*__: Any) -> None:
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    send_due_deliveries()
    assert Delivery.objects.get().failure == failure


def test_the_password_of_the_mail_server_is_blotted_out(
    reader: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.EMAIL_HOST_PASSWORD = "correct-horse"

    def refuse(*__: Any) -> None:
        raise ConnectionResetError("AUTH correct-horse")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    send_due_deliveries()
    assert Delivery.objects.get().last_error == "ConnectionResetError: AUTH …"


def test_an_address_switched_off_after_the_claim_gets_nothing(
    reader: User, robot: Address
) -> None:
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    Address.objects.update(is_active=False)
    assert send_due_deliveries("wecom") == 0
    assert Delivery.objects.get(channel="wecom").failure == Failure.REMOVED


def test_a_department_is_written_to_in_the_hospitals_language(
    reader: User, department: Department
) -> None:
    Address.objects.create(
        department=department,
        channel=Channel.EMAIL,
        url="ward@hospital.test",
        shown="ward@hospital.test",
    )
    notify([reader], Topic.TASK_ASSIGNED, path="/", number="C", department=department)
    assert send_due_deliveries() == 2
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert subjects == {
        "reader@hospital.test": "New task for Cardiology: C",
        "ward@hospital.test": "New task for 心内科: C",
    }
