"""Errors of the API are problem details, and pages stay pages."""

from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from hospital.exceptions import RuleViolation, StaleRecord
from service_center import urls as project_urls
from service_center.problems import problem_handler


class Line(serializers.Serializer[Any]):
    count = serializers.IntegerField(min_value=1)


class Input(serializers.Serializer[Any]):
    narrative = serializers.CharField()
    lines = Line(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        raise serializers.ValidationError("Together they make no sense.")


RAISED: dict[str, Exception] = {
    "rule": RuleViolation("The case is closed."),
    "field": RuleViolation("Say why.", field="reason"),
    "stale": StaleRecord("Somebody else changed it."),
    "forbidden": PermissionDenied(),
    "hidden": Http404(),
    "model": ValidationError({"phone": ["Not a phone number."]}),
    "sentence": ValidationError("Not now."),
    "throttled": exceptions.Throttled(wait=7),
    "bug": ZeroDivisionError(),
}


@api_view(["POST"])
@permission_classes([AllowAny])
def fail(request: Request, how: str) -> Response:
    raise RAISED[how]


@api_view(["POST"])
@permission_classes([AllowAny])
def validate(request: Request) -> Response:
    serializer = Input(data=request.data)
    serializer.is_valid(raise_exception=True)
    return Response()


@login_not_required
def fail_page(request: HttpRequest, how: str) -> HttpResponse:
    raise RAISED[how]


urlpatterns = [
    path("api/fail/<how>", fail),
    path("api/page/<how>", fail_page),
    path("page/<how>", fail_page),
    path("api/validate", validate),
    path("", include(project_urls)),
]
handler403 = project_urls.handler403
handler404 = project_urls.handler404
handler500 = project_urls.handler500
pytestmark = pytest.mark.urls(__name__)
ENGLISH = {"Accept-Language": "en"}


def post(client: Client, url: str, data: Any = None) -> dict[str, Any]:
    answer = client.post(url, data, content_type="application/json", headers=ENGLISH)
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    return body


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("rule", ("Conflict", 409, "The case is closed.", "rule", None)),
        ("field", ("Bad Request", 400, "Say why.", "rule", {"reason": ["Say why."]})),
        ("stale", ("Conflict", 409, "Somebody else changed it.", "stale", None)),
        (
            "forbidden",
            (
                *("Forbidden", 403),
                *("You do not have permission to perform this action.", None, None),
            ),
        ),
        ("hidden", ("Not Found", 404, "Not found.", None, None)),
        (
            "model",
            (
                *("Bad Request", 400, "Some of the input is not valid.", None),
                {"phone": ["Not a phone number."]},
            ),
        ),
        (
            "sentence",
            (
                *("Bad Request", 400, "Some of the input is not valid.", None),
                {"": ["Not now."]},
            ),
        ),
    ],
)
def test_problem_says_what_and_where(
    client: Client, how: str, expected: tuple[Any, ...]
) -> None:
    body = post(client, f"/api/fail/{how}")

    names = ("title", "status", "detail", "code", "errors")
    assert tuple(body.get(name) for name in names) == expected
    assert body["type"] == "about:blank"


def test_throttled_problem_says_when_to_come_back(client: Client) -> None:
    answer = client.post("/api/fail/throttled", headers=ENGLISH)

    assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    assert answer.json()["title"] == "Too Many Requests"


def test_errors_stand_beside_their_fields(client: Client) -> None:
    body = post(client, "/api/validate", {"lines": [{"count": 0}]})

    assert body["errors"] == {
        "narrative": ["This field is required."],
        "lines": {"0": {"count": ["Ensure this value is greater than or equal to 1."]}},
    }


def test_errors_of_the_whole_input_have_no_field(client: Client) -> None:
    body = post(client, "/api/validate", {"narrative": "x", "lines": []})

    assert body["errors"] == {"": ["Together they make no sense."]}


def test_broken_json_is_a_problem(client: Client) -> None:
    body = post(client, "/api/validate", "{broken")

    assert (body["status"], body["title"]) == (400, "Bad Request")


def test_unknown_api_address_is_a_problem_and_a_page_is_a_page(
    client: Client,
) -> None:
    api = client.get("/api/v1/nothing/")
    page = client.get("/nothing/")

    assert (api.status_code, api["Content-Type"]) == (404, "application/problem+json")
    assert (page.status_code, page["Content-Type"]) == (
        404,
        "text/html; charset=utf-8",
    )


@pytest.mark.parametrize(("how", "status"), [("forbidden", 403), ("bug", 500)])
def test_api_answers_problems_and_pages_answer_pages(
    client: Client, how: str, status: int
) -> None:
    client.raise_request_exception = False

    api, page = client.get(f"/api/page/{how}"), client.get(f"/page/{how}")

    assert (api.status_code, page.status_code) == (status, status)
    assert (api["Content-Type"], page["Content-Type"]) == (
        "application/problem+json",
        "text/html; charset=utf-8",
    )


def test_bug_is_a_500_that_tells_nothing(client: Client) -> None:
    client.raise_request_exception = False

    answer = client.post("/api/fail/bug")

    assert (answer.status_code, answer.json()) == (
        500,
        {"type": "about:blank", "title": "Internal Server Error", "status": 500},
    )


def test_handler_leaves_bugs_alone() -> None:
    assert problem_handler(ZeroDivisionError(), {}) is None
