"""The numbers at which nobody wants to be contacted."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.forms.intake import PhoneField
from followups.permissions import can_supervise_calls
from followups.services.calls.refusals import allow_calls, find_refusals, refuse_calls
from hospital.dialogs import answer_form, sent
from hospital.models import ContactRefusal, User
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest
from hospital.text import normalise_phone


class RefusalForm(forms.Form):
    phone = PhoneField()


@never_cache
@require_safe
def refusals(request: SignedInRequest) -> HttpResponse:
    """Newest first; all figures of a number, or its end, find it."""
    _require_supervisor(request.user)
    words = request.GET.get("q", "").strip()[:30]
    found = find_refusals(normalise_phone(words))
    page = keyset_page(found, request.GET, by="-refused_at")
    context = {"page": page, "words": words}
    return render(request, "followups/calls/refusals.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedInRequest) -> HttpResponse:
    """Somebody asks not to be called any more, without having been called."""
    _require_supervisor(request.user)

    def perform(data: dict[str, Any]) -> None:
        refuse_calls(data["phone"], actor=request.user)

    return answer_form(
        request,
        RefusalForm(sent(request)),
        perform=perform,
        done=_("Nobody will call this number any more."),
        back_url=reverse("followups:refusals"),
        title=_("Do not call this number"),
        submit_label=_("Do not call again"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: SignedInRequest, pk: int) -> HttpResponse:
    _require_supervisor(request.user)
    refusal = get_object_or_404(ContactRefusal, pk=pk)

    def perform(data: dict[str, Any]) -> None:
        allow_calls(refusal.phone, actor=request.user)

    return answer_form(
        request,
        forms.Form(sent(request)),
        perform=perform,
        done=_("The number may be called again."),
        back_url=reverse("followups:refusals"),
        title=_("Call this number again?"),
        submit_label=_("They want to be called"),
    )


def _require_supervisor(user: User) -> None:
    if not can_supervise_calls(user):
        raise PermissionDenied
