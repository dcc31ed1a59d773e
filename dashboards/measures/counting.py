"""Counting: one query for each source, however many months, departments, categories.

A case about several departments or categories counts once in each of them, so the
lines of a table may add up to more than the total.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models import Count as CountRows
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from complaints.models import Category
from dashboards.measures.definitions import (
    HANDLED_RATE,
    MEASURES,
    ON_TIME,
    OPEN,
    OVERDUE,
    RECEIVED,
    REOPENED,
    SATISFACTION,
    Measure,
    Part,
)
from dashboards.measures.figures import Count, Figure
from dashboards.measures.periods import Month
from dashboards.measures.scope import ENDING_VERBS, Scope, Source
from hospital import clock
from hospital.models import Department, User

MONTHS_SHOWN = 12
COLUMNS = (RECEIVED, HANDLED_RATE, ON_TIME, SATISFACTION, OPEN, OVERDUE)

Counts = dict[str, int]


@dataclass(frozen=True)
class Line:
    """The figures of one department or category, in the order of COLUMNS."""

    group: Department | Category
    figures: list[Figure]
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Breakdown:
    departments: list[Line]
    categories: list[Line]


def month_summary(
    user: User, month: Month | None = None, *, kind: str = ""
) -> dict[str, Figure]:
    """Every measure by key, each with the month before and its last twelve months."""
    scope, now = Scope(user, kind), clock.now()
    month = month or Month.of(now)
    # The backlog is counted back from today, so the months up to today are needed.
    since = month.earlier(MONTHS_SHOWN - 1)
    by_month: dict[Month, Counts] = {}
    for source in Source:
        for found, counts in _count_months(scope, source, since, now):
            by_month.setdefault(found, {}).update(counts)
    months = month.last(MONTHS_SHOWN)
    return {
        measure.key: _summarise(measure, scope, month, months, by_month)
        for measure in MEASURES.values()
    }


def breakdown(user: User, month: Month, *, kind: str = "") -> Breakdown:
    """The figures of each department and each category that has any."""
    scope, now = Scope(user, kind), clock.now()
    tables: dict[str, dict[int, Counts]] = {"department": {}, "category": {}, "top": {}}
    for source in (Source.CASES, Source.DEADLINES, Source.ANSWERS):
        for row in _count_groups(scope, source, month, now):
            table, group = row.pop("table"), row.pop("group")
            if any(row.values()):
                tables[table].setdefault(group, {}).update(row)
    departments = departments_shown(scope).in_bulk(tables["department"])
    categories = Category.objects.in_bulk({*tables["category"], *tables["top"]})

    def lines(table: str, groups: dict[int, Any], name: str) -> list[Line]:
        found = [
            Line(
                groups[pk],
                _figures(scope.narrow(**{name: groups[pk]}), month, counts),
            )
            for pk, counts in tables[table].items()
            if pk in groups
        ]
        found.sort(key=lambda line: (-line.figures[0].count.base, line.group.code))
        return found

    children = lines("category", categories, "category")
    tops = [
        Line(
            top.group,
            top.figures,
            [line for line in children if line.group.parent_id == top.group.pk],
        )
        for top in lines("top", categories, "category")
    ]
    return Breakdown(lines("department", departments, "department"), tops)


def departments_shown(scope: Scope) -> QuerySet[Department]:
    """A head compares only the own departments, whatever else a case is about."""
    if scope.is_outside_centre:
        return Department.objects.filter(members=scope.user)
    return Department.objects.all()


def rows_behind(
    measure: Measure, scope: Scope, month: Month | None, part: Part = Part.DENOMINATOR
) -> QuerySet[Any]:
    """The rows a figure counts, under the conditions it was counted with."""
    condition = measure.condition(clock.now(), month, part)
    return scope.rows(measure.source).filter(condition)


def count_part(measure: Measure, scope: Scope, month: Month | None) -> Count:
    """One figure alone, in one query."""
    now = clock.now()
    counts = scope.rows(measure.source).aggregate(**_aggregates([measure], now, month))
    return _count_of(measure, counts)


def _count_months(
    scope: Scope, source: Source, since: Month, now: datetime
) -> Iterable[tuple[Month, Counts]]:
    rows = scope.rows(source)
    shown = Q(**{f"{source.date}__gte": since.start})
    aggregates = _aggregates(_measures_of(source), now, None)
    if source is Source.CASES:
        shown |= OPEN.counted(now)
    if source is Source.EVENTS:
        # Merging writes a line to both cases; only one of them ends by it.
        ended = Q(verb__in=ENDING_VERBS, new__has_key="status")
        aggregates["ended"] = CountRows("pk", filter=ended)
    zone = timezone.get_default_timezone()
    by_month = (
        rows.filter(shown)
        .order_by()
        .annotate(month=TruncMonth(source.date, tzinfo=zone))
        .values("month")
        .annotate(**aggregates)
    )
    for row in by_month:
        yield Month.of(row.pop("month")), row


def _summarise(
    measure: Measure,
    scope: Scope,
    month: Month,
    months: list[Month],
    by_month: dict[Month, Counts],
) -> Figure:
    if not measure.is_monthly:
        return _summarise_now(measure, scope, month, by_month)
    history = [_count_of(measure, by_month.get(each, {})) for each in months]
    return Figure(measure, scope, month, history[-1], history[-2], history)


def _summarise_now(
    measure: Measure, scope: Scope, month: Month, by_month: dict[Month, Counts]
) -> Figure:
    def total(key: str) -> int:
        return sum(counts.get(key, 0) for counts in by_month.values())

    count = Count(total(measure.key))
    if measure is OPEN:
        history = _backlog(count.base, by_month)
        return Figure(measure, scope, month, count, history[-2], history)
    return Figure(measure, scope, month, count, whole=total(OPEN.key))


def _backlog(open_now: int, by_month: dict[Month, Counts]) -> list[Count]:
    """How many cases were open at the end of the last twelve months, today last."""
    backlog = [open_now]
    for month in reversed(Month.current().last(MONTHS_SHOWN)[1:]):
        counts = by_month.get(month, {})
        came = counts.get(RECEIVED.key, 0) + counts.get(REOPENED.key, 0)
        backlog.append(backlog[-1] - came + counts.get("ended", 0))
    return [Count(number) for number in reversed(backlog)]


def _count_groups(
    scope: Scope, source: Source, month: Month, now: datetime
) -> Iterable[dict[str, Any]]:
    """Counts by department, category and upper category, in one query."""
    date = source.date
    shown = Q(**{f"{date}__gte": month.start, f"{date}__lt": month.end})
    if source is Source.CASES:
        shown |= OPEN.counted(now)
    subjects = f"{source.to_case}subjects__"
    measures = [measure for measure in COLUMNS if measure.source is source]
    aggregates = _aggregates(measures, now, month, distinct=True)
    rows = scope.rows(source).filter(shown).order_by()
    parent = f"{subjects}category__parent"
    arms = [
        ("department", F(f"{subjects}department")),
        ("category", F(f"{subjects}category")),
        ("top", Coalesce(F(parent), F(f"{subjects}category"))),
    ]
    first, *others = [
        rows.annotate(table=Value(table, CharField()), group=group)
        .values("table", "group")
        .annotate(**aggregates)
        for table, group in arms
    ]
    return first.union(*others, all=True)


def _aggregates(
    measures: Iterable[Measure],
    now: datetime,
    month: Month | None,
    *,
    distinct: bool = False,
) -> dict[str, CountRows]:
    aggregates = {}
    for measure in measures:
        wanted = {measure.key: Part.DENOMINATOR}
        if measure.is_rate:
            wanted[f"{measure.key}_hits"] = Part.NUMERATOR
        for name, part in wanted.items():
            condition = measure.condition(now, month, part)
            aggregates[name] = CountRows("pk", filter=condition, distinct=distinct)
    return aggregates


def _figures(scope: Scope, month: Month, counts: Counts) -> list[Figure]:
    return [
        Figure(measure, scope, month, _count_of(measure, counts)) for measure in COLUMNS
    ]


def _count_of(measure: Measure, counts: Counts) -> Count:
    return Count(counts.get(measure.key, 0), counts.get(f"{measure.key}_hits", 0))


def _measures_of(source: Source) -> list[Measure]:
    return [measure for measure in MEASURES.values() if measure.source is source]
