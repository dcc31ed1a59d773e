"""The supervisor's list of work, and the people behind each cell of it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from followups.models import Patient, QueuedCall
from followups.permissions import can_supervise_calls
from followups.services.calls.priority import Reason
from followups.services.supervision.agents import agents_today
from followups.services.supervision.work_list import (
    contacts_planned,
    find_column,
    people_queued,
    work_list,
)
from hospital.models import Department, User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest
from hospital.text import mask_name

QUEUED, PLANNED = "queued", "planned"


@never_cache
@require_safe
def work(request: SignedInRequest) -> HttpResponse:
    _require_supervisor(request.user)
    context = {"work": work_list(), "days": agents_today()}
    return render(request, "followups/work/work.html", context)


@never_cache
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """The people behind a cell of the table: in the queue, or planned for the day."""
    _require_supervisor(request.user)
    column = find_column(request.GET.get("column", ""))
    if column is None:
        raise Http404
    department, wanted = _read_department(request)
    part = request.GET.get("part")
    if part not in (QUEUED, PLANNED) or column.is_now:
        part = QUEUED
    queued, planned = people_queued(column, wanted), contacts_planned(column, wanted)
    counts = {QUEUED: queued.count()}
    if not column.is_now:
        counts[PLANNED] = planned.count()
        if "part" not in request.GET and not counts[QUEUED]:
            part = PLANNED
    context: dict[str, Any] = {
        "column": column,
        "department": department,
        "is_whole": wanted == Q(),
        "part": part,
        "counts": counts,
    }
    if part == PLANNED:
        context["page"] = page = keyset_page(planned, request.GET, by="opens_at")
        context["rows"] = [(mask_name(row.patient.name), row) for row in page.rows]
    else:
        context["page"] = shown = keyset_page(queued, request.GET, by="-priority")
        context["rows"] = [_person(row) for row in shown.rows]
    return render(request, "followups/work/people.html", context)


def _person(row: QueuedCall) -> dict[str, Any]:
    reasons = [(Reason(code).label, points) for code, points in row.reasons]
    return {
        "name": mask_name(row.patient.name),
        "row": row,
        "language": Patient.Language(row.language).label,
        "reasons": reasons,
    }


def _read_department(request: SignedInRequest) -> tuple[Department | None, Q]:
    """The department of the cell: its key, "none", or nothing for all of them."""
    text = request.GET.get("department", "")
    if text == "":
        return None, Q()
    if text == "none":
        return None, Q(department=None)
    if not (text.isdecimal() and text.isascii() and len(text) <= 18):
        raise Http404
    return get_object_or_404(Department, pk=int(text)), Q(department=int(text))


def _require_supervisor(user: User) -> None:
    if not can_supervise_calls(user):
        raise PermissionDenied
