"""Listening to calls again: links to recordings, and checks of a random sample."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from followups.models.calls import Attempt
from hospital import clock
from hospital.models import Role, User


class Recording(models.Model):
    """Where the telephone system keeps the recording of a call; only linked."""

    attempt = models.OneToOneField(
        Attempt, models.PROTECT, primary_key=True, related_name="recording"
    )
    url = models.URLField(_("address"), max_length=500)
    linked_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.attempt_id)


class QualityCheckQuerySet(models.QuerySet["QualityCheck"]):
    def visible_to(self, user: User) -> QualityCheckQuerySet:
        """Supervisors see all; agents what was found of their own calls."""
        if not user.is_active:
            return self.none()
        if user.has_role(Role.SUPERVISOR):
            return self
        return self.filter(attempt__agent=user, checked_at__isnull=False)

    def waiting(self) -> QualityCheckQuerySet:
        return self.filter(checked_at=None)

    def checked(self) -> QualityCheckQuerySet:
        return self.filter(checked_at__isnull=False)


class QualityCheck(models.Model):
    """A call that was drawn at random, and what the card says of it.

    `scores` keeps each criterion with its wording: a later card changes no old check.
    """

    attempt = models.OneToOneField(
        Attempt, models.PROTECT, related_name="quality_check"
    )
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    drawn_at = models.DateTimeField(default=clock.now)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quality_checks",
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    scores = models.JSONField(default=list, blank=True)
    percent = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the agent read it")
    )

    objects = QualityCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-drawn_at", "-pk"]
        verbose_name = _("quality check")
        verbose_name_plural = _("quality checks")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None, percent=None)
                | Q(
                    checked_at__isnull=False,
                    checked_by__isnull=False,
                    percent__isnull=False,
                    percent__lte=100,
                ),
                name="quality_checked_by_somebody_with_a_score",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-drawn_at", "-id"], name="quality_check_newest"),
        ]

    def __str__(self) -> str:
        return str(self.attempt_id)

    def get_absolute_url(self) -> str:
        return reverse("followups:quality_check", args=[self.pk])
