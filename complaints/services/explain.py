"""A due time explains itself: which time counted, which did not, and why.

The parts are a partition of the time from start to due time, so they add up to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Deadline, Extension, Pause, Unit
from complaints.services.timekeeping import timekeeper
from hospital import clock
from hospital.day_notes import DayKind, DayNote, why_off
from hospital.working_time import WorkingCalendar

DAY = timedelta(days=1)
NOTHING = timedelta(0)

Span = tuple[datetime, datetime]


class PartKind(TextChoices):
    COUNTED = "counted", _("Working time that counts")
    PAUSED = "paused", _("Paused, not counted")
    OUTSIDE = "outside", _("Nights and breaks")
    WEEKEND = "weekend", _("Weekends")
    HOLIDAY = "holiday", _("Statutory holidays")
    OWN_OFF = "own_off", _("Days off of the hospital")
    NO_HOURS = "no_hours", _("Days without working hours")


NOT_WORKED = {
    DayKind.WEEKEND: PartKind.WEEKEND,
    DayKind.HOLIDAY: PartKind.HOLIDAY,
    DayKind.OWN_OFF: PartKind.OWN_OFF,
    DayKind.NO_HOURS: PartKind.NO_HOURS,
}


@dataclass(frozen=True)
class Part:
    """Time of one kind, and on how many days it lay."""

    kind: PartKind
    time: timedelta
    days: int


@dataclass(frozen=True)
class DayLine:
    """One local day of the sum; `number` is which working day it is, if it counts."""

    day: date
    note: DayNote
    counted: timedelta
    paused: timedelta
    number: int | None


@dataclass(frozen=True)
class Explanation:
    """The sum behind a due time; `parts` add up to `due_at - started_at`."""

    deadline: Deadline
    days: list[DayLine]
    parts: list[Part]
    pauses: list[Pause]
    extensions: list[Extension]
    earlier: list[Deadline]

    @property
    def whole(self) -> timedelta:
        return self.deadline.due_at - self.deadline.started_at


def explain_deadline(deadline: Deadline) -> Explanation:
    """Why the deadline is due when it is."""
    keeper = timekeeper()
    calendar = keeper.calendar_of(deadline)
    if deadline.unit == Unit.HOURS:
        calendar = keeper.calendars.always
    same = deadline.case.deadlines.filter(
        clock=deadline.clock, task=deadline.task_id, promise=deadline.promise_id
    )
    end = deadline.met_at or deadline.superseded_at or clock.now()
    pauses = list(
        deadline.case.pauses.filter(
            task=deadline.task_id,
            paused_at__gte=deadline.started_at,
            paused_at__lte=end,
        ).select_related("paused_by", "resumed_by")
    )
    if deadline.promise_id is not None:
        pauses = []
    # What counts in days counts the hospital's days, whoever's hours they end with.
    in_days = deadline.unit == Unit.WORKING_DAYS
    works = keeper.calendars.works if in_days else calendar.works
    paused = [(pause.paused_at, pause.resumed_at or end) for pause in pauses]
    days, times = _walk(deadline, calendar, paused, works)
    extensions = Extension.objects.filter(deadline__in=same, granted=True)
    return Explanation(
        deadline=deadline,
        days=days,
        parts=[
            Part(kind, *times[kind]) for kind in PartKind if times[kind][0] > NOTHING
        ],
        pauses=pauses,
        extensions=list(extensions.select_related("asked_by", "decided_by")),
        earlier=list(
            same.filter(started_at=deadline.started_at)
            .exclude(superseded_at=None)
            .exclude(pk=deadline.pk)
            .order_by("pk")
        ),
    )


def _walk(
    deadline: Deadline,
    calendar: WorkingCalendar,
    paused: list[Span],
    works: Callable[[date], bool],
) -> tuple[list[DayLine], dict[PartKind, tuple[timedelta, int]]]:
    lines: list[DayLine] = []
    times = {kind: (NOTHING, 0) for kind in PartKind}
    number = 0
    first = timezone.localdate(deadline.started_at)
    start = deadline.started_at.astimezone(UTC)
    end = deadline.due_at.astimezone(UTC)
    day = first
    while day <= timezone.localdate(deadline.due_at):
        note = why_off(day, calendar)
        whole = _overlap([_local_day(day, calendar)], (start, end))
        spans = list(calendar.spans(day))
        working = _overlap(spans, (start, end))
        still = sum((_shared(spans, span, (start, end)) for span in paused), NOTHING)
        off = NOT_WORKED.get(note.kind, PartKind.OUTSIDE)
        for kind, time in (
            (PartKind.COUNTED, working - still),
            (PartKind.PAUSED, still),
            (off, whole - working),
        ):
            if time > NOTHING:
                times[kind] = (times[kind][0] + time, times[kind][1] + 1)
        counts = works(day) and day != first and (not still or still < working)
        number += counts
        lines.append(
            DayLine(day, note, working - still, still, number if counts else None)
        )
        day += DAY
    return lines, times


def _local_day(day: date, calendar: WorkingCalendar) -> Span:
    start = datetime.combine(day, datetime.min.time(), calendar.zone)
    end = datetime.combine(day + DAY, datetime.min.time(), calendar.zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def _shared(spans: list[Span], pause: Span, within: Span) -> timedelta:
    """The part of the spans that lies in the pause and within the deadline's time."""
    start, end = max(pause[0], within[0]), min(pause[1], within[1])
    return _overlap(spans, (start, end)) if start < end else NOTHING


def _overlap(spans: list[Span], within: Span) -> timedelta:
    return sum(
        (
            max(NOTHING, min(end, within[1]) - max(start, within[0]))
            for start, end in spans
        ),
        NOTHING,
    )
