"""Pages for the person who spoke, without an account: whoever holds the code reads.

A tracking code is the key itself, so `visible_to` has no say here; in return the
pages name nobody, repeat nothing the person said, and slow down whoever guesses.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from complaints import services
from complaints.forms.tracking import TrackForm, read_code
from complaints.models import Case, Pause, Reply, Satisfaction, Status
from complaints.services import clocks
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.requests import SignedInRequest

P = ParamSpec("P")
WRONG_CODES = 10
SCORES = frozenset(str(score) for score in Satisfaction.Score.values)
WINDOW = timedelta(minutes=10)


def public_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Open to everybody, kept by no cache and no search engine, closed to guessers."""

    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if len(_recent_misses(request)) >= WRONG_CODES:
            response = render(request, "complaints/public/too_many.html", status=429)
            response["Retry-After"] = str(int(WINDOW.total_seconds()))
        else:
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@public_page
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    if "code" not in request.GET:
        context = {"form": TrackForm()}
        return render(request, "complaints/public/track.html", context)
    form = TrackForm(request.GET)
    if not form.is_valid():
        return render(request, "complaints/public/track.html", {"form": form})
    code = form.cleaned_data["code"]
    if find_case(code) is None:
        return answer_wrong(request, request.GET["code"])
    return redirect("complaints:progress", code)


@public_page
@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    case = find_case(code)
    if case is None:
        return answer_wrong(request, code)
    return show_progress(request, code, case)


@public_page
@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    case = find_case(code)
    if case is None:
        return answer_wrong(request, code)
    if case.merged_into_id is not None:  # the verdict belongs to another person
        return show_progress(request, code, case)
    given = request.POST.get("score", "")
    try:
        services.rate_case(
            case,
            score=int(given) if given in SCORES else 0,
            comment=request.POST.get("comment", "")[:500],
        )
    except RuleViolation as violation:
        return show_progress(request, code, case, refusal=str(violation))
    messages.success(request, _("Thank you. Your answer is on record."))
    return redirect("complaints:progress", read_code(code))


@require_safe
def qr_code(request: SignedInRequest, code: str) -> HttpResponse:
    """The address of the progress page, for the slip. Asks no case: tells nothing."""
    plain = read_code(code)
    if not plain:
        raise Http404
    address = f"{settings.PUBLIC_URL}{reverse('complaints:progress', args=[plain])}"
    image = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        image, kind="svg", scale=4, border=2, svgclass=None, lineclass=None
    )
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")


def find_case(code: str) -> Case | None:
    """The case with the code as somebody typed it; None for every other code."""
    plain = read_code(code)
    return Case.objects.filter(tracking_code=plain).first() if plain else None


