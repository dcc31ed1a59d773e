"""What a person may do now: permission and state together, for buttons and the API.

A choice offered here may still be refused by its service (the closing gate, somebody
faster); a choice not offered always is.
"""

from complaints.models import (
    TASK_TRANSITIONS,
    TRANSITIONS,
    Case,
    RectificationTask,
    Status,
    TaskStatus,
    Tier,
)
from complaints.permissions import (
    can_decide_extension,
    can_decline,
    can_direct_task,
    can_handle,
    can_lead_task,
    can_lower_tier,
    can_note,
    can_reopen,
    can_reveal_contact,
    can_verify_task,
    can_work_on_task,
)
from hospital.models import User


def case_choices(case: Case, user: User) -> list[str]:
    """The names of the actions on a case that the person may take now."""
    next_states = TRANSITIONS[Status(case.status)]
    handles = can_handle(user, case)
    works = handles and case.is_open
    offers = [h for h in case.handovers.all() if h.answered_at is None]
    tasks = [t for t in case.tasks.all() if t.status != TaskStatus.CANCELLED]
    answered = [
        s
        for s in case.satisfactions.all()
        if s.round == case.reopened_count and s.score
    ]
    running = [d for d in case.deadlines.all() if d.is_running and not d.task_id]
    clock_runs = any(d.promise_id is None for d in running)
    paused = any(p.resumed_at is None and not p.task_id for p in case.pauses.all())
    asked = any(e.decided_at is None for e in case.extensions.all())
    choices = {
        "accept": handles and case.status in (Status.RECEIVED, Status.REOPENED),
        "decline": can_decline(user, case) and Status.DECLINED in next_states,
        "handover": works,
        "answer_handover": any(h.offered_to_id == user.pk for h in offers),
        "tier": works and (case.tier < Tier.MAJOR or can_lower_tier(user, case)),
        "convert": works,
        "note": can_note(user, case),
        "promise": case.is_open and can_note(user, case),
        "pause": works and clock_runs and not paused,
        "resume": works and paused,
        "extension": works and clock_runs and not asked,
        "decide_extension": asked and case.is_open and can_decide_extension(user, case),
        "reply": works,
        "satisfaction": handles
        and case.status in (Status.REPLIED, Status.CLOSED)
        and not answered,
        "close": handles and Status.CLOSED in next_states,
        "withdraw": handles and Status.WITHDRAWN in next_states,
        "merge": handles and Status.MERGED in next_states and not tasks,
        "reopen": can_reopen(user, case) and Status.REOPENED in next_states,
        "open_task": works,
        "reveal": not case.is_anonymous and can_reveal_contact(user, case),
    }
    return [name for name, possible in choices.items() if possible]


def task_choices(task: RectificationTask, user: User) -> list[str]:
    """The names of the actions on a task that the person may take now."""
    next_states = TASK_TRANSITIONS[TaskStatus(task.status)]
    leads, directs = can_lead_task(user, task), can_direct_task(user, task)
    verifies = can_verify_task(user, task)
    runs = directs and task.is_with_department
    choices = {
        "acknowledge": leads and TaskStatus.ACKNOWLEDGED in next_states,
        "plan": leads and task.is_with_department,
        "submit": can_work_on_task(user, task) and TaskStatus.SUBMITTED in next_states,
        "refuse": leads and TaskStatus.REFUSED in next_states,
        "decide": directs and task.status == TaskStatus.REFUSED,
        "verify": verifies and TaskStatus.VERIFIED in next_states,
        "return": verifies and TaskStatus.RETURNED in next_states,
        "cancel": directs and TaskStatus.CANCELLED in next_states,
        "release": directs and task.is_open and not task.contact_released,
        "pause": runs and not task.stands_still,
        "resume": runs and task.stands_still,
    }
    return [name for name, possible in choices.items() if possible]
