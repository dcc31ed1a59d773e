from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from hospital import clock
from hospital.models import User
from notifications.models.topics import Topic, say


@dataclass(frozen=True)
class ToldLine:
    """One line of a digest as its reader sees it."""

    sentence: str
    path: str
    stands_in_for: str


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        return self.filter(recipient=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def for_inbox(self) -> NotificationQuerySet:
        return self.select_related("stands_in_for")


class Notification(models.Model):
    """One thing one person must be told; the in-app inbox shows it.

    A digest has lines, each a sentence of its own with its own link.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    topic = models.CharField(max_length=30, choices=Topic.choices)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=200)
    lines = models.JSONField(default=list, blank=True)
    # The colleague on leave whose news this is; the recipient is the deputy.
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    # Breaks through quiet hours.
    urgent = models.BooleanField(default=False)
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
        return say(self.topic, self.params)

    @property
    def told_lines(self) -> list[ToldLine]:
        """The lines of a digest, in the reader's language."""
        return [
            ToldLine(
                sentence=say(line["topic"], line["params"]),
                path=line["path"],
                stands_in_for=line.get("stands_in_for", ""),
            )
            for line in self.lines
        ]
