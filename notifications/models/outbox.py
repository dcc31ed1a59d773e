from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hospital import clock
from notifications.models.addresses import Address, Channel
from notifications.models.inbox import Notification


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    FAILING = "failing", _("Failing, tried again")
    GIVEN_UP = "given_up", _("Given up")
    SENT = "sent", _("Sent")


class Failure(models.TextChoices):
    """Why a message did not get out, in words for the administrator."""

    UNREACHABLE = "unreachable", _("The server could not be reached")
    TIMEOUT = "timeout", _("No answer in time")
    REFUSED = "refused", _("The other side refused the message")
    REMOVED = "removed", _("The address was removed")
    BROKEN = "broken", _("The message could not be made")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """Neither sent nor given up, and not in another worker's hands."""
        return self.unsent().filter(next_try_at__lte=now)

    def unsent(self) -> DeliveryQuerySet:
        return self.filter(sent_at=None, given_up_at=None)

    def in_state(self, state: DeliveryState) -> DeliveryQuerySet:
        return self.filter(STATES[state])

    def with_owners(self) -> DeliveryQuerySet:
        """For lists: whom it is for, and nothing that is secret."""
        return self.select_related(
            "notification__recipient", "address__department"
        ).defer("address__url")


STATES = {
    DeliveryState.WAITING: Q(sent_at=None, given_up_at=None, failure=""),
    DeliveryState.FAILING: Q(sent_at=None, given_up_at=None) & ~Q(failure=""),
    DeliveryState.GIVEN_UP: Q(given_up_at__isnull=False),
    DeliveryState.SENT: Q(sent_at__isnull=False),
}


class Delivery(models.Model):
    """The outbox: one notification to one address outside the application.

    Without `address` it goes to the recipient's e-mail. Claiming moves `next_try_at`
    past the claim's end, so a worker that dies between claim and send loses nothing:
    the row is simply due again.
    """

    MOST_TRIES = 8

    notification = models.ForeignKey(
        Notification, models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    address = models.ForeignKey(
        Address, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    created_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=20, choices=Failure.choices, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("notification"),
                F("channel"),
                condition=Q(address=None),
                name="one_delivery_per_channel",
            ),
            models.UniqueConstraint(
                F("notification"),
                F("address"),
                condition=Q(address__isnull=False),
                name="one_delivery_per_address",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None),
                name="delivery_sent_or_given_up_not_both",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "next_try_at"],
                condition=Q(sent_at=None, given_up_at=None),
                name="delivery_due",
            ),
            models.Index(
                fields=["channel", "-sent_at"],
                condition=Q(sent_at__isnull=False),
                name="delivery_sent",
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(given_up_at__isnull=False),
                name="delivery_given_up",
            ),
            models.Index(fields=["-created_at", "-id"], name="delivery_list"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} #{self.pk}"

    @property
    def key(self) -> str:
        """The same at every try, so that a provider can drop a twin."""
        return f"delivery-{self.pk}"

    @property
    def state(self) -> DeliveryState:
        if self.sent_at:
            return DeliveryState.SENT
        if self.given_up_at:
            return DeliveryState.GIVEN_UP
        return DeliveryState.FAILING if self.failure else DeliveryState.WAITING
