"""Who may do what. Whether the state allows it is the services' business.

Each predicate assumes a case or task that `visible_to` has let through.
"""

from complaints.models import (
    Case,
    Handover,
    Promise,
    RectificationTask,
    TaskStatus,
    Tier,
)
from hospital.models import Role, User

CENTRE = (Role.FRONT_DESK, Role.CALLBACK_AGENT, Role.SUPERVISOR)


def can_register(user: User) -> bool:
    return user.has_role(*CENTRE)


def can_handle(user: User, case: Case) -> bool:
    """Do the owner's work: accept, reply, open tasks, verify, close."""
    return user.has_role(Role.SUPERVISOR) or (
        case.owner_id == user.pk and user.has_role(*CENTRE)
    )


def can_decline(user: User, case: Case) -> bool:
    return user.has_role(Role.SUPERVISOR)


def can_lower_tier(user: User, case: Case) -> bool:
    return user.has_role(Role.SUPERVISOR)


def can_note(user: User, case: Case) -> bool:
    return can_handle(user, case) or case.received_by_id == user.pk


def can_reopen(user: User, case: Case) -> bool:
    """Whoever of the centre meets the person again may reopen for them."""
    return user.has_role(*CENTRE)


def can_answer_handover(user: User, handover: Handover) -> bool:
    return handover.offered_to_id == user.pk


def can_see_contact(user: User, case: Case) -> bool:
    """See the masked contact, and reveal it with a reason."""
    return _reads_in_full(user, case)


def can_reveal_contact(user: User, case: Case) -> bool:
    """`can_see_contact`, or a task of the person's whose contact was released."""
    if can_see_contact(user, case):
        return True
    released = case.tasks.reachable_by(user).filter(contact_released=True)
    return released.exclude(status=TaskStatus.CANCELLED).exists()


def can_see_named_staff(user: User, case: Case) -> bool:
    """Read who is complained about: a department learns it from its own head."""
    return _reads_in_full(user, case)


def _reads_in_full(user: User, case: Case) -> bool:
    """The centre; of major cases the leadership, not as holder of some task."""
    major = case.tier == Tier.MAJOR and user.has_role(Role.LEADERSHIP)
    return major or user.has_role(*CENTRE)


def can_lead_task(user: User, task: RectificationTask) -> bool:
    """Acknowledge, refuse, name the responsible person: the holder or the head."""
    department = task.department
    return user.pk in (task.holder_id, department.head_id, department.deputy_id)


def can_work_on_task(user: User, task: RectificationTask) -> bool:
    """Submit the work with its evidence: whoever leads it, or is responsible."""
    return can_lead_task(user, task) or task.responsible_id == user.pk


def can_direct_task(user: User, task: RectificationTask) -> bool:
    """Decide for the centre about a department's task: whoever handles its case."""
    return can_handle(user, task.case)


def can_verify_task(user: User, task: RectificationTask) -> bool:
    """Nobody verifies their own work."""
    return can_direct_task(user, task) and not can_work_on_task(user, task)


def can_see_figures(user: User) -> bool:
    return user.has_role(Role.SUPERVISOR, Role.LEADERSHIP, Role.DEPARTMENT_HEAD)


def can_set_policies(user: User) -> bool:
    return user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN)


def can_ask_extension(user: User, case: Case) -> bool:
    """The owner asks; a supervisor decides at once by asking and granting."""
    return can_handle(user, case)


def can_decide_extension(user: User, case: Case) -> bool:
    return user.has_role(Role.SUPERVISOR)


def can_end_promise(user: User, case: Case, promise: Promise) -> bool:
    """Whoever gave it to keep, or handles the case."""
    return can_handle(user, case) or promise.owner_id == user.pk


def can_see_ledger(user: User, case: Case) -> bool:
    """Who held the case how long: for the centre and the leadership."""
    return user.has_role(*CENTRE, Role.LEADERSHIP)
