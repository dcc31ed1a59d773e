"""May this number be contacted? Asked before every call and every survey.

A refusal heard by one is kept by all. And people tire: once they were reached
CONTACT_CAP times within CONTACT_CAP_DAYS days, they are left in peace until the
oldest of these contacts is that long ago.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hospital import clock
from hospital.models import ContactMade, ContactRefusal, User


def find_refused(phones: Collection[str]) -> set[str]:
    """Which of the numbers must not be contacted."""
    refusals = ContactRefusal.objects.filter(phone__in=phones)
    return set(refusals.values_list("phone", flat=True))


def find_tired(phones: Collection[str]) -> dict[str, datetime]:
    """The numbers that were reached often enough, with the end of their rest."""
    span = timedelta(days=settings.CONTACT_CAP_DAYS)
    recent = ContactMade.objects.filter(phone__in=phones, at__gt=clock.now() - span)
    moments: dict[str, list[datetime]] = {}
    for phone, at in recent.order_by("-at").values_list("phone", "at"):
        moments.setdefault(phone, []).append(at)
    cap = settings.CONTACT_CAP
    return {
        phone: times[cap - 1] + span
        for phone, times in moments.items()
        if len(times) >= cap
    }


def note_contact(phone: str, means: ContactMade.Means) -> None:
    """Somebody was reached at this number now."""
    if phone:
        ContactMade.objects.create(phone=phone, means=means, at=clock.now())


def refuse_contact(phone: str, *, noted_by: User | None = None) -> None:
    """Nobody may contact this number any more."""
    if phone:
        kept = {"refused_at": clock.now(), "noted_by": noted_by}
        ContactRefusal.objects.get_or_create(phone=phone, defaults=kept)


def allow_contact(phone: str) -> None:
    """The person has changed their mind."""
    ContactRefusal.objects.filter(phone=phone).delete()


@transaction.atomic
def forget_old_contacts() -> int:
    """Contacts that count no more; how many."""
    span = timedelta(days=settings.CONTACT_CAP_DAYS)
    old = ContactMade.objects.filter(at__lt=clock.now() - span)
    return old.delete()[0]
