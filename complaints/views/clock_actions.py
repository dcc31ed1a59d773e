"""Actions on a case's clocks: stop, let run, promise, ask for more time, decide."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from complaints import services
from complaints.forms.clocks import (
    ExtensionForm,
    PauseForm,
    PromiseForm,
    RefuseExtensionForm,
)
from complaints.models import Case
from complaints.permissions import (
    can_ask_extension,
    can_decide_extension,
    can_note,
)
from complaints.services.clock_words import say_time
from complaints.views.actions import act, composer_or, load_case
from complaints.views.dialogs import answer_press
from hospital.models import User
from hospital.requests import SignedInRequest


@require_http_methods(["GET", "POST"])
def pause(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        PauseForm,
        services.pause_case,
        title=_("Stop the clock"),
        submit_label=_("Stop the clock"),
        done=_("The clock stands still."),
        intro=_(
            "The working time until it runs again is given back. The departments' "
            "tasks run on."
        ),
    )


@require_POST
def resume(request: SignedInRequest, number: str) -> HttpResponse:
    case = load_case(request, number)
    pause = services.find_pause(case)
    back = say_time(services.paused_time(pause)) if pause else ""
    done = _("The clock runs again; {time} of working time was given back.")
    return answer_press(
        request,
        perform=lambda: services.resume_case(case, actor=request.user),
        done=done.format(time=back),
        back_url=case.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
def promise(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        PromiseForm,
        services.make_promise,
        may=can_note,
        fragment=composer_or(request, "complaints/cases/actions/promise.html"),
        tab="promise",
        title=_("Promise the person something"),
        submit_label=_("Note the promise"),
        done=_("The promise was noted; its owner is reminded in time."),
    )


@require_http_methods(["GET", "POST"])
def extension(request: SignedInRequest, number: str) -> HttpResponse:
    return act(
        request,
        number,
        ExtensionForm,
        services.ask_extension,
        may=can_ask_extension,
        title=_("Ask for more time"),
        submit_label=_("Ask for more time"),
        done=_("More time was asked for; the supervisors were told."),
        intro=_("A supervisor decides. Until then the old due time holds."),
    )


@require_http_methods(["GET", "POST"])
def decide_extension(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Posted with `granted` by one button; else the form that asks why not."""
    case = load_case(request, number)
    extension = get_object_or_404(case.extensions.select_related("case"), pk=pk)
    if request.POST.get("granted"):
        return answer_press(
            request,
            perform=lambda: services.decide_extension(
                extension, actor=request.user, granted=True
            ),
            done=_("More time was granted."),
            back_url=case.get_absolute_url(),
        )

    def refuse(case: Case, *, actor: User, **values: Any) -> None:
        services.decide_extension(extension, actor=actor, granted=False, **values)

    return act(
        request,
        number,
        RefuseExtensionForm,
        refuse,
        may=can_decide_extension,
        title=_("Refuse more time"),
        submit_label=_("Refuse"),
        done=_("More time was refused."),
    )
