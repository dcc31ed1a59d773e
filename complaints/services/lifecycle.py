"""The writers of state and history; every other service goes through these.

Locks are taken in one order, the case before its tasks, and held to the end of the
caller's transaction.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from complaints.models import (
    TASK_TRANSITIONS,
    TRANSITIONS,
    Case,
    CaseEvent,
    RectificationTask,
    Status,
    TaskStatus,
    Verb,
)
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User


def lock_case(
    case: Case,
    actor: User,
    allowed: Callable[[User, Case], bool],
    *,
    revision: int | None = None,
) -> Case:
    """Lock the case for the actor's write and return it as it is now.

    Raises PermissionDenied when the actor may not see or do it, StaleRecord when
    the actor read an older revision.
    """
    locked = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if not locked.is_visible_to(actor, lookup=True) or not allowed(actor, locked):
        raise PermissionDenied
    if revision is not None and revision != locked.revision:
        raise StaleRecord(
            _("Somebody else changed this case meanwhile. Look, then send again.")
        )
    return locked


def lock_task(
    task: RectificationTask,
    actor: User,
    allowed: Callable[[User, RectificationTask], bool],
) -> RectificationTask:
    """Lock the task's case, then the task; PermissionDenied as in `lock_case`."""
    case = Case.objects.select_for_update(no_key=True).get(pk=task.case_id)
    locked = (
        RectificationTask.objects.select_related("department", "holder", "responsible")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=task.pk)
    )
    locked.case = case
    if not locked.is_visible_to(actor) or not allowed(actor, locked):
        raise PermissionDenied
    return locked


def move_case(
    case: Case,
    to: Status,
    *,
    actor: User | None,
    verb: Verb,
    note: str = "",
    details: dict[str, Any] | None = None,
    **fields: Any,
) -> None:
    """The only writer of a case's status. Raises RuleViolation when it may not move."""
    old = Status(case.status)
    if to not in TRANSITIONS[old]:
        raise RuleViolation(
            _("The case is “{old}”; it cannot become “{new}”.").format(
                old=old.label, new=to.label
            )
        )
    case.status = to
    for name, value in fields.items():
        setattr(case, name, value)
    record(
        case,
        verb,
        actor=actor,
        old={"status": old.value},
        new={"status": to.value}
        | {name: _plain(v) for name, v in fields.items()}
        | (details or {}),
        note=note,
        changed=("status", *fields),
    )


def move_task(
    task: RectificationTask,
    to: TaskStatus,
    *,
    actor: User | None,
    verb: Verb,
    note: str = "",
    **fields: Any,
) -> None:
    """The only writer of a task's status. Raises RuleViolation when it may not move."""
    old = TaskStatus(task.status)
    if to not in TASK_TRANSITIONS[old]:
        raise RuleViolation(
            _("The task is “{old}”; it cannot become “{new}”.").format(
                old=old.label, new=to.label
            )
        )
    task.status = to
    for name, value in fields.items():
        setattr(task, name, value)
    task.save(update_fields=["status", *fields])
    record(
        task.case,
        verb,
        actor=actor,
        task=task,
        old={"status": old.value},
        new={"status": to.value} | {name: _plain(v) for name, v in fields.items()},
        note=note,
    )


def record(
    case: Case,
    verb: Verb,
    *,
    actor: User | None,
    task: RectificationTask | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    note: str = "",
    changed: Sequence[str] = (),
) -> CaseEvent:
    """Append one event to the locked case's chain and raise its revision.

    `changed` names fields of the case that the same write saves.
    """
    event = CaseEvent(
        case=case,
        seq=case.revision + 1,
        at=clock.now(),
        actor=actor,
        verb=verb,
        task=task,
        old=old or {},
        new=new or {},
        note=note,
        previous_hash=case.timeline_head,
    )
    event.hash = _digest(event)
    event.save(force_insert=True)
    case.revision = event.seq
    case.timeline_head = event.hash
    case.save(update_fields=["revision", "timeline_head", *changed])
    return event


def verify_timeline(case: Case) -> Iterator[str]:
    """Every place where the case's history is not what was written, in words."""
    previous = ""
    count = 0
    for event in case.events.all():  # in order of seq, prefetched perhaps
        count += 1
        if event.seq != count:
            yield f"{case.number}: event {count} is missing"
            return
        if event.previous_hash != previous or event.hash != _digest(event):
            yield f"{case.number}: event {event.seq} was altered"
        previous = event.hash
    if (case.revision, case.timeline_head) != (count, previous):
        yield f"{case.number}: the end of the timeline is missing"


def _digest(event: CaseEvent) -> str:
    content = {
        "case": event.case_id,
        "seq": event.seq,
        "at": event.at.timestamp(),
        "actor": event.actor_id,
        "verb": str(event.verb),
        "task": event.task_id,
        "old": event.old,
        "new": event.new,
        "note": event.note,
        "previous": event.previous_hash,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A field's value as the timeline's JSON keeps it."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Case):
        return value.number
    return str(getattr(value, "pk", value))
