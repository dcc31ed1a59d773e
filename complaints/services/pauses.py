"""The clock stands still while somebody outside is waited for."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Case, Pause, RectificationTask, Verb
from complaints.permissions import can_direct_task, can_handle
from complaints.services.clocks import refresh_due
from complaints.services.due_times import replace_deadline
from complaints.services.lifecycle import lock_case, lock_task, record
from complaints.services.timekeeping import timekeeper
from complaints.services.words import SHORT, require_reason
from hospital import clock
from hospital.calendars import load_calendars
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.working_time import working_time_between


@transaction.atomic
def pause_case(
    case: Case,
    *,
    actor: User,
    waits_for: str,
    reason: str,
    revision: int | None = None,
) -> Pause:
    """Stop the case's own clocks with a reason; its tasks' clocks run on."""
    case = lock_case(case, actor, can_handle, revision=revision)
    return _pause(case, None, actor=actor, waits_for=waits_for, reason=reason)


@transaction.atomic
def resume_case(case: Case, *, actor: User) -> Case:
    """Let the case's clocks run again; the paused working time is given back."""
    case = lock_case(case, actor, can_handle)
    _resume(case, None, actor=actor)
    return case


@transaction.atomic
def pause_task(
    task: RectificationTask, *, actor: User, waits_for: str, reason: str
) -> Pause:
    """Stop a task's clocks; the centre decides it, not the department."""
    task = lock_task(task, actor, can_direct_task)
    return _pause(task.case, task, actor=actor, waits_for=waits_for, reason=reason)


@transaction.atomic
def resume_task(task: RectificationTask, *, actor: User) -> RectificationTask:
    task = lock_task(task, actor, can_direct_task)
    _resume(task.case, task, actor=actor)
    return task


def find_pause(case: Case, task: RectificationTask | None = None) -> Pause | None:
    """The pause that is on now."""
    return case.pauses.filter(task=task, resumed_at=None).first()


def paused_time(pause: Pause) -> timedelta:
    """The office's working time of the pause, so far or in all."""
    until = pause.resumed_at or clock.now()
    return working_time_between(pause.paused_at, until, load_calendars().office)


def _pause(
    case: Case,
    task: RectificationTask | None,
    *,
    actor: User,
    waits_for: str,
    reason: str,
) -> Pause:
    reason = require_reason(reason, limit=SHORT)
    if waits_for not in Pause.WaitsFor:
        raise RuleViolation(_("Say who is waited for."), field="waits_for")
    if find_pause(case, task):
        raise RuleViolation(_("The clock stands still already."))
    running = case.deadlines.running().filter(task=task, promise=None)
    now = clock.now()
    if not running.update(paused_at=now):
        raise RuleViolation(_("No clock runs that could be stopped."))
    pause = Pause.objects.create(
        case=case,
        task=task,
        waits_for=waits_for,
        reason=reason,
        paused_by=actor,
        paused_at=now,
    )
    record(
        case,
        Verb.PAUSED,
        actor=actor,
        task=task,
        new={"waits_for": str(waits_for)},
        note=reason,
    )
    if task is None:
        refresh_due(case)
    return pause


def _resume(case: Case, task: RectificationTask | None, *, actor: User) -> None:
    pause = find_pause(case, task)
    if pause is None:
        raise RuleViolation(_("The clock is running already."))
    now = max(clock.now(), pause.paused_at)  # another host's clock may be behind
    keeper = timekeeper()
    paused = case.deadlines.running().filter(task=task, promise=None)
    for deadline in paused.exclude(paused_at=None).select_related("task"):
        back = keeper.give_back(deadline, now)
        extended = deadline.extended_until
        replace_deadline(
            keeper,
            case,
            deadline,
            due_at=keeper.later(deadline.due_at, back, deadline),
            credited=deadline.credited + back,
            extended_until=extended and keeper.later(extended, back, deadline),
            paused_at=None,
        )
    pause.resumed_at = now
    pause.resumed_by = actor
    pause.save(update_fields=["resumed_at", "resumed_by"])
    record(case, Verb.RESUMED, actor=actor, task=task)
    if task is None:
        refresh_due(case)
