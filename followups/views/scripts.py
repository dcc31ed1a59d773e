"""Scripts to read: every version with a preview of the call."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from followups.models import Script, ScriptVersion
from followups.permissions import can_read_scripts, can_write_scripts
from followups.services.scripts.questionnaires import build_questionnaire
from hospital.models import User
from hospital.requests import SignedInRequest


@require_safe
def scripts(request: SignedInRequest) -> HttpResponse:
    _require_reader(request.user)
    rows = Script.objects.listed()
    context = {"scripts": rows, "can_write": can_write_scripts(request.user)}
    return render(request, "followups/scripts/list.html", context)


@require_safe
def script(request: SignedInRequest, code: str) -> HttpResponse:
    """One published version, the newest unless `version` names another."""
    _require_reader(request.user)
    published = ScriptVersion.objects.published().select_related("script")
    versions = list(published.filter(script__code=code).order_by("-number"))
    if not versions and ScriptVersion.objects.filter(script__code=code).exists():
        return redirect("followups:script_draft", code)
    wanted = request.GET.get("version") or (versions[0].number if versions else 0)
    shown = get_object_or_404(
        published,
        pk__in=[each.pk for each in versions if str(each.number) == str(wanted)],
    )
    context = {
        "script": shown.script,
        "shown": shown,
        "versions": versions,
        "has_draft": ScriptVersion.objects.filter(
            script=shown.script, published_at=None
        ).exists(),
        "can_write": can_write_scripts(request.user),
        "questionnaire": build_questionnaire([shown]),
    }
    return render(request, "followups/scripts/detail.html", context)


def _require_reader(user: User) -> None:
    if not can_read_scripts(user):
        raise PermissionDenied
