"""What departments must do: opened and verified by the centre, done by the department.

Done by the department is not verified by the centre.
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import (
    Case,
    Clock,
    RectificationTask,
    TaskStatus,
    Verb,
)
from complaints.permissions import (
    can_direct_task,
    can_handle,
    can_lead_task,
    can_verify_task,
    can_work_on_task,
)
from complaints.services import clocks
from complaints.services.due_times import recompute_case
from complaints.services.evidence import keep_evidence
from complaints.services.lifecycle import lock_case, lock_task, move_task, record
from complaints.services.routing import start_work
from complaints.services.telling import tell
from complaints.services.timekeeping import require_near
from complaints.services.words import require_reason
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from notifications.models import Topic


@transaction.atomic
def open_task(
    case: Case,
    *,
    actor: User,
    department: Department,
    demand: str,
    due_at: datetime | None = None,
    contact_released: bool = False,
    revision: int | None = None,
) -> RectificationTask:
    """Ask a department to put something right; the case goes (back) to work."""
    case = lock_case(case, actor, can_handle, revision=revision)
    demand = require_reason(demand, field="demand")
    now = clock.now()
    if due_at is not None and due_at <= now:
        raise RuleViolation(_("The due time lies in the past."), field="due_at")
    if due_at is not None:
        require_near(due_at, field="due_at")
    holder = task_holder(case, department)
    start_work(case, actor=actor)
    task = RectificationTask.objects.create(
        case=case,
        department=department,
        demand=demand,
        opened_by=actor,
        opened_at=now,
        holder=holder,
        due_at=due_at or clocks.rectify_due_at(case, now, department.pk),
        contact_released=contact_released,
    )
    record(
        case,
        Verb.TASK_OPENED,
        actor=actor,
        task=task,
        new={
            "department": department.code,
            "department_id": department.pk,
            "holder": holder.name,
        },
        note=demand,
    )
    clocks.start_task_clocks(task)
    recompute_case(case)
    tell(case, [holder], Topic.TASK_ASSIGNED, task=task, department=department)
    return task


def task_holder(case: Case, department: Department) -> User:
    """Head, else deputy, else supervising leader: whoever is present and not named.

    Raises RuleViolation when nobody of them may take it.
    """
    if not department.is_active:
        raise RuleViolation(
            _("{department} no longer exists; choose another.").format(
                department=department.name
            ),
            field="department",
        )
    chain = (department.head, department.deputy, department.supervising_leader)
    able = [p for p in chain if p and p.is_active and not case.names(p)]
    if not able:
        raise RuleViolation(
            _("Nobody in {department} may take this task: name a deputy first.").format(
                department=department.name
            ),
            field="department",
        )
    present = [person for person in able if not person.is_on_leave(clock.today())]
    return (present or able)[0]


@transaction.atomic
def acknowledge_task(task: RectificationTask, *, actor: User) -> RectificationTask:
    """The department has read the task and takes it on."""
    task = lock_task(task, actor, can_lead_task)
    _acknowledge(task, actor)
    return task


def _acknowledge(task: RectificationTask, actor: User) -> None:
    now = clock.now()
    move_task(
        task,
        TaskStatus.ACKNOWLEDGED,
        actor=actor,
        verb=Verb.TASK_ACKNOWLEDGED,
        acknowledged_at=now,
    )
    clocks.meet_task_clock(task, Clock.TASK_ACKNOWLEDGE, now)


@transaction.atomic
def plan_task(
    task: RectificationTask, *, actor: User, responsible: User, measure: str
) -> RectificationTask:
    """Name who is responsible and the measure; acknowledges on the way if need be."""
    task = lock_task(task, actor, can_lead_task)
    measure = require_reason(measure, field="measure")
    _require_status(
        task, TaskStatus.ASSIGNED, TaskStatus.ACKNOWLEDGED, TaskStatus.RETURNED
    )
    if (
        not responsible.is_active
        or not responsible.departments.filter(pk=task.department_id).exists()
    ):
        raise RuleViolation(
            _("{person} does not work in {department}.").format(
                person=responsible.name, department=task.department.name
            ),
            field="responsible",
        )
    if task.case.names(responsible):
        raise RuleViolation(
            _("This person may not take the task."), field="responsible"
        )
    if task.status == TaskStatus.ASSIGNED:
        _acknowledge(task, actor)
    old = {
        "responsible": task.responsible.name if task.responsible else None,
        "measure": task.measure,
    }
    task.responsible = responsible
    task.measure = measure
    task.save(update_fields=["responsible", "measure"])
    record(
        task.case,
        Verb.TASK_PLANNED,
        actor=actor,
        task=task,
        old=old,
        new={"responsible": responsible.name},
        note=measure,
    )
    tell(task.case, [responsible], Topic.TASK_NAMED, skip=actor, task=task)
    return task


@transaction.atomic
def submit_task(
    task: RectificationTask,
    *,
    actor: User,
    result: str,
    files: Sequence[UploadedFile] = (),
) -> RectificationTask:
    """Say what was done, with evidence, and hand the task to the centre to verify."""
    task = lock_task(task, actor, can_work_on_task)
    result = require_reason(result, field="result")
    now = clock.now()
    move_task(
        task,
        TaskStatus.SUBMITTED,
        actor=actor,
        verb=Verb.TASK_SUBMITTED,
        note=result,
        result=result,
        submitted_at=now,
    )
    keep_evidence(task, files, actor=actor)
    clocks.meet_task_clock(task, Clock.RECTIFY, now)
    tell(
        task.case,
        [task.case.owner],
        Topic.TASK_SUBMITTED,
        skip=actor,
        department=task.department,
    )
    return task


@transaction.atomic
def refuse_task(
    task: RectificationTask, *, actor: User, reason: str
) -> RectificationTask:
    """Say why this is not the department's; the centre then reassigns or insists."""
    task = lock_task(task, actor, can_lead_task)
    reason = require_reason(reason)
    move_task(
        task,
        TaskStatus.REFUSED,
        actor=actor,
        verb=Verb.TASK_REFUSED,
        note=reason,
        reason=reason,
    )
    clocks.meet_task_clock(task, Clock.TASK_ACKNOWLEDGE, clock.now())
    tell(
        task.case,
        [task.case.owner],
        Topic.TASK_REFUSED,
        skip=actor,
        department=task.department,
    )
    return task


