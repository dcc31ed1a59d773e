"""Who is contacted when: plans with touch-points, in versions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from followups.models.cohorts import Cohort
from followups.models.scripts import Script
from hospital import clock
from hospital.models import Bilingual, Department


class Mode(models.TextChoices):
    CALL = "call", _("Telephone call")
    BEDSIDE = "bedside", _("Bedside visit")


class Anchor(models.TextChoices):
    """The moment a touch-point counts from."""

    ADMISSION = "admission", _("after admission")
    DISCHARGE = "discharge", _("after discharge")
    JOINING = "joining", _("after joining the cohort")


class Rhythm(models.TextChoices):
    """How often a contact of a cohort comes back."""

    WEEK = "week", _("Every week")
    FORTNIGHT = "fortnight", _("Every two weeks")
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every three months")


class Plan(Bilingual):
    """A kind of follow-up; its versions say for whom and when."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("follow-up plan")
        verbose_name_plural = _("follow-up plans")


class PlanVersion(models.Model):
    """What the plan says from a moment on. A published version never changes.

    It is for the members of a cohort, or for stays of the kind described.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    from_at = models.DateTimeField(default=clock.now)
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, null=True, blank=True, related_name="plan_versions"
    )
    departments = models.ManyToManyField(Department, blank=True, related_name="+")
    diagnosis_prefixes = ArrayField(
        models.CharField(max_length=10), default=list, blank=True
    )
    least_age = models.PositiveSmallIntegerField(null=True, blank=True)
    most_age = models.PositiveSmallIntegerField(null=True, blank=True)
    only_surgery = models.BooleanField(default=False)
    is_own = models.BooleanField(
        default=True, help_text=_("Written by the hospital, not shipped")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True
    )

    class Meta:
        ordering = ["plan", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="plan_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"


class TouchPoint(models.Model):
    """One contact of a plan: so many hours after the anchor, open for so many."""

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="points")
    key = models.SlugField(max_length=40)
    anchor = models.CharField(max_length=20, choices=Anchor.choices)
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, blank=True)
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.CALL)
    after_hours = models.PositiveSmallIntegerField(help_text=_("hours"))
    window_hours = models.PositiveSmallIntegerField(help_text=_("hours"))
    priority = models.PositiveSmallIntegerField(default=0)
    script = models.ForeignKey(
        Script, models.PROTECT, null=True, blank=True, related_name="points"
    )

    class Meta:
        ordering = ["anchor", "after_hours"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "key"], name="touch_point_once_per_version"
            ),
            models.CheckConstraint(
                condition=Q(window_hours__gt=0), name="touch_point_has_a_window"
            ),
            models.CheckConstraint(
                condition=Q(rhythm="") | Q(anchor="joining"),
                name="touch_point_repeats_in_cohorts",
            ),
        ]

    def __str__(self) -> str:
        return self.key
