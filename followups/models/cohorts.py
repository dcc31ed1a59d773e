"""Groups of people who are called again and again, whatever their stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from followups.models.patients import Patient
from hospital import clock
from hospital.models import Bilingual, Department, Role, User


class CohortQuerySet(models.QuerySet["Cohort"]):
    def visible_to(self, user: User) -> CohortQuerySet:
        """The centre's managers see all, a department the cohorts it looks after."""
        if not user.is_active:
            return self.none()
        if user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN):
            return self
        if user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
            return self.filter(department__in=user.own_departments)
        return self.none()


class Cohort(Bilingual):
    """Such as the dialysis patients; plans say when its members are called."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cohorts",
        verbose_name=_("department"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")

    def get_absolute_url(self) -> str:
        return reverse("followups:cohort", args=[self.code])


class CohortMemberQuerySet(models.QuerySet["CohortMember"]):
    def present(self) -> CohortMemberQuerySet:
        """Those who have not left."""
        return self.filter(left_on=None)

    def gone(self) -> CohortMemberQuerySet:
        return self.filter(left_on__isnull=False)

    def of_people(self, roots: Collection[int]) -> CohortMemberQuerySet:
        """By whichever of the merged records of these patients."""
        return self.filter(Q(patient__in=roots) | Q(patient__merged_into__in=roots))

    def matching(self, text: str) -> CohortMemberQuerySet:
        """By a part of the patient's number or name."""
        return self.filter(
            Q(patient__number__icontains=text) | Q(patient__name__icontains=text)
        )


class CohortMember(models.Model):
    """A person in a cohort from one day to another; who comes back is a new row."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="members")
    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="memberships", verbose_name=_("patient")
    )
    joined_on = models.DateField(_("joined on"), default=clock.today)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    why_left = models.CharField(_("why they left"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    added_at = models.DateTimeField(default=clock.now)
    planned_until = models.DateTimeField(
        default=clock.now, help_text=_("Rounds that open before are planned")
    )

    objects = CohortMemberQuerySet.as_manager()

    class Meta:
        ordering = ["cohort", "-joined_on", "-pk"]
        verbose_name = _("member of a cohort")
        verbose_name_plural = _("members of cohorts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cohort", "patient"],
                condition=Q(left_on=None),
                name="cohort_member_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="cohort_member_left_after_joining",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["planned_until"],
                condition=Q(left_on=None),
                name="cohort_member_to_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.patient_id}"
