"""Which channels carry a message to whom, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hospital import clock
from hospital.models import Department, User
from notifications.models import (
    GROUP_OF,
    Address,
    Channel,
    Delivery,
    Notification,
    Preference,
    QuietHours,
    Topic,
)


@dataclass(frozen=True)
class Wishes:
    """What the recipients of one batch have said about being told, read at once."""

    addresses: Sequence[Address]
    unwanted: frozenset[tuple[int, str]]
    quiet_hours: dict[int, QuietHours]

    def routes_to(self, user: User) -> Iterator[tuple[str, Address | None]]:
        if user.email and self._wants(user, Channel.EMAIL):
            yield Channel.EMAIL, None
        for address in self.addresses:
            if address.user_id == user.pk and self._wants(user, address.channel):
                yield address.channel, address

    def time_for(self, notification: Notification, now: datetime) -> datetime:
        hours = self.quiet_hours.get(notification.recipient_id)
        return hours.end_after(now) if hours and not notification.urgent else now

    def _wants(self, user: User, channel: str) -> bool:
        return (user.pk, channel) not in self.unwanted


def plan_deliveries(
    notifications: Sequence[Notification], departments: Sequence[Department] = ()
) -> None:
    """Write the outbox for messages of one topic that were just written.

    A department's own address gets the message once, however many people are told,
    and at once: it is nobody's bed.
    """
    if not notifications:
        return
    users = [notification.recipient for notification in notifications]
    wishes = _read_wishes(users, departments, Topic(notifications[0].topic))
    now = clock.now()
    deliveries = [
        _delivery(notification, channel, address, wishes.time_for(notification, now))
        for notification in notifications
        for channel, address in wishes.routes_to(notification.recipient)
    ]
    deliveries += [
        _delivery(notifications[0], address.channel, address, now)
        for address in wishes.addresses
        if address.department_id
    ]
    Delivery.objects.bulk_create(deliveries)


def _read_wishes(
    users: Sequence[User], departments: Sequence[Department], topic: Topic
) -> Wishes:
    refusals = Preference.objects.filter(
        user__in=users, group=GROUP_OF[topic], is_wanted=False
    )
    hours = QuietHours.objects.filter(user__in=users)
    return Wishes(
        addresses=list(Address.objects.owned_by(users, departments).defer("url")),
        unwanted=frozenset(refusals.values_list("user_id", "channel")),
        quiet_hours={each.user_id: each for each in hours},
    )


def _delivery(
    notification: Notification, channel: str, address: Address | None, due_at: datetime
) -> Delivery:
    return Delivery(
        notification=notification,
        channel=channel,
        address=address,
        next_try_at=due_at,
    )
