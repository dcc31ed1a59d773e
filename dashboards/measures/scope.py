"""What part of the hospital's cases a figure is about, and for whom it is counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from complaints.models import (
    Case,
    CaseEvent,
    Category,
    Clock,
    Deadline,
    Promise,
    Satisfaction,
    Subject,
    Verb,
)
from hospital.models import Department, Role, User

# With the reopenings and new cases these tell how many cases were open at any time.
ENDING_VERBS = (Verb.CLOSED, Verb.DECLINED, Verb.WITHDRAWN, Verb.MERGED)
COUNTED_VERBS = (
    Verb.REOPENED,
    Verb.CONVERTED,
    Verb.EXTENSION_GRANTED,
    *ENDING_VERBS,
)


class Source(Enum):
    """The rows a figure counts, and the date that puts a row in a month."""

    CASES = (Case, "", "received_at", Q())
    DEADLINES = (Deadline, "case__", "due_at", Q(clock=Clock.FEEDBACK))
    PROMISES = (Promise, "case__", "due_at", Q())
    ANSWERS = (Satisfaction, "case__", "at", Q())
    EVENTS = (CaseEvent, "case__", "at", Q(verb__in=COUNTED_VERBS))

    def __init__(self, model: type[Model], to_case: str, date: str, only: Q) -> None:
        self.model = model
        self.to_case = to_case
        self.date = date
        self.only = only

    @property
    def case_key(self) -> str:
        """The lookup of the case's key from a row."""
        return f"{self.to_case}pk"


@dataclass(frozen=True)
class Scope:
    """The reader, and perhaps one kind of voice, one department, one category."""

    user: User
    kind: str = ""
    department: Department | None = None
    category: Category | None = None

    @property
    def is_outside_centre(self) -> bool:
        """Whether rates of fewer than five are kept from this reader."""
        return not self.user.has_role(Role.SUPERVISOR, Role.LEADERSHIP)

    @property
    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        chosen = {
            "kind": self.kind,
            "department": self.department.code if self.department else "",
            "category": self.category.code if self.category else "",
        }
        return {name: value for name, value in chosen.items() if value}

    def narrow(self, **changes: Any) -> Scope:
        return replace(self, **changes)

    def rows(self, source: Source) -> QuerySet[Any]:
        """Rows of a source that belong to cases this reader's figures count."""
        cases = Case.objects.countable_by(self.user)
        rows: QuerySet[Any] = cases
        if source is not Source.CASES:
            rows = source.model._default_manager.filter(source.only, case__in=cases)
        if self.kind:
            rows = rows.filter(**{f"{source.to_case}kind": self.kind})
        subject = self._subject()
        if subject is not None:
            about = Subject.objects.filter(subject, case=OuterRef(source.case_key))
            rows = rows.filter(Exists(about))
        return rows

    def _subject(self) -> Q | None:
        """One subject must meet all of it: this category in this department."""
        if not (self.department or self.category):
            return None
        condition = Q()
        if self.department:
            condition &= Q(department=self.department)
        if self.category:
            condition &= Q(category=self.category) | Q(category__parent=self.category)
        return condition
