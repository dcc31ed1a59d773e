"""The actions on a case: a small form or one button each, and one service each."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, trigger_client_event

from complaints import services
from complaints.forms.cases import (
    CaseForm,
    ConvertForm,
    DeclineForm,
    HandoverForm,
    MergeForm,
    NoteForm,
    ReasonForm,
    RefuseHandoverForm,
    ReplyForm,
    RevealForm,
    RevisionForm,
    SatisfactionForm,
    TaskForm,
    TierForm,
)
from complaints.models import Case, Contact, Handover
from complaints.permissions import (
    can_answer_handover,
    can_decline,
    can_handle,
    can_note,
    can_reopen,
    can_reveal_contact,
)
from complaints.views.dialogs import answer_form, answer_press, next_page, sent
from complaints.views.timeline import events_since
from hospital.models import User
from hospital.requests import SignedInRequest

FORM = "complaints/cases/actions/form.html"
COMPOSER = "complaints/cases/_composer.html"
# The part of the case page that writes notes, replies and promises; it asks for itself.
COMPOSER_ID = "composer"


def load_case(request: SignedInRequest, number: str) -> Case:
    """The case through the desk's gate, or 404."""
    reachable = Case.objects.visible_to(request.user, lookup=True)
    case: Case = get_object_or_404(reachable.select_related("contact"), number=number)
    return case


def act(
    request: SignedInRequest,
    number: str,
    form_class: type[CaseForm],
    service: Callable[..., object],
    *,
    may: Callable[[User, Case], bool] = can_handle,
    fragment: str = FORM,
    explain: Callable[[Case], dict[str, Any]] = lambda case: {},
    **words: Any,
) -> HttpResponse:
    """Answer one action's form; its fields are the service's keywords.

    `words` are the title, submit_label and done of the dialog; `explain` adds what the
    person should know before deciding.
    """
    case = load_case(request, number)
    if not may(request.user, case):
        raise PermissionDenied
    # The composer may stand behind a dialog with the same form: its ids differ.
    auto_id = "composer_%s" if fragment == COMPOSER else "id_%s"
    form = form_class(sent(request), case=case, user=request.user, auto_id=auto_id)

    def perform(values: dict[str, Any]) -> None:
        service(case, actor=request.user, **values)

    def catch_up(form: Any) -> dict[str, Any]:
        fresh = load_case(request, number)
        form.read_again(fresh)
        read = form.cleaned_data["revision"]
        return {"meanwhile": events_since(fresh, read, request.user)}

    return answer_form(
        request,
        form,
        perform=perform,
        back_url=case.get_absolute_url(),
        on_stale=catch_up,
        fragment=fragment,
        case=case,
        may_reply=can_handle(request.user, case) and case.is_open,
        may_promise=can_note(request.user, case) and case.is_open,
        **(words | explain(case)),
    )


