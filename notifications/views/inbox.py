from datetime import UTC, datetime

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hospital import clock
from hospital.paging import keyset_page
from hospital.requests import SignedInRequest
from notifications.models import Notification, Topic
from notifications.services import mark_read

MOST_SHOWN = 99
MOST_LINES = 10
# Topic → tone and icon; the sentence says the same in words.
LOOKS = {
    Topic.HANDOVER_OFFERED: ("amber", "arrows-exchange"),
    Topic.HANDOVER_ACCEPTED: ("green", "user-check"),
    Topic.HANDOVER_REFUSED: ("amber", "user-x"),
    Topic.TIER_RAISED: ("red", "flag"),
    Topic.TASK_ASSIGNED: ("blue", "clipboard-plus"),
    Topic.TASK_NAMED: ("blue", "user-plus"),
    Topic.TASK_SUBMITTED: ("teal", "send"),
    Topic.TASK_RETURNED: ("amber", "arrow-back-up"),
    Topic.TASK_REFUSED: ("red", "hand-stop"),
    Topic.TASK_VERIFIED: ("green", "circle-check"),
    Topic.TASK_CANCELLED: ("grey", "ban"),
    Topic.CASE_REOPENED: ("amber", "repeat"),
    Topic.CASE_RATED: ("blue", "star"),
    Topic.EXTENSION_ASKED: ("amber", "calendar-time"),
    Topic.EXTENSION_GRANTED: ("green", "calendar-time"),
    Topic.EXTENSION_REFUSED: ("amber", "calendar-time"),
    Topic.CLOCK_SOON: ("amber", "clock-exclamation"),
    Topic.CLOCK_OVER: ("red", "alert-triangle"),
    Topic.CLOCK_STEPS: ("red", "clock-exclamation"),
    Topic.DAILY_DIGEST: ("blue", "calendar-event"),
    Topic.PROMISE_SOON: ("amber", "hourglass"),
    Topic.PROMISE_OVER: ("red", "alert-triangle"),
}
PLAIN_LOOK = ("blue", "bell")


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """What the person was told, newest first; unread alone with `show=unread`."""
    mine = Notification.objects.visible_to(request.user).for_inbox()
    counts = mine.aggregate(
        every=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True))
    )
    only_unread = request.GET.get("show") == "unread"
    page = keyset_page(
        mine.unread() if only_unread else mine, request.GET, by="-created_at"
    )
    rows = []
    for notification in page.rows:
        tone, icon = LOOKS.get(Topic(notification.topic), PLAIN_LOOK)
        lines = notification.told_lines
        rows.append(
            {
                "notification": notification,
                "tone": tone,
                "icon": icon,
                "lines": lines[:MOST_LINES],
                "more": max(0, len(lines) - MOST_LINES),
            }
        )
    return render(
        request,
        "notifications/inbox.html",
        {
            "page": page,
            "rows": rows,
            "counts": counts,
            "only_unread": only_unread,
            "now": clock.now(),
        },
    )


@never_cache
@require_safe
def bell(request: SignedInRequest) -> HttpResponse:
    """What stands on the bell: nothing, or how many are unread."""
    unread = Notification.objects.visible_to(request.user).unread()
    count = unread[: MOST_SHOWN + 1].count()
    return render(
        request,
        "notifications/_bell.html",
        {"count": count, "shown": f"{MOST_SHOWN}+" if count > MOST_SHOWN else count},
    )


@require_safe
def open_notification(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark it read and go where it leads."""
    mine = Notification.objects.visible_to(request.user)
    notification = get_object_or_404(mine, pk=pk)
    mark_read(request.user, pk=pk)
    return redirect(notification.path)


@require_POST
def mark_all_read(request: SignedInRequest) -> HttpResponse:
    """Mark read what was there when the person looked; later news stay unread."""
    before = _moment(request.POST.get("before", ""))
    mark_read(request.user, before=before or clock.now())
    messages.success(request, _("Everything is marked as read."))
    return redirect("notifications:inbox")


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and is_aware(moment) else None
    except (ValueError, OverflowError):  # no such day, or none in this time zone
        return None
