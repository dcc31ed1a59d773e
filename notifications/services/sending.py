"""The worker's part: claim what is due, send it outside any transaction, note it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from traceback import format_tb

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import F

from hospital import clock
from notifications.models import Channel, Delivery, Failure, QuietHours
from notifications.services.messages import compose
from notifications.services.posting import NotDelivered, scrub, send_to

logger = logging.getLogger(__name__)

BATCH = 50
# The first half of the key of the locks, so that nobody else's are in the way.
LOCKS = 70_531


def send_due_deliveries(channel: str | None = None) -> int:
    """Send what is due in one channel, or in all; how many went out.

    A channel has one sender at a time and a limited time, so that a slow one neither
    gathers all workers nor keeps one for ever.
    """
    channels = [Channel(channel)] if channel else list(Channel)
    return sum(_send_channel(each) for each in channels)


def _send_channel(channel: Channel) -> int:
    end = time.monotonic() + settings.DELIVERY_BUDGET_SECONDS
    sent = 0
    with _only_sender(channel) as is_mine:
        while is_mine and (batch := _claim_batch(channel)):
            for place, delivery in enumerate(batch):
                if time.monotonic() > end:
                    _give_back(batch[place:])
                    return sent
                # Slow: the claim has run out, another worker may have the row by now.
                if clock.now() < delivery.next_try_at:
                    sent += _send(delivery)
    return sent


@contextmanager
def _only_sender(channel: Channel) -> Iterator[bool]:
    """A lock of the session: it dies with the worker."""
    place = list(Channel).index(channel)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, place])
        is_mine = cursor.fetchone()[0]
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, place])


@transaction.atomic
def _claim_batch(channel: Channel) -> list[Delivery]:
    now = clock.now()
    claim = timedelta(seconds=settings.DELIVERY_CLAIM_SECONDS)
    batch = list(
        Delivery.objects.due(now)
        .filter(channel=channel)
        .select_related(
            "notification__recipient", "notification__stands_in_for", "address"
        )
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .order_by("next_try_at")[:BATCH]
    )
    for delivery in batch:
        delivery.tries += 1
        delivery.next_try_at = now + claim
    Delivery.objects.bulk_update(batch, ["tries", "next_try_at"])
    return batch


def _give_back(batch: list[Delivery]) -> None:
    """Not tried after all: due at once, for whoever comes next."""
    mine = Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch])
    mine.update(tries=F("tries") - 1, next_try_at=clock.now())


def _send(delivery: Delivery) -> bool:
    try:
        deliver(delivery)
    except NotDelivered as failed:
        _note_failure(delivery, failed.failure, failed.detail)
        return False
    except Exception as error:  # one bad row must not hold up the rest
        # Where it broke; the text of the error may hold an address.
        frames = "".join(format_tb(error.__traceback__))
        logger.error("%s: %s\n%s", delivery, type(error).__name__, frames)
        _note_failure(delivery, Failure.BROKEN, type(error).__name__)
        return False
    delivery.sent_at = clock.now()
    delivery.save(update_fields=["sent_at"])
    return True


def deliver(delivery: Delivery) -> None:
    """One try; raises NotDelivered with the reason."""
    message = compose(delivery)
    channel = Channel(delivery.channel)
    address = delivery.address
    if channel == Channel.EMAIL:
        to = address.url if address else delivery.notification.recipient.email
        send_mail(to, message.subject, message.body, key=delivery.key)
    elif address is not None and address.is_active:
        send_to(
            channel,
            address.url,
            title=message.subject,
            body=message.body,
            key=delivery.key,
        )
    else:
        raise NotDelivered(Failure.REMOVED)


def send_mail(to: str, subject: str, body: str, *, key: str) -> None:
    """One plain mail; the key lets a provider drop twins."""
    if not to:
        raise NotDelivered(Failure.REMOVED)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">")
    mail = EmailMessage(
        subject=subject,
        body=f"{subject}\n\n{body}\n",
        to=[to],
        headers={"Message-ID": f"<{key}@{domain}>", "Idempotency-Key": key},
    )
    try:
        mail.send()
    except TimeoutError as error:
        raise NotDelivered(Failure.TIMEOUT, _describe(error)) from error
    except (SMTPServerDisconnected, ConnectionError) as error:
        raise NotDelivered(Failure.UNREACHABLE, _describe(error)) from error
    except SMTPException as error:
        raise NotDelivered(Failure.REFUSED, _describe(error)) from error
    except OSError as error:
        raise NotDelivered(Failure.UNREACHABLE, _describe(error)) from error


def _describe(error: Exception) -> str:
    """What the mail server said, without the password it was given."""
    words = f"{type(error).__name__}: {error}"
    return scrub(words, settings.EMAIL_HOST_PASSWORD or "")[:300]


def _note_failure(delivery: Delivery, failure: Failure, detail: str) -> None:
    """Back off, twice as long each time; after the last try the row waits for a person.

    Nobody is woken by a second try: it comes after the quiet hours as well.
    """
    now = clock.now()
    delivery.failure = failure
    delivery.last_error = detail[:300]
    wait = settings.DELIVERY_BACKOFF_SECONDS * 2 ** (delivery.tries - 1)
    delivery.next_try_at = _after_quiet_hours(delivery, now + timedelta(seconds=wait))
    if delivery.tries >= Delivery.MOST_TRIES or failure == Failure.REMOVED:
        delivery.given_up_at = now
    delivery.save(update_fields=["failure", "last_error", "next_try_at", "given_up_at"])


def _after_quiet_hours(delivery: Delivery, moment: datetime) -> datetime:
    notification = delivery.notification
    is_for_all = delivery.address is not None and delivery.address.user_id is None
    if notification.urgent or is_for_all:
        return moment
    hours = QuietHours.objects.filter(user=notification.recipient_id).first()
    return hours.end_after(moment) if hours else moment
