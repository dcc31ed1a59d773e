"""Follow-up plans: for whom, when, in which versions, and whom they would contact."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from followups.forms.plan_rows import (
    Rows,
    blank_rows,
    change_rows,
    read_rows,
    rows_of,
)
from followups.forms.plans import PlanForm, StayForm
from followups.models import Cohort, CohortMember, Plan, PlanVersion
from followups.permissions import can_write_plans
from followups.services.planning.content import what_it_says
from followups.services.planning.plans import create_plan, switch_plan, write_version
from followups.services.planning.preview import (
    foresee_member,
    foresee_stay,
    foresee_visits,
    next_hour,
)
from followups.services.planning.upkeep import (
    count_open,
    follow_switch,
    follow_version,
)
from followups.services.planning.words import (
    draw,
    find_meetings,
    list_plans,
    say_whom,
)
from hospital.dialogs import add_refusal, answer_form, sent
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User
from hospital.requests import SignedInRequest

ask = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def plans(request: SignedInRequest) -> HttpResponse:
    _require_writer(request.user)
    return render(request, "followups/plans/list.html", {"rows": list_plans()})


@require_safe
def plan(request: SignedInRequest, code: str) -> HttpResponse:
    """One version, the newest unless `version` names another; htmx gets the preview."""
    _require_writer(request.user)
    form = StayForm(request.GET if "diagnosis_code" in request.GET else {})
    foreseen: dict[str, Any] = {"form": form, "moment": next_hour()}
    if form.is_valid():
        foreseen |= {
            "after": foresee_stay(form.imagined),
            "before": foresee_visits(form.imagined),
        }
    found = _find(code)
    if request.htmx and not request.htmx.boosted:
        response = render(request, "followups/plans/_foreseen.html", foreseen)
    else:
        context = foreseen | _described(found, request.GET.get("version", ""))
        response = render(request, "followups/plans/detail.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@ask
def new_plan(request: SignedInRequest) -> HttpResponse:
    _require_writer(request.user)
    if request.method != "POST":
        form = PlanForm(initial=PlanForm.initial_of(None))
        return _show_form(request, form, blank_rows())
    return _take(request, None)


@ask
def edit_plan(request: SignedInRequest, code: str) -> HttpResponse:
    """The version in force, to be changed into the next one."""
    _require_writer(request.user)
    found = _find(code)
    if request.method != "POST":
        newest = _versions(found)[0]
        form = PlanForm(initial=PlanForm.initial_of(newest))
        return _show_form(request, form, rows_of(what_it_says(newest).points), found)
    return _take(request, found)


@ask
def switch(request: SignedInRequest, code: str) -> HttpResponse:
    """Switch a plan off or on; before it is done the dialog says what follows."""
    _require_writer(request.user)
    found = _find(code)
    is_active = not found.is_active

    def perform(data: dict[str, Any]) -> None:
        switched = switch_plan(found, actor=request.user, is_active=is_active)
        follow_switch(switched)

    return answer_form(
        request,
        Form(sent(request)),
        perform=perform,
        done=_("The plan is active again.")
        if is_active
        else _("The plan is switched off."),
        back_url=reverse("followups:plan", args=[code]),
        title=(_("Switch on: {plan}") if is_active else _("Switch off: {plan}")).format(
            plan=found.name
        ),
        intro=_say_switch_on() if is_active else _say_switch_off(count_open(found)),
        submit_label=_("Switch on") if is_active else _("Switch off"),
        danger=not is_active,
    )


def _take(request: SignedInRequest, found: Plan | None) -> HttpResponse:
    """What was sent: a row more or less, or the plan to be kept."""
    if do := request.POST.get("do"):
        return _change_rows(request, do, found)
    form, rows = PlanForm(request.POST), read_rows(request.POST)
    are_rows_valid = rows.are_valid()
    if form.is_valid() and are_rows_valid:
        try:
            return _keep(request, form, rows, found)
        except RuleViolation as refusal:
            if not rows.add_refusal(refusal):
                add_refusal(form, refusal)
            if isinstance(refusal, StaleRecord) and found is not None:
                # Who has read that there is a newer one may go on from it.
                form.data = request.POST.copy()
                form.data["number"] = str(_versions(found)[0].number)
    return _show_form(request, form, rows, found)


def _keep(
    request: SignedInRequest, form: PlanForm, rows: Rows, found: Plan | None
) -> HttpResponse:
    said = form.say(rows.say(is_of_cohort=form.is_of_cohort))
    names = {name: form.cleaned_data[name] for name in ("name_zh", "name_en")}
    if found is None:
        version = create_plan(actor=request.user, said=said, **names)
    else:
        number = form.cleaned_data["number"]
        written = write_version(
            found, actor=request.user, read_number=number, said=said, **names
        )
        if written is None:
            messages.info(request, _("The plan says the same as before."))
            return redirect("followups:plan", found.code)
        version = written
    follow_version(version.plan)
    messages.success(
        request,
        _("Version {number} is in force.").format(number=version.number),
    )
    return redirect("followups:plan", version.plan.code)


def _change_rows(request: SignedInRequest, do: str, found: Plan | None) -> HttpResponse:
    rows = change_rows(request.POST, do)
    if request.htmx and not request.htmx.boosted:
        return render(request, "followups/plans/_points.html", {"rows": rows})
    form = PlanForm(initial=_typed(request.POST))
    return _show_form(request, form, rows, found)


def _typed(data: QueryDict) -> dict[str, Any]:
    typed: dict[str, Any] = {name: data.get(name, "") for name in PlanForm.base_fields}
    return typed | {"departments": data.getlist("departments")}


def _show_form(
    request: SignedInRequest, form: PlanForm, rows: Rows, found: Plan | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "plan": found,
        "faults": sum(len(row.errors) for row in rows),
        "open_count": count_open(found) if found else 0,
    }
    return render(request, "followups/plans/form.html", context)


def _described(found: Plan, wanted: str) -> dict[str, Any]:
    versions = _versions(found)
    shown = next((each for each in versions if str(each.number) == wanted), versions[0])
    return {
        "plan": found,
        "versions": versions,
        "shown": shown,
        "is_newest": shown == versions[0],
        "whom": say_whom(shown),
        "lines": draw(shown),
        "meetings": find_meetings(versions[0]) if found.is_active else [],
        "open_count": count_open(found),
        "rounds": foresee_member(shown) if shown == versions[0] else [],
        "members": _count_members(shown.cohort),
    }


def _find(code: str) -> Plan:
    return get_object_or_404(Plan.objects.filter(versions__number=1), code=code)


def _versions(found: Plan) -> list[PlanVersion]:
    rows = found.versions.select_related("plan", "cohort", "written_by")
    return list(
        rows.order_by("-number").prefetch_related("departments", "points__script")
    )


def _count_members(cohort: Cohort | None) -> int:
    if cohort is None:
        return 0
    return CohortMember.objects.present().filter(cohort=cohort).count()


def _say_switch_off(many: int) -> str:
    if not many:
        return _("It has no open contacts. Nobody is contacted by it from now on.")
    return ngettext(
        "{count} open contact is stopped, and nobody is contacted by this plan from "
        "now on. What was done stays on record.",
        "{count} open contacts are stopped, and nobody is contacted by this plan from "
        "now on. What was done stays on record.",
        many,
    ).format(count=many)


def _say_switch_on() -> str:
    return _(
        "Contacts whose time is not over are planned again, also for those discharged "
        "meanwhile. With many people this takes until the next morning."
    )


def _require_writer(user: User) -> None:
    if not can_write_plans(user):
        raise PermissionDenied
