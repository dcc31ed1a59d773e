"""Counting the rounds of cohorts: one query for all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from dashboards.follow_ups.counting import Line, count_one
from dashboards.follow_ups.definitions import Counted
from dashboards.follow_ups.of_rounds import COHORT_CALLS, OF_ROUNDS
from dashboards.follow_ups.scope import FollowUpFigure, FollowUpScope
from dashboards.measures.periods import Month


@dataclass(frozen=True)
class Rounds:
    """Of all cohorts together, and of each."""

    figures: list[FollowUpFigure]
    cohorts: list[Line]


def count_rounds(scope: FollowUpScope, month: Month) -> Rounds | None:
    """The rounds that opened in the month; None where the reader has no cohort."""
    cohorts = list(scope.cohorts())
    if not cohorts:
        return None
    counts: dict[int, Counter[str]] = {cohort.pk: Counter() for cohort in cohorts}
    rounds = scope.of_month(Counted.ROUNDS, month).order_by()
    for row in rounds.values("member__cohort", "state").annotate(n=Count("pk")):
        found = counts.setdefault(row["member__cohort"], Counter())
        found[row["state"]] += row["n"]
    total = sum(counts.values(), Counter[str]())
    lines = [
        Line(cohort, _figures(scope.narrow(cohort=cohort), month, counts[cohort.pk]))
        for cohort in cohorts
        if cohort.is_active or counts[cohort.pk]
    ]
    calls = count_one(COHORT_CALLS, scope, month)
    return Rounds([*_figures(scope, month, total), calls], lines)


def _figures(
    scope: FollowUpScope, month: Month, counts: Counter[str]
) -> list[FollowUpFigure]:
    return [
        FollowUpFigure(measure, scope, month, measure.count(counts))
        for measure in OF_ROUNDS
    ]
