from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hospital import clock
from hospital.models import Department, User
from notifications.models.topics import TopicGroup


class Channel(models.TextChoices):
    """The ways out of the application. The inbox is none: it always gets everything."""

    EMAIL = "email", _("E-mail")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    SMS = "sms", _("Text message")
    WEBHOOK = "webhook", _("Webhook")


class AddressQuerySet(models.QuerySet["Address"]):
    def active(self) -> AddressQuerySet:
        return self.filter(is_active=True)

    def for_lists(self) -> AddressQuerySet:
        """Without the secret: what is not loaded cannot be shown."""
        return self.active().select_related("department").defer("url")

    def owned_by(
        self, users: Iterable[User], departments: Iterable[Department]
    ) -> AddressQuerySet:
        return self.active().filter(Q(user__in=users) | Q(department__in=departments))


class Address(models.Model):
    """Where a person, or a department as a whole, is told outside the application.

    `url` holds a secret of the provider: it is written and never shown again; pages
    show `shown`. A person's e-mail address is not here, it is `User.email`.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="addresses",
    )
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="addresses"
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    label = models.CharField(max_length=60, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    shown = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["channel", "pk"]
        verbose_name_plural = "addresses"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(department__isnull=True),
                name="address_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | ~Q(url=""),
                name="address_in_use_is_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.shown}"


class Preference(models.Model):
    """One person's own answer for one group of topics in one channel.

    Without a row the answer is yes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences"
    )
    group = models.CharField(max_length=20, choices=TopicGroup.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    is_wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "group", "channel"],
                name="one_preference_per_group_and_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.channel}: {self.is_wanted}"


class QuietHours(models.Model):
    """When a person is not to be disturbed, every day; may reach over midnight."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiet_hours"
    )
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(starts=F("ends")), name="quiet_hours_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M} to {self.ends:%H:%M}"

    def end_after(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours it falls into."""
        local = timezone.localtime(moment)
        time, day = local.time(), local.date()
        if self.starts < self.ends:
            is_quiet = self.starts <= time < self.ends
        else:
            is_quiet = time >= self.starts or time < self.ends
            if time >= self.starts:
                day += timedelta(days=1)
        if not is_quiet:
            return moment
        return timezone.make_aware(datetime.combine(day, self.ends))
