"""How an action is answered: small forms and single buttons, on every page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from hospital.exceptions import RuleViolation, StaleRecord
from hospital.requests import SignedInRequest

FRAGMENT = "components/action_form.html"
PAGE = "components/action_page.html"


def answer_form(
    request: SignedInRequest,
    form: Form,
    *,
    perform: Callable[[dict[str, Any]], object],
    done: str,
    back_url: str,
    on_stale: Callable[[Form], dict[str, Any]] | None = None,
    fragment: str = FRAGMENT,
    **context: Any,
) -> HttpResponse:
    """Show the form, or perform what was sent and lead back with a toast.

    `perform` gets the cleaned data and calls one service; a refusal stands beside the
    field with everything typed kept. `on_stale` freshens the form after somebody else's
    save and adds to the context. `context` is that of components/action_form.html.
    """
    back_url = next_page(request) or back_url
    if request.method == "POST" and form.is_valid():
        try:
            perform(form.cleaned_data)
        except RuleViolation as refusal:
            add_refusal(form, refusal)
            if isinstance(refusal, StaleRecord) and on_stale:
                context |= on_stale(form)
        else:
            messages.success(request, done)
            return redirect(back_url)
    context |= {"form": form, "back_url": back_url, "fragment": fragment}
    is_part = request.htmx and not request.htmx.boosted
    response = render(request, fragment if is_part else PAGE, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def sent(request: SignedInRequest) -> QueryDict | None:
    """What was typed, for a form's first argument; nothing before it was sent."""
    return request.POST if request.method == "POST" else None


def answer_press(
    request: SignedInRequest,
    *,
    perform: Callable[[], object],
    done: str,
    back_url: str,
) -> HttpResponse:
    """Perform what a single button asks for; a refusal is told as a toast."""
    try:
        perform()
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, done)
    return redirect(next_page(request) or back_url)


def add_refusal(form: Form, refusal: RuleViolation) -> None:
    """The service's sentence, beside the field it is about if the form has it."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal.message))


def next_page(request: SignedInRequest) -> str:
    """The page of ours that the person came from, if the form or link names it."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""
