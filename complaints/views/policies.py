"""The time limits: how long each clock runs, what happens on the way, and a preview."""

from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from complaints import services
from complaints.forms.policies import PreviewForm, RuleForm, SpecialRuleForm, StepsForm
from complaints.models import Clock, DeadlinePolicy, Kind, Source, Tier
from complaints.permissions import can_set_policies
from complaints.services.foresight import Imagined, foresee_case, foresee_rule
from complaints.services.policies import SET_BY_RULE
from complaints.services.presets import PRESETS, Rule
from complaints.services.rule_checks import check_policy
from complaints.services.rule_table import (
    adopted_preset,
    changes_by,
    in_order,
    lay_out,
    read_progress,
    special_rules,
)
from complaints.services.timekeeping import timekeeper
from complaints.views.dialogs import answer_form, sent
from hospital import clock
from hospital.calendars import current_token
from hospital.exceptions import RuleViolation
from hospital.requests import SignedInRequest

RULE_FORM = "complaints/policies/rule_form.html"
STEPS_FORM = "complaints/policies/steps_form.html"
ask = require_http_methods(["GET", "HEAD", "POST"])


class View(Protocol):
    def __call__(
        self, request: SignedInRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse: ...


def for_setters(view: View) -> View:
    """Only for those who set the time limits; 403 for the rest."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_set_policies(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_setters
def policies(request: SignedInRequest) -> HttpResponse:
    """Everything that holds now; htmx gets the preview alone."""
    keeper = timekeeper()
    form = PreviewForm(request.GET if "tier" in request.GET else PreviewForm.USUAL)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["imagined"] = form.imagined
        context["foreseen"] = list(foresee_case(keeper, form.imagined))
    if request.htmx and not request.htmx.boosted:
        template = "complaints/policies/_preview.html"
    else:
        template = "complaints/policies/policies.html"
        context |= {
            "tiers": list(Tier),
            "lines": lay_out(keeper.policies),
            "special": special_rules(),
            "presets": PRESETS.values(),
            "adopted": adopted_preset(keeper.policies),
            **_progress(),
        }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@for_setters
def progress(request: SignedInRequest) -> HttpResponse:
    """How far the open due times follow; asks again until they all do."""
    return render(request, "complaints/policies/_progress.html", _progress())


@ask
@for_setters
def edit_rule(request: SignedInRequest, which: str, tier: int) -> HttpResponse:
    """How long one clock runs for one tier; or the shipped rule again."""
    chosen, grade = _clock(which), _tier(tier)
    own = DeadlinePolicy.objects.filter(clock=chosen, tier=grade, kind="", source="")
    policy = own.first() or DeadlinePolicy(clock=chosen, tier=grade)
    holds = timekeeper().policies.look_up(chosen, tier=grade)
    return _answer_rule(
        request,
        RuleForm(sent(request), which=chosen, initial=RuleForm.initial_of(holds)),
        policy,
        title=f"{chosen.label} · {grade.label}",
        foresee_url=reverse("complaints:foresee_rule", args=[chosen, grade]),
    )


@ask
@for_setters
def edit_special_rule(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """A rule for some kind or source; a new one without a key."""
    policy = (
        DeadlinePolicy() if pk is None else get_object_or_404(DeadlinePolicy, pk=pk)
    )
    known = SpecialRuleForm.initial_of(policy if policy.pk else None)
    return _answer_rule(
        request,
        SpecialRuleForm(sent(request), initial=known),
        policy,
        title=_("Rule for a kind or source"),
        foresee_url=reverse("complaints:foresee_special_rule"),
    )


@require_POST
@for_setters
def foresee_typed(
    request: SignedInRequest, which: str = "", tier: int = 0
) -> HttpResponse:
    """What the rule as typed would give for a case received now."""
    form = RuleForm(request.POST, which=_clock(which)) if which else None
    form = form or SpecialRuleForm(request.POST)
    if not form.is_valid():
        return HttpResponse()  # what is wrong is told when the form is sent
    policy = DeadlinePolicy(clock=which, tier=tier or None)
    _fill(policy, form.cleaned_data)
    try:
        check_policy(policy)
    except RuleViolation:
        return HttpResponse()
    context = {"foreseen": _foresee(policy, several=False)}
    if policy.amount_several is not None:
        context["foreseen_several"] = _foresee(policy, several=True)
    return render(request, "complaints/policies/_foreseen.html", context)


@ask
@for_setters
def edit_steps(request: SignedInRequest, which: str, tier: int) -> HttpResponse:
    """What happens on the way of one clock for one tier; or the shipped steps again."""
    chosen = _clock(which, among=tuple(Clock))
    grade = _tier(tier)
    steps = timekeeper().policies.steps(chosen, grade)
    back_url = reverse("complaints:policies")
    if request.method == "POST" and "shipped" in request.POST:
        services.save_steps(chosen, grade, [], actor=request.user)
        messages.success(request, _("The shipped steps hold again."))
        return redirect(back_url)
    return answer_form(
        request,
        StepsForm(sent(request), which=chosen, tier=grade, steps=in_order(steps)),
        perform=lambda data: services.save_steps(
            chosen, grade, data["steps"], actor=request.user
        ),
        done=_("The steps are saved."),
        back_url=back_url,
        fragment=STEPS_FORM,
        title=_("Steps: {clock} · {tier}").format(clock=chosen.label, tier=grade.label),
        submit_label=_("Save"),
        is_own=any(step.is_own for step in steps),
        wide=True,
    )


@ask
@for_setters
def adopt(request: SignedInRequest, name: str) -> HttpResponse:
    """Make a shipped set of rules the hospital's; shown first is what would change."""
    preset = PRESETS.get(name)
    if preset is None:
        raise Http404
    return answer_form(
        request,
        Form(sent(request)),
        perform=lambda data: services.adopt_preset(name, actor=request.user),
        done=_("The rules are adopted. Open due times follow within a minute."),
        back_url=reverse("complaints:policies"),
        fragment="complaints/policies/adopt_form.html",
        title=_("Adopt the rules: {preset}").format(preset=preset.label),
        submit_label=_("Adopt these rules"),
        preset=preset,
        changes=list(changes_by(preset, timekeeper().policies)),
        dropped=special_rules(),
        wide=True,
    )


def _answer_rule(
    request: SignedInRequest, form: RuleForm, policy: DeadlinePolicy, **words: Any
) -> HttpResponse:
    back_url = reverse("complaints:policies")
    if request.method == "POST" and "shipped" in request.POST and policy.pk:
        services.drop_policy(policy, actor=request.user)
        messages.success(request, _("The shipped rule holds again."))
        return redirect(back_url)

    def perform(data: dict[str, Any]) -> None:
        _fill(policy, data)
        services.save_policy(policy, actor=request.user)

    return answer_form(
        request,
        form,
        perform=perform,
        done=_("The time limit is saved. Open due times follow within a minute."),
        back_url=back_url,
        fragment=RULE_FORM,
        submit_label=_("Save"),
        is_own=policy.pk is not None,
        **words,
    )


def _fill(policy: DeadlinePolicy, data: dict[str, Any]) -> None:
    for name, value in data.items():
        if name != "runs":
            setattr(policy, name, value)


def _foresee(policy: DeadlinePolicy, *, several: bool) -> Any:
    """The clock by the rule as typed, for the case it would usually be about."""
    keeper = timekeeper()
    case = Imagined(
        tier=policy.tier or Tier.MINOR,
        kind=policy.kind or Kind.COMPLAINT,
        source=policy.source or Source.PATIENT,
        received_at=clock.now(),
        several=several,
    )
    names = ("clock", "amount", "amount_several", "unit", "hours", "tier", "basis")
    rule = Rule(**{name: getattr(policy, name) for name in names})
    return foresee_rule(
        keeper, case, policy.clock, rule if rule.amount is not None else None
    )


def _progress() -> dict[str, Any]:
    applied = read_progress()
    is_done = (
        applied is not None
        and applied.finished_at is not None
        and applied.token == current_token()
    )
    return {"applied": applied, "is_applied": is_done}


def _clock(which: str, among: tuple[str, ...] = SET_BY_RULE) -> Clock:
    if which not in among:
        raise Http404
    return Clock(which)


def _tier(tier: int) -> Tier:
    if tier not in Tier:
        raise Http404
    return Tier(tier)
