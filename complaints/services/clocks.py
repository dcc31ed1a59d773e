"""Starting and meeting the deadlines of cases and tasks.

Feedback counts from receipt, whatever happens later; `due_times` replaces a deadline
whose due time changes. Callers hold the case's lock.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_noop

from complaints.models import (
    CASE_CLOCKS,
    Case,
    Clock,
    Deadline,
    Hours,
    RectificationTask,
    TaskStatus,
)
from complaints.services.presets import Rule
from complaints.services.timekeeping import Timekeeper, timekeeper
from hospital import clock

ORDER_12345 = gettext_noop("Due time of the 12345 work order")
CHOSEN = gettext_noop("Chosen when the task was opened")
# What is done once: a case that comes back does not wait for it again.
ONCE = (Clock.ACKNOWLEDGE, Clock.FIRST_CONTACT)
# What a reply to the person meets.
ANSWERED = frozenset({Clock.FIRST_CONTACT, Clock.FEEDBACK})


def preview_feedback(
    received_at: datetime, *, tier: int, kind: str, source: str, departments: int
) -> tuple[Rule | None, datetime | None]:
    """The rule and the due time that a case like this would get now."""
    keeper = timekeeper()
    rule = keeper.policies.find_for(Clock.FEEDBACK, tier=tier, kind=kind, source=source)
    if rule is None:
        return None, None
    return rule, keeper.due_by(rule, received_at, several=departments > 1)


def rectify_due_at(
    case: Case, started_at: datetime, department_id: int | None = None
) -> datetime:
    """When a department's task of the case, opened then, should be done."""
    keeper = timekeeper()
    rule = keeper.policies.find(Clock.RECTIFY, case)
    if rule is None:
        office = keeper.calendars.office
        return keeper.close_of_business(started_at, 1, office)
    return keeper.due_by(rule, started_at, department_id=department_id)


def start_case_clocks(case: Case) -> None:
    """Start the clocks of a case that came in (or came back: then from now)."""
    keeper = timekeeper()
    started_at = clock.now() if case.reopened_count else case.received_at
    several = count_departments(case) > 1
    deadlines = [
        new_case_deadline(keeper, case, which, started_at, several=several)
        for which in CASE_CLOCKS
        if not (case.reopened_count and which in ONCE)
    ]
    started = Deadline.objects.bulk_create(filter(None, deadlines))
    _set_due(case, min((each.due_at for each in started), default=None))


def find_feedback(case: Case) -> Deadline | None:
    """The feedback clock that counts now: running, or met in this round."""
    feedback = case.deadlines.filter(clock=Clock.FEEDBACK, superseded_at=None)
    return feedback.order_by("pk").last()


def find_accepted(case: Case) -> datetime | None:
    """When the case was acknowledged as ours to handle."""
    met = case.deadlines.filter(clock=Clock.ACKNOWLEDGE).exclude(met_at=None)
    return met.values_list("met_at", flat=True).first()


def start_task_clocks(task: RectificationTask) -> None:
    """The department's clocks: acknowledge from now, rectify by the task's due time."""
    keeper = timekeeper()
    now = clock.now()
    case = task.case
    started = [_new_rectify(keeper, task, now)]
    rule = keeper.policies.find(Clock.TASK_ACKNOWLEDGE, case)
    if rule is not None:
        due_at = keeper.due_by(rule, now, department_id=task.department_id)
        due_at = min(due_at, task.due_at)
        started.append(
            new_deadline(case, Clock.TASK_ACKNOWLEDGE, now, due_at, rule, task=task)
        )
    for deadline in started:
        deadline.next_step_at = keeper.next_step_at(deadline, case)
    Deadline.objects.bulk_create(started)


def restart_task_clock(task: RectificationTask, which: Clock) -> None:
    """The work came back: the clock runs again to the task's due time."""
    keeper = timekeeper()
    deadline = _new_rectify(keeper, task, clock.now())
    deadline.next_step_at = keeper.next_step_at(deadline, task.case)
    deadline.save(force_insert=True)


