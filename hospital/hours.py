"""Working hours as people write them: "08:00-12:00 14:00-18:00"."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hospital.models import Weekday
from hospital.working_time import DAY, NOTHING, Slot

MOST_SLOTS = 6
_BETWEEN = re.compile(r"[\s,;、]+")
_AROUND_DASH = re.compile(r"\s*[-–—‒−~〜至]+\s*")
_SLOT = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


def read_slots(text: str) -> tuple[Slot, ...]:
    """The slots of a day, in order; ValidationError says in words what is wrong."""
    plain = unicodedata.normalize("NFKC", text)
    parts = [p for p in _BETWEEN.split(_AROUND_DASH.sub("-", plain)) if p]
    if len(parts) > MOST_SLOTS:
        raise ValidationError(
            _("At most {count} times a day.").format(count=MOST_SLOTS)
        )
    slots = sorted(_read_slot(part) for part in parts)
    for earlier, later in zip(slots, slots[1:], strict=False):
        if earlier.end > later.start or earlier.end == time(0):
            raise ValidationError(
                _("{one} and {other} overlap.").format(
                    one=write_slot(earlier), other=write_slot(later)
                )
            )
    return tuple(slots)


def write_slots(slots: tuple[Slot, ...]) -> str:
    return " ".join(map(write_slot, slots))


def write_slot(slot: Slot) -> str:
    end = "24:00" if slot.end == time(0) else f"{slot.end:%H:%M}"
    return f"{slot.start:%H:%M}-{end}"


def length_of(slots: tuple[Slot, ...]) -> timedelta:
    """The working time of a day without a change of clocks."""
    return sum((_since_midnight(s.end) - _start(s) for s in slots), NOTHING)


def _read_slot(text: str) -> Slot:
    match = _SLOT.fullmatch(text)
    if match is None:
        raise ValidationError(
            _("“{text}” is not a time from … until …, such as 08:00-12:00.").format(
                text=text[:40]
            )
        )
    try:
        start = time(int(match[1]), int(match[2]))
        midnight = (match[3], match[4]) == ("24", "00")
        end = time(0) if midnight else time(int(match[3]), int(match[4]))
    except ValueError:
        raise ValidationError(
            _("“{text}” is not a time of the day.").format(text=text)
        ) from None
    try:
        return Slot(start, end)
    except ValueError:
        raise ValidationError(
            _("“{text}” ends before it starts.").format(text=text)
        ) from None


def _start(slot: Slot) -> timedelta:
    return timedelta(hours=slot.start.hour, minutes=slot.start.minute)


def _since_midnight(end: time) -> timedelta:
    return timedelta(hours=end.hour, minutes=end.minute) or DAY


def describe_week(week: Iterable[tuple[Slot, ...]]) -> list[str]:
    """The week in words, weekdays with the same hours together."""
    runs: list[tuple[list[int], tuple[Slot, ...]]] = []
    for weekday, slots in enumerate(week):
        if runs and runs[-1][1] == slots:
            runs[-1][0].append(weekday)
        else:
            runs.append(([weekday], slots))
    return [
        _("{days}: {hours}").format(days=_name_days(days), hours=write_slots(slots))
        for days, slots in runs
        if slots
    ]


def _name_days(days: list[int]) -> str:
    first, last = Weekday(days[0]).label, Weekday(days[-1]).label
    if len(days) == 1:
        return str(first)
    return _("{first} to {last}").format(first=first, last=last)
