"""Home: today's work first, for every role the person has."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.permissions import can_register
from dashboards.views.home_blocks import Section, fill_rows
from dashboards.views.home_sections import (
    DESK,
    administer,
    answer_voices,
    lead,
    operate,
    put_right,
    supervise,
)
from hospital import clock
from hospital.models import Role, User
from hospital.requests import SignedInRequest

DEPARTMENT = (Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF)
# What each role sees, in this order; who has several roles sees several sections.
SECTIONS: tuple[tuple[tuple[Role, ...], Callable[[User], Section]], ...] = (
    ((Role.LEADERSHIP,), lead),
    ((Role.SUPERVISOR,), supervise),
    (DESK, answer_voices),
    (DEPARTMENT, put_right),
    ((Role.QUALITY_ADMIN, Role.IT_ADMIN), administer),
    ((Role.IT_ADMIN,), operate),
)


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    user = request.user
    sections = [build(user) for roles, build in SECTIONS if user.has_role(*roles)]
    fill_rows(sections, user)
    return render(
        request,
        "dashboards/home/home.html",
        {
            "greeting": _greet(user),
            "now": clock.now(),
            "sections": sections,
            "has_several": len(sections) > 1,
            "registers": can_register(user),
            "answers_voices": user.has_role(*DESK),
        },
    )


def _greet(user: User) -> str:
    hour = timezone.localtime(clock.now()).hour
    if hour < 5 or hour >= 18:
        return _("Good evening, {name}").format(name=user.name)
    if hour < 12:
        return _("Good morning, {name}").format(name=user.name)
    return _("Good afternoon, {name}").format(name=user.name)
