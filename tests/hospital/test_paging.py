"""Keyset pages: nothing twice, nothing left out, in both directions."""

from datetime import timedelta

import pytest
from django.core import signing
from django.http import QueryDict

from hospital import clock
from hospital.models import User
from hospital.paging import Page, keyset_page
from notifications.models import Notification, Topic
from tests.factories import UserFactory


@pytest.fixture
def rows(db: None) -> list[Notification]:
    """Seven rows, oldest first; four share one moment."""
    start = clock.now()
    reader: User = UserFactory()
    return [
        Notification.objects.create(
            recipient=reader,
            topic=Topic.CASE_REOPENED,
            path="/",
            params={"number": str(n)},
            created_at=start + timedelta(minutes=minute),
        )
        for n, minute in enumerate([0, 1, 1, 1, 1, 2, 3])
    ]


def page(by: str = "-created_at", size: int = 3, **params: str) -> Page[Notification]:
    query = QueryDict(mutable=True)
    query.update(params)
    return keyset_page(Notification.objects.all(), query, by=by, size=size)


def leaf(by: str, size: int) -> list[Page[Notification]]:
    """All pages from the first to the last."""
    pages = [page(by, size)]
    while pages[-1].older:
        pages.append(page(by, size, older=pages[-1].older))
    return pages


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("by", ["created_at", "-created_at"])
def test_leafing_forward_shows_every_row_once_in_order(
    rows: list[Notification], by: str, size: int
) -> None:
    shown = [row for each in leaf(by, size) for row in each.rows]
    assert shown == (rows[::-1] if by.startswith("-") else rows)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("by", ["created_at", "-created_at"])
def test_leafing_back_shows_the_same_pages(
    rows: list[Notification], by: str, size: int
) -> None:
    forward = leaf(by, size)
    back = [forward[-1]]
    while back[-1].newer:
        back.append(page(by, size, newer=back[-1].newer))
    assert [each.rows for each in back[::-1]] == [each.rows for each in forward]


def test_the_ends_offer_no_further_page(rows: list[Notification]) -> None:
    first, *__, last = leaf("-created_at", 3)
    whole = page(size=7)
    assert (first.newer, last.older) == (None, None)
    assert (whole.newer, whole.older) == (None, None)


def test_rows_that_come_meanwhile_move_nothing(rows: list[Notification]) -> None:
    first = page()
    Notification.objects.create(
        recipient=rows[0].recipient, topic=Topic.CASE_REOPENED, path="/"
    )
    assert page(older=str(first.older)).rows == rows[1:4][::-1]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "WyIyMDI1IiwxXQ:1abc:forged",
        "\x00",
    ],
)
def test_a_forged_token_gives_the_first_page(
    rows: list[Notification], token: str
) -> None:
    assert page(older=token).rows == rows[:3:-1]
    assert page(newer=token).rows == rows[:3:-1]


def test_a_token_signed_for_something_else_gives_the_first_page(
    rows: list[Notification],
) -> None:
    token = signing.dumps(["2025-01-01T00:00:00+00:00", 1], salt="other")
    assert page(older=token).rows == rows[:3:-1]


def test_an_empty_list_has_one_empty_page(db: None) -> None:
    empty = page()
    assert (list(empty.rows), bool(empty), empty.older, empty.newer) == (
        [],
        False,
        None,
        None,
    )
