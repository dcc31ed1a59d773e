"""What a call revealed and a clinician of the ward must answer within minutes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from followups.models.calls import Attempt
from followups.models.patients import Patient
from hospital import clock
from hospital.models import Department, Role, User


class ClinicalAlertQuerySet(models.QuerySet["ClinicalAlert"]):
    def visible_to(self, user: User) -> ClinicalAlertQuerySet:
        """The ward's people and its leader, supervisors, who raised it or was told."""
        if not user.is_active:
            return self.none()
        if user.has_role(Role.SUPERVISOR):
            return self
        # Whoever was told may open it: stand-ins are of other departments.
        told = ClinicalAlert.told.through.objects.filter(
            user=user, clinicalalert=OuterRef("pk")
        )
        reach = Q(raised_by=user) | Q(Exists(told))
        if user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
            reach |= Q(department__in=user.own_departments)
            reach |= Q(department__head=user) | Q(department__deputy=user)
        if user.has_role(Role.LEADERSHIP):
            reach |= Q(department__supervising_leader=user)
        return self.filter(reach)

    def open(self) -> ClinicalAlertQuerySet:
        return self.filter(closed_at=None)

    def closed(self) -> ClinicalAlertQuerySet:
        return self.filter(closed_at__isnull=False)

    def unanswered(self) -> ClinicalAlertQuerySet:
        return self.open().filter(acknowledged_at=None)

    def late(self, now: datetime) -> ClinicalAlertQuerySet:
        """Unanswered over time, and nobody higher up was told yet."""
        return self.unanswered().filter(told_late_at=None, due_at__lte=now)

    def by_urgency(self) -> ClinicalAlertQuerySet:
        """Those nobody has answered first, the one that waits longest on top."""
        return self.order_by(F("acknowledged_at").asc(nulls_first=True), "due_at", "pk")

    def for_list(self) -> ClinicalAlertQuerySet:
        """With what a row of a list shows."""
        people = ("raised_by", "acknowledged_by", "closed_by")
        return self.select_related("patient", "department", *people)


class ClinicalAlert(models.Model):
    """Raised by a red-flag answer, or by the agent who hands over to a clinician.

    Without a department the centre's supervisors have to find the ward.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="alerts")
    attempt = models.ForeignKey(
        Attempt, models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clinical_alerts",
        verbose_name=_("department"),
    )
    flags = models.JSONField(default=list, help_text=_("Red flags in both languages"))
    note = models.TextField(_("what the agent says"), blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="alerts_raised"
    )
    raised_at = models.DateTimeField(_("raised at"), default=clock.now)
    due_at = models.DateTimeField(_("to be answered by"))
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts_acknowledged",
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts_closed",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    done = models.TextField(_("what was done"), blank=True)
    told = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="alerts_told_of", blank=True
    )
    told_late_at = models.DateTimeField(null=True, blank=True)

    objects = ClinicalAlertQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        verbose_name = _("clinical alert")
        verbose_name_plural = _("clinical alerts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attempt"], name="alert_once_per_attempt"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, done="")
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False)
                    & Q(acknowledged_at__isnull=False)
                    & ~Q(done="")
                ),
                name="alert_closed_with_what_was_done",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(closed_at=None), name="alert_open"
            ),
            models.Index(
                fields=["department", "-raised_at"], name="alert_of_department"
            ),
            models.Index(fields=["-raised_at", "-id"], name="alert_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.raised_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("followups:alert", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def flag_words(self) -> list[str]:
        """The red flags in the reader's language."""
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        return [flag[language] for flag in self.flags]
