"""Whose stays and calls a figure of follow-ups is about, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.follow_ups.definitions import Counted, FollowUpMeasure
from dashboards.follow_ups.fates import with_fates
from dashboards.measures.definitions import Part
from dashboards.measures.figures import Figure
from dashboards.measures.periods import Month
from followups.models import Attempt, Cohort, FollowUp, Mode, Stay
from hospital import clock
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
    """The reader, and perhaps one department, agent, day part, reason or cohort."""

    user: User
    department: Department | Nowhere | None = None
    agent: User | None = None
    day_part: str = ""
    reason: str = ""
    cohort: Cohort | None = None

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
            "cohort": self.cohort.code if self.cohort else "",
        }
        return {name: value for name, value in chosen.items() if value}

    def narrow(self, **changes: Any) -> FollowUpScope:
        return replace(self, **changes)

    def departments(self) -> QuerySet[Department]:
        """A head compares only the own departments."""
        if self.is_outside_centre:
            return Department.objects.filter(members=self.user)
        return Department.objects.all()

    def cohorts(self) -> QuerySet[Cohort]:
        """A head those that the own departments look after."""
        if self.is_outside_centre:
            return Cohort.objects.filter(department__in=self.user.own_departments)
        return Cohort.objects.all()

    def stays(self) -> QuerySet[Stay]:
        return self._mine(Stay.objects.discharged())

    def rounds(self) -> QuerySet[FollowUp]:
        """Rounds of the cohorts that have opened; what is planned ahead is not due."""
        rounds = FollowUp.objects.filter(
            member__cohort__in=self.cohorts(), opens_at__lte=clock.now()
        )
        return rounds.filter(member__cohort=self.cohort) if self.cohort else rounds

    def calls(self) -> QuerySet[Attempt]:
        """On the telephone; visits at the bedside are no calls."""
        calls = self._mine(Attempt.objects.filter(mode=Mode.CALL))
        if self.agent:
            calls = calls.filter(agent=self.agent)
        return calls.filter(day_part=self.day_part) if self.day_part else calls

    def rows(
        self, measure: FollowUpMeasure, month: Month, part: Part = Part.DENOMINATOR
    ) -> QuerySet[Any]:
        """The stays or calls a figure counts, with the word they are counted by."""
        return self.of_month(measure.counted, month).filter(measure.condition(part))

    def of_month(self, counted: Counted, month: Month) -> QuerySet[Any]:
        """All stays, calls or rounds of the month, each with its word."""
        date = counted.date
        of_month = {f"{date}__gte": month.start, f"{date}__lt": month.end}
        if counted is Counted.STAYS:
            return with_fates(self.stays().filter(**of_month))
        if counted is Counted.ROUNDS:
            return self.rounds().filter(**of_month)
        calls = self.calls().filter(**of_month)
        if not counted.of_cohorts:
            return calls
        round_ = FollowUp.objects.filter(attempts=OuterRef("pk"), member__isnull=False)
        return calls.filter(Exists(round_))

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
