"""Raw messages of other systems go when nobody needs them any more.

What they told stays: each fact is a `FeedEvent`, whose key keeps a message that comes
once more from being taken over twice.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from followups.models import RawMessage
from followups.services.feed.inbox import SETTLED
from hospital import clock

BATCH = 1000


def forget_old_messages() -> int:
    """Delete what was taken over or not for us, in batches; how many messages.

    What was not understood may still be read again, and is kept twice as long.
    """
    days = settings.HL7_KEEP_DAYS
    if days <= 0:
        return 0
    now = clock.now()
    old = Q(received_at__lt=now - timedelta(days=days), state__in=SETTLED)
    old |= Q(received_at__lt=now - timedelta(days=2 * days))
    count = 0
    while batch := _oldest(old):
        count += RawMessage.objects.filter(pk__in=batch).delete()[0]
    return count


def _oldest(old: Q) -> list[int]:
    rows = RawMessage.objects.filter(old).order_by("received_at", "pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])
