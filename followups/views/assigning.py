"""Assigning calls to agents, in bulk or one by one, and taking them back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from followups.forms.work import (
    NOBODY,
    AssignForm,
    AssignOneForm,
    read_order,
    write_order,
)
from followups.models import QueuedCall
from followups.permissions import can_supervise_calls
from followups.services.supervision import assigning as services
from followups.services.supervision.agents import agents_today
from followups.services.supervision.dealing import Deal
from hospital.dialogs import PAGE, add_refusal, answer_form, answer_press, sent
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from hospital.requests import SignedInRequest
from hospital.text import mask_name

ASSIGN = "followups/work/assign_form.html"
PREVIEW = "followups/work/assign_preview.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: SignedInRequest) -> HttpResponse:
    """Choose, look at what it means, and only then assign."""
    _require_supervisor(request.user)
    if "order" in request.POST:
        return _carry_out(request)
    days = agents_today()
    form = AssignForm(sent(request), days=days)
    if request.method == "POST" and form.is_valid():
        try:
            deal = _preview(request.user, form)
        except RuleViolation as refusal:
            add_refusal(form, refusal)
        else:
            words = {"deal": deal, "order": write_order(deal.order)}
            return _answer(
                request, PREVIEW, words | {"title": _("Assign these calls?")}
            )
    words = {"form": form, "days": days, "title": _("Assign calls")}
    return _answer(request, ASSIGN, words | {"submit_label": _("See who gets what")})


@require_http_methods(["GET", "HEAD", "POST"])
def assign_one(request: SignedInRequest, patient: int) -> HttpResponse:
    """One call to one agent, or to nobody again."""
    _require_supervisor(request.user)
    row = get_object_or_404(QueuedCall.objects.select_related("patient"), pk=patient)
    form = AssignOneForm(
        sent(request),
        days=agents_today(),
        initial={"agent": row.assigned_to_id or NOBODY},
    )
    return answer_form(
        request,
        form,
        perform=lambda data: services.assign_one(patient, actor=request.user, **data),
        done=_("The call is assigned."),
        back_url=reverse("followups:work"),
        title=_("Assign the call to {name}").format(name=mask_name(row.patient.name)),
        submit_label=_("Assign"),
    )


@require_POST
def take_back_from(request: SignedInRequest, pk: int) -> HttpResponse:
    """What waits for an agent is for everybody again."""
    _require_supervisor(request.user)
    agent = get_object_or_404(User, pk=pk)
    return _take_back(request, agent=agent)


@require_POST
def take_back_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is assigned in a department is for everybody again."""
    _require_supervisor(request.user)
    department = get_object_or_404(Department, pk=pk)
    return _take_back(request, department=department.pk)


def _carry_out(request: SignedInRequest) -> HttpResponse:
    order = read_order(request.POST["order"])
    if order is None:
        messages.error(request, _("The preview is too old. Look at it once more."))
        return redirect("followups:work")
    try:
        deal = services.assign_calls(order, actor=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    else:
        _tell(request, deal)
    return redirect("followups:work")


def _tell(request: HttpRequest, deal: Deal) -> None:
    given = _(", ").join(f"{each.agent.name} {each.gets}" for each in deal.shares)
    if deal.given:
        words = ngettext(
            "%(count)d call was assigned: %(given)s.",
            "%(count)d calls were assigned: %(given)s.",
            deal.given,
        )
        left = ngettext(
            "%(count)s call stays unassigned.",
            "%(count)s calls stay unassigned.",
            deal.unassigned,
        )
        told = [words % {"count": deal.given, "given": given}]
        told += [left % {"count": deal.unassigned}] if deal.unassigned else []
        messages.success(request, " ".join(told))
    else:
        messages.info(request, _("Nothing was left to assign."))


def _preview(actor: User, form: AssignForm) -> Deal:
    words = form.cleaned_data
    return services.preview_deal(
        words["agents"],
        actor=actor,
        each=words["each"],
        departments=[each.pk for each in words["departments"]],
    )


def _take_back(request: SignedInRequest, **whose: Any) -> HttpResponse:
    def perform() -> None:
        services.take_back(actor=request.user, **whose)

    return answer_press(
        request,
        perform=perform,
        done=_("The calls are for everybody again; those in hand go on."),
        back_url=reverse("followups:work"),
    )


def _answer(
    request: SignedInRequest, fragment: str, context: dict[str, Any]
) -> HttpResponse:
    """The step as a fragment to htmx, as a page to everybody else."""
    is_part = request.htmx and not request.htmx.boosted
    context |= {"fragment": fragment, "back_url": reverse("followups:work")}
    response = render(request, fragment if is_part else PAGE, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _require_supervisor(user: User) -> None:
    if not can_supervise_calls(user):
        raise PermissionDenied
