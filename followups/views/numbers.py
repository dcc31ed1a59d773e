"""The find-the-number list of a ward, and of the centre for all wards."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from followups.forms.calls import NumberForm
from followups.models import QueuedCall
from followups.permissions import can_find_numbers
from followups.services.calls.numbers import numbers_to_find
from followups.services.calls.outcomes import correct_number
from hospital.dialogs import answer_form, sent
from hospital.models import User
from hospital.requests import SignedInRequest


@never_cache
@require_safe
def numbers(request: SignedInRequest) -> HttpResponse:
    _require_finder(request.user)
    rows, more = numbers_to_find(request.user)
    context = {"rows": rows, "more": more}
    return render(request, "followups/calls/numbers.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: SignedInRequest, patient: int) -> HttpResponse:
    """Enter the right number; the person goes back into the queue."""
    _require_finder(request.user)
    wanted = QueuedCall.objects.needing_number_for(request.user)
    row = get_object_or_404(wanted.select_related("patient"), patient=patient)

    def correct(data: dict[str, Any]) -> None:
        correct_number(row.patient, actor=request.user, **data)

    return answer_form(
        request,
        NumberForm(sent(request), initial={"is_relative": row.use_relative}),
        perform=correct,
        done=_("The number is corrected; they will be called again."),
        back_url=reverse("followups:numbers"),
        title=_("The number of {name}").format(name=row.patient.name),
        submit_label=_("Keep the number"),
    )


def _require_finder(user: User) -> None:
    if not can_find_numbers(user):
        raise PermissionDenied
