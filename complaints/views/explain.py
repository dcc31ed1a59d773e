"""The button "Why?" of a due time: the sum in words, for everybody who may read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from complaints.models import Case, Deadline, Hours, Unit
from complaints.permissions import CENTRE
from complaints.services import Explanation, explain_deadline
from complaints.services.clock_words import (
    MINUTE,
    explain_rule,
    find_next,
    say_time,
    say_why_replaced,
)
from complaints.services.explain import DayLine, PartKind
from complaints.views.actions import load_case
from hospital.day_notes import DayKind
from hospital.models import Role
from hospital.requests import SignedInRequest

FRAGMENT = "complaints/cases/explain.html"
PAGE = "complaints/cases/explain_page.html"
# Translators: a date format, see the filter "date" of Django.
DAY_FORMAT = gettext_lazy("D Y-m-d")
# So many days alike are told in one line.
LONG_RUN, LONG_REST = 3, 2
MANY_ROWS = 12  # beyond, the days are folded away


@dataclass(frozen=True)
class PartRow:
    """One line of the sum, also drawn as a part of the bar."""

    words: str
    time: str
    days: str
    look: str
    x: str
    width: str


@dataclass(frozen=True)
class DayRow:
    """A day, or a run of days alike."""

    days: str
    note: str
    counts: str
    is_off: bool


@require_safe
def explain(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Why a deadline is due when it is: a fragment for the dialog, else a page."""
    case = load_case(request, number)
    readable = case.deadlines.for_reader(request.user)
    rows = readable.select_related("case", "task__department", "promise")
    deadline: Deadline = get_object_or_404(rows, pk=pk)
    told = explain_deadline(deadline)
    days = describe_days(told)
    context = {
        "title": _("Why this due time?"),
        "case": case,
        "deadline": deadline,
        "rule": explain_rule(deadline),
        "parts": describe_parts(told),
        "whole": say_time(_whole(told)),
        "days": days,
        "folds_days": len(days) > MANY_ROWS,
        "pauses": told.pauses,
        "reads_reasons": request.user.has_role(*CENTRE, Role.LEADERSHIP),
        "extensions": told.extensions,
        "earlier": _describe_earlier(case, told),
        "back_url": case.get_absolute_url(),
        "fragment": FRAGMENT,
    }
    is_part = request.htmx and not request.htmx.boosted
    response = render(request, FRAGMENT if is_part else PAGE, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _whole(told: Explanation) -> timedelta:
    return round(told.whole / MINUTE) * MINUTE


def describe_parts(told: Explanation) -> list[PartRow]:
    """The parts in whole minutes that still add up to the whole."""
    rows = []
    before = shown = timedelta(0)
    for part in told.parts:
        x = 100 * (before / told.whole)
        before += part.time
        upto = round(before / MINUTE) * MINUTE
        words = str(part.kind.label)
        if part.kind == PartKind.COUNTED and _runs_always(told.deadline):
            words = _("Time that counts, day and night")
        rows.append(
            PartRow(
                words=words,
                time=say_time(upto - shown),
                days=_say_days(part.days),
                look=part.kind.value,
                x=f"{x:.2f}",
                width=f"{100 * (part.time / told.whole):.2f}",
            )
        )
        shown = upto
    return rows


def _say_days(count: int) -> str:
    return ngettext("on {count} day", "on {count} days", count).format(count=count)


def _runs_always(deadline: Deadline) -> bool:
    return deadline.unit == Unit.HOURS or deadline.hours == Hours.ALWAYS


def describe_days(told: Explanation) -> list[DayRow]:
    """Day by day; a long run of days alike is one line."""
    always = _runs_always(told.deadline)
    rows: list[DayRow] = []
    for __, group in groupby(told.days, key=lambda line: _likeness(line, told)):
        run = list(group)
        enough = LONG_RUN if run[0].counted else LONG_REST
        pieces = [run] if len(run) >= enough else [[line] for line in run]
        rows += [_describe_run(piece, told, always=always) for piece in pieces]
    return rows


def _likeness(line: DayLine, told: Explanation) -> tuple[Any, ...]:
    """Days with the same key may stand in one line; first and last stand alone."""
    at_the_edge = line.day in (told.days[0].day, told.days[-1].day)
    return (
        line.day if at_the_edge or line.paused else None,
        line.note.kind,
        line.note.name,
        line.number is None,
    )


def _describe_run(run: list[DayLine], told: Explanation, *, always: bool) -> DayRow:
    first, last = run[0], run[-1]
    days = _say_day(first.day)
    if last is not first:
        days = f"{days} – {_say_day(last.day)}"
    if always and first.note.kind == DayKind.WORKING:
        note = _("Counts day and night")
    elif first.note.kind == DayKind.HOLIDAY and first.note.name:
        note = _("Statutory holiday: {name}").format(name=first.note.name)
    else:
        note = str(first.note)
    return DayRow(days, note, _("; ").join(_say_counts(run, told)), not first.counted)


def _say_counts(run: list[DayLine], told: Explanation) -> Iterator[str]:
    first, last = run[0], run[-1]
    in_days = told.deadline.unit == Unit.WORKING_DAYS
    starts = in_days and first.day == told.days[0].day
    if starts:
        yield _("the day it starts does not count")
    elif in_days and first.number is not None and last.number is not None:
        if first is last:
            yield _("working day {number}").format(number=first.number)
        else:
            yield _("working days {first} to {last}").format(
                first=first.number, last=last.number
            )
    elif first.counted:
        yield say_time(sum((line.counted for line in run), timedelta(0)))
    if first.paused:
        yield _("{time} paused").format(time=say_time(first.paused))
    if not (first.counted or first.paused or starts):
        yield _("does not count")


def _say_day(day: date) -> str:
    return date_format(day, str(DAY_FORMAT))


def _describe_earlier(case: Case, told: Explanation) -> list[dict[str, Any]]:
    """Older due times of this clock with why they hold no more."""
    rows = [each for each in told.earlier if each.pk < told.deadline.pk]
    row_after = [*rows, told.deadline]
    return [
        {
            "due_at": timezone.localtime(each.due_at),
            "until": each.superseded_at,
            "why": say_why_replaced(each, find_next(each, row_after)),
        }
        for each in rows
    ]