@transaction.atomic
def decide_refused_task(
    task: RectificationTask, *, actor: User, department: Department, reason: str
) -> RectificationTask:
    """Insist (the same department) or reassign (another); its clocks start anew."""
    task = lock_task(task, actor, can_direct_task)
    reason = require_reason(reason)
    old = task.department
    holder = task_holder(task.case, department)
    now = clock.now()
    fresh = clocks.rectify_due_at(task.case, now, department.pk)
    clocks.drop_clocks(task.case, task=task)
    move_task(
        task,
        TaskStatus.ASSIGNED,
        actor=actor,
        verb=Verb.TASK_REASSIGNED,
        note=reason,
        department=department,
        holder=holder,
        reason=reason,
        due_at=max(task.due_at, fresh),
        contact_released=task.contact_released and department == old,
    )
    clocks.start_task_clocks(task)
    recompute_case(task.case)
    tell(task.case, [holder], Topic.TASK_ASSIGNED, task=task, department=department)
    return task


@transaction.atomic
def verify_task(task: RectificationTask, *, actor: User) -> RectificationTask:
    """The centre has convinced itself that the work is done."""
    task = lock_task(task, actor, can_verify_task)
    move_task(
        task,
        TaskStatus.VERIFIED,
        actor=actor,
        verb=Verb.TASK_VERIFIED,
        ended_at=clock.now(),
    )
    tell(task.case, [task.holder, task.responsible], Topic.TASK_VERIFIED, task=task)
    return task


@transaction.atomic
def return_task(
    task: RectificationTask, *, actor: User, reason: str
) -> RectificationTask:
    """Send the submitted work back with what is missing; the clock runs on."""
    task = lock_task(task, actor, can_verify_task)
    reason = require_reason(reason)
    move_task(
        task,
        TaskStatus.RETURNED,
        actor=actor,
        verb=Verb.TASK_RETURNED,
        note=reason,
        reason=reason,
    )
    clocks.restart_task_clock(task, Clock.RECTIFY)
    tell(task.case, [task.holder, task.responsible], Topic.TASK_RETURNED, task=task)
    return task


@transaction.atomic
def cancel_task(
    task: RectificationTask, *, actor: User, reason: str
) -> RectificationTask:
    """Take the demand back with a reason."""
    task = lock_task(task, actor, can_direct_task)
    reason = require_reason(reason)
    move_task(
        task,
        TaskStatus.CANCELLED,
        actor=actor,
        verb=Verb.TASK_CANCELLED,
        note=reason,
        reason=reason,
        ended_at=clock.now(),
    )
    clocks.drop_clocks(task.case, task=task)
    recompute_case(task.case)
    tell(task.case, [task.holder, task.responsible], Topic.TASK_CANCELLED, task=task)
    return task


@transaction.atomic
def release_contact(task: RectificationTask, *, actor: User) -> RectificationTask:
    """Let the department see who spoke, because the work needs it."""
    task = lock_task(task, actor, can_direct_task)
    if not task.is_open:
        raise RuleViolation(_("This task has ended; nothing is released any more."))
    if task.contact_released:
        return task
    task.contact_released = True
    task.save(update_fields=["contact_released"])
    record(task.case, Verb.CONTACT_RELEASED, actor=actor, task=task)
    return task


def _require_status(task: RectificationTask, *allowed: TaskStatus) -> None:
    if task.status not in allowed:
        raise RuleViolation(
            _("The task is “{state}”; this is not possible now.").format(
                state=TaskStatus(task.status).label
            )
        )
