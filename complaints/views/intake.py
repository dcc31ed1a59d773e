"""The front desk's page: a voice comes in, and the next one is already waiting."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints import services
from complaints.forms.intake import IntakeForm, source_of
from complaints.models import ENDED, Case, Category, Channel, Kind
from complaints.permissions import can_register
from complaints.services import clocks
from complaints.services.rule_words import say_amount
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.options import answer_options, best_first, read_query
from hospital.requests import SignedInRequest
from hospital.text import normalise_phone

LAST_CHANNEL = "intake_channel"
MOST_KNOWN = 5
# Shorter is still being typed.
SHORTEST_PHONE = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: SignedInRequest) -> HttpResponse:
    _require_centre(request.user)
    if request.method == "POST":
        form = IntakeForm(request.POST)
        case = _register(request, form) if form.is_valid() else None
        if case is not None:
            request.session[LAST_CHANNEL] = case.channel
            return redirect(f"{reverse('complaints:intake')}?saved={case.number}")
    else:
        channel = request.session.get(LAST_CHANNEL, Channel.PHONE)
        # A telephone system may open the page with the number of who is ringing.
        phone = normalise_phone(request.GET.get("phone", "")[:60])
        form = IntakeForm(initial={"channel": channel, "phone": phone})
    context = {"form": form, "saved": _find_saved(request)}
    return render(request, "complaints/intake/intake.html", context)


def _register(request: SignedInRequest, form: IntakeForm) -> Case | None:
    """The new case, the one this very form made before, or none: the form says why."""
    voice = form.read_voice()
    if earlier := services.find_submitted(voice.submission, actor=request.user):
        told = _("This form was saved before as {number}; nothing was saved twice.")
        messages.info(request, told.format(number=earlier.number))
        return earlier
    try:
        return services.register_case(voice, actor=request.user)
    except RuleViolation as violation:
        form.refuse(violation)
        return None


def _find_saved(request: SignedInRequest) -> Case | None:
    """The case saved a moment ago, for the panel above the next form."""
    number = request.GET.get("saved", "")
    if request.method == "POST" or not number:
        return None
    return Case.objects.visible_to(request.user).filter(number=number).first()


@require_safe
def preview(request: SignedInRequest) -> HttpResponse:
    """The tier and the due time that what is entered so far would get."""
    _require_centre(request.user)
    form = IntakeForm(request.GET)
    form.is_valid()
    lines = form.subjects.chosen()
    tier, why = services.suggest_tier(lines)
    departments = len({line.department.pk for line in lines})
    received_at = form.cleaned_data.get("received_at") or clock.now()
    channel = form.cleaned_data.get("channel", "")
    ordered = form.cleaned_data.get("external_due_at")
    if channel != Channel.HOTLINE:
        ordered = None
    rule, due_at = clocks.preview_feedback(
        received_at,
        tier=tier,
        kind=form.cleaned_data.get("kind") or Kind.COMPLAINT,
        source=source_of(channel),
        departments=departments,
    )
    amount = rule.amount_for(several=departments > 1) if rule else None
    context = {
        "tier": tier,
        "why": why,
        "due_at": ordered or due_at,
        "ordered": ordered is not None,
        "amount": say_amount(amount, rule.unit) if rule and amount is not None else "",
        "several": departments > 1,
        "naming": any(line.named_staff for line in lines),
        "solved": form.cleaned_data["solved"],
    }
    return render(request, "complaints/intake/_preview.html", context)


@require_safe
def known_person(request: SignedInRequest) -> HttpResponse:
    """Earlier cases of the person with this number, beside the form."""
    _require_centre(request.user)
    phone = normalise_phone(request.GET.get("phone", "")[:60])
    context: dict[str, Any] = {"phone": phone}
    if len(phone) >= SHORTEST_PHONE:
        reachable = Case.objects.visible_to(request.user, lookup=True)
        theirs = reachable.with_phone(phone)
        context |= theirs.aggregate(
            total=Count("pk"), waiting=Count("pk", filter=~Q(status__in=ENDED))
        )
        context["cases"] = theirs.for_list()[:MOST_KNOWN]
    return render(request, "complaints/intake/_known_person.html", context)


@require_safe
def category_options(request: SignedInRequest) -> JsonResponse:
    typed = read_query(request)
    categories = Category.objects.selectable().matching(typed).select_related("parent")
    found = best_first(categories, typed, "code", "initials", "name_zh", "name_en")
    return answer_options(found, _describe_category)


def _describe_category(category: Category) -> dict[str, Any]:
    hint = category.parent.name if category.parent else ""
    return {"id": category.pk, "text": category.name, "hint": hint}


@never_cache
@require_safe
def slip(request: SignedInRequest, number: str) -> HttpResponse:
    """What the person takes home: the code is theirs, so only the centre prints it."""
    reachable = Case.objects.visible_to(request.user, lookup=True)
    case = get_object_or_404(reachable, number=number)
    _require_centre(request.user)
    services.log_view(case, actor=request.user)
    context = {
        "case": case,
        "feedback": clocks.find_feedback(case),
        "track_url": f"{settings.PUBLIC_URL}{reverse('complaints:track')}",
    }
    return render(request, "complaints/slip.html", context)


def _require_centre(user: User) -> None:
    if not can_register(user):
        raise PermissionDenied
