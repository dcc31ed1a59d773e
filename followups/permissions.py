"""Who may do what with patients and calls."""

from followups.models import ClinicalAlert, QualityCheck
from hospital.models import Role, User


def can_call(user: User) -> bool:
    """Work the call queue."""
    return user.has_role(Role.CALLBACK_AGENT, Role.SUPERVISOR)


def can_supervise_calls(user: User) -> bool:
    return user.has_role(Role.SUPERVISOR)


def can_check_call(user: User, check: QualityCheck) -> bool:
    """Score a call on the card; nobody checks their own."""
    return can_supervise_calls(user) and check.attempt.agent_id != user.pk


def can_link_recordings(user: User) -> bool:
    """Say where the recording of a call lies: what the telephone system signs in as."""
    return user.has_role(Role.SUPERVISOR, Role.IT_ADMIN)


def can_find_numbers(user: User) -> bool:
    """Look up the right number of a patient of the own ward."""
    return user.has_role(Role.SUPERVISOR, Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF)


def can_visit(user: User) -> bool:
    """See people at their beds: the centre everywhere, a ward's people in the ward."""
    return can_call(user) or user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF)


def can_manage_cohorts(user: User) -> bool:
    """Make cohorts and say who is in them."""
    return user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN)


def can_read_cohorts(user: User) -> bool:
    """See who is in the cohorts of the gate; a department those it looks after."""
    return can_manage_cohorts(user) or user.has_role(
        Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF
    )


def can_write_plans(user: User) -> bool:
    """Say who is contacted when, with which questions."""
    return user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN)


def can_import(user: User) -> bool:
    """Bring stays into the system from files."""
    return user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN, Role.IT_ADMIN)


def can_read_messages(user: User) -> bool:
    """See what other systems sent, to find out what went wrong with it."""
    return user.has_role(Role.IT_ADMIN)


def can_read_scripts(user: User) -> bool:
    """See what is asked on calls and at the bedside, in all versions."""
    return user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN)


def can_write_scripts(user: User) -> bool:
    """Write new versions of scripts and publish them."""
    return user.has_role(Role.SUPERVISOR, Role.QUALITY_ADMIN)


def can_answer_alert(user: User, alert: ClinicalAlert) -> bool:
    """Acknowledge or close an alert of the gate; nobody answers their own."""
    return alert.raised_by_id != user.pk and user.has_role(
        Role.SUPERVISOR,
        Role.DEPARTMENT_HEAD,
        Role.DEPARTMENT_STAFF,
        Role.LEADERSHIP,
    )
