"""The agent's page: one person in hand, what came of the call, and the next one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from complaints.models import Kind
from followups.forms.calls import HeardForm, OutcomeForm, contact_of
from followups.models import REACHED, Attempt, Outcome, QueuedCall
from followups.permissions import can_call, can_supervise_calls
from followups.services.calls import in_hand as services
from followups.services.calls.queue import (
    claim_next_call,
    find_attempt,
    find_claimed,
    give_back,
)
from followups.services.calls.sheet import CallSheet, day_of, heard_cases, waiting_for
from followups.services.scripts.answers import AnswersRefused, read_answers
from followups.services.scripts.questionnaires import (
    PREFIX,
    Questionnaire,
    fill_in,
    find_questionnaire,
    find_sent_questionnaire,
)
from hospital import clock
from hospital.dialogs import add_refusal, answer_form, sent
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.requests import SignedInRequest
from hospital.text import normalise_phone

AT_ONCE = "next_call_at_once"
VOICES = {
    Kind.COMPLAINT: gettext_lazy("Complaint heard on the call"),
    Kind.SUGGESTION: gettext_lazy("Suggestion heard on the call"),
    Kind.PRAISE: gettext_lazy("Praise heard on the call"),
}
VOICE_KEYS = {
    Kind.COMPLAINT: "alt+c",
    Kind.SUGGESTION: "alt+s",
    Kind.PRAISE: "alt+p",
}


@never_cache
@require_safe
def calls(request: SignedInRequest) -> HttpResponse:
    _require_agent(request.user)
    row = find_claimed(request.user)
    if row is None:
        context = {"waiting": waiting_for(request.user)}
        return _show(request, "followups/calls/ready.html", context)
    words = services.kept_words(row)
    typed = {name: texts[-1] for name, texts in words.items() if texts}
    at_once = request.session.get(AT_ONCE, False)
    form = OutcomeForm(initial=typed | {"at_once": at_once}, now=clock.now())
    questionnaire = find_questionnaire(row.patient)
    if questionnaire is not None:
        questionnaire = fill_in(questionnaire, typed)
    return _show_call(request, row, form, questionnaire)


@require_POST
def take(request: SignedInRequest) -> HttpResponse:
    """The next call, please."""
    _take(request)
    return redirect("followups:calls")


@never_cache
@require_POST
def finish(request: SignedInRequest, patient: int) -> HttpResponse:
    _require_agent(request.user)
    form = OutcomeForm(request.POST, now=clock.now())
    row = services.find_call(request.user, patient)
    if form.is_valid():
        earlier = find_attempt(request.user, form.cleaned_data["submission"])
        if earlier is not None:
            messages.info(request, _("This call was recorded before."))
            return redirect("followups:calls")
    if row is None:
        return _show_lost(request)
    questionnaire = find_sent_questionnaire(request.POST)
    errors: dict[str, str] = {}
    if form.is_valid():
        try:
            attempt = _finish(request, row, form, questionnaire)
        except RuleViolation as refusal:
            add_refusal(form, refusal)
            errors = refusal.errors if isinstance(refusal, AnswersRefused) else {}
        else:
            return _go_on(request, attempt, at_once=form.cleaned_data["at_once"])
    if questionnaire is not None:
        questionnaire = fill_in(questionnaire, request.POST, errors)
    return _show_call(request, row, form, questionnaire)


def _finish(
    request: SignedInRequest,
    row: QueuedCall,
    form: OutcomeForm,
    questionnaire: Questionnaire | None,
) -> Attempt:
    answers = None
    if questionnaire is not None:
        was_reached = form.cleaned_data["outcome"] in REACHED
        answers = read_answers(questionnaire, request.POST, is_complete=was_reached)
        if not (answers.given or was_reached):
            answers = None  # nobody was asked
    result = form.read_result(services.started_at(row), answers)
    return services.finish_call(row.patient, agent=request.user, result=result)


def _go_on(
    request: SignedInRequest, attempt: Attempt, *, at_once: bool
) -> HttpResponse:
    request.session[AT_ONCE] = at_once
    _tell(request, attempt)
    if at_once:
        _take(request)
    return redirect("followups:calls")


@require_POST
def back(request: SignedInRequest, patient: int) -> HttpResponse:
    """Give the person back without a call."""
    _require_agent(request.user)
    give_back(request.user, patient)
    messages.info(request, _("The call went back into the queue."))
    return redirect("followups:calls")


@require_POST
def keep(request: SignedInRequest, patient: int) -> HttpResponse:
    """The page is still open: keep the claim and what is typed, quietly."""
    _require_agent(request.user)
    if services.keep_words(request.user, patient, _read_words(request.POST)):
        return HttpResponse(status=204)
    return render(request, "followups/calls/_lost.html")


@never_cache
def hear(request: SignedInRequest, patient: int, kind: str) -> HttpResponse:
    """A complaint, a suggestion or praise, without leaving the call."""
    _require_agent(request.user)
    row = services.find_call(request.user, patient)
    if kind not in VOICES or (row is None and request.method != "POST"):
        raise Http404
    voice_kind = Kind(kind)

    def register(data: dict[str, Any]) -> None:
        if row is None:
            raise services.lost_call()
        contact = contact_of(row.patient, is_relative=row.use_relative)
        voice = form.read_voice(voice_kind, contact)
        told.append(services.hear_voice(request.user, patient, voice).number)

    told: list[str] = []
    department = row.department_id if row else None
    form = HeardForm(sent(request), initial={"department": department})
    response = answer_form(
        request,
        form,
        perform=register,
        done=_("It is registered as a case; go on with the call."),
        back_url=reverse("followups:calls"),
        title=VOICES[voice_kind],
        submit_label=_("Register"),
    )
    if not (told and request.htmx):
        return response
    stay_here = HttpResponse(status=204)
    trigger_client_event(stay_here, "closeDialog")
    return trigger_client_event(stay_here, "voiceHeard")


@require_safe
def heard(request: SignedInRequest, patient: int) -> HttpResponse:
    """The cases that came of the call so far."""
    _require_agent(request.user)
    row = services.find_call(request.user, patient)
    cases = heard_cases(row, request.user) if row else []
    return render(request, "followups/calls/_heard.html", {"heard": cases})


@require_safe
def pop(request: SignedInRequest) -> HttpResponse:
    """For a telephone system: the call in hand, or the intake with this number."""
    phone = normalise_phone(request.GET.get("phone", "")[:60])
    row = find_claimed(request.user) if can_call(request.user) else None
    if row and phone and phone in (row.patient.phone, row.patient.relative_phone):
        return redirect("followups:calls")
    query = f"?{urlencode({'phone': phone})}" if phone else ""
    return redirect(f"{reverse('complaints:intake')}{query}")


def _take(request: SignedInRequest) -> None:
    try:
        row = claim_next_call(request.user)
    except RuleViolation as refusal:
        messages.warning(request, str(refusal.message))
        return
    if row is None:
        messages.info(request, _("Nobody is to be called now."))


def _tell(request: SignedInRequest, attempt: Attempt) -> None:
    """What was recorded, and what becomes of the person."""
    outcome = Outcome(attempt.outcome)
    row = QueuedCall.objects.filter(patient=attempt.patient).first()
    told = [_("Recorded: {outcome}.").format(outcome=outcome.label)]
    if row is not None and row.needs_number:
        told.append(_("The ward will look for the right number."))
    elif row is not None and outcome == Outcome.CALL_LATER:
        told.append(_("They will be called at the time they asked for."))
    elif row is not None:
        told.append(_("They will be called again."))
    messages.success(request, " ".join(told))


def _show_call(
    request: SignedInRequest,
    row: QueuedCall,
    form: Form,
    questionnaire: Questionnaire | None,
) -> HttpResponse:
    context = {
        "sheet": CallSheet(row, request.user),
        "form": form,
        "questionnaire": questionnaire,
        "voices": [
            {"kind": kind, "label": kind.label, "key": key, "sign": key.title()}
            for kind, key in VOICE_KEYS.items()
        ],
    }
    return _show(request, "followups/calls/call.html", context)


def _show_lost(request: SignedInRequest) -> HttpResponse:
    """The claim is gone; the note is still there to be copied."""
    note = request.POST.get("note", "")
    return _show(request, "followups/calls/lost.html", {"note": note})


def _show(
    request: SignedInRequest, template: str, context: dict[str, Any]
) -> HttpResponse:
    user: User = request.user
    context |= {"day": day_of(user), "supervises": can_supervise_calls(user)}
    return render(request, template, context)


def _read_words(sent_words: QueryDict) -> dict[str, list[str]]:
    """What may be kept as a draft: fields of the call and of its script."""
    kept = {"outcome", "later", "call_at", "do_not_call", "note", "check_up_told"}
    return {
        name: [text.replace("\0", "") for text in texts]
        for name, texts in sent_words.lists()
        if name in kept or name.startswith(PREFIX)
    }


def _require_agent(user: User) -> None:
    if not can_call(user):
        raise PermissionDenied
