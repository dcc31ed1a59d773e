"""Offers to take over a case."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hospital import clock


class Handover(models.Model):
    """An offer to take over a case; the owner stays the owner until it is accepted."""

    case = models.ForeignKey(
        "complaints.Case", models.CASCADE, related_name="handovers"
    )
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers_offered"
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers_received"
    )
    reason = models.CharField(_("reason"), max_length=500)
    offered_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at=None),
                name="one_open_handover_per_case",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, accepted=None)
                | Q(answered_at__isnull=False, accepted__isnull=False),
                name="handover_answered_iff_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.offered_to_id}"