@require_POST
def accept(request: SignedInRequest, number: str) -> HttpResponse:
    case = load_case(request, number)
    return answer_press(
        request,
        perform=lambda: services.accept_case(case, actor=request.user),
        done=_("The case is yours to handle now."),
        back_url=case.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
def decline(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        DeclineForm,
        services.decline_case,
        may=can_decline,
        title=_("Decline the case"),
        submit_label=_("Decline"),
        done=_("The case was declined."),
        warning=_("Open tasks are cancelled. The person must be told the ground."),
        danger=True,
    )


@require_http_methods(["GET", "POST"])
def handover(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        HandoverForm,
        services.offer_handover,
        title=_("Hand over the case"),
        submit_label=_("Offer"),
        done=_("The hand-over was offered."),
        intro=_("The case stays with its owner until the colleague accepts."),
    )


@require_http_methods(["GET", "POST"])
def answer_handover(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Posted with `accepted` by one button; else the form that asks why not."""
    case = load_case(request, number)
    offer = get_object_or_404(case.handovers, pk=pk)

    refused: list[Handover] = []

    def refuse(case: Case, *, actor: User, answer: str) -> None:
        refused.append(
            services.answer_handover(offer, actor=actor, accepted=False, answer=answer)
        )

    if request.POST.get("accepted"):
        return answer_press(
            request,
            perform=lambda: services.answer_handover(
                offer, actor=request.user, accepted=True
            ),
            done=_("The case is yours now."),
            back_url=case.get_absolute_url(),
        )
    response = act(
        request,
        number,
        RefuseHandoverForm,
        refuse,
        may=lambda user, case: can_answer_handover(user, offer),
        title=_("Refuse the hand-over"),
        submit_label=_("Refuse"),
        done=_("The hand-over was refused."),
    )
    if refused and not case.is_visible_to(request.user, lookup=True):
        return redirect(_page_beside(request, case))
    return response


def _page_beside(request: SignedInRequest, case: Case) -> str:
    """Where the person came from, or home; never the case, which they left."""
    came_from = next_page(request)
    if not came_from or case.number in came_from:
        return resolve_url("home")
    return came_from


@require_http_methods(["GET", "POST"])
def tier(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        TierForm,
        services.set_tier,
        title=_("Set the tier"),
        submit_label=_("Set the tier"),
        done=_("The tier was set."),
        intro=_("Tier 3 goes straight to the hospital's leadership."),
    )


@require_http_methods(["GET", "POST"])
def convert(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        ConvertForm,
        services.convert_kind,
        title=_("Convert the kind"),
        submit_label=_("Convert"),
        done=_("The case was converted."),
        intro=_("The conversion is kept in the history and counted."),
    )


@require_http_methods(["GET", "POST"])
def note(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        NoteForm,
        services.add_note,
        may=can_note,
        fragment=composer_or(request, FORM),
        explain=explain_note,
        tab="note",
        done=_("The note was kept."),
    )


def explain_note(case: Case) -> dict[str, Any]:
    return {"title": _("Write a note"), "submit_label": _("Keep the note")}


@require_http_methods(["GET", "POST"])
def reply(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        ReplyForm,
        services.reply_to_person,
        fragment=composer_or(request, "complaints/cases/actions/reply.html"),
        explain=explain_reply,
        tab="reply",
        done=_("The reply was recorded."),
    )


def explain_reply(case: Case) -> dict[str, Any]:
    is_interim = case.tasks.open().exists()
    warning = _("Tasks are still open: this is recorded as an interim reply.")
    return {
        "title": _("Reply to the person"),
        "submit_label": _("Record the reply"),
        "warning": warning if is_interim else "",
    }


def composer_or(request: SignedInRequest, fragment: str) -> str:
    """The composer of the case page asks for itself; everybody else gets a dialog."""
    return COMPOSER if request.htmx.target == COMPOSER_ID else fragment


@require_http_methods(["GET", "POST"])
def satisfaction(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        SatisfactionForm,
        services.record_satisfaction,
        fragment="complaints/cases/actions/satisfaction.html",
        title=_("How satisfied is the person?"),
        submit_label=_("Record the answer"),
        done=_("The answer was recorded."),
        intro=_("The answer is the person's own, never yours."),
    )


@require_http_methods(["GET", "POST"])
def close(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        RevisionForm,
        services.close_case,
        fragment="complaints/cases/actions/close.html",
        explain=lambda case: {"obstacles": list(services.closing_obstacles(case))},
        title=_("Close the case"),
        submit_label=_("Close the case"),
        done=_("The case was closed."),
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        ReasonForm,
        services.withdraw_case,
        title=_("The person withdraws the case"),
        submit_label=_("Record the withdrawal"),
        done=_("The case was withdrawn."),
        warning=_("Open tasks are cancelled."),
        danger=True,
    )


@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        MergeForm,
        services.merge_case,
        fragment="complaints/cases/actions/merge.html",
        title=_("Merge into another case"),
        submit_label=_("Merge"),
        done=_("The case was merged."),
        intro=_("This case ends; its number and tracking code keep working."),
    )


@require_http_methods(["GET", "POST"])
def reopen(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        ReasonForm,
        services.reopen_case,
        may=can_reopen,
        title=_("Reopen the case"),
        submit_label=_("Reopen"),
        done=_("The case was reopened."),
        intro=_("The feedback is due anew from now."),
    )


@require_http_methods(["GET", "POST"])
def task(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        TaskForm,
        services.open_task,
        title=_("Open a task"),
        submit_label=_("Open the task"),
        done=_("The task was opened and the department told."),
    )


@require_http_methods(["GET", "POST"])
def reveal(request: SignedInRequest, number: str) -> HttpResponse:
    """The full name and number, in the place of the masked ones; the reason is kept."""
    found: list[Contact] = []

    def show(case: Case, *, actor: User, reason: str) -> None:
        found.append(services.reveal_contact(case, actor=actor, reason=reason))

    response = act(
        request,
        number,
        RevealForm,
        show,
        may=can_reveal_contact,
        fragment="complaints/cases/actions/reveal.html",
        title=_("Show who spoke"),
        submit_label=_("Show"),
        done=_("Your look and the reason were written down."),
        intro=_("Your name, the time and the reason are kept."),
    )
    if found:
        context = {"case": found[0].case, "contact": found[0], "is_revealed": True}
        if not request.htmx:
            response = render(request, "complaints/cases/contact.html", context)
        elif request.htmx.current_url_abs_path == request.get_full_path():
            # The form stood on its own page: what it asked for takes its place.
            response = render(request, "complaints/cases/_revealed.html", context)
        else:
            context["is_oob"] = True
            response = render(request, "complaints/cases/_contact.html", context)
            response = reswap(response, "none")
            trigger_client_event(response, "closeDialog")
    patch_cache_control(response, private=True, no_store=True)
    return response
