"""New due times for deadlines that run: the old row stays on record, superseded.

What was taken of the escalation steps is not repeated on the new row. Callers hold the
case's lock.
"""

from typing import Any

from complaints.models import (
    CASE_CLOCKS,
    TASK_CLOCKS,
    Case,
    Clock,
    Deadline,
    EscalationStep,
    RectificationTask,
    Status,
    StepFiring,
    StepNotice,
)
from complaints.services.clocks import (
    ANSWERED,
    ONCE,
    count_departments,
    new_case_deadline,
    new_deadline,
    refresh_due,
)
from complaints.services.timekeeping import Timekeeper, timekeeper
from hospital import clock


def recompute_case(case: Case, *, keeper: Timekeeper | None = None) -> int:
    """After a change of tier, kind, departments or rules: new due times, old starts.

    Returns how many clocks changed.
    """
    if not case.is_open:
        return 0
    keeper = keeper or timekeeper()
    several = count_departments(case) > 1
    rows = case.deadlines.of_case().filter(superseded_at=None).order_by("pk")
    current = {row.clock: row for row in rows}
    changed = 0
    for which in CASE_CLOCKS:
        old = current.get(which)
        if old is None and _is_done(case, which):
            continue
        if old is not None and not old.is_running:
            continue
        started_at = old.started_at if old else case.received_at
        new = new_case_deadline(keeper, case, which, started_at, several=several)
        if old is not None and new is not None:
            _inherit(keeper, old, new)
        changed += _put_in_place(keeper, case, old, new)
    if changed:
        refresh_due(case)
    return changed


def _is_done(case: Case, which: Clock) -> bool:
    """Whether a clock that never ran asks for something that has happened already.

    Else a clock that is switched on would be over at once in every case at work.
    """
    if case.reopened_count and which in ONCE:
        return True
    if which == Clock.ACKNOWLEDGE:
        return case.status != Status.RECEIVED
    if which in ANSWERED:
        return case.replies.filter(round=case.reopened_count).exists()
    return False


def follow_tier(case: Case, *, keeper: Timekeeper | None = None) -> None:
    """After a change of tier: due times of the case, steps of tasks and promises too.

    A task's due time stays what its department was told.
    """
    keeper = keeper or timekeeper()
    recompute_case(case, keeper=keeper)
    others = case.deadlines.running().exclude(task=None, promise=None)
    for row in others.select_related("task").prefetch_related("firings"):
        _freshen(keeper, case, row, row)


def recompute_task(task: RectificationTask, *, keeper: Timekeeper) -> int:
    """After a change of rules: the task's clocks, unless a person chose the time."""
    changed = 0
    running = task.deadlines.running().filter(clock__in=TASK_CLOCKS)
    for old in running.order_by("clock"):
        rule = keeper.policies.find(old.clock, task.case) if old.amount else None
        if rule is None:
            _freshen(keeper, task.case, old, old)
            continue
        due_at = keeper.due_by(rule, old.started_at, department_id=task.department_id)
        new = new_deadline(
            task.case, old.clock, old.started_at, due_at, rule, task=task
        )
        _inherit(keeper, old, new)
        changed += _put_in_place(keeper, task.case, old, new)
    return changed


def replace_deadline(
    keeper: Timekeeper, case: Case, old: Deadline, **changes: Any
) -> Deadline:
    """A new row in the place of the old one, which stays on record as superseded.

    Without a new due time the row itself is changed: there is no old one to keep.
    """
    new = _copy(old)
    for name, value in changes.items():
        setattr(new, name, value)
    if _put_in_place(keeper, case, old, new):
        return new
    for name, value in changes.items():
        setattr(old, name, value)
    old.save(update_fields=list(changes))
    return old


RULE = ("amount", "unit", "hours", "basis")
OWN = ("case", "task", "promise", "clock", "started_at", "due_at")
KEPT = (*OWN, *RULE, "credited", "extended_until", "paused_at")


def _copy(old: Deadline) -> Deadline:
    return Deadline(**{name: getattr(old, name) for name in KEPT})


def _put_in_place(
    keeper: Timekeeper, case: Case, old: Deadline | None, new: Deadline | None
) -> bool:
    """Let the new row follow the old one if it says something else; whether it did."""
    if new is None:
        return old is not None and _supersede(old)
    if old is not None:
        if new.due_at == old.due_at:
            return _freshen(keeper, case, old, new)
        _supersede(old)
    new.next_step_at = keeper.next_step_at(new, case)
    new.save(force_insert=True)
    if old is not None:
        _carry_steps(keeper, case, old, new)
    if new.task is not None and new.clock == Clock.RECTIFY:
        new.task.due_at = new.due_at
        new.task.save(update_fields=["due_at"])
    return True


def _inherit(keeper: Timekeeper, old: Deadline, new: Deadline) -> None:
    """A freshly computed row keeps what pauses gave back and what was granted."""
    new.paused_at = old.paused_at
    new.credited = old.credited
    new.due_at = keeper.later(new.due_at, old.credited, new)
    if old.extended_until is not None:
        new.extended_until = old.extended_until
        new.due_at = max(new.due_at, old.extended_until)


def _carry_steps(keeper: Timekeeper, case: Case, old: Deadline, new: Deadline) -> None:
    """What was taken and would be due again at once is not repeated.

    A raise is never repeated: who lowered the tier again has looked at the case.
    """
    taken = {firing.step: firing for firing in old.firings.all()}
    if not taken:
        return
    now = clock.now()
    due = {step.key: at for at, step in keeper.steps(new, case) if at <= now}
    carried = [
        StepFiring(
            deadline=new, step=key, due_at=due.get(key, firing.due_at), fired_at=now
        )
        for key, firing in taken.items()
        if key in due or key.startswith(EscalationStep.Action.RAISE_TIER)
    ]
    StepFiring.objects.bulk_create(carried)
    _carry_notices(old, carried)
    keys = [firing.step for firing in carried]
    new.next_step_at = keeper.next_step_at(new, case, keys)
    new.save(update_fields=["next_step_at"])


def _carry_notices(old: Deadline, carried: list[StepFiring]) -> None:
    """Whoever was to be told of the old row's step and was not yet, still is."""
    by_step = {firing.step: firing for firing in carried}
    untold = StepNotice.objects.filter(
        firing__deadline=old, firing__step__in=by_step, told_at=None
    )
    notices = list(untold.select_related("firing"))
    for notice in notices:
        notice.firing = by_step[notice.firing.step]
    if notices:
        StepNotice.objects.bulk_update(notices, ["firing"])


def _freshen(keeper: Timekeeper, case: Case, old: Deadline, new: Deadline) -> bool:
    """The due time stands; the rule or the steps may have changed."""
    fresh = {name: getattr(new, name) for name in RULE}
    taken = [firing.step for firing in old.firings.all()]
    fresh["next_step_at"] = keeper.next_step_at(old, case, taken)
    changed = [name for name, value in fresh.items() if getattr(old, name) != value]
    if changed:
        for name in changed:
            setattr(old, name, fresh[name])
        old.save(update_fields=changed)
    return False


def _supersede(old: Deadline) -> bool:
    old.superseded_at = clock.now()
    old.next_step_at = None
    old.save(update_fields=["superseded_at", "next_step_at"])
    return True
