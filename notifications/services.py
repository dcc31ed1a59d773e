"""Telling people: a row in the transaction of the change, sent by a worker later."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation

from hospital import clock
from hospital.models import Bilingual, User
from notifications.models import Delivery, Notification, Topic

BATCH = 50


def notify(
    recipients: Iterable[User], topic: Topic, *, path: str, **params: object
) -> None:
    """Put the news into each recipient's inbox and, with an address, the outbox.

    Call it inside the transaction of the change: both are kept or neither is.
    """
    notifications = Notification.objects.bulk_create(
        Notification(
            recipient=user,
            topic=topic,
            path=path,
            params={name: _param(value) for name, value in params.items()},
        )
        for user in dict.fromkeys(recipients)
        if user.is_active
    )
    Delivery.objects.bulk_create(
        Delivery(notification=notification, channel=Delivery.Channel.EMAIL)
        for notification in notifications
        if notification.recipient.email
    )


def _param(value: object) -> str | dict[str, str]:
    if isinstance(value, Bilingual):
        return {"zh": value.name_zh, "en": value.name_en}
    return str(value)


def mark_read(
    user: User, *, pk: int | None = None, before: datetime | None = None
) -> int:
    """Mark one notification, or all up to a moment, as read; how many changed."""
    unread = Notification.objects.visible_to(user).unread()
    if pk is not None:
        unread = unread.filter(pk=pk)
    if before is not None:
        unread = unread.filter(created_at__lte=before)
    return unread.update(read_at=clock.now())


def send_due_deliveries() -> int:
    """Send what is due, batch by batch, outside any transaction; how many went out."""
    sent = 0
    while batch := _claim_batch():
        for delivery in batch:
            # Slow mail: the claim has run out, another worker may have the row by now.
            if clock.now() < delivery.next_try_at:
                sent += _send(delivery)
    return sent


@transaction.atomic
def _claim_batch() -> list[Delivery]:
    now = clock.now()
    claim = timedelta(seconds=settings.DELIVERY_CLAIM_SECONDS)
    batch = list(
        Delivery.objects.due(now)
        .select_related("notification__recipient")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .order_by("next_try_at")[:BATCH]
    )
    for delivery in batch:
        delivery.tries += 1
        delivery.next_try_at = now + claim
    Delivery.objects.bulk_update(batch, ["tries", "next_try_at"])
    return batch


def _send(delivery: Delivery) -> bool:
    try:
        _mail(delivery.notification, key=f"delivery-{delivery.pk}")
    except Exception as error:  # one bad row must not hold up the rest
        _note_failure(delivery, error)
        return False
    delivery.sent_at = clock.now()
    delivery.save(update_fields=["sent_at"])
    return True


def _note_failure(delivery: Delivery, error: Exception) -> None:
    """Back off 1, 2, 4 … minutes; after the last try the row waits for a person."""
    now = clock.now()
    delivery.last_error = f"{type(error).__name__}: {error}"[:300]
    delivery.next_try_at = now + timedelta(minutes=2 ** (delivery.tries - 1))
    if delivery.tries >= Delivery.MOST_TRIES:
        delivery.given_up_at = now
    delivery.save(update_fields=["last_error", "next_try_at", "given_up_at"])


def _mail(notification: Notification, *, key: str) -> None:
    """One plain mail: the sentence and the link; the key lets a provider drop twins."""
    recipient = notification.recipient
    with translation.override(recipient.language or settings.LANGUAGE_CODE):
        sentence = notification.sentence
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">")
    EmailMessage(
        subject=sentence,
        body=f"{sentence}\n\n{settings.PUBLIC_URL}{notification.path}\n",
        to=[recipient.email],
        headers={"Message-ID": f"<{key}@{domain}>", "Idempotency-Key": key},
    ).send()
