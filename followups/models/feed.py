"""What the hospital's other systems told us about patients and stays."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from followups.models.patients import Patient, Stay
from hospital import clock


class FeedKind(models.TextChoices):
    """What happened, by the trigger events of HL7 v2 chapter 3."""

    ADMIT = "A01", _("Admitted")
    DISCHARGE = "A03", _("Discharged")
    UPDATE = "A08", _("Details changed")
    CANCEL_ADMIT = "A11", _("Admission cancelled")
    CANCEL_TRANSFER = "A12", _("Transfer cancelled")
    CANCEL_DISCHARGE = "A13", _("Discharge cancelled")
    MERGE = "A40", _("Patients merged")


class RawMessage(models.Model):
    """A message as it came over the wire, kept before it is answered."""

    class State(models.TextChoices):
        NEW = "new", _("To be read")
        DONE = "done", _("Taken over")
        FAILED = "failed", _("Not understood")
        IGNORED = "ignored", _("Not for us")

    sender = models.CharField(_("sender"), max_length=100)
    control_id = models.CharField(_("control id"), max_length=200)
    body = models.BinaryField()
    charset = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField(_("received at"), default=clock.now)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.NEW
    )
    error = models.CharField(_("error"), max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sender", "control_id"],
                condition=~Q(control_id=""),
                name="message_once_per_control_id",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-received_at", "-id"], name="message_newest"),
            models.Index(
                fields=["-id"], condition=Q(state="failed"), name="message_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.control_id}"


class FeedEvent(models.Model):
    """One fact of a feed about a stay or a patient. `key` makes it come once.

    `recorded_at` is when the sending system wrote it down: facts are folded in that
    order, whenever they arrive.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="feed_events")
    stay = models.ForeignKey(
        Stay, models.PROTECT, null=True, blank=True, related_name="feed_events"
    )
    kind = models.CharField(max_length=10, choices=FeedKind.choices)
    recorded_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    key = models.CharField(max_length=200, unique=True)
    source = models.CharField(max_length=100, blank=True)
    arrived_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["recorded_at", "key"]
        indexes: ClassVar = [
            models.Index(fields=["stay", "recorded_at"], name="feed_event_of_stay"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
