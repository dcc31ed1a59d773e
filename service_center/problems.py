"""Errors of the API as problem details (RFC 9457, application/problem+json)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from hospital.exceptions import RuleViolation

API_PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"


def problem_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of REST framework; None leaves a bug to be a 500."""
    if isinstance(exception, RuleViolation):
        return _answer_rule(exception)
    if isinstance(exception, ValidationError):
        exception = exceptions.ValidationError(_messages_of(exception))
    elif isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    response = exception_handler(exception, context)
    if response is None or not isinstance(exception, exceptions.APIException):
        return None
    if isinstance(exception, exceptions.ValidationError):
        body = make_problem(response.status_code, _("Some of the input is not valid."))
        body["errors"] = _errors_by_field(exception.detail)
    else:
        body = make_problem(response.status_code, str(exception.detail))
    return _as_problem(response, body)


def make_problem(status: int, detail: str = "", **members: Any) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        **members,
    }
    if detail:
        body["detail"] = detail
    return body


def problem_response(status: int, detail: str = "", **members: Any) -> JsonResponse:
    """For middleware and error pages, outside REST framework."""
    return JsonResponse(
        make_problem(status, detail, **members),
        status=status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def _answer_rule(violation: RuleViolation) -> Response:
    """400 when an input is wrong, 409 when the record's state forbids it."""
    message = str(violation.message)
    status = 400 if violation.field else 409
    body = make_problem(status, message, code=violation.code)
    if violation.field:
        body["errors"] = {violation.field: [message]}
    return _as_problem(Response(status=status), body)


def _as_problem(response: Response, body: dict[str, Any]) -> Response:
    response.data = body
    response.content_type = CONTENT_TYPE
    return response


def _messages_of(error: ValidationError) -> dict[str, list[str]] | list[str]:
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def _errors_by_field(detail: Any) -> dict[str, Any]:
    """What concerns no single field is listed under the empty name."""
    if isinstance(detail, Mapping):
        return {
            "" if name == "non_field_errors" else str(name): value
            for name, value in detail.items()
        }
    return {"": detail}
