from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hospital import clock
from hospital.models import User


class Topic(models.TextChoices):
    """What a person is told; the sentence never carries a patient's words or name."""

    HANDOVER_OFFERED = "handover_offered", _("{number} is handed to you: please answer")
    HANDOVER_ACCEPTED = "handover_accepted", _("{person} has taken over {number}")
    HANDOVER_REFUSED = "handover_refused", _("{person} did not take over {number}")
    TIER_RAISED = "tier_raised", _("{number} was raised to tier {tier}")
    TASK_ASSIGNED = "task_assigned", _("New task for {department}: {number}")
    TASK_NAMED = "task_named", _("You are responsible for a task of {number}")
    TASK_SUBMITTED = "task_submitted", _("{department} has finished its task: {number}")
    TASK_RETURNED = "task_returned", _("A task of {number} came back: more to do")
    TASK_REFUSED = "task_refused", _("{department} refused its task: {number}")
    TASK_VERIFIED = "task_verified", _("The centre verified your task: {number}")
    TASK_CANCELLED = "task_cancelled", _("A task of {number} was cancelled")
    CASE_REOPENED = "case_reopened", _("{number} was reopened")
    CASE_RATED = "case_rated", _("{number} was rated by the person who spoke")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        return self.filter(recipient=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One thing one person must be told; the in-app inbox shows it."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    topic = models.CharField(max_length=30, choices=Topic.choices)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["recipient", "-created_at", "-id"], name="notification_inbox"
            ),
            models.Index(
                fields=["recipient"],
                condition=Q(read_at__isnull=True),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The one line, in the reader's language."""
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        words = {
            name: value[language] if isinstance(value, dict) else value
            for name, value in self.params.items()
        }
        return str(Topic(self.topic).label).format_map(words)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """Neither sent nor given up, and not in another worker's hands."""
        return self.filter(sent_at=None, given_up_at=None, next_try_at__lte=now)


class Delivery(models.Model):
    """The outbox: one notification through one channel outside the application.

    Claiming moves `next_try_at` past the claim's end, so a worker that dies between
    claim and send loses nothing: the row is simply due again.
    """

    MOST_TRIES = 8

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")

    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("notification"), F("channel"), name="one_delivery_per_channel"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None),
                name="delivery_sent_or_given_up_not_both",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at=None, given_up_at=None),
                name="delivery_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}"
