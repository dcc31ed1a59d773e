"""Cohorts and their members: who is called again and again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from followups.forms.cohorts import CohortForm, LeaveForm, MemberForm
from followups.models import Cohort, CohortMember
from followups.permissions import can_manage_cohorts, can_read_cohorts
from followups.services.cohorts import membership as services
from followups.services.cohorts.lists import add_member
from followups.services.cohorts.overview import (
    look_at_cohorts,
    rows_of,
    rules_of,
    with_contacts,
)
from hospital.dialogs import answer_form, sent
from hospital.models import User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest
from hospital.text import clean_text

LEFT = "left"
ask = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def cohorts(request: SignedInRequest) -> HttpResponse:
    if not can_read_cohorts(request.user):
        raise PermissionDenied
    mine = Cohort.objects.visible_to(request.user)
    context = {
        "rows": look_at_cohorts(mine, request.user),
        "may_manage": can_manage_cohorts(request.user),
    }
    return render(request, "followups/cohorts/list.html", context)


@never_cache
@require_safe
def cohort(request: SignedInRequest, code: str) -> HttpResponse:
    """The members; `show=left` those who have left, `q` by number or name."""
    found = load_cohort(request.user, code)
    has_left = request.GET.get("show") == LEFT
    members = found.members.gone() if has_left else found.members.present()
    if words := clean_text(request.GET.get("q", ""))[:60]:
        members = members.matching(words)
    by = "-left_on" if has_left else "-joined_on"
    page = keyset_page(with_contacts(members), request.GET, by=by)
    mine = Cohort.objects.filter(pk=found.pk)
    (overview,) = look_at_cohorts(mine, request.user)
    context = {
        "cohort": found,
        "overview": overview,
        "rules": rules_of(found),
        "left_count": found.members.gone().count(),
        "has_left": has_left,
        "q": words,
        "page": page,
        "rows": list(rows_of(page.rows)),
        "may_manage": can_manage_cohorts(request.user),
    }
    return render(request, "followups/cohorts/detail.html", context)


@ask
def new_cohort(request: SignedInRequest) -> HttpResponse:
    services.require_manager(request.user)
    return answer_form(
        request,
        CohortForm(sent(request)),
        perform=lambda data: services.save_cohort(None, actor=request.user, **data),
        done=_("The cohort is made. Take members in, and write a plan for it."),
        back_url=reverse("followups:cohorts"),
        title=_("New cohort"),
        submit_label=_("Make the cohort"),
    )


@ask
def edit_cohort(request: SignedInRequest, code: str) -> HttpResponse:
    found = _load_to_manage(request.user, code)
    return answer_form(
        request,
        CohortForm(sent(request), cohort=found),
        perform=lambda data: services.save_cohort(found, actor=request.user, **data),
        done=_("Saved. The calls of its members follow within minutes."),
        back_url=found.get_absolute_url(),
        title=_("Change the cohort"),
        submit_label=_("Save"),
    )


@never_cache
@ask
def new_member(request: SignedInRequest, code: str) -> HttpResponse:
    found = _load_to_manage(request.user, code)
    form = MemberForm(sent(request))
    return answer_form(
        request,
        form,
        perform=lambda data: add_member(found, form.read_line(), actor=request.user),
        done=_("Taken in. The rounds are planned."),
        back_url=found.get_absolute_url(),
        title=_("Take a person in"),
        submit_label=_("Take in"),
    )


@never_cache
@ask
def leave(request: SignedInRequest, code: str, member: int) -> HttpResponse:
    found = _load_to_manage(request.user, code)
    present = CohortMember.objects.present().select_related("patient")
    leaving = get_object_or_404(present, cohort=found, pk=member)

    def perform(data: dict[str, Any]) -> None:
        services.leave_cohort(leaving, actor=request.user, **data)

    return answer_form(
        request,
        LeaveForm(sent(request)),
        perform=perform,
        done=_("They have left; nobody calls them for this cohort any more."),
        back_url=found.get_absolute_url(),
        title=_("{name} leaves the cohort").format(name=leaving.patient.masked_name),
        intro=_("Patient number {number}. Open rounds are stopped.").format(
            number=leaving.patient.number
        ),
        submit_label=_("Let them leave"),
    )


def load_cohort(user: User, code: str) -> Cohort:
    mine = Cohort.objects.visible_to(user).select_related("department")
    return get_object_or_404(mine, code=code)


def _load_to_manage(user: User, code: str) -> Cohort:
    """404 for what is not visible, 403 for who may only read."""
    found = load_cohort(user, code)
    services.require_manager(user)
    return found
