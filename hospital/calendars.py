"""The calendars as the database has them now, kept in the process under their token.

`TimeRules.token` changes with every write to the tables behind a calendar, so a usual
call costs one query by primary key, or none when the caller brings the token.
"""

import datetime as dt
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from hospital.models import CalendarDay, TimeRules, WorkingHours
from hospital.statutory import SATURDAY, is_announced
from hospital.working_time import ALL_DAY, Slot, WorkingCalendar

Week = tuple[tuple[Slot, ...], ...]

MIDNIGHT = dt.time(0)
MORNING, AFTERNOON = Slot(dt.time(8), dt.time(12)), Slot(dt.time(14), dt.time(18))
# Where the hospital has written none: as the first migration writes them.
USUAL_WEEK: Week = ((MORNING, AFTERNOON),) * 5 + ((),) * 2
AROUND_THE_CLOCK: Week = (ALL_DAY,) * 7


@dataclass(frozen=True)
class Calendars:
    """The hospital's office hours, 24×7, and the hours of each department."""

    office: WorkingCalendar
    always: WorkingCalendar
    departments: Mapping[int, WorkingCalendar] = field(default_factory=dict)

    def of(self, department_id: int | None) -> WorkingCalendar:
        """The department's own hours, else the office hours."""
        if department_id is None:
            return self.office
        return self.departments.get(department_id, self.office)

    def works(self, day: date) -> bool:
        """Whether the hospital's offices work on this day."""
        return self.office.works(day)

    def day_name(self, day: date) -> str:
        """What the hospital calls a day of its own, else nothing."""
        return self.office.names.get(day, "")

    def knows(self, year: int) -> bool:
        """Whether the year's make-up days are known: announced, or written down here.

        A notice of the State Council always has both: a weekend that is worked and a
        weekday off.
        """
        if is_announced(year):
            return True
        own = {d: on for d, on in self.office.overrides.items() if d.year == year}
        worked = any(on and day.weekday() >= SATURDAY for day, on in own.items())
        return worked and any(
            not on and day.weekday() < SATURDAY for day, on in own.items()
        )


_kept: tuple[UUID, Calendars] | None = None
_asked_at = -math.inf
LAG = 60.0  # seconds


def current_token() -> UUID:
    """The token of the rules of time: one query by primary key."""
    only = TimeRules.objects.filter(pk=TimeRules.ONLY)
    token = only.values_list("token", flat=True).first()
    if token is None:  # somebody emptied the table
        token = TimeRules.objects.get_or_create(pk=TimeRules.ONLY)[0].token
    return token


def load_calendars(token: UUID | None = None) -> Calendars:
    """The calendars under the current token, or under the one the caller brings.

    The token is read before the rows: what is kept is never older than its token. The
    pair is replaced as one, so that threads never see half of it.
    """
    token = token or current_token()
    kept = _kept
    if kept is None or kept[0] != token:
        kept = (token, _read_calendars())
    keep_calendars(*kept)
    return kept[1]


def recent_calendars() -> Calendars:
    """The calendars of a minute ago at worst: for words that every page shows."""
    kept = _kept
    if kept is None or time.monotonic() - _asked_at > LAG:
        return load_calendars()
    return kept[1]


def keep_calendars(token: UUID, calendars: Calendars) -> None:
    global _kept, _asked_at
    _kept, _asked_at = (token, calendars), time.monotonic()


def _read_calendars() -> Calendars:
    days = list(CalendarDay.objects.values_list("day", "works", "name"))
    hours = WorkingHours.objects.order_by("weekday", "start")
    rows = hours.values_list("department_id", "weekday", "start", "end")
    return build_calendars(days, rows)


def build_calendars(
    days: Iterable[tuple[date, bool, str]],
    hours: Iterable[tuple[int | None, int, dt.time, dt.time]],
) -> Calendars:
    """Calendars of days (day, works, name) and hours (department, weekday, …)."""
    days = list(days)
    weeks: dict[int | None, list[list[Slot]]] = {}
    for department_id, weekday, start, end in hours:
        week = weeks.setdefault(department_id, [[] for __ in range(7)])
        week[weekday].append(Slot(start, end))
    options: dict[str, Any] = {
        "zone": ZoneInfo(settings.TIME_ZONE),
        "overrides": {day: works for day, works, __ in days},
        "names": {day: name for day, __, name in days if name},
    }
    read = {key: tuple(map(_joined, week)) for key, week in weeks.items()}
    office = read.pop(None, USUAL_WEEK)
    always = WorkingCalendar.around_the_clock(zone=options["zone"])
    return Calendars(
        office=WorkingCalendar(office, **options),
        always=always,
        departments={
            # Who works around the clock has neither holidays nor days off.
            key: always
            if week == AROUND_THE_CLOCK
            else WorkingCalendar(week, **options)
            for key, week in read.items()
            if key is not None
        },
    )


def _joined(slots: list[Slot]) -> tuple[Slot, ...]:
    """Slots that follow each other: no minute counts twice, whatever the rows say."""
    joined: list[Slot] = []
    for slot in slots:
        last = joined[-1] if joined else None
        if last is None or MIDNIGHT != last.end <= slot.start:
            joined.append(slot)
        elif last.end != MIDNIGHT and (slot.end == MIDNIGHT or last.end < slot.end):
            joined[-1] = Slot(last.start, slot.end)
    return tuple(joined)
