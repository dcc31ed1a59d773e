"""Tasks of departments: the list, one task, and the files that prove the work."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from complaints.forms.tasks import SubmitForm, TaskFilterForm
from complaints.models import CaseEvent, Evidence, RectificationTask, TaskGroup
from complaints.permissions import CENTRE, can_reveal_contact
from complaints.services import log_view, task_choices
from complaints.services.evidence import MOST_FILES
from complaints.views.case_clocks import Reasons, clock_lines, open_pause
from complaints.views.timeline import describe
from hospital.models import Role, User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest

DEPARTMENT_GROUPS = (
    TaskGroup.ACKNOWLEDGE,
    TaskGroup.OVER,
    TaskGroup.SOON,
    TaskGroup.LATER,
    TaskGroup.RETURNED,
    TaskGroup.CENTRE,
)
CENTRE_GROUPS = (TaskGroup.VERIFY, TaskGroup.DECIDE, TaskGroup.LATE)
EVERY = "all"
# What a browser shows safely by itself; anything else is downloaded.
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    count: int
    is_current: bool


@require_safe
def task_list(request: SignedInRequest) -> HttpResponse:
    """Open tasks by time left in heaps (`show`), or with `show=all` every one."""
    user = request.user
    tasks = RectificationTask.objects.visible_to(user)
    groups = (*groups_for(user), TaskGroup.OPEN)
    counts = tasks.count_groups(*groups)
    show = request.GET.get("show", "")
    if show != EVERY and show not in groups:
        show = TaskGroup.OPEN
    form = TaskFilterForm(request.GET, user=user)
    tasks = _narrow(tasks, form, show)
    by = "-opened_at" if show == EVERY else "burns_at"
    page = keyset_page(with_subjects(tasks), request.GET, by=by)
    return render(
        request,
        "complaints/tasks/list.html",
        {
            "tabs": _tabs(groups, counts, show),
            "show": show,
            "form": form,
            "page": page,
            "rows": task_rows(page.rows, user),
            "is_filtered": any(form.cleaned_data.values()),
        },
    )


def groups_for(user: User) -> tuple[TaskGroup, ...]:
    """The heaps that matter to the person: the department's, the centre's, or both."""
    groups: tuple[TaskGroup, ...] = ()
    if user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
        groups += DEPARTMENT_GROUPS
    if not groups or user.has_role(
        Role.SUPERVISOR, Role.FRONT_DESK, Role.CALLBACK_AGENT, Role.LEADERSHIP
    ):
        groups += CENTRE_GROUPS
    return groups


def with_subjects(tasks: Any) -> Any:
    """With what a row of a list shows."""
    return tasks.for_list().prefetch_related("case__subjects__category")


def task_rows(tasks: Any, user: User) -> list[dict[str, Any]]:
    """Rows for complaints/tasks/_row.html: the task and what the person may do."""
    return [{"task": task, "choices": task_choices(task, user)} for task in tasks]


def _narrow(tasks: Any, form: TaskFilterForm, show: str) -> Any:
    form.is_valid()
    if show != EVERY:
        tasks = tasks.in_group(TaskGroup(show))
    if department := form.cleaned_data.get("department"):
        tasks = tasks.filter(department=department)
    if status := form.cleaned_data.get("status"):
        tasks = tasks.filter(status=status)
    return tasks


def _tabs(
    groups: tuple[TaskGroup, ...], counts: dict[str, int], show: str
) -> list[Tab]:
    ordered = (TaskGroup.OPEN, *(g for g in groups if g != TaskGroup.OPEN))
    return [
        Tab(group.value, str(group.label), counts[group.value], group == show)
        for group in ordered
    ]


@require_safe
def task_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One task, everything about it, and what the person may do now."""
    task = load_task(request.user, pk)
    log_view(task.case, actor=request.user)
    return render(
        request,
        "complaints/tasks/detail.html",
        detail_context(task, request.user, SubmitForm()),
    )


def load_task(user: User, pk: int) -> RectificationTask:
    """A task the person may see, or 404."""
    tasks = with_subjects(RectificationTask.objects.visible_to(user))
    task: RectificationTask = get_object_or_404(
        tasks.select_related("case__owner", "case__contact", "opened_by"), pk=pk
    )
    return task


def detail_context(
    task: RectificationTask, user: User, form: SubmitForm
) -> dict[str, Any]:
    case = task.case
    events = CaseEvent.objects.for_reader(user).filter(task=task)
    events = events.select_related("actor", "task__department")
    return {
        "task": task,
        "case": case,
        "subjects": case.subjects.select_related("category", "department"),
        "choices": task_choices(task, user),
        "form": form,
        "evidence": task.evidence.select_related("uploaded_by"),
        "history": [describe(event, user) for event in events.order_by("-seq")],
        **_clocks(task, user),
        "contact": getattr(case, "contact", None),
        "may_reveal": can_reveal_contact(user, case),
        "most_files": MOST_FILES,
        "most_bytes": settings.EVIDENCE_MAX_BYTES,
    }


def _clocks(task: RectificationTask, user: User) -> dict[str, Any]:
    """The task's clocks as on the page of its case; who paused it the centre reads."""
    reads_reasons = user.has_role(*CENTRE, Role.LEADERSHIP)
    pauses = task.pauses.select_related("case", "task", "paused_by")
    lines = clock_lines(task.deadlines.all(), Reasons(task.case, user))
    return {
        "clocks": [line for line in lines if line.deadline.superseded_at is None],
        "old_clocks": [line for line in lines if line.deadline.superseded_at],
        "pause": open_pause(pauses, task.pk) if reads_reasons else None,
    }


@require_safe
def evidence(request: SignedInRequest, pk: int) -> FileResponse:
    """The file, behind the same gate as its task; photos show, the rest downloads."""
    tasks = RectificationTask.objects.visible_to(request.user)
    proofs = Evidence.objects.filter(task__in=tasks).select_related("task__case")
    proof = get_object_or_404(proofs, pk=pk)
    try:
        content = proof.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    log_view(proof.task.case, actor=request.user)
    response = FileResponse(
        content,
        as_attachment=proof.content_type not in SHOWN_INLINE,
        filename=proof.name,
        content_type=proof.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