def meet_case_clocks(case: Case, met: Collection[Clock], at: datetime) -> None:
    """Stop clocks of the case: what they ask for was done at that moment."""
    running = list(case.deadlines.of_case().running())
    done = [each.pk for each in running if each.clock in met]
    if done:
        Deadline.objects.filter(pk__in=done).update(met_at=at, next_step_at=None)
        _set_due(case, _earliest(each for each in running if each.clock not in met))


def meet_task_clock(task: RectificationTask, which: Clock, at: datetime) -> None:
    task.deadlines.running().filter(clock=which).update(met_at=at, next_step_at=None)
    if which == Clock.RECTIFY:  # should it come back, its clock runs
        open_pauses = task.pauses.filter(resumed_at=None)
        open_pauses.update(resumed_at=Greatest(at, F("paused_at")))


def drop_clocks(
    case: Case,
    *,
    task: RectificationTask | None = None,
    met: Collection[Clock] = (),
) -> None:
    """Nothing is waited for any more: of one task, or of the whole case.

    `met` are those that the ending itself meets.
    """
    now = clock.now()
    running = case.deadlines.running()
    if task is not None:
        running = running.filter(task=task)
    if met:
        running.filter(clock__in=met).update(met_at=now, next_step_at=None)
    running.update(superseded_at=now, next_step_at=None)
    open_pauses = case.pauses.filter(resumed_at=None)
    if task is not None:
        open_pauses = open_pauses.filter(task=task)
    open_pauses.update(resumed_at=Greatest(now, F("paused_at")))
    if task is None:
        _set_due(case, None)


def refresh_due(case: Case) -> None:
    _set_due(case, _earliest(case.deadlines.of_case().running()))


def count_departments(case: Case) -> int:
    """Departments involved: those the case is about and those with a task."""
    tasks = case.tasks.exclude(status=TaskStatus.CANCELLED)
    about = case.subjects.order_by().values("department")
    return about.union(tasks.order_by().values("department")).count()


def new_case_deadline(
    keeper: Timekeeper,
    case: Case,
    which: Clock,
    started_at: datetime,
    *,
    several: bool,
) -> Deadline | None:
    """The clock by the rules as they stand; None when no such clock runs."""
    if which == Clock.FEEDBACK and case.external_due_at and not case.reopened_count:
        deadline = Deadline(
            case=case,
            clock=which,
            started_at=started_at,
            due_at=case.external_due_at,
            basis=ORDER_12345,
        )
    else:
        rule = keeper.policies.find(which, case)
        if rule is None:
            return None
        due_at = keeper.due_by(rule, started_at, several=several)
        deadline = new_deadline(case, which, started_at, due_at, rule, several=several)
    deadline.next_step_at = keeper.next_step_at(deadline, case)
    return deadline


def _new_rectify(
    keeper: Timekeeper, task: RectificationTask, started_at: datetime
) -> Deadline:
    """By the rule when the task's due time is the rule's, else by a person's choice."""
    case = task.case
    rule = keeper.policies.find(Clock.RECTIFY, case)
    if rule is not None:
        due_at = keeper.due_by(rule, started_at, department_id=task.department_id)
        if due_at == task.due_at:
            return new_deadline(
                case, Clock.RECTIFY, started_at, due_at, rule, task=task
            )
    return Deadline(
        case=case,
        task=task,
        clock=Clock.RECTIFY,
        started_at=started_at,
        due_at=task.due_at,
        hours=Hours.DEPARTMENT,
        basis=CHOSEN,
    )


def new_deadline(
    case: Case,
    which: str,
    started_at: datetime,
    due_at: datetime,
    rule: Rule,
    *,
    several: bool = False,
    task: RectificationTask | None = None,
) -> Deadline:
    return Deadline(
        case=case,
        task=task,
        clock=which,
        started_at=started_at,
        due_at=due_at,
        amount=rule.amount_for(several=several),
        unit=rule.unit,
        hours=rule.hours,
        basis=rule.basis,
    )


def _earliest(deadlines: Iterable[Deadline]) -> datetime | None:
    due = (each.due_at for each in deadlines if each.paused_at is None)
    return min(due, default=None)


def _set_due(case: Case, due_at: datetime | None) -> None:
    if due_at != case.due_at:
        case.due_at = due_at
        case.save(update_fields=["due_at"])
