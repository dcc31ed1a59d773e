"""The first clock: working days by tier, from receipt, whatever happens later.

Feedback within five working days of receipt, ten when several departments are
involved (NHC Order No. 3 (2019), article 29, as hospital rules quote it); the other
durations are this product's presets. The rest of the app calls only the functions
named here, so that the engine behind them can grow.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from complaints.models import Case, Deadline, RectificationTask, TaskStatus, Tier
from hospital import clock
from hospital.working_time import add_working_days

CLOSE_OF_BUSINESS = time(18, 0)
DUE_SOON = timedelta(days=1)

Clock = Deadline.Clock
# Working days by tier; feedback has one value for one department, one for several.
ACKNOWLEDGE_DAYS = {Tier.MINOR: 2, Tier.COMPLEX: 1, Tier.MAJOR: 1}
FEEDBACK_DAYS = {Tier.MINOR: (5, 10), Tier.COMPLEX: (5, 10), Tier.MAJOR: (3, 5)}
TASK_ACKNOWLEDGE_DAYS = {Tier.MINOR: 1, Tier.COMPLEX: 1, Tier.MAJOR: 1}
RECTIFY_DAYS = {Tier.MINOR: 3, Tier.COMPLEX: 3, Tier.MAJOR: 2}


def working_days_after(start: datetime, days: int) -> datetime:
    """Close of business on the day `days` working days after start, local time."""
    day = add_working_days(timezone.localdate(start), days)
    return timezone.make_aware(datetime.combine(day, CLOSE_OF_BUSINESS))


def feedback_due_at(received_at: datetime, tier: int, departments: int) -> datetime:
    """When the person must have heard from us, counted from receipt."""
    days = FEEDBACK_DAYS[Tier(tier)][departments > 1]
    return working_days_after(received_at, days)


def rectify_due_at(started_at: datetime, tier: int) -> datetime:
    """When a department's task opened now should be done."""
    return working_days_after(started_at, RECTIFY_DAYS[Tier(tier)])


def start_case_clocks(case: Case) -> None:
    """Start the clocks of a case that came in (or came back: then from now)."""
    started_at = clock.now() if case.reopened_count else case.received_at
    due = {Clock.FEEDBACK: feedback_due_at(started_at, case.tier, _departments(case))}
    if not case.reopened_count:
        days = ACKNOWLEDGE_DAYS[Tier(case.tier)]
        due[Clock.ACKNOWLEDGE] = working_days_after(started_at, days)
    Deadline.objects.bulk_create(
        Deadline(case=case, clock=which, started_at=started_at, due_at=due_at)
        for which, due_at in sorted(due.items())
    )
    case.due_at = min(due.values())
    case.save(update_fields=["due_at"])


def recompute_feedback(case: Case) -> None:
    """After a change of tier or departments: a new due time from the same start."""
    running = case.deadlines.filter(
        clock=Clock.FEEDBACK, met_at=None, superseded_at=None
    ).first()
    if running is None:
        return
    due_at = feedback_due_at(running.started_at, case.tier, _departments(case))
    if due_at == running.due_at:
        return
    running.superseded_at = clock.now()
    running.save(update_fields=["superseded_at"])
    _start(case, Clock.FEEDBACK, running.started_at, due_at)
    _refresh_due(case)


def find_feedback(case: Case) -> Deadline | None:
    """The feedback clock that counts now: running, or met in this round."""
    running = case.deadlines.filter(clock=Clock.FEEDBACK, superseded_at=None)
    return running.order_by("pk").last()


def find_accepted(case: Case) -> datetime | None:
    """When the case was acknowledged as ours to handle."""
    met = case.deadlines.filter(clock=Clock.ACKNOWLEDGE).exclude(met_at=None)
    return met.values_list("met_at", flat=True).first()


def start_task_clocks(task: RectificationTask) -> None:
    """The department's clocks: acknowledge from now, rectify by the task's due time."""
    now = clock.now()
    days = TASK_ACKNOWLEDGE_DAYS[Tier(task.case.tier)]
    due = min(working_days_after(now, days), task.due_at)
    _start(task.case, Clock.TASK_ACKNOWLEDGE, now, due, task=task)
    _start(task.case, Clock.RECTIFY, now, task.due_at, task=task)


def meet_case_clock(case: Case, which: Clock, at: datetime) -> None:
    """Stop a clock of the case: what it asks for was done at that moment."""
    running = case.deadlines.filter(task=None, met_at=None, superseded_at=None)
    due = {deadline.clock: deadline for deadline in running}
    met = due.pop(which, None)
    if met is None:
        return
    met.met_at = at
    met.save(update_fields=["met_at"])
    _set_due(case, min((other.due_at for other in due.values()), default=None))


def meet_task_clock(task: RectificationTask, which: Clock, at: datetime) -> None:
    task.deadlines.filter(clock=which, met_at=None, superseded_at=None).update(
        met_at=at
    )


def restart_task_clock(task: RectificationTask, which: Clock) -> None:
    """The work came back: the clock runs again to the task's due time."""
    _start(task.case, which, clock.now(), task.due_at, task=task)


def drop_clocks(case: Case, *, task: RectificationTask | None = None) -> None:
    """Nothing is waited for any more: of one task, or of the whole case."""
    running = case.deadlines.filter(met_at=None, superseded_at=None)
    if task is not None:
        running = running.filter(task=task)
    if running.update(superseded_at=clock.now()) and task is None:
        _set_due(case, None)


def _start(
    case: Case,
    which: Clock,
    started_at: datetime,
    due_at: datetime,
    *,
    task: RectificationTask | None = None,
) -> None:
    Deadline.objects.create(
        case=case, task=task, clock=which, started_at=started_at, due_at=due_at
    )


def _refresh_due(case: Case) -> None:
    running = case.deadlines.filter(task=None, met_at=None, superseded_at=None)
    _set_due(case, min((deadline.due_at for deadline in running), default=None))


def _set_due(case: Case, due_at: datetime | None) -> None:
    if due_at != case.due_at:
        case.due_at = due_at
        case.save(update_fields=["due_at"])


def _departments(case: Case) -> int:
    """Departments involved: those the case is about and those with a task."""
    tasks = case.tasks.exclude(status=TaskStatus.CANCELLED)
    about = case.subjects.order_by().values("department")
    return about.union(tasks.order_by().values("department")).count()
