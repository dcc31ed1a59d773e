"""Clinical alerts: what the wards must answer, and handing over from a call."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from followups.forms.alerts import CloseAlertForm, RaiseAlertForm
from followups.models import ClinicalAlert, Patient, QueuedCall
from followups.permissions import can_answer_alert
from followups.services import alerts as services
from followups.services.supervision.answer_lines import answer_lines
from hospital.dialogs import answer_form, answer_press, sent
from hospital.models import User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest

MOST_OPEN = 200
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True)
class Row:
    alert: ClinicalAlert
    may_answer: bool


@never_cache
@require_safe
def alerts(request: SignedInRequest) -> HttpResponse:
    """Open alerts, those nobody has answered first; `show=closed` leafs back."""
    mine = ClinicalAlert.objects.visible_to(request.user)
    context: dict[str, Any] = {"open_count": mine.open().count(), "show": OPEN}
    if request.GET.get("show") == CLOSED:
        page = keyset_page(mine.closed().for_list(), request.GET, by="-raised_at")
        context |= {"show": CLOSED, "page": page}
        found = list(page.rows)
    else:
        found = list(mine.open().for_list().by_urgency()[:MOST_OPEN])
    context["rows"] = [_row(alert, request.user) for alert in found]
    return render(request, "followups/alerts/list.html", context)


@never_cache
@require_safe
def alert(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _load(request.user, pk)
    context = {
        "row": _row(found, request.user),
        "answers": answer_lines(found.attempt) if found.attempt else [],
    }
    return render(request, "followups/alerts/detail.html", context)


@require_POST
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _load(request.user, pk)
    if not request.htmx:
        return answer_press(
            request,
            perform=lambda: services.acknowledge_alert(found, actor=request.user),
            done=_("The alert is yours. Close it when you have acted."),
            back_url=found.get_absolute_url(),
        )
    services.acknowledge_alert(found, actor=request.user)
    row = _row(_load(request.user, pk), request.user)
    context = {"row": row, "fresh": True}
    response = render(request, "followups/alerts/_row.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _load(request.user, pk)
    if not can_answer_alert(request.user, found):
        raise PermissionDenied
    return answer_form(
        request,
        CloseAlertForm(sent(request)),
        perform=lambda data: services.close_alert(found, actor=request.user, **data),
        done=_("The alert is closed."),
        back_url=reverse("followups:alerts"),
        title=_("Close the alert"),
        intro=_("The callback room reads what was done."),
        submit_label=_("Close the alert"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def raise_alert(request: SignedInRequest, patient: int) -> HttpResponse:
    """The agent hands the person on the telephone over to a clinician of the ward."""
    person = get_object_or_404(Patient, pk=patient)
    call = QueuedCall.objects.filter(patient=person).first()
    if not services.can_raise_alert(request.user, person, call):
        raise Http404
    department = call.department if call else None
    return answer_form(
        request,
        RaiseAlertForm(sent(request)),
        perform=lambda data: services.raise_by_hand(person, agent=request.user, **data),
        done=_("The ward has been alerted."),
        back_url=reverse("followups:calls"),
        title=_("Hand over to a clinician now"),
        intro=_("{ward} is told at once. In danger of life call 120 first.").format(
            ward=department.name if department else _("The supervisor")
        ),
        submit_label=_("Alert the ward"),
        danger=True,
    )


def _load(user: User, pk: int) -> ClinicalAlert:
    mine = ClinicalAlert.objects.visible_to(user).for_list()
    return get_object_or_404(mine.select_related("attempt"), pk=pk)


def _row(alert: ClinicalAlert, user: User) -> Row:
    return Row(alert, can_answer_alert(user, alert))
