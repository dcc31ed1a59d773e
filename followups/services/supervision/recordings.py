"""Where the telephone system keeps the recordings of calls; they are only linked."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from followups.models import Attempt, Mode, Recording
from followups.permissions import can_link_recordings
from hospital import clock
from hospital.models import User
from hospital.text import normalise_phone


def calls_to(
    phone: str, *, actor: User, since: datetime, until: datetime
) -> QuerySet[Attempt]:
    """Calls to this number that were in progress between the two times."""
    _require_linker(actor)
    calls = Attempt.objects.filter(
        mode=Mode.CALL,
        dialled=normalise_phone(phone),
        ended_at__gte=since,
        started_at__lte=until,
    )
    return calls.select_related("agent", "recording").order_by("ended_at", "pk")


@transaction.atomic
def link_recording(call: Attempt, *, actor: User, url: str) -> Recording:
    """Keep the address; the same again changes nothing, another one takes its place."""
    _require_linker(actor)
    Attempt.objects.select_for_update(no_key=True).get(pk=call.pk)
    known = Recording.objects.filter(attempt=call).first()
    if known is not None and known.url == url:
        return known
    recording, __ = Recording.objects.update_or_create(
        attempt=call, defaults={"url": url, "linked_at": clock.now()}
    )
    return recording


def _require_linker(actor: User) -> None:
    if not can_link_recordings(actor):
        raise PermissionDenied