def surviving(case: Case) -> Case:
    """The case into which this one was merged, or itself."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


# --- wrong codes ------------------------------------------------------------
def answer_wrong(request: HttpRequest, typed: str) -> HttpResponse:
    """The one answer to every code that opens nothing; the try is counted."""
    misses = [*_recent_misses(request), clock.now().timestamp()]
    cache.set(_misses_key(request), misses, WINDOW.total_seconds())
    form = TrackForm({"code": typed[:100]})
    form.add_error(
        "code", _("No case has this code. Please compare it with your slip.")
    )
    return render(request, "complaints/public/track.html", {"form": form}, status=404)


def _recent_misses(request: HttpRequest) -> list[float]:
    since = (clock.now() - WINDOW).timestamp()
    misses: list[float] = cache.get(_misses_key(request), [])
    return [moment for moment in misses if moment > since]


def _misses_key(request: HttpRequest) -> str:
    """By address, believing X-Forwarded-For only as far as our own proxies wrote it."""
    address = BaseThrottle().get_ident(Request(request))
    return f"track:{hashlib.sha256(address.encode()).hexdigest()}"


# --- progress in plain words --------------------------------------------------
@dataclass(frozen=True)
class Step:
    words: str | Promise
    state: str = ""
    at: datetime | None = None


def show_progress(
    request: HttpRequest, code: str, told: Case, *, refusal: str = ""
) -> HttpResponse:
    case = surviving(told)
    final = list(case.replies.filter(is_final=True))
    replies = [reply for reply in final if not reply.impossible]
    is_own = case == told
    given = case.satisfactions.filter(round=case.reopened_count).first()
    rated = given if is_own and given and given.score else None
    context: dict[str, Any] = {
        "code": read_code(code),
        "told": told,
        "case": case,
        "steps": list_steps(case, replies),
        "feedback": clocks.find_feedback(case) if case.is_open else None,
        **_describe_waiting(case, is_own=is_own),
        "reply": replies[-1] if replies and is_own else None,
        "unreached": bool(final)
        and final[-1].impossible == Reply.Impossible.UNREACHABLE,
        "rated": rated,
        "scores": offer_scores(case) if is_own and not rated else [],
        "refusal": refusal,
        "comment": request.POST.get("comment", ""),
    }
    return render(request, "complaints/public/progress.html", context)


def _describe_waiting(case: Case, *, is_own: bool) -> dict[str, Any]:
    """What the person should know of an open case's clock; never a reason of ours.

    Words, questions and promises were meant for the person of the case itself.
    """
    if not case.is_open:
        return {}
    pause = services.find_pause(case)
    holds = case.deadlines.running().filter(
        clock=OuterRef("deadline__clock"), extended_until=OuterRef("until")
    )
    granted = case.extensions.filter(Exists(holds), granted=True).exclude(words="")
    promised = case.promises.open().filter(due_at__gte=clock.now())
    return {
        "pause": pause,
        "asks_person": is_own
        and pause is not None
        and pause.waits_for == Pause.WaitsFor.PERSON,
        "extension": granted.order_by("decided_at").last() if is_own else None,
        "promised": promised.by_time_left().first() if is_own else None,
    }


FACES = {5: "mood-smile", 4: "thumb-up", 3: "mood-neutral", 2: "thumb-down"}
TONES = {5: "green", 4: "teal", 3: "grey", 2: "amber", 1: "red"}


def offer_scores(case: Case) -> list[dict[str, Any]]:
    """The five answers, best first, once there is something to judge."""
    if case.status not in (Status.REPLIED, Status.CLOSED):
        return []
    return [
        {
            "value": score.value,
            "words": score.label,
            "icon": FACES.get(score.value, "mood-sad"),
            "tone": TONES[score.value],
        }
        for score in Satisfaction.Score
    ]


LINE = {
    Status.RECEIVED: pgettext_lazy("step", "Received"),
    Status.IN_PROGRESS: gettext_lazy("Being handled"),
    Status.REPLIED: gettext_lazy("Answered"),
    Status.CLOSED: pgettext_lazy("step", "Closed"),
}
ENDS = {
    Status.DECLINED: gettext_lazy("Not taken up"),
    Status.WITHDRAWN: gettext_lazy("Taken back by you"),
}
NOW = {
    Status.ACCEPTED: Status.IN_PROGRESS,
    Status.REOPENED: Status.IN_PROGRESS,
}


def list_steps(case: Case, replies: list[Reply]) -> list[Step]:
    """The line of steps: what is done, where the case stands, what is to come."""
    status = Status(case.status)
    accepted = clocks.find_accepted(case)
    if status in ENDS:
        told_at = replies[-1].at if replies and status == Status.DECLINED else None
        return [
            Step(LINE[Status.RECEIVED], "is-done", case.received_at),
            Step(ENDS[status], "is-now", told_at),
        ]
    at = {
        Status.RECEIVED: case.received_at,
        Status.IN_PROGRESS: accepted,
        Status.REPLIED: replies[-1].at if replies else None,
        Status.CLOSED: case.closed_at,
    }
    line = list(LINE)
    stands = line.index(NOW.get(status, status))
    if status == Status.CLOSED:
        stands = len(line)
    return [
        Step(
            LINE[step],
            "is-done" if index < stands else "is-now" if index == stands else "",
            at[step] if index <= stands else None,
        )
        for index, step in enumerate(line)
    ]
