"""Ending a promise: kept with one press, or taken back with a reason."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import services
from complaints.forms.tasks import ReasonForm
from complaints.models import Case, Promise
from complaints.permissions import can_end_promise
from complaints.views.dialogs import answer_form, answer_press, sent
from hospital.models import User
from hospital.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
def end_promise(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """With `kept` one press and done; else the dialog that asks why it is off."""
    promise = _load_promise(request.user, number, pk)
    back_url = promise.case.get_absolute_url()
    if request.method == "POST" and request.POST.get("kept"):
        return answer_press(
            request,
            perform=lambda: services.end_promise(
                promise, actor=request.user, kept=True
            ),
            done=_("The promise is kept."),
            back_url=back_url,
        )
    if not can_end_promise(request.user, promise.case, promise):
        raise PermissionDenied

    def take_back(data: dict[str, Any]) -> None:
        services.end_promise(
            promise, actor=request.user, kept=False, note=data["reason"]
        )

    return answer_form(
        request,
        ReasonForm(sent(request)),
        perform=take_back,
        done=_("The promise is taken back."),
        back_url=back_url,
        title=_("Take the promise back"),
        intro=promise.text,
        warning=_("The person may still rely on it: tell them before."),
        submit_label=_("Take it back"),
        danger=True,
    )


def _load_promise(user: User, number: str, pk: int) -> Promise:
    """A promise of a case the person may reach, or 404."""
    reachable = Case.objects.visible_to(user, lookup=True)
    case = get_object_or_404(reachable, number=number)
    promise: Promise = get_object_or_404(
        case.promises.select_related("case", "owner"), pk=pk
    )
    return promise
