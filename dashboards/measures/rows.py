"""The rows behind a figure, as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from complaints.models import (
    Case,
    CaseEvent,
    Clock,
    Deadline,
    Kind,
    Promise,
    Satisfaction,
    Subject,
)
from dashboards.measures.scope import Scope, Source


@dataclass(frozen=True)
class Row:
    """A line of the list. Only a readable case is linked."""

    case: Case
    is_readable: bool
    feedback: Deadline | None
    answer: Satisfaction | None
    event: CaseEvent | None = None
    promise: Promise | None = None

    @property
    def converted(self) -> tuple[str, str] | None:
        """From which kind to which, in words."""
        if self.event is None or "kind" not in self.event.new:
            return None
        old, new = self.event.old["kind"], self.event.new["kind"]
        return str(Kind(old).label), str(Kind(new).label)


def with_cases(records: QuerySet[Any], source: Source) -> QuerySet[Any]:
    """The records with what a row of the list shows of their case."""
    subjects = Prefetch(
        f"{source.to_case}subjects",
        Subject.objects.select_related("department", "category"),
    )
    if source is not Source.CASES:
        records = records.select_related("case")
    return records.prefetch_related(subjects)


def rows_of(records: Sequence[Any], source: Source, scope: Scope) -> list[Row]:
    """A page of records as rows: each with its case, last clock and last answer."""
    cases = [r if source is Source.CASES else r.case for r in records]
    keys = {case.pk for case in cases}
    readable = set(
        Case.objects.visible_to(scope.user)
        .filter(pk__in=keys)
        .values_list("pk", flat=True)
    )
    clocks = _latest(
        Deadline.objects.filter(case__in=keys, clock=Clock.FEEDBACK, superseded_at=None)
    )
    answers = {}
    if not scope.is_outside_centre:
        answers = _latest(Satisfaction.objects.filter(case__in=keys))
    return [
        Row(
            case,
            case.pk in readable,
            record if isinstance(record, Deadline) else clocks.get(case.pk),
            record
            if isinstance(record, Satisfaction) and not scope.is_outside_centre
            else answers.get(case.pk),
            record if isinstance(record, CaseEvent) else None,
            record if isinstance(record, Promise) else None,
        )
        for record, case in zip(records, cases, strict=True)
    ]


def _latest(records: Iterable[Any]) -> dict[int, Any]:
    """The newest record of each case."""
    newest = sorted(records, key=lambda record: record.pk)
    return {record.case_id: record for record in newest}
