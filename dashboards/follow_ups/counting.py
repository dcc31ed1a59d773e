"""Counting follow-ups: one query over the stays, one over the calls of a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, QuerySet, When
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards.follow_ups.definitions import (
    EFFECTIVE_RATE,
    GROUPS,
    MONTHLY,
    OF_CALLS,
    Counted,
    FollowUpMeasure,
)
from dashboards.follow_ups.fates import with_fates
from dashboards.follow_ups.scope import FollowUpFigure, FollowUpScope, Nowhere
from dashboards.measures.counting import MONTHS_SHOWN
from dashboards.measures.periods import Month
from followups.call_hours import day_parts
from followups.models import Cohort
from hospital.models import Department, User

# The months of which the calls are looked into: this one and the one before.
IN_DETAIL = 2
# Of calls that were made in quiet hours.
OFF = "off"
DAY_PARTS: dict[str, Promise] = {
    "morning": _("Morning"),
    "afternoon": _("Afternoon"),
    "evening": _("Evening"),
    OFF: _("Outside the calling hours"),
}


@dataclass(frozen=True)
class DayPartName:
    """A part of the day as the settings call it, in the reader's words."""

    key: str

    @property
    def name(self) -> str:
        return str(DAY_PARTS.get(self.key, self.key))


@dataclass(frozen=True)
class Line:
    """The figures of one department, agent, part of the day or cohort."""

    group: Department | Nowhere | User | DayPartName | Cohort
    figures: list[FollowUpFigure]


@dataclass(frozen=True)
class Group:
    """Stays of one kind of fate, and the reasons that make them up."""

    figure: FollowUpFigure
    reasons: list[FollowUpFigure]


@dataclass(frozen=True)
class Stays:
    figures: dict[str, FollowUpFigure]
    groups: list[Group]
    departments: list[Line]


@dataclass(frozen=True)
class Calls:
    figures: list[FollowUpFigure]
    agents: list[Line]
    day_parts: list[Line]


def count_stays(scope: FollowUpScope, month: Month) -> Stays:
    """The figures of the stays that ended in the month, and of the year before."""
    by_month: dict[Month, Counter[str]] = {}
    by_department: dict[int | None, Counter[str]] = {}
    for row in _stay_counts(scope, month):
        found, fate, count = Month.of(row["month"]), row["fate"], row["count"]
        by_month.setdefault(found, Counter())[fate] += count
        if found == month:
            by_department.setdefault(row["at"], Counter())[fate] += count
    this_month = by_month.get(month, Counter())
    history = [by_month.get(each, Counter()) for each in month.last(MONTHS_SHOWN)]
    figures = {}
    for measure in MONTHLY:
        counts = [measure.count(each) for each in history]
        if measure is EFFECTIVE_RATE:
            counts = counts[-IN_DETAIL:]
        # How many are discharged is not the callback room's doing: nothing to compare.
        previous = counts[-2] if measure.is_rate else None
        figures[measure.key] = FollowUpFigure(
            measure, scope, month, counts[-1], previous, counts
        )
    groups = [_group(measure, scope, month, this_month) for measure in GROUPS]
    return Stays(figures, groups, _department_lines(scope, month, by_department))


def count_calls(scope: FollowUpScope, month: Month) -> Calls:
    """The calls of the month, by who made them and by the part of the day."""
    total: Counter[str] = Counter()
    by_agent: dict[int, Counter[str]] = {}
    by_part: dict[str, Counter[str]] = {}
    calls = scope.of_month(Counted.CALLS, month).order_by()
    for row in calls.values("agent", "day_part", "outcome").annotate(n=Count("pk")):
        for counts in (
            total,
            by_agent.setdefault(row["agent"], Counter()),
            by_part.setdefault(row["day_part"], Counter()),
        ):
            counts[row["outcome"]] += row["n"]
    agents: list[Line] = []
    if scope.shows_agents:
        agents = _agent_lines(scope, month, by_agent)
    parts = [
        Line(
            DayPartName(key),
            _figures(scope.narrow(day_part=key), month, by_part[key], OF_CALLS),
        )
        for key in sorted(by_part, key=_place_of)
    ]
    return Calls(_figures(scope, month, total, OF_CALLS), agents, parts)


def count_one(
    measure: FollowUpMeasure, scope: FollowUpScope, month: Month
) -> FollowUpFigure:
    """One figure alone, in one query."""
    word = measure.counted.word
    rows = scope.of_month(measure.counted, month).order_by()
    counts = {row[word]: row["n"] for row in rows.values(word).annotate(n=Count("pk"))}
    return FollowUpFigure(measure, scope, month, measure.count(counts))


def _stay_counts(scope: FollowUpScope, month: Month) -> QuerySet[Any, Any]:
    """Stays by month and fate; those of the month itself by department as well."""
    since = month.earlier(MONTHS_SHOWN - 1).start
    stays = scope.stays().filter(discharged_at__gte=since, discharged_at__lt=month.end)
    zone = timezone.get_default_timezone()
    return (
        with_fates(stays, in_detail_from=month.earlier(IN_DETAIL - 1).start)
        .order_by()
        .annotate(
            month=TruncMonth("discharged_at", tzinfo=zone),
            at=Case(When(discharged_at__gte=month.start, then=F("department"))),
        )
        .values("month", "at", "fate")
        .annotate(count=Count("pk"))
    )


def _group(
    measure: FollowUpMeasure, scope: FollowUpScope, month: Month, counts: Counter[str]
) -> Group:
    reasons = [
        FollowUpFigure(
            measure.only(word),
            scope.narrow(reason=word),
            month,
            measure.only(word).count(counts),
        )
        for word in measure.base
        if counts[word] and len(measure.base) > 1
    ]
    reasons.sort(key=lambda figure: -figure.count.base)
    figure = FollowUpFigure(measure, scope, month, measure.count(counts))
    return Group(figure, reasons)


def _department_lines(
    scope: FollowUpScope, month: Month, counts: dict[int | None, Counter[str]]
) -> list[Line]:
    places: dict[int | None, Department | Nowhere] = {None: Nowhere()}
    places |= scope.departments().in_bulk([key for key in counts if key is not None])
    lines = [
        Line(place, _figures(scope.narrow(department=place), month, found, MONTHLY))
        for key, found in counts.items()
        if (place := places.get(key)) is not None
    ]
    return sorted(lines, key=lambda line: -line.figures[0].count.base)


def _agent_lines(
    scope: FollowUpScope, month: Month, counts: dict[int, Counter[str]]
) -> list[Line]:
    people = User.objects.in_bulk(counts)
    lines = [
        Line(
            people[key],
            _figures(scope.narrow(agent=people[key]), month, found, OF_CALLS),
        )
        for key, found in counts.items()
    ]
    return sorted(lines, key=lambda line: -line.figures[0].count.base)


def _figures(
    scope: FollowUpScope,
    month: Month,
    counts: Counter[str],
    measures: Iterable[FollowUpMeasure],
) -> list[FollowUpFigure]:
    return [
        FollowUpFigure(measure, scope, month, measure.count(counts))
        for measure in measures
    ]


def _place_of(key: str) -> tuple[int, str]:
    """In the order of the day; names that are no longer in the settings last."""
    names = [part.name for part in day_parts()]
    return (names.index(key) if key in names else len(names), key)
