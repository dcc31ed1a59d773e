"""Redirects and messages in the form htmx understands."""

import json

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from service_center.htmx_answers import HtmxAnswersMiddleware


def ask(method: str, answer: HttpResponse, *, headers: dict[str, str]) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        messages.success(request, "Saved.")
        return answer

    request = RequestFactory().generic(method, "/", headers=headers)
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]  # what the middleware of Django sets
    return HtmxAnswersMiddleware(view)(request)


HTMX = {"HX-Request": "true"}


def test_a_part_of_a_page_carries_the_messages() -> None:
    response = ask("POST", HttpResponse("part"), headers=HTMX)
    told = {"showMessage": {"messages": [{"level": "success", "text": "Saved."}]}}
    assert json.loads(response["HX-Trigger"]) == told


def test_a_whole_page_keeps_the_messages() -> None:
    response = ask("POST", HttpResponse("page"), headers={})
    assert "HX-Trigger" not in response


def test_a_boosted_page_keeps_the_messages() -> None:
    response = ask("GET", HttpResponse("page"), headers=HTMX | {"HX-Boosted": "true"})
    assert "HX-Trigger" not in response


def test_a_redirect_after_an_action_leads_the_browser_on() -> None:
    answer = HttpResponseRedirect("/cases/")
    answer.set_cookie("messages", "kept")
    response = ask("POST", answer, headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (200, "/cases/")
    assert response.cookies["messages"].value == "kept"
    assert "HX-Trigger" not in response


def test_a_redirect_after_a_question_stays() -> None:
    response = ask("GET", HttpResponseRedirect("/cases/"), headers=HTMX)
    assert (response.status_code, response["Location"]) == (302, "/cases/")


def test_a_redirect_to_signing_in_stays() -> None:
    response = ask("POST", HttpResponseRedirect("/login/?next=/x/"), headers=HTMX)
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/x/")


def test_an_answer_that_leads_away_keeps_the_messages() -> None:
    response = ask("POST", HttpResponse(headers={"HX-Refresh": "true"}), headers=HTMX)
    assert "HX-Trigger" not in response


def test_without_messages_nothing_is_told() -> None:
    request = RequestFactory().get("/", headers=HTMX)
    response = HtmxAnswersMiddleware(lambda _request: HttpResponse("part"))(request)
    assert "HX-Trigger" not in response
