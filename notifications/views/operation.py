"""For the IT administrator: what went out, what did not and why, and sending again."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hospital import clock
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest
from notifications.forms import DeliveryFilterForm
from notifications.models import GROUP_OF, Channel, Delivery, DeliveryState, Topic
from notifications.permissions import can_operate
from notifications.services import (
    describe_channels,
    is_broker_reachable,
    last_seen,
    resend,
)
from notifications.views.channels import LOOKS

# Longer than this without a sign, and the worker counts as gone.
WORKER_PATIENCE = timedelta(minutes=2)


@require_safe
def deliveries(request: SignedInRequest) -> HttpResponse:
    """Every channel at a glance, and the deliveries in one state."""
    if not can_operate(request.user):
        raise PermissionDenied
    form = DeliveryFilterForm(request.GET)
    state, channel = form.state(), form.chosen_channel()
    chosen = Delivery.objects.in_state(state).with_owners()
    if channel:
        chosen = chosen.filter(channel=channel)
    page = keyset_page(chosen, request.GET, by="-created_at")
    states = describe_channels()
    context = {
        "channels": [
            {"state": each, "icon": LOOKS[each.channel]}
            for each in states
            if each.is_used
        ],
        "signs": _signs_of_life(),
        "form": form,
        "is_filtered": bool(channel),
        "tabs": _tabs(state, channel, states),
        "page": page,
        "rows": [_row(delivery) for delivery in page.rows],
        "can_resend": state == DeliveryState.GIVEN_UP,
        "now": clock.now(),
    }
    return render(request, "notifications/deliveries.html", context)


@require_POST
def send_again(request: SignedInRequest) -> HttpResponse:
    """Send one, those ticked, or all that were shown, again from the beginning."""
    if "only" in request.POST:
        given = request.POST.getlist("only")
    else:
        given = request.POST.getlist("shown" if "every" in request.POST else "delivery")
    chosen = [int(pk) for pk in given if _is_key(pk)]
    count = resend(chosen, actor=request.user)
    if count:
        text = ngettext(
            "{count} message will be sent again.",
            "{count} messages will be sent again.",
            count,
        )
        messages.success(request, text.format(count=count))
    else:
        text = _("Nothing to send again: choose messages whose address still exists.")
        messages.warning(request, text)
    return redirect(f"{reverse('notifications:deliveries')}?show=given_up")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _row(delivery: Delivery) -> dict[str, Any]:
    """The row tells nothing of a case: the administrator reads no cases."""
    address = delivery.address
    is_removed = address is not None and not address.is_active
    return {
        "delivery": delivery,
        "icon": LOOKS[Channel(delivery.channel)],
        "topic": GROUP_OF[Topic(delivery.notification.topic)].label,
        "can_resend": delivery.state == DeliveryState.GIVEN_UP and not is_removed,
    }


def _tabs(
    current: DeliveryState, channel: str, states: list[Any]
) -> list[dict[str, Any]]:
    counts = {
        DeliveryState.WAITING: sum(each.waiting for each in states),
        DeliveryState.FAILING: sum(each.failing for each in states),
        DeliveryState.GIVEN_UP: sum(each.given_up for each in states),
        DeliveryState.SENT: None,  # the years' sum tells nobody anything
    }
    order = [
        DeliveryState.GIVEN_UP,
        DeliveryState.FAILING,
        DeliveryState.WAITING,
        DeliveryState.SENT,
    ]
    kept = f"&channel={channel}" if channel else ""
    return [
        {
            "label": state.label,
            "url": f"?show={state.value}{kept}",
            "count": counts[state],
            "is_current": state == current,
        }
        for state in order
    ]


def _signs_of_life() -> dict[str, Any]:
    seen: datetime | None = last_seen("deliveries")
    return {
        "broker": is_broker_reachable(),
        "worker_seen_at": seen,
        "worker": seen is not None and seen > clock.now() - WORKER_PATIENCE,
    }
