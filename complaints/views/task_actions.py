"""What is done about a task, each by calling one service."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from complaints import services
from complaints.forms.tasks import (
    DecideForm,
    PauseTaskForm,
    PlanForm,
    ReasonForm,
    SubmitForm,
)
from complaints.models import RectificationTask, TaskGroup
from complaints.permissions import (
    can_direct_task,
    can_lead_task,
    can_verify_task,
    can_work_on_task,
)
from complaints.services.evidence import MOST_FILES
from complaints.views.dialogs import answer_form, answer_press, next_page, sent
from complaints.views.tasks import load_task, task_rows
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.requests import SignedInRequest

ask = require_http_methods(["GET", "HEAD", "POST"])
SUBMIT_FORM = "complaints/tasks/_submit_form.html"


@require_POST
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """One press: htmx gets the changed row, a plain form goes on to the task."""
    task = load_task(request.user, pk)
    try:
        services.acknowledge_task(task, actor=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The task is acknowledged."))
    if not request.htmx:
        return redirect(next_page(request) or task)
    task = load_task(request.user, pk)
    mine = RectificationTask.objects.visible_to(request.user)
    return render(
        request,
        "complaints/tasks/_acknowledged.html",
        {
            "row": task_rows([task], request.user)[0],
            "left": mine.in_group(TaskGroup.ACKNOWLEDGE).count(),
        },
    )


@ask
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_lead_task)
    known = {"responsible": task.responsible_id, "measure": task.measure}
    return answer_form(
        request,
        PlanForm(sent(request), task=task, initial=known),
        perform=lambda data: services.plan_task(task, actor=request.user, **data),
        done=_("The plan is recorded."),
        back_url=task.get_absolute_url(),
        title=_("Plan the work"),
        submit_label=_("Record the plan"),
    )


@ask
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_work_on_task)
    typed = sent(request)
    return answer_form(
        request,
        SubmitForm(typed, request.FILES if typed is not None else None),
        perform=lambda data: services.submit_task(task, actor=request.user, **data),
        done=_("Submitted. The centre will verify the work."),
        back_url=task.get_absolute_url(),
        fragment=SUBMIT_FORM,
        title=_("Submit the work"),
        task=task,
        most_files=MOST_FILES,
        most_bytes=settings.EVIDENCE_MAX_BYTES,
    )


@ask
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_lead_task)
    return answer_form(
        request,
        ReasonForm(sent(request)),
        perform=lambda data: services.refuse_task(task, actor=request.user, **data),
        done=_("Refused. The centre will decide."),
        back_url=task.get_absolute_url(),
        title=_("Refuse the task"),
        intro=_("Say why it is not yours, and whose it is if you know."),
        submit_label=_("Refuse the task"),
        danger=True,
    )


@ask
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_direct_task)
    known = {"department": task.department_id}
    return answer_form(
        request,
        DecideForm(sent(request), initial=known),
        perform=lambda data: services.decide_refused_task(
            task, actor=request.user, **data
        ),
        done=_("Decided. The department has been told."),
        back_url=task.get_absolute_url(),
        title=_("Decide on the refusal"),
        intro=_("%(department)s says: %(reason)s")
        % {"department": task.department.name, "reason": task.reason},
        submit_label=_("Assign the task"),
    )


@require_POST
def verify(request: SignedInRequest, pk: int) -> HttpResponse:
    task = load_task(request.user, pk)
    return answer_press(
        request,
        perform=lambda: services.verify_task(task, actor=request.user),
        done=_("The work is verified."),
        back_url=task.get_absolute_url(),
    )


@ask
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_verify_task)
    return answer_form(
        request,
        ReasonForm(sent(request)),
        perform=lambda data: services.return_task(task, actor=request.user, **data),
        done=_("Returned to the department."),
        back_url=task.get_absolute_url(),
        title=_("Return the task"),
        intro=_("Say what is missing; the due time stays as it is."),
        submit_label=_("Return the task"),
    )


@ask
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_direct_task)
    return answer_form(
        request,
        ReasonForm(sent(request)),
        perform=lambda data: services.cancel_task(task, actor=request.user, **data),
        done=_("The task is cancelled."),
        back_url=task.get_absolute_url(),
        title=_("Cancel the task"),
        submit_label=_("Cancel the task"),
        danger=True,
    )


@ask
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_direct_task)
    return answer_form(
        request,
        Form(sent(request)),
        perform=lambda data: services.release_contact(task, actor=request.user),
        done=_("The department may now see who spoke."),
        back_url=task.get_absolute_url(),
        title=_("Let the department see who spoke"),
        warning=_("This cannot be taken back. Do it only if the work needs it."),
        submit_label=_("Let the department see"),
    )


@ask
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    task = _load_allowed(request, pk, can_direct_task)
    return answer_form(
        request,
        PauseTaskForm(sent(request)),
        perform=lambda data: services.pause_task(task, actor=request.user, **data),
        done=_("The clock of the task stands still."),
        back_url=task.get_absolute_url(),
        title=_("Stop the task's clock"),
        intro=_("The working time until it runs again is given back."),
        submit_label=_("Stop the clock"),
    )


@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    task = load_task(request.user, pk)
    return answer_press(
        request,
        perform=lambda: services.resume_task(task, actor=request.user),
        done=_("The clock of the task runs again."),
        back_url=task.get_absolute_url(),
    )


def _load_allowed(
    request: SignedInRequest,
    pk: int,
    allowed: Callable[[User, RectificationTask], bool],
) -> RectificationTask:
    """The task, or 403: nobody is shown a form that will be refused to them."""
    task = load_task(request.user, pk)
    if not allowed(request.user, task):
        raise PermissionDenied
    return task
