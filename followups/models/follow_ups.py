"""One due contact of a plan."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.models.cohorts import CohortMember
from followups.models.patients import Patient, Stay
from followups.models.plans import Mode, Plan, TouchPoint
from hospital.models import Department, Role, User


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("follow-up", "Open")
    DONE = "done", _("Reached")
    UNREACHABLE = "unreachable", _("Not reachable")
    DECLINED = "declined", pgettext_lazy("follow-up", "Declined")
    STOPPED = "stopped", _("Must not be called")
    MISSED = "missed", _("Window closed")


class StopReason(models.TextChoices):
    """Why nobody must call: the case is excluded, not unreachable and not refused."""

    DECEASED = "deceased", _("The patient has died")
    TRANSFERRED = "transferred", _("Transferred to another hospital")
    READMITTED = "readmitted", _("Readmitted")
    NOT_DISCHARGED = "not_discharged", _("The discharge was cancelled")
    CANCELLED = "cancelled", _("The admission was cancelled")
    LEFT = "left", _("Left the hospital before")
    DO_NOT_CALL = "do_not_call", _("Does not want to be called")
    RESTING = "resting", _("Was contacted often enough lately")
    LEFT_COHORT = "left_cohort", _("Left the cohort")
    NOT_PLANNED = "not_planned", _("The plan no longer fits")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visits_for(self, user: User) -> FollowUpQuerySet:
        """The gate of bedside visits: the centre everywhere, a ward's people there."""
        visits = self.filter(mode=Mode.BEDSIDE)
        if not user.is_active:
            return self.none()
        if user.has_role(Role.CALLBACK_AGENT, Role.SUPERVISOR):
            return visits
        if user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
            return visits.filter(department__in=user.own_departments)
        return self.none()


class FollowUp(models.Model):
    """One touch-point of one stay, or one round of it for a member of a cohort.

    It exists once, whatever the feed repeats.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="follow_ups")
    stay = models.ForeignKey(
        Stay, models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    member = models.ForeignKey(
        CohortMember, models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    round = models.PositiveSmallIntegerField(
        default=0, help_text=_("Of a contact that comes back: the first is 0")
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="follow_ups")
    point = models.ForeignKey(TouchPoint, models.PROTECT, related_name="follow_ups")
    point_key = models.SlugField(max_length=40)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    mode = models.CharField(max_length=20, choices=Mode.choices)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    stop_reason = models.CharField(
        max_length=20, choices=StopReason.choices, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["opens_at", "pk"]
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stay", "plan", "point_key"], name="follow_up_once"
            ),
            models.UniqueConstraint(
                fields=["member", "plan", "point_key", "round"],
                name="follow_up_once_a_round",
            ),
            models.CheckConstraint(
                condition=Q(stay=None, member__isnull=False)
                | Q(stay__isnull=False, member=None, round=0),
                name="follow_up_of_a_stay_or_a_member",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="follow_up_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="follow_up_ended_iff_not_open",
            ),
            models.CheckConstraint(
                condition=Q(state="stopped") & ~Q(stop_reason="")
                | ~Q(state="stopped") & Q(stop_reason=""),
                name="follow_up_stopped_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["opens_at"],
                condition=Q(state="open", mode="call", queued_at=None),
                name="follow_up_to_queue",
            ),
            models.Index(
                fields=["closes_at"],
                condition=Q(state="open"),
                name="follow_up_closing",
            ),
            models.Index(
                fields=["patient"],
                condition=Q(state="open"),
                name="follow_up_open_of_patient",
            ),
            models.Index(
                fields=["department", "mode", "opens_at"],
                condition=Q(state="open"),
                name="follow_up_open_of_ward",
            ),
            models.Index(
                fields=["opens_at"],
                condition=Q(member__isnull=False),
                name="follow_up_rounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.point_key}"
