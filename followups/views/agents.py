"""What each agent takes, said by the supervisor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from followups.forms.work import ProfileForm
from followups.permissions import can_supervise_calls
from followups.services.supervision import agents as services
from hospital.dialogs import answer_form, sent
from hospital.models import User
from hospital.requests import SignedInRequest


@never_cache
@require_safe
def agents(request: SignedInRequest) -> HttpResponse:
    _require_supervisor(request.user)
    context = {"days": services.agents_today()}
    return render(request, "followups/work/agents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one agent takes."""
    _require_supervisor(request.user)
    person = get_object_or_404(services.agents(), pk=pk)
    skills = services.skills_of([person])[person.pk]
    initial = {
        "languages": skills.languages,
        "departments": skills.departments,
        "daily_target": skills.target,
    }

    def change(data: dict[str, Any]) -> None:
        services.change_profile(person, actor=request.user, **data)

    return answer_form(
        request,
        ProfileForm(sent(request), initial=initial),
        perform=change,
        done=_("What {name} takes is saved.").format(name=person.name),
        back_url=reverse("followups:agents"),
        title=_("What {name} takes").format(name=person.name),
        submit_label=_("Save"),
    )


def _require_supervisor(user: User) -> None:
    if not can_supervise_calls(user):
        raise PermissionDenied
