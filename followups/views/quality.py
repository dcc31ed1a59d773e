"""Quality checks: draw calls, listen, score; agents read what was found."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from followups.forms.quality import MARKS, NOT_APPLICABLE, CheckForm, DrawForm
from followups.models import QualityCheck
from followups.permissions import can_call, can_check_call, can_supervise_calls
from followups.script_content import Text
from followups.services.supervision import quality as services
from followups.services.supervision.answer_lines import answer_lines
from hospital.dialogs import add_refusal, answer_form, sent
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest

WAITING, CHECKED = "waiting", "checked"


@never_cache
@require_safe
def checks(request: SignedInRequest) -> HttpResponse:
    """Supervisors: what waits and what is checked; agents: their own checked calls."""
    _require_caller(request.user)
    supervises = can_supervise_calls(request.user)
    mine = services.checks_for_list(request.user)
    show = request.GET.get("show", WAITING) if supervises else CHECKED
    if show == CHECKED:
        page = keyset_page(mine.checked(), request.GET, by="-checked_at")
    else:
        show = WAITING
        page = keyset_page(mine.waiting(), request.GET, by="-drawn_at")
    context = {
        "page": page,
        "show": show,
        "supervises": supervises,
        "waiting": mine.waiting().count() if supervises else 0,
        "averages": services.average_scores(request.user),
    }
    return render(request, "followups/quality/checks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: SignedInRequest) -> HttpResponse:
    """Draw calls at random."""
    if not can_supervise_calls(request.user):
        raise PermissionDenied

    def perform(data: dict[str, Any]) -> None:
        drawn = services.draw_sample(actor=request.user, **data)
        if drawn.short:
            names = _(", ").join(agent.name for agent in drawn.short)
            words = _("Fewer calls than asked for: {names}.").format(names=names)
            messages.info(request, words)

    return answer_form(
        request,
        DrawForm(sent(request)),
        perform=perform,
        done=_("The calls are drawn; they wait for a check."),
        back_url=reverse("followups:quality"),
        title=_("Draw calls for a check"),
        intro=_(
            "Talks with patients or relatives are drawn at random by the random number"
            " generator of the operating system. Each call is drawn at most once."
        ),
        submit_label=_("Draw"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """One call and its card; what is checked stays as it was scored."""
    _require_caller(request.user)
    found = _load(request.user, pk)
    may_check = found.checked_at is None and can_check_call(request.user, found)
    if request.method == "POST" and not can_check_call(request.user, found):
        raise PermissionDenied
    form = CheckForm(sent(request)) if may_check else None
    if request.method == "POST":
        if form is None:
            messages.error(request, _("Somebody has checked this call already."))
            return redirect(found)
        if form.is_valid() and _keep(request, found, form):
            return redirect("followups:quality")
    services.note_read(found, reader=request.user)
    context = {
        "check": found,
        "call": found.attempt,
        "form": form,
        "is_own": found.attempt.agent_id == request.user.pk,
        "answers": answer_lines(found.attempt),
        "cases": services.cases_of_call(found.attempt, request.user),
        "scores": _scores(found),
    }
    return render(request, "followups/quality/check.html", context)


def _keep(request: SignedInRequest, found: QualityCheck, form: CheckForm) -> bool:
    try:
        services.check_call(
            found,
            actor=request.user,
            points=form.read_points(),
            comment=form.cleaned_data["comment"],
        )
    except RuleViolation as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("The check is kept; the agent is told."))
    return True


def _load(user: User, pk: int) -> QualityCheck:
    visible = services.checks_for_list(user)
    loaded = visible.select_related("attempt__patient", "attempt__script_version")
    return get_object_or_404(loaded, pk=pk)


def _scores(found: QualityCheck) -> list[dict[str, Any]]:
    """The card as it was when the call was checked, in the reader's language."""
    labels = dict(MARKS)
    return [
        {
            "title": str(Text(**score["title"])),
            "hint": str(Text(**score["hint"])),
            "points": score["points"],
            "mark": labels[
                NOT_APPLICABLE if score["points"] is None else str(score["points"])
            ],
        }
        for score in found.scores
    ]


def _require_caller(user: User) -> None:
    if not can_call(user):
        raise PermissionDenied
