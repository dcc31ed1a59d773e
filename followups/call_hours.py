"""When people may be called: day parts, quiet hours and days on which nobody rings.

The parts come from the settings; outside them, and on statutory holidays, the queue
hands out nothing. Times are local times of the hospital, where its patients live.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from django.conf import settings
from django.utils import timezone

from hospital.statutory import SATURDAY, is_made_up, is_statutory_holiday

DAY = timedelta(days=1)
MIDNIGHT = time(0)
LONGEST_HOLIDAY = 14  # days
LONGEST_NAME = 10  # characters


@dataclass(frozen=True)
class DayPart:
    """A stretch of every day; an end at 00:00 is midnight."""

    name: str
    start: time
    end: time

    def on(self, day: date) -> tuple[datetime, datetime]:
        start = timezone.make_aware(datetime.combine(day, self.start))
        last = day + DAY if self.end == MIDNIGHT else day
        return start, timezone.make_aware(datetime.combine(last, self.end))


def day_parts() -> tuple[DayPart, ...]:
    """The parts of the day in which people may be called, in their order."""
    return read_day_parts(settings.CALL_DAY_PARTS)


@cache
def read_day_parts(text: str) -> tuple[DayPart, ...]:
    """ "morning=09:00-11:30,evening=18:00-20:00"; ValueError when it is none."""
    parts = []
    for word in text.split(","):
        name, __, hours = word.strip().partition("=")
        start, __, end = hours.partition("-")
        # The attempts keep the name; theirs is a short field.
        if not 0 < len(name) <= LONGEST_NAME:
            raise ValueError(f"no name of a part of the day: {word!r}")
        last = MIDNIGHT if end == "24:00" else time.fromisoformat(end)
        parts.append(DayPart(name, time.fromisoformat(start), last))
    edges = [edge for part in parts for edge in part.on(date(2000, 1, 1))]
    if edges != sorted(edges) or len({part.name for part in parts}) < len(parts):
        raise ValueError(f"parts of the day overlap or stand twice: {text!r}")
    return tuple(parts)


def day_part(moment: datetime) -> str:
    """The part of the day in which the moment lies; empty in quiet hours."""
    return next((part.name for part, __, __ in _parts_at(moment)), "")


def next_call_time(
    after: datetime, *, avoid: frozenset[str] = frozenset(), on_other_day: bool = False
) -> datetime:
    """The first moment from then on at which a person may be called.

    `avoid` names the day parts that were tried already; another day may be asked for.
    """
    first = timezone.localdate(after) + (DAY if on_other_day else timedelta(0))
    for offset in range(LONGEST_HOLIDAY):
        day = first + offset * DAY
        if _is_quiet(day):
            continue
        for part in day_parts():
            start, end = part.on(day)
            if end > after and part.name not in avoid:
                return max(start, after)
    if avoid:
        return next_call_time(after, on_other_day=on_other_day)
    raise ValueError("no day in two weeks on which people may be called")


def _parts_at(moment: datetime) -> Iterator[tuple[DayPart, datetime, datetime]]:
    day = timezone.localdate(moment)
    if _is_quiet(day):
        return
    for part in day_parts():
        start, end = part.on(day)
        if start <= moment < end:
            yield part, start, end


def _is_quiet(day: date) -> bool:
    if settings.CALL_ON_HOLIDAYS:
        return False
    return is_statutory_holiday(day) or _is_within_holiday(day)


def _is_within_holiday(day: date) -> bool:
    """A weekend day between two days off, which the statutory list leaves out."""
    return _is_weekend(day) and all(
        is_statutory_holiday(_next_other_than_weekend(day, step))
        for step in (-DAY, DAY)
    )


def _next_other_than_weekend(day: date, step: timedelta) -> date:
    while _is_weekend(day):
        day += step
    return day


def _is_weekend(day: date) -> bool:
    is_listed = is_statutory_holiday(day) or is_made_up(day)
    return day.weekday() >= SATURDAY and not is_listed
