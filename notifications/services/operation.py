"""For the administrator: how the channels do, and sending again what was given up."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Min, Q

from hospital import clock
from hospital.models import User
from notifications.models import Channel, Delivery, DeliveryState
from notifications.permissions import can_operate


@dataclass(frozen=True)
class ChannelState:
    """One channel at a glance; `due_since` says how long the workers are behind."""

    channel: Channel
    waiting: int
    failing: int
    given_up: int
    due_since: datetime | None
    sent_in_hour: int
    sent_in_day: int
    last_sent_at: datetime | None

    @property
    def is_used(self) -> bool:
        return bool(self.waiting + self.failing + self.given_up or self.last_sent_at)


def describe_channels() -> list[ChannelState]:
    """Every channel; the cost follows what waits and a day's work, not the years."""
    now = clock.now()
    open_rows = _by_channel(
        Delivery.objects.unsent()
        .values("channel")
        .annotate(
            waiting=Count("pk", filter=Q(failure="")),
            failing=Count("pk", filter=~Q(failure="")),
            due_since=Min("next_try_at", filter=Q(next_try_at__lte=now)),
        )
    )
    given_up = _by_channel(
        Delivery.objects.in_state(DeliveryState.GIVEN_UP)
        .values("channel")
        .annotate(given_up=Count("pk"))
    )
    sent = _by_channel(
        Delivery.objects.filter(sent_at__gte=now - timedelta(days=1))
        .values("channel")
        .annotate(
            sent_in_day=Count("pk"),
            sent_in_hour=Count("pk", filter=Q(sent_at__gte=now - timedelta(hours=1))),
        )
    )
    last = _last_successes()
    return [
        ChannelState(
            channel=channel,
            waiting=open_rows.get(channel, {}).get("waiting", 0),
            failing=open_rows.get(channel, {}).get("failing", 0),
            given_up=given_up.get(channel, {}).get("given_up", 0),
            due_since=open_rows.get(channel, {}).get("due_since"),
            sent_in_hour=sent.get(channel, {}).get("sent_in_hour", 0),
            sent_in_day=sent.get(channel, {}).get("sent_in_day", 0),
            last_sent_at=last.get(channel),
        )
        for channel in Channel
    ]


@transaction.atomic
def resend(deliveries: Collection[int], *, actor: User) -> int:
    """Try again from the beginning what was given up; how many will be.

    What went to an address that has been removed since stays given up.
    """
    if not can_operate(actor):
        raise PermissionDenied
    given_up = Delivery.objects.in_state(DeliveryState.GIVEN_UP)
    chosen = given_up.filter(Q(address=None) | Q(address__is_active=True))
    return Delivery.objects.filter(
        pk__in=chosen.filter(pk__in=deliveries).values("pk")
    ).update(
        given_up_at=None, failure="", last_error="", tries=0, next_try_at=clock.now()
    )


def _by_channel(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["channel"]: row for row in rows}


def _last_successes() -> dict[str, datetime | None]:
    """One look into the index for each channel, all in one query."""
    sent = Delivery.objects.in_state(DeliveryState.SENT)
    latest = [
        sent.filter(channel=channel)
        .order_by("-sent_at")
        .values_list("channel", "sent_at")[:1]
        for channel in Channel
    ]
    return dict(latest[0].union(*latest[1:]))
