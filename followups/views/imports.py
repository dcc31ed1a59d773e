"""Bringing in lists of stays: choose, match, check, take over."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import HttpResponseClientRefresh

from followups.forms.imports import ColumnsForm, DepartmentsForm, UploadForm
from followups.models import Import, ImportRow, Verdict
from followups.permissions import can_import
from followups.services import importing
from followups.services.importing.exporting import write_errors
from followups.services.importing.mapping import propose
from followups.services.importing.reasons import Reason, from_json
from hospital.dialogs import add_refusal, answer_press, sent
from hospital.exceptions import RuleViolation
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest

TONES = {
    Verdict.NEW: ("green", "plus"),
    Verdict.CHANGED: ("blue", "edit"),
    Verdict.SAME: ("grey", "check"),
    Verdict.SKIPPED: ("grey", "minus"),
    Verdict.ERROR: ("red", "alert-circle"),
}
WARNINGS = "warnings"
ask = require_http_methods(["GET", "HEAD", "POST"])


class View(Protocol):
    def __call__(
        self, request: SignedInRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase: ...


def for_importers(view: View) -> View:
    """Only for those who bring stays in; 403 for the rest."""

    @wraps(view)
    def guarded(
        request: SignedInRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not can_import(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@ask
@for_importers
def imports(request: SignedInRequest) -> HttpResponseBase:
    """The lists brought in so far, and choosing another one."""
    form = UploadForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = importing.accept_upload(
                form.cleaned_data["file"], actor=request.user
            )
        except RuleViolation as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("followups:import_columns", upload.pk)
    page = keyset_page(
        Import.objects.select_related("uploaded_by"), request.GET, by="-uploaded_at"
    )
    context = {"form": form, "page": page, "rows": page.rows}
    return render(request, "followups/imports/imports.html", context)


@require_safe
@for_importers
def show_import(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """One list: on its way, or every row with its verdict."""
    upload = _find(pk)
    if upload.state == Import.State.MAPPING:
        return redirect("followups:import_columns", pk)
    context: dict[str, Any] = {"upload": upload} | _about(upload)
    if not upload.is_working:
        context |= _rows(request, upload)
        names = [name for name, __ in upload.counts.get("departments", [])]
        if names and upload.state == Import.State.CHECKED:
            context["departments_form"] = DepartmentsForm(names=names)
    return render(request, "followups/imports/import.html", context)


@require_safe
@for_importers
def progress(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """How far the work has come; asks again until there is something to see."""
    upload = _find(pk)
    if not upload.is_working and request.htmx:
        return HttpResponseClientRefresh()
    context = {"upload": upload} | _about(upload)
    return render(request, "followups/imports/_progress.html", context)


@ask
@for_importers
def columns(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """What the columns mean, with the first cells beside them."""
    upload = _find(pk)
    form = ColumnsForm(sent(request), upload=upload)
    if request.method == "POST" and form.is_valid():
        try:
            importing.set_columns(
                upload,
                form.columns,
                number_length=form.cleaned_data["number_length"],
                actor=request.user,
            )
        except RuleViolation as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(upload)
    is_remembered = propose(upload.headings)[2]
    context = {"upload": upload, "form": form, "is_remembered": is_remembered}
    return render(request, "followups/imports/columns.html", context)


@require_POST
@for_importers
def name_departments(request: SignedInRequest, pk: int) -> HttpResponseBase:
    upload = _find(pk)
    names = [name for name, __ in upload.counts.get("departments", [])]
    form = DepartmentsForm(request.POST, names=names)
    if not form.is_valid():
        context: dict[str, Any] = {"upload": upload, "departments_form": form}
        context |= _about(upload) | _rows(request, upload)
        return render(request, "followups/imports/import.html", context)
    return _press(
        request,
        upload,
        lambda: importing.name_departments(upload, form.chosen, actor=request.user),
        _("The names are remembered; the rows are checked again."),
    )


@require_POST
@for_importers
def run(request: SignedInRequest, pk: int) -> HttpResponseBase:
    upload = _find(pk)
    return _press(
        request,
        upload,
        lambda: importing.start_run(upload, actor=request.user),
        _("The rows are being taken over."),
    )


@require_POST
@for_importers
def discard(request: SignedInRequest, pk: int) -> HttpResponseBase:
    upload = _find(pk)
    return _press(
        request,
        upload,
        lambda: importing.discard(upload, actor=request.user),
        _("The list is discarded."),
    )


@require_safe
@for_importers
def errors(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The rows in error as a file, to be corrected and brought in again."""
    upload = _find(pk)
    if not upload.file or upload.is_working:
        raise Http404
    response = StreamingHttpResponse(
        write_errors(upload), content_type="text/csv; charset=utf-8"
    )
    name = f'attachment; filename="import-{upload.pk}-errors.csv"'
    response["Content-Disposition"] = name
    response["Cache-Control"] = "no-store"
    return response


def _press(
    request: SignedInRequest,
    upload: Import,
    perform: Callable[[], object],
    done: str,
) -> HttpResponse:
    back_url = upload.get_absolute_url()
    return answer_press(request, perform=perform, done=done, back_url=back_url)


def _find(pk: int) -> Import:
    found = Import.objects.select_related("uploaded_by", "started_by")
    return get_object_or_404(found, pk=pk)


def _about(upload: Import) -> dict[str, Any]:
    failure = Reason(**upload.failure).words if upload.failure else ""
    return {"failure": failure, "can_start": upload.state == Import.State.CHECKED}


def _rows(request: SignedInRequest, upload: Import) -> dict[str, Any]:
    """The rows with the chosen verdict, those that need a look first."""
    verdict = request.GET.get("show", "")
    rows: QuerySet[ImportRow] = upload.rows.all()
    if verdict == WARNINGS:
        rows = rows.filter(has_warnings=True).exclude(verdict=Verdict.ERROR)
    elif verdict in Verdict.values:
        rows = rows.filter(verdict=verdict)
    page = keyset_page(rows, request.GET, by="line")
    return {
        "tabs": list(_tabs(upload, verdict)),
        "page": page,
        "rows": [_shown(row) for row in page.rows],
        "is_filtered": bool(verdict),
    }


def _tabs(upload: Import, verdict: str) -> list[dict[str, Any]]:
    """All, then what there is of each verdict."""
    labels = [*Verdict.choices, (WARNINGS, _("With warnings"))]
    tabs = [{"label": _("All rows"), "url": "?", "count": upload.rows_read}]
    tabs[0]["is_current"] = not verdict
    for key, label in labels:
        count = upload.counts.get(key, 0)
        if count or key == verdict:
            tabs.append(
                {
                    "label": label,
                    "url": f"?show={key}",
                    "count": count,
                    "is_current": key == verdict,
                }
            )
    return tabs


def _shown(row: ImportRow) -> dict[str, Any]:
    tone, icon = TONES[Verdict(row.verdict)]
    reasons = from_json(row.reasons)
    return {"row": row, "tone": tone, "icon": icon, "reasons": reasons}
