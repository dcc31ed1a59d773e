"""Visits at the bed: today's round, one visit, and the card that is left there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.permissions import can_register
from followups.forms.visits import (
    VOICES,
    RoundForm,
    VisitForm,
    VisitVoiceForm,
    read_voices,
)
from followups.models import REACHED, Attempt, FollowUp
from followups.permissions import can_visit
from followups.services.scripts.answers import Answers, AnswersRefused, read_answers
from followups.services.scripts.questionnaires import (
    Questionnaire,
    fill_in,
    find_sent_questionnaire,
    questionnaire_for,
)
from followups.services.visits.record import STAYS_DUE, due_with, record_visit
from followups.services.visits.round import (
    DueVisit,
    count_day,
    departments_of,
    find_round,
)
from followups.services.visits.sheet import VisitSheet
from hospital import clock
from hospital.dialogs import add_refusal, sent
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest

PAGE_SIZE = 60


@never_cache
@require_safe
def visits(request: SignedInRequest) -> HttpResponse:
    _require_visitor(request.user)
    form = RoundForm(request.GET, departments=departments_of(request.user))
    department = form.cleaned_data.get("department") if form.is_valid() else None
    found = find_round(request.user, department)
    page = keyset_page(found, request.GET, by="place", size=PAGE_SIZE)
    context = {
        "page": page,
        "visits": [DueVisit(row) for row in page.rows],
        "day": count_day(request.user, department),
        "form": form,
    }
    return render(request, "followups/visits/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person, the questions, and what came of the visit."""
    found = _load(request.user, pk)
    form = VisitForm(sent(request), initial={"started_at": clock.now().isoformat()})
    voices = _voice_forms(request, found)
    if request.method != "POST":
        return _show(request, found, form, voices, questionnaire_for(due_with(found)))
    questionnaire = find_sent_questionnaire(request.POST)
    errors: dict[str, str] = {}
    if all([form.is_valid(), *(each.is_valid() for each in voices)]):
        try:
            attempt = _record(request, found, form, voices, questionnaire)
        except StaleRecord as refusal:
            return _show_over(request, found, refusal)
        except RuleViolation as refusal:
            add_refusal(form, refusal)
            errors = refusal.errors if isinstance(refusal, AnswersRefused) else {}
        else:
            _tell(request, attempt)
            return redirect("followups:visits")
    if questionnaire is not None:
        questionnaire = fill_in(questionnaire, request.POST, errors)
    return _show(request, found, form, voices, questionnaire)


@never_cache
@require_safe
def card(request: SignedInRequest, pk: int) -> HttpResponse:
    """The contact card for the person in the bed; it names nobody."""
    context = {"follow_up": _load(request.user, pk)}
    return render(request, "followups/visits/card.html", context)


def _record(
    request: SignedInRequest,
    follow_up: FollowUp,
    form: VisitForm,
    voices: list[VisitVoiceForm],
    questionnaire: Questionnaire | None,
) -> Attempt:
    outcome = form.cleaned_data["outcome"]
    answers: Answers | None = None
    if questionnaire is not None and outcome not in STAYS_DUE:
        was_reached = outcome in REACHED
        answers = read_answers(questionnaire, request.POST, is_complete=was_reached)
        if not (answers.given or was_reached):
            answers = None  # nobody was asked
    heard = read_voices(voices, follow_up.patient, outcome)
    result = form.read_result(answers, heard)
    return record_visit(follow_up, visitor=request.user, result=result)


def _tell(request: SignedInRequest, attempt: Attempt) -> None:
    told = [_("Recorded: {outcome}.").format(outcome=attempt.outcome_words)]
    if attempt.outcome in STAYS_DUE:
        told.append(_("The visit stays on the round."))
    numbers = attempt.cases.order_by("pk").values_list("number", flat=True)
    if numbers:
        told.append(_("Registered: {numbers}.").format(numbers=", ".join(numbers)))
    messages.success(request, " ".join(told))


def _voice_forms(request: SignedInRequest, follow_up: FollowUp) -> list[VisitVoiceForm]:
    """Only the centre registers cases; a ward keeps no complaints about itself."""
    if not can_register(request.user):
        return []
    department = follow_up.department_id
    return [
        VisitVoiceForm(sent(request), kind=kind, department=department)
        for kind in VOICES
    ]


def _show(
    request: SignedInRequest,
    follow_up: FollowUp,
    form: VisitForm,
    voices: list[VisitVoiceForm],
    questionnaire: Questionnaire | None,
) -> HttpResponse:
    context = {
        "sheet": VisitSheet(follow_up, request.user),
        "form": form,
        "voices": voices,
        "questionnaire": questionnaire,
    }
    return render(request, "followups/visits/visit.html", context)


def _show_over(
    request: SignedInRequest, follow_up: FollowUp, refusal: StaleRecord
) -> HttpResponse:
    """Nothing was recorded; what was typed is still there to be copied."""
    typed = [request.POST.get(f"{kind.value}-narrative", "") for kind in VOICES]
    words = [text for text in (request.POST.get("note", ""), *typed) if text.strip()]
    follow_up.refresh_from_db()
    context = {
        "sheet": VisitSheet(follow_up, request.user),
        "refusal": refusal.message,
        "words": words,
        "may_register": can_register(request.user),
    }
    return render(request, "followups/visits/visit.html", context)


def _load(user: User, pk: int) -> FollowUp:
    _require_visitor(user)
    mine = FollowUp.objects.visits_for(user)
    related = ("patient__merged_into", "stay", "department", "plan")
    return get_object_or_404(mine.select_related(*related), pk=pk)


def _require_visitor(user: User) -> None:
    if not can_visit(user):
        raise PermissionDenied
