"""A year at a glance: what every day is for the hospital's offices."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hospital.calendars import Calendars
from hospital.day_notes import DayKind, DayNote, why_off
from hospital.models import Weekday

FIRST_YEAR, LAST_YEAR = 2000, 2099
# Tone and mark of a day: never colour alone.
ON = pgettext_lazy("mark of a worked day in a calendar", "W")
OFF = pgettext_lazy("mark of a day off in a calendar", "H")
LOOKS = {
    DayKind.WORKING: ("", ""),
    DayKind.WEEKEND: ("grey", ""),
    DayKind.NO_HOURS: ("grey", ""),
    DayKind.MAKE_UP: ("blue", ON),
    DayKind.HOLIDAY: ("red", OFF),
    DayKind.OWN_WORKING: ("blue", ON),
    DayKind.OWN_OFF: ("red", OFF),
}
LEGEND = (
    (DayKind.WORKING, _("Working day")),
    (DayKind.WEEKEND, _("Weekend")),
    (DayKind.HOLIDAY, _("Statutory holiday")),
    (DayKind.MAKE_UP, _("Make-up working day")),
    (DayKind.OWN_WORKING, _("Set by the hospital: works")),
    (DayKind.OWN_OFF, _("Set by the hospital: off")),
)


@dataclass(frozen=True)
class Day:
    day: date
    note: DayNote
    is_today: bool

    @property
    def tone(self) -> str:
        return LOOKS[self.note.kind][0]

    @property
    def mark(self) -> str:
        return str(LOOKS[self.note.kind][1])

    @property
    def is_own(self) -> bool:
        return self.note.kind in (DayKind.OWN_WORKING, DayKind.OWN_OFF)


@dataclass(frozen=True)
class Month:
    """Weeks of seven places, Monday first; a place outside the month is empty."""

    first: date
    weeks: list[list[Day | None]]

    @property
    def working_days(self) -> int:
        return sum(
            day.note.works for week in self.weeks for day in week if day is not None
        )


@dataclass(frozen=True)
class Legend:
    tone: str
    mark: str
    label: str
    is_own: bool


def days_of(year: int, calendars: Calendars, today: date) -> list[Day]:
    first = date(year, 1, 1)
    count = (date(year + 1, 1, 1) - first).days
    days = (first + timedelta(days=n) for n in range(count))
    return [Day(day, why_off(day, calendars.office), day == today) for day in days]


def months_of(days: list[Day]) -> list[Month]:
    months: dict[int, list[Day]] = {}
    for day in days:
        months.setdefault(day.day.month, []).append(day)
    return [Month(inside[0].day, _weeks(inside)) for inside in months.values()]


@dataclass(frozen=True)
class WeekdayName:
    label: str
    short: str


def weekdays() -> list[WeekdayName]:
    shorts = (WEEKDAYS_ABBR[number] for number in Weekday.values)
    return [
        WeekdayName(str(label), str(short).removeprefix("星期").removeprefix("周"))
        for label, short in zip(Weekday.labels, shorts, strict=True)
    ]


def legend() -> list[Legend]:
    return [
        Legend(
            LOOKS[kind][0],
            str(LOOKS[kind][1]),
            str(label),
            kind in (DayKind.OWN_WORKING, DayKind.OWN_OFF),
        )
        for kind, label in LEGEND
    ]


def _weeks(days: list[Day]) -> list[list[Day | None]]:
    places: list[Day | None] = [None] * days[0].day.weekday()
    places += days
    places += [None] * (-len(places) % 7)
    return [places[at : at + 7] for at in range(0, len(places), 7)]


def statutory_note(day: date, calendars: Calendars) -> DayNote:
    """What the day would be if the hospital had said nothing."""
    return why_off(day, replace(calendars.office, overrides={}, names={}))
