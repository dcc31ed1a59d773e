"""Whose stays and calls a figure of follow-ups is about, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.follow_ups.definitions import Counted, FollowUpMeasure
from dashboards.follow_ups.fates import with_fates
from dashboards.measures.definitions import Part
from dashboards.measures.figures import Figure
from dashboards.measures.periods import Month
from followups.models import Attempt, Stay
from hospital.models import Department, Role, User

NO_DEPARTMENT = "-"


@dataclass(frozen=True)
class Nowhere:
    """Stands for the department of stays of which the feed named none."""

    code: str = NO_DEPARTMENT

    @property
    def name(self) -> str:
        return _("No department")


@dataclass(frozen=True)
class FollowUpScope:
    """The reader, and perhaps one department, agent, part of the day or reason."""

    user: User
    department: Department | Nowhere | None = None
    agent: User | None = None
    day_part: str = ""
    reason: str = ""

    @property
    def is_outside_centre(self) -> bool:
        """Whether rates of fewer than five are kept from this reader."""
        return not self.user.has_role(Role.SUPERVISOR, Role.LEADERSHIP)

    @property
    def shows_names(self) -> bool:
        """The leadership reads figures; who the patients are is the wards' matter."""
        return self.is_outside_centre or self.shows_agents

    @property
    def shows_agents(self) -> bool:
        return self.user.has_role(Role.SUPERVISOR)

    @property
    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        chosen = {
            "department": self.department.code if self.department else "",
            "agent": str(self.agent.pk) if self.agent else "",
            "day_part": self.day_part,
            "reason": self.reason,
        }
        return {name: value for name, value in chosen.items() if value}

    def narrow(self, **changes: Any) -> FollowUpScope:
        return replace(self, **changes)

    def departments(self) -> QuerySet[Department]:
        """A head compares only the own departments."""
        if self.is_outside_centre:
            return Department.objects.filter(members=self.user)
        return Department.objects.all()

    def stays(self) -> QuerySet[Stay]:
        return self._mine(Stay.objects.discharged())

    def calls(self) -> QuerySet[Attempt]:
        calls = self._mine(Attempt.objects.all())
        if self.agent:
            calls = calls.filter(agent=self.agent)
        return calls.filter(day_part=self.day_part) if self.day_part else calls

    def rows(
        self, measure: FollowUpMeasure, month: Month, part: Part = Part.DENOMINATOR
    ) -> QuerySet[Any]:
        """The stays or calls a figure counts, with the word they are counted by."""
        return self.of_month(measure.counted, month).filter(measure.condition(part))

    def of_month(self, counted: Counted, month: Month) -> QuerySet[Any]:
        """All stays or calls of the month, each with its word."""
        counts_stays = counted is Counted.STAYS
        rows: QuerySet[Any] = self.stays() if counts_stays else self.calls()
        date = counted.date
        rows = rows.filter(**{f"{date}__gte": month.start, f"{date}__lt": month.end})
        return with_fates(rows) if counts_stays else rows

    def _mine(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.is_outside_centre:
            rows = rows.filter(department__in=self.user.own_departments)
        if isinstance(self.department, Nowhere):
            return rows.filter(department=None)
        return rows.filter(department=self.department) if self.department else rows


@dataclass(frozen=True)
class FollowUpFigure(Figure):
    """A figure whose rows are stays or calls."""

    @property
    def address(self) -> str:
        return reverse("dashboards:follow_up_rows", args=[self.measure.key])
