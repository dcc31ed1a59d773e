"""Many things told at once: one message, a line for each, each with its own link."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy

from hospital.models import User
from notifications.models import Notification, Topic
from notifications.services import Line, notify, notify_digest, send_due_deliveries
from tests.factories import UserFactory

INBOX = reverse("notifications:inbox")


def lines(count: int) -> list[Line]:
    return [
        Line(Topic.CLOCK_OVER, f"/cases/C-{n}/", {"number": f"C-{n}", "clock": "reply"})
        for n in range(1, count + 1)
    ]


def test_a_digest_is_one_message_whose_lines_lead_to_their_places(
    reader: User, english_reader: Client
) -> None:
    notify_digest(reader, Topic.CLOCK_STEPS, lines(2), path="/day/")
    page = english_reader.get(INBOX).text
    assert "2 clocks need you" in page
    assert '<a href="/cases/C-2/">C-2: reply is over time</a>' in page
    assert "more</li>" not in page


def test_the_inbox_shows_ten_lines_and_says_how_many_there_are_besides(
    reader: User, english_reader: Client
) -> None:
    notify_digest(reader, Topic.DAILY_DIGEST, lines(12), path="/day/")
    page = english_reader.get(INBOX).text
    assert page.count("is over time") == 10
    assert "and 2 more" in page


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        (Topic.CLOCK_STEPS, "One clock needs you"),
        (Topic.DAILY_DIGEST, "Your day: one thing is due"),
    ],
)
def test_a_single_line_is_not_told_as_many(
    reader: User, topic: Topic, sentence: str
) -> None:
    told = notify_digest(reader, topic, lines(1), path="/")
    with translation.override("en"):
        assert str(told) == sentence


def test_the_mail_lists_every_line_with_its_link(reader: User) -> None:
    notify_digest(reader, Topic.CLOCK_STEPS, lines(12), path="/day/")
    assert send_due_deliveries() == 1
    body = mail.outbox[0].body
    assert mail.outbox[0].subject == "12 clocks need you"
    assert body.count("is over time\nhttp://localhost:8000/cases/C-") == 12
    assert body.endswith("http://localhost:8000/day/\n")


def test_it_says_for_whom_the_deputy_stands_in(
    reader: User, english_reader: Client
) -> None:
    absent = UserFactory(name="王芳")
    notify_digest(
        reader, Topic.CLOCK_STEPS, lines(1), path="/", stands_in_for=absent, urgent=True
    )
    assert "for 王芳, who is on leave" in english_reader.get(INBOX).text
    send_due_deliveries()
    assert "For 王芳, who is on leave.\n" in mail.outbox[0].body
    assert Notification.objects.get().urgent


def test_a_line_may_be_for_an_absent_colleague(
    reader: User, english_reader: Client
) -> None:
    line = Line(Topic.PROMISE_OVER, "/p/", {"number": "C-9"}, stands_in_for="王芳")
    notify_digest(reader, Topic.DAILY_DIGEST, [line, *lines(1)], path="/")
    assert english_reader.get(INBOX).text.count("for 王芳, on leave") == 1
    send_due_deliveries()
    sentence = "C-9: a promise was not kept in time (for 王芳, on leave)\n"
    assert sentence in mail.outbox[0].body


def test_a_word_known_in_both_languages_is_told_in_the_readers(reader: User) -> None:
    """The month is translated by Django itself: tests run without our own catalogue."""
    notify(
        [reader],
        Topic.CLOCK_SOON,
        path="/",
        number="C-1",
        clock=gettext_lazy("January"),
    )
    told = Notification.objects.get()
    with translation.override("en"):
        assert told.sentence == "C-1: January is due soon"
    with translation.override("zh-hans"):
        assert told.sentence == "C-1: 一月 is due soon"


def test_a_lazy_text_without_translation_stays_as_it_is(reader: User) -> None:
    line = Line(Topic.CLOCK_SOON, "/", {"number": "C-1", "clock": lazystr("x")})
    told = notify_digest(reader, Topic.CLOCK_STEPS, [line], path="/")
    assert told.told_lines[0].sentence == "C-1: x is due soon"


@pytest.fixture
def english_reader(reader: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(reader)
    return client
