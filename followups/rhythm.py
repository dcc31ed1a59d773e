"""When a contact that comes back comes back. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from followups.models import Rhythm

WEEKS = {Rhythm.WEEK: 1, Rhythm.FORTNIGHT: 2}
MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3}


def nth_round(start: datetime, rhythm: str, number: int) -> datetime:
    """The moment of a round; the first, number 0, is the start itself.

    Months are those of the calendar: from 31 January to 28 February to 31 March.
    """
    if not rhythm:
        return start
    local = timezone.localtime(start)
    if rhythm in WEEKS:
        day = local.date() + timedelta(weeks=WEEKS[Rhythm(rhythm)] * number)
    else:
        months = local.month - 1 + MONTHS[Rhythm(rhythm)] * number
        year, month = local.year + months // 12, months % 12 + 1
        last = monthrange(year, month)[1]
        day = local.date().replace(year, month, min(local.day, last))
    # The same hour by the clock on the wall, also over a change to summer time.
    return timezone.make_aware(datetime.combine(day, local.time()))


def rounds_between(
    start: datetime, rhythm: str, since: datetime, until: datetime
) -> Iterator[tuple[int, datetime]]:
    """The rounds that begin after `since` and not after `until`, with their numbers.

    The work does not grow with the years since the start.
    """
    if not rhythm:
        if since < start <= until:
            yield 0, start
        return
    number = _rounds_before(start, rhythm, since)
    while (moment := nth_round(start, rhythm, number)) <= until:
        if moment > since:
            yield number, moment
        number += 1


def _rounds_before(start: datetime, rhythm: str, moment: datetime) -> int:
    """A number near the moment that is not too large: its round is not after it."""
    if rhythm in WEEKS:
        number = (moment - start) // timedelta(weeks=WEEKS[Rhythm(rhythm)])
    else:
        first, last = timezone.localtime(start), timezone.localtime(moment)
        months = 12 * (last.year - first.year) + last.month - first.month
        number = months // MONTHS[Rhythm(rhythm)]
    # One less: the hour of the day, or a change to summer time, may not have come.
    return max(0, number - 1)
