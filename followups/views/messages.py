"""For the IT administrator: what other systems sent, and what was not understood."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from followups.models import RawMessage
from followups.permissions import can_read_messages
from followups.services.feed.inbox import UNSETTLED, read_again, read_all_again
from followups.services.feed.masking import show_masked
from followups.services.feed.problems import NotUnderstood
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest

LOOKS = {
    RawMessage.State.NEW: ("amber", "clock"),
    RawMessage.State.DONE: ("green", "check"),
    RawMessage.State.FAILED: ("red", "alert-circle"),
    RawMessage.State.IGNORED: ("grey", "minus"),
}


@require_safe
def list_messages(request: SignedInRequest) -> HttpResponse:
    """Those not understood, or all, the newest first."""
    _guard(request)
    show_all = request.GET.get("show") == "all"
    failed = RawMessage.objects.filter(state__in=UNSETTLED)
    chosen = RawMessage.objects.all() if show_all else failed
    page = keyset_page(chosen.defer("body"), request.GET, by="-received_at")
    context = {
        "page": page,
        "rows": [_row(message) for message in page.rows],
        "show_all": show_all,
        "failed": failed.count(),
    }
    return render(request, "followups/messages/list.html", context)


@require_safe
def show_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """One message, segment by segment, without anybody's particulars."""
    _guard(request)
    message = get_object_or_404(RawMessage, pk=pk)
    body = bytes(message.body)
    context = _row(message) | {
        "lines": show_masked(body),
        "can_read_again": bool(body) and message.state in UNSETTLED,
        "size": len(body),
    }
    return render(request, "followups/messages/message.html", context)


@require_POST
def read_message_again(request: SignedInRequest, pk: int) -> HttpResponse:
    _guard(request)
    message = get_object_or_404(RawMessage.objects.defer("body"), pk=pk)
    trouble = read_again(message.pk, actor=request.user)
    if trouble is None:
        messages.success(request, _("The message was taken over."))
    else:
        messages.warning(request, trouble.sentence)
    return redirect("followups:message", pk)


@require_POST
def read_messages_again(request: SignedInRequest) -> HttpResponse:
    """All that were not understood, as many as fit into one request."""
    tried, failed = read_all_again(actor=request.user)
    taken = ngettext(
        "{count} message was taken over.",
        "{count} messages were taken over.",
        tried - failed,
    ).format(count=tried - failed)
    if failed:
        left = ngettext(
            "{count} is still not understood.",
            "{count} are still not understood.",
            failed,
        ).format(count=failed)
        messages.warning(request, f"{taken} {left}")
    elif tried:
        messages.success(request, taken)
    else:
        messages.info(request, _("There was nothing to read again."))
    return redirect(reverse("followups:messages"))


def _guard(request: SignedInRequest) -> None:
    if not can_read_messages(request.user):
        raise PermissionDenied


def _row(message: RawMessage) -> dict[str, Any]:
    tone, icon = LOOKS[RawMessage.State(message.state)]
    return {
        "message": message,
        "tone": tone,
        "icon": icon,
        "sender": message.sender.replace("|", " · ").strip(" ·"),
        "why": NotUnderstood.of(message.error).sentence if message.error else "",
    }
