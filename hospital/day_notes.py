"""Why a day counts or does not: for calendars and explained due times."""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from hospital.statutory import (
    SATURDAY,
    holiday_name,
    is_made_up,
    is_statutory_holiday,
)
from hospital.working_time import WorkingCalendar


class DayKind(TextChoices):
    WORKING = "working", _("Working day")
    MAKE_UP = "make_up", _("Make-up working day")
    OWN_WORKING = "own_working", _("Working day of the hospital")
    WEEKEND = "weekend", _("Weekend")
    NO_HOURS = "no_hours", _("No working hours on this weekday")
    HOLIDAY = "holiday", _("Statutory holiday")
    OWN_OFF = "own_off", _("Day off of the hospital")


@dataclass(frozen=True)
class DayNote:
    """What a day is for one calendar; `name` is in the reader's language, or empty."""

    kind: DayKind
    name: str = ""
    works: bool = True

    def __str__(self) -> str:
        return self.name or str(self.kind.label)


def why_off(day: date, calendar: WorkingCalendar) -> DayNote:
    """Whether the day works for this calendar, and why (not)."""
    works = calendar.works(day)
    if day in calendar.overrides:
        kind = DayKind.OWN_WORKING if works else DayKind.OWN_OFF
        return DayNote(kind, calendar.names.get(day, ""), works)
    if not calendar.keeps_holidays:
        return DayNote(DayKind.WORKING if works else DayKind.NO_HOURS, works=works)
    if works:
        return DayNote(DayKind.MAKE_UP if is_made_up(day) else DayKind.WORKING)
    if is_statutory_holiday(day):
        return DayNote(DayKind.HOLIDAY, holiday_name(day), works)
    weekend = day.weekday() >= SATURDAY
    return DayNote(DayKind.WEEKEND if weekend else DayKind.NO_HOURS, works=works)
