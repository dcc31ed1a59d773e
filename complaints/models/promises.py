"""What the person was promised, by when, and by whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Case
from hospital import clock
from hospital.models import User


class PromiseQuerySet(models.QuerySet["Promise"]):
    def open(self) -> PromiseQuerySet:
        return self.filter(ended_at=None)

    def of_owner(self, user: User) -> PromiseQuerySet:
        return self.filter(owner=user)

    def by_time_left(self) -> PromiseQuerySet:
        return self.order_by(F("due_at").asc(), "pk")


class Promise(models.Model):
    """ "We will ring on Friday": dated, owned, kept or not."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="promises")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises"
    )
    text = models.CharField(_("what was promised"), max_length=300)
    due_at = models.DateTimeField(_("by when"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises_made"
    )
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="promises_ended",
    )
    is_kept = models.BooleanField(
        null=True, help_text=_("Not kept: taken back with a reason")
    )
    note = models.CharField(max_length=500, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, is_kept=None)
                | Q(ended_at__isnull=False, is_kept__isnull=False),
                name="promise_ended_iff_kept_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="promise_says_something"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(ended_at=None),
                name="promise_open_by_owner",
            ),
            models.Index(fields=["due_at"], name="promise_by_due"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def was_in_time(self) -> bool:
        """Kept, and by its due time."""
        return bool(self.is_kept and self.ended_at and self.ended_at <= self.due_at)
