"""How a case ends, and how it comes back. The closing gate stands here alone."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import (
    Case,
    Clock,
    DeclineGround,
    Reply,
    Status,
    TaskStatus,
    Verb,
)
from complaints.permissions import can_decline, can_handle, can_reopen
from complaints.services import clocks
from complaints.services.lifecycle import lock_case, move_case, move_task
from complaints.services.promises import drop_promises
from complaints.services.routing import drop_handover
from complaints.services.telling import tell
from complaints.services.words import require_reason
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Topic


def closing_obstacles(case: Case) -> Iterator[str]:
    """What still stands between the case and its closing, in sentences."""
    waiting = case.tasks.open().count()
    if waiting:
        yield ngettext(
            "{count} task is neither verified nor cancelled.",
            "{count} tasks are neither verified nor cancelled.",
            waiting,
        ).format(count=waiting)
    this_round = {"round": case.reopened_count}
    if not case.replies.filter(is_final=True, **this_round).exists():
        yield _("No final reply to the person is recorded.")
    if not case.satisfactions.filter(**this_round).exists():
        yield _("The person's satisfaction was neither asked nor explained.")
    promised = case.promises.open().count()
    if promised:
        yield ngettext(
            "{count} promise to the person is neither kept nor taken back.",
            "{count} promises to the person are neither kept nor taken back.",
            promised,
        ).format(count=promised)


@transaction.atomic
def close_case(case: Case, *, actor: User, revision: int | None = None) -> Case:
    """Close the case through the gate; RuleViolation names every obstacle."""
    case = lock_case(case, actor, can_handle, revision=revision)
    close_locked(case, actor)
    return case


def close_locked(case: Case, actor: User) -> None:
    """`close_case` on a locked case."""
    if case.status == Status.REPLIED:
        obstacles = list(closing_obstacles(case))
        if obstacles:
            raise RuleViolation(" ".join(obstacles))
    move_case(case, Status.CLOSED, actor=actor, verb=Verb.CLOSED, closed_at=clock.now())
    drop_handover(case, actor)
    clocks.drop_clocks(case, met={Clock.RESOLVE})


@transaction.atomic
def decline_case(
    case: Case,
    *,
    actor: User,
    ground: str,
    method: str,
    text: str,
    revision: int | None = None,
) -> Case:
    """Decline on a lawful ground, telling the person why and what rules apply."""
    case = lock_case(case, actor, can_decline, revision=revision)
    if ground not in DeclineGround:
        raise RuleViolation(_("Choose the lawful ground."), field="ground")
    text = require_reason(text, field="text")
    if method not in Reply.Method:
        raise RuleViolation(_("Say how the person was told."), field="method")
    _cancel_open_tasks(case, actor, reason=_("The case was declined."))
    move_case(
        case,
        Status.DECLINED,
        actor=actor,
        verb=Verb.DECLINED,
        note=text,
        decline_ground=ground,
    )
    now = clock.now()
    Reply.objects.create(
        case=case,
        round=case.reopened_count,
        by=actor,
        at=now,
        method=method,
        text=text,
    )
    drop_handover(case, actor)
    drop_promises(case, actor)
    clocks.meet_case_clocks(case, clocks.ANSWERED, now)
    clocks.drop_clocks(case)
    return case


@transaction.atomic
def withdraw_case(
    case: Case, *, actor: User, reason: str, revision: int | None = None
) -> Case:
    """Record that the person takes the case back; open tasks are cancelled."""
    case = lock_case(case, actor, can_handle, revision=revision)
    reason = require_reason(reason)
    _cancel_open_tasks(case, actor, reason=_("The person withdrew the case."))
    move_case(case, Status.WITHDRAWN, actor=actor, verb=Verb.WITHDRAWN, note=reason)
    drop_handover(case, actor)
    drop_promises(case, actor)
    clocks.drop_clocks(case)
    return case


@transaction.atomic
def reopen_case(
    case: Case, *, actor: User, reason: str, revision: int | None = None
) -> Case:
    """Take an ended case up again; feedback is due anew, the first clock stays."""
    case = lock_case(case, actor, can_reopen, revision=revision)
    reason = require_reason(reason)
    move_case(
        case,
        Status.REOPENED,
        actor=actor,
        verb=Verb.REOPENED,
        note=reason,
        closed_at=None,
        decline_ground="",
        reopened_count=case.reopened_count + 1,
    )
    clocks.start_case_clocks(case)
    tell(case, [case.owner], Topic.CASE_REOPENED, skip=actor)
    return case


def _cancel_open_tasks(case: Case, actor: User, *, reason: str) -> None:
    tasks = case.tasks.open().select_related("holder", "responsible")
    for task in tasks.select_for_update(no_key=True, of=("self",)):
        task.case = case
        move_task(
            task,
            TaskStatus.CANCELLED,
            actor=actor,
            verb=Verb.TASK_CANCELLED,
            note=reason,
            ended_at=clock.now(),
            reason=reason,
        )
        tell(case, [task.holder, task.responsible], Topic.TASK_CANCELLED, task=task)
