"""What changes the hospital's calendar. Triggers renew the token of the time rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from hospital.calendars import USUAL_WEEK, Week
from hospital.models import CalendarDay, Department, TimeRules, User, WorkingHours
from hospital.permissions import can_set_calendar


@dataclass(frozen=True)
class OwnDay:
    """A day on which the hospital does not follow the statutory calendar."""

    day: date
    works: bool
    name: str = ""


@transaction.atomic
def set_days(days: Iterable[OwnDay], *, actor: User | None) -> None:
    """Write days of the hospital's own, over what was said of them; all or none."""
    _check(actor)
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=own.day, works=own.works, name=own.name) for own in days],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["works", "name"],
    )


@transaction.atomic
def clear_day(day: date, *, actor: User | None) -> None:
    """Follow the statutory calendar again on this day."""
    _check(actor)
    CalendarDay.objects.filter(day=day).delete()


@transaction.atomic
def set_week(department: Department | None, week: Week, *, actor: User | None) -> None:
    """Write the hours of a department, or of the hospital (None), anew.

    An empty week gives a department the office hours again.
    """
    _check(actor)
    # Two people who save at once do not end with the hours of both.
    TimeRules.objects.select_for_update().filter(pk=TimeRules.ONLY).first()
    WorkingHours.objects.filter(department=department).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(
            department=department, weekday=weekday, start=slot.start, end=slot.end
        )
        for weekday, slots in enumerate(week)
        for slot in slots
    )


def ensure_office_hours() -> None:
    """The hospital's usual hours, where it has written none (after a cleared load)."""
    if not WorkingHours.objects.filter(department=None).exists():
        set_week(None, USUAL_WEEK, actor=None)


def _check(actor: User | None) -> None:
    if actor is not None and not can_set_calendar(actor):
        raise PermissionDenied
