"""Working-time arithmetic: pure functions on days, slots and calendars.

The statutory calendar (days off and 调休 working weekends, announced by the State
Council each year) comes from `hospital.statutory`; a hospital's own days override it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hospital.statutory import SATURDAY, is_made_up, is_statutory_holiday

DAY = timedelta(days=1)
NOTHING = timedelta(0)
SEARCH_LIMIT = 3660  # days; a calendar that never works is a mistake, not a wait


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: make-up weekends yes, holidays no."""
    if day.weekday() >= SATURDAY:
        return is_made_up(day)
    return not is_statutory_holiday(day)


def add_working_days(
    start: date,
    days: int,
    *,
    works: Callable[[date], bool] = is_working_day,
) -> date:
    """The working day `days` after `start`; the start day is not counted.

    Source: Civil Code of the PRC, article 201. ValueError for negative days.
    """
    if days < 0:
        raise ValueError("days must not be negative")
    day = start
    for __ in range(SEARCH_LIMIT):
        if not days:
            return day
        day += DAY
        days -= works(day)
    raise ValueError("the calendar has too few working days")


@dataclass(frozen=True, order=True)
class Slot:
    """Working hours within one local day; an end of 00:00 means midnight."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.end != time(0) and self.start >= self.end:
            raise ValueError("a slot ends after it starts")

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """The slot as two moments of that local day, in UTC."""
        last = day + DAY if self.end == time(0) else day
        start = datetime.combine(day, self.start, zone)
        end = datetime.combine(last, self.end, zone)
        return start.astimezone(UTC), end.astimezone(UTC)


ALL_DAY = (Slot(time(0), time(0)),)


@dataclass(frozen=True)
class WorkingCalendar:
    """Whose hours count: slots per weekday (Monday first), holidays or not.

    A make-up working weekend follows `make_up` slots, by default Monday's. `overrides`
    are the hospital's own days: True works, False is off; `names` says why.
    """

    week: tuple[tuple[Slot, ...], ...]
    zone: tzinfo = ZoneInfo("Asia/Shanghai")
    keeps_holidays: bool = True
    make_up: tuple[Slot, ...] | None = None
    overrides: Mapping[date, bool] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        for slots in self.week:
            if any(a.end > b.start or a.end == time(0) for a, b in _pairs(slots)):
                raise ValueError("slots of a day must follow each other")

    @classmethod
    def office(cls, *slots: Slot, **options: object) -> "WorkingCalendar":
        """Monday to Friday with the same slots."""
        return cls((slots,) * 5 + ((),) * 2, **options)  # type: ignore[arg-type]  # options are the dataclass's own fields

    @classmethod
    def around_the_clock(cls, **options: object) -> "WorkingCalendar":
        """24×7: every minute counts, holidays too."""
        return cls((ALL_DAY,) * 7, keeps_holidays=False, **options)  # type: ignore[arg-type]  # as above

    def works(self, day: date) -> bool:
        """Whether the day has working hours."""
        return bool(self.slots(day))

    def slots(self, day: date) -> tuple[Slot, ...]:
        """The working hours of a local day, after holidays and overrides."""
        usual = self.week[day.weekday()]
        if day in self.overrides:
            return self._working(day) if self.overrides[day] else ()
        if not self.keeps_holidays:
            return usual
        if is_made_up(day):
            return self._working(day)
        return () if is_statutory_holiday(day) else usual

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working hours of a local day as moments in UTC."""
        for slot in self.slots(day):
            yield slot.on(day, self.zone)

    def _working(self, day: date) -> tuple[Slot, ...]:
        """The hours of a day that is said to be worked, whatever its weekday."""
        usual = self.week[day.weekday()]
        made_up = self.week[0] if self.make_up is None else self.make_up
        if day.weekday() >= SATURDAY:
            return made_up or usual
        return usual or made_up


def add_working_time(
    start: datetime, duration: timedelta, calendar: WorkingCalendar
) -> datetime:
    """The first moment at which `duration` of working time has passed since `start`."""
    if duration < NOTHING:
        raise ValueError("duration must not be negative")
    moment = start.astimezone(UTC)
    if duration == NOTHING:
        return moment
    day = start.astimezone(calendar.zone).date()
    for __ in range(SEARCH_LIMIT):
        for begins, ends in calendar.spans(day):
            begins = max(begins, moment)
            if ends <= begins:
                continue
            if duration <= ends - begins:
                return begins + duration
            duration -= ends - begins
        day += DAY
    raise ValueError("the calendar has too little working time")


def subtract_working_time(
    end: datetime, duration: timedelta, calendar: WorkingCalendar
) -> datetime:
    """The last moment from which exactly `duration` of working time leads to `end`."""
    if duration < NOTHING:
        raise ValueError("duration must not be negative")
    moment = end.astimezone(UTC)
    if duration == NOTHING:
        return moment
    day = end.astimezone(calendar.zone).date()
    for __ in range(SEARCH_LIMIT):
        for begins, ends in reversed(tuple(calendar.spans(day))):
            ends = min(ends, moment)
            if ends <= begins:
                continue
            if duration <= ends - begins:
                return ends - duration
            duration -= ends - begins
        day -= DAY
    raise ValueError("the calendar has too little working time")


def working_time_between(
    a: datetime, b: datetime, calendar: WorkingCalendar
) -> timedelta:
    """Working time from `a` to `b`; negative when `b` comes first."""
    if b < a:
        return -working_time_between(b, a, calendar)
    start, end = a.astimezone(UTC), b.astimezone(UTC)
    day = a.astimezone(calendar.zone).date()
    last = b.astimezone(calendar.zone).date()
    total = NOTHING
    while day <= last:
        for begins, ends in calendar.spans(day):
            total += max(NOTHING, min(ends, end) - max(begins, start))
        day += DAY
    return total


def _pairs(slots: tuple[Slot, ...]) -> Iterator[tuple[Slot, Slot]]:
    return zip(slots, slots[1:], strict=False)
