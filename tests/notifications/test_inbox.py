"""The inbox and the bell: what a person was told, and what of it is unread."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from hospital import clock
from hospital.models import User
from notifications.models import Notification, Topic
from notifications.services import notify

English = Callable[[User], Client]
INBOX = reverse("notifications:inbox")
BELL = reverse("notifications:bell")
READ = reverse("notifications:mark_all_read")


@pytest.fixture
def tell(head: User) -> Callable[[], Notification]:
    def tell_once() -> Notification:
        notify([head], Topic.TASK_RETURNED, path=INBOX, number="C-2026-000001")
        return Notification.objects.latest("pk")

    return tell_once


def address(notification: Notification) -> str:
    return reverse("notifications:open", args=[notification.pk])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_costs_the_same_for_one_row_and_for_three(
    tell: Callable[[], Notification],
    head: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        tell()
    client = english(head)
    with django_assert_num_queries(4):  # session, person, counts, rows
        response = client.get(INBOX)
    assert len(response.context["rows"]) == rows


def test_unread_news_is_marked_by_a_word_and_newest_stands_first(
    tell: Callable[[], Notification], head: User, english: English
) -> None:
    first, second = tell(), tell()
    client = english(head)
    client.get(address(first))
    response = client.get(INBOX)
    assert [r["notification"] for r in response.context["rows"]] == [second, first]
    assert response.text.count('<span class="inbox-new">new</span>') == 1
    assert "A task of C-2026-000001 came back: more to do" in response.text


def test_unread_news_can_be_read_alone(
    tell: Callable[[], Notification], head: User, english: English
) -> None:
    first, second = tell(), tell()
    client = english(head)
    client.get(address(first))
    response = client.get(INBOX, {"show": "unread"})
    assert [r["notification"] for r in response.context["rows"]] == [second]
    client.get(address(second))
    assert "Nothing unread." in client.get(INBOX, {"show": "unread"}).text


def test_opening_marks_read_and_leads_to_the_place(
    tell: Callable[[], Notification], head: User, english: English
) -> None:
    notification = tell()
    client = english(head)
    assertRedirects(client.get(address(notification)), INBOX)
    notification.refresh_from_db()
    assert notification.read_at is not None


def test_nobody_opens_or_sees_the_news_of_another(
    tell: Callable[[], Notification], outsider: User, english: English
) -> None:
    notification = tell()
    client = english(outsider)
    assert client.get(address(notification)).status_code == 404
    assert "No messages yet." in client.get(INBOX).text
    client.post(READ)
    notification.refresh_from_db()
    assert notification.read_at is None


def test_all_is_marked_read_but_what_came_after_the_look(
    tell: Callable[[], Notification], head: User, english: English
) -> None:
    seen = tell()
    looked_at = clock.now()
    with clock.at(looked_at + timedelta(seconds=5)):
        later = tell()
    client = english(head)
    response = client.post(READ, {"before": looked_at.isoformat()})
    assertRedirects(response, INBOX)
    seen.refresh_from_db()
    later.refresh_from_db()
    assert (seen.read_at is None, later.read_at is None) == (False, True)


@pytest.mark.parametrize("before", ["", "yesterday", "2026-13-45T99:00", "2026-01-01"])
def test_a_moment_that_is_none_means_now(
    tell: Callable[[], Notification], head: User, english: English, before: str
) -> None:
    notification = tell()
    english(head).post(READ, {"before": before})
    notification.refresh_from_db()
    assert notification.read_at is not None


def test_marking_all_read_is_never_done_by_a_get(head: User, english: English) -> None:
    assert english(head).get(READ).status_code == 405


def test_the_bell_is_silent_without_news(head: User, english: English) -> None:
    assert english(head).get(BELL).text.strip() == ""


def test_the_bell_counts_for_eyes_and_for_ears(
    tell: Callable[[], Notification], head: User, english: English
) -> None:
    tell()
    page = english(head).get(BELL).text
    assert '<span aria-hidden="true">1</span>' in page
    assert "1 unread" in page


def test_the_bell_stops_counting_at_99(
    tell: Callable[[], Notification], head: User, english: English
) -> None:
    for __ in range(101):
        tell()
    assert '<span aria-hidden="true">99+</span>' in english(head).get(BELL).text


def test_old_news_comes_in_pages(
    tell: Callable[[], Notification],
    head: User,
    english: English,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 1})
    first, second = tell(), tell()
    client = english(head)
    response = client.get(INBOX)
    assert [r["notification"] for r in response.context["rows"]] == [second]
    older = client.get(INBOX, {"older": response.context["page"].older})
    assert [r["notification"] for r in older.context["rows"]] == [first]
    assert "Newer" in older.text


@pytest.mark.parametrize(
    "before", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "never"]
)
def test_a_moment_outside_the_calendar_counts_as_now(
    tell: Callable[[], Notification], head: User, english: English, before: str
) -> None:
    told = tell()
    assertRedirects(english(head).post(READ, {"before": before}), INBOX)
    told.refresh_from_db()
    assert told.read_at is not None
