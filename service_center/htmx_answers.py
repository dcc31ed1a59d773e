"""What views write for whole pages, put into the form htmx understands."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event


class HtmxAnswersMiddleware:
    """Redirects after an action become HX-Redirect, messages go into HX-Trigger.

    Answers that lead to another page leave the messages for that page. A redirect to
    the sign-in page stays one: the shell then tells the person and keeps the form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "HX-Request" not in request.headers or "HX-Boosted" in request.headers:
            return response
        if 300 <= response.status_code < 400:
            return _redirect(request, response)
        if not _leads_away(response):
            _tell(request, response)
        return response


def _redirect(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    target = response.headers.get("Location", "")
    to_sign_in = target.startswith(resolve_url(settings.LOGIN_URL))
    if request.method == "GET" or to_sign_in or not target:
        return response
    led = HttpResponseClientRedirect(target)
    led.cookies = response.cookies
    return led


def _leads_away(response: HttpResponse) -> bool:
    return any(
        header in response for header in ("HX-Redirect", "HX-Refresh", "HX-Location")
    )


def _tell(request: HttpRequest, response: HttpResponse) -> None:
    messages = [
        {"level": message.level_tag, "text": str(message)}
        for message in get_messages(request)
    ]
    if messages:
        trigger_client_event(response, "showMessage", {"messages": messages})
