"""Keyset pages: the cost of a page does not grow with how far one has leafed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50


class NewestFirstPagination(CursorPagination):
    """Cursor pages for the API, newest first."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200
    position = re.compile("[0-9]{1,18}")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The page asked for; an address that no page of ours gave is not found."""
        cursor: Cursor | None = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        if not self.position.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class ByCodePagination(NewestFirstPagination):
    """Cursor pages of reference data, which have a unique code."""

    ordering = "code"
    position = re.compile(r"[^\0]+")


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: Sequence[M]
    older: str | None
    newer: str | None

    def __bool__(self) -> bool:
        return bool(self.rows)


def keyset_page(
    queryset: QuerySet[M], params: QueryDict, *, by: str, size: int = PAGE_SIZE
) -> Page[M]:
    """One page by the field `by` (prefix "-" for descending) and then the key.

    `params` may hold `older` or `newer`, tokens of an earlier page; a token that is
    not ours gives the first page. The field must not be null in the queryset.
    """
    backwards = _anchor(params.get("newer"))
    anchor = backwards or _anchor(params.get("older"))
    descending = by.startswith("-") != bool(backwards)
    name = by.removeprefix("-")
    if anchor:
        sign = "lt" if descending else "gt"
        value, pk = anchor
        queryset = queryset.filter(
            Q(**{f"{name}__{sign}": value}) | Q(**{name: value, f"pk__{sign}": pk})
        )
    order = (F(name).desc(), F("pk").desc()) if descending else (F(name).asc(), F("pk"))
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_older = bool(backwards) or more
    has_newer = more if backwards else bool(anchor)
    return Page(
        rows,
        older=_token(rows[-1], name) if rows and has_older else None,
        newer=_token(rows[0], name) if rows and has_newer else None,
    )


def _token(row: Model, name: str) -> str:
    value = getattr(row, name)
    value = value if isinstance(value, int | str) else value.isoformat()
    return signing.dumps([value, row.pk], salt="page")


def _anchor(token: str | None) -> list[Any] | None:
    if not token:
        return None
    try:
        anchor: list[Any] = signing.loads(token, salt="page")
    except signing.BadSignature:
        return None
    return anchor
