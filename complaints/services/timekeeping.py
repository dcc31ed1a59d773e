"""Due times and step times, out of rules and calendars; nothing is written here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Case, Deadline, Hours, Unit
from complaints.services.policies import Policies, load_policies
from complaints.services.presets import Rule, Step
from hospital import clock
from hospital.calendars import Calendars, current_token, load_calendars
from hospital.exceptions import RuleViolation
from hospital.working_time import (
    WorkingCalendar,
    add_working_days,
    add_working_time,
    subtract_working_time,
    working_time_between,
)

FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Timekeeper:
    """The rules and calendars as they stand at one moment."""

    calendars: Calendars
    policies: Policies

    def calendar(self, hours: str, department_id: int | None) -> WorkingCalendar:
        if hours == Hours.ALWAYS:
            return self.calendars.always
        if hours == Hours.DEPARTMENT:
            return self.calendars.of(department_id)
        return self.calendars.office

    def calendar_of(self, deadline: Deadline) -> WorkingCalendar:
        """The calendar whose working time the deadline counts."""
        task = deadline.task if deadline.task_id else None
        return self.calendar(deadline.hours, task.department_id if task else None)

    def due_by(
        self,
        rule: Rule,
        started_at: datetime,
        *,
        several: bool = False,
        department_id: int | None = None,
    ) -> datetime:
        """When the rule's time is over for a clock that started then."""
        amount = rule.amount_for(several=several)
        if amount is None:
            raise ValueError("this rule runs no clock")
        calendar = self.calendar(rule.hours, department_id)
        if rule.unit == Unit.HOURS:
            return started_at + timedelta(hours=amount)
        if rule.unit == Unit.WORKING_HOURS:
            return add_working_time(started_at, timedelta(hours=amount), calendar)
        return self.close_of_business(started_at, amount, calendar)

    def close_of_business(
        self, started_at: datetime, days: int, calendar: WorkingCalendar
    ) -> datetime:
        """The end of the working hours `days` working days after the local day.

        The start day is not counted (Civil Code, article 201); the deadline ends with
        the business hours (article 203). Days are those of the hospital's calendar.
        """
        start = timezone.localdate(started_at)
        day = add_working_days(start, days, works=self.calendars.works)
        spans = list(calendar.spans(day)) or list(self.calendars.office.spans(day))
        if not spans:  # zero days, from a day off
            return add_working_time(started_at, timedelta(minutes=1), calendar)
        return max(spans[-1][1], started_at)

    def give_back(self, deadline: Deadline, until: datetime) -> timedelta:
        """The working time of the deadline's pause up to the moment.

        Nothing when it was paused after its time: what is over stays over.
        """
        if deadline.paused_at is None or deadline.paused_at >= deadline.due_at:
            return timedelta(0)
        if deadline.unit == Unit.HOURS:
            return until - deadline.paused_at
        calendar = self.calendar_of(deadline)
        return working_time_between(deadline.paused_at, until, calendar)

    def later(
        self, due_at: datetime, credited: timedelta, deadline: Deadline
    ) -> datetime:
        """The due time after working time was given back."""
        if not credited:
            return due_at
        if deadline.unit == Unit.HOURS:
            return due_at + credited
        return add_working_time(due_at, credited, self.calendar_of(deadline))

    def step_at(self, deadline: Deadline, step: Step) -> datetime:
        """When the step is to be taken."""
        calendar = self.calendar_of(deadline)
        if step.minutes is None:
            if deadline.due_at <= deadline.started_at:  # returned when it was late
                return deadline.started_at
            whole = working_time_between(deadline.started_at, deadline.due_at, calendar)
            gone = whole * (step.percent or 0) / 100
            return add_working_time(deadline.started_at, gone, calendar)
        if step.minutes < 0:
            before = timedelta(minutes=-step.minutes)
            return subtract_working_time(deadline.due_at, before, calendar)
        if step.minutes == 0:
            return deadline.due_at
        after = timedelta(minutes=step.minutes)
        return add_working_time(deadline.due_at, after, calendar)

    def steps(self, deadline: Deadline, case: Case) -> list[tuple[datetime, Step]]:
        """All steps of the deadline with their times, the earliest first."""
        steps = self.policies.steps(deadline.clock, case.tier)
        return sorted(
            ((self.step_at(deadline, step), step) for step in steps),
            key=lambda pair: (pair[0], pair[1].key),
        )

    def next_step_at(
        self, deadline: Deadline, case: Case, taken: Iterable[str] = ()
    ) -> datetime | None:
        """When the next step that was not taken yet is to be taken."""
        done = set(taken)
        left = [at for at, step in self.steps(deadline, case) if step.key not in done]
        return left[0] if left else None


def timekeeper() -> Timekeeper:
    """The timekeeper of this moment: one small query, the rest is remembered."""
    token = current_token()
    return Timekeeper(load_calendars(token), load_policies(token))


def require_near(moment: datetime, *, field: str) -> None:
    """Refuse a time that is more likely a slip than a plan."""
    if moment > clock.now() + FURTHEST:
        raise RuleViolation(
            _("This is more than a year ahead; check the year."), field=field
        )
