"""An API that counts what it really did, and behaves as a test tells it."""

from threading import Event
from typing import Any

from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response


class Office:
    """Counts what was really done, and may be told how to behave."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.status = 201
        self.error: Exception | None = None
        self.entered = Event()
        self.may_go_on = Event()
        self.may_go_on.set()


office = Office()


@api_view(["POST", "PUT", "PATCH", "GET"])
def write(request: Request) -> Response:
    office.entered.set()
    office.may_go_on.wait(10)
    if office.error:
        raise office.error
    names = [file.read().decode() for file in request.FILES.values()]
    office.written.append(dict(request.data) | {"files": names})
    headers = {"Location": f"/api/things/{len(office.written)}"}
    return Response(
        {"count": len(office.written), "text": "好的"},
        status=office.status,
        headers=headers,
    )


@api_view(["POST"])
def stream(request: Request) -> StreamingHttpResponse:
    office.written.append("streamed")
    return StreamingHttpResponse(iter([b"part"]))


urlpatterns = [path("api/write", write), path("api/stream", stream)]
urlpatterns += [path("page/write", write)]


def send(
    token: str, key: str | None = "k-1", data: Any = None, **options: Any
) -> tuple[int, Any, bool]:
    """The status, the body and whether it was replayed."""
    headers = {"Authorization": token} | ({"Idempotency-Key": key} if key else {})
    client = Client(raise_request_exception=False)
    answer = client.generic(
        options.get("method", "POST"),
        options.get("path", "/api/write"),
        data or '{"text": "a"}',
        content_type="application/json",
        headers=headers,
    )
    is_json = answer["Content-Type"].endswith("json")
    return (
        answer.status_code,
        answer.json() if is_json else answer.content,
        "Idempotency-Replayed" in answer,
    )
