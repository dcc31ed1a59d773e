"""Idempotency-Key: the same request twice is one write and one answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from hospital.models import User
from service_center import idempotency
from service_center.models import IdempotentRequest
from tests.service_center.office import office, send

pytestmark = pytest.mark.urls("tests.service_center.office")


def test_repeated_request_is_answered_and_not_redone(token: str) -> None:
    first, second = send(token), send(token)

    assert first == (201, {"count": 1, "text": "好的"}, False)
    assert second == (201, {"count": 1, "text": "好的"}, True)
    assert len(office.written) == 1


def test_replay_carries_the_headers_of_the_first_answer(token: str) -> None:
    headers = {"Authorization": token, "Idempotency-Key": "k"}
    answers = [Client().post("/api/write", headers=headers) for _ in range(2)]

    assert [(a["Location"], a["Content-Type"]) for a in answers] == [
        ("/api/things/1", "application/json"),
        ("/api/things/1", "application/json"),
    ]


def test_without_a_key_every_request_counts(token: str) -> None:
    assert [send(token, key=None)[1]["count"] for _ in range(2)] == [1, 2]
    assert IdempotentRequest.objects.count() == 0


def test_other_key_is_another_request(token: str) -> None:
    assert [send(token, key=key)[1]["count"] for key in ("a", "b")] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        {"data": '{"text": "b"}'},
        {"method": "PUT"},
        {"path": "/api/write?notify=1"},
    ],
)
def test_key_used_for_another_request_is_refused(
    token: str, change: dict[str, str]
) -> None:
    send(token)

    status, body, replayed = send(token, **change)

    assert (status, body["code"], replayed) == (422, "idempotency_key_reused", False)
    assert len(office.written) == 1


def test_two_people_may_use_the_same_key(token: str, supervisor: User) -> None:
    other = f"Token {Token.objects.create(user=supervisor).key}"

    assert [send(who)[1]["count"] for who in (token, other)] == [1, 2]


def test_session_and_token_are_the_same_person(
    token: str, front_desk: User, sign_in: Callable[[User], Client]
) -> None:
    send(token)

    answer = sign_in(front_desk).post(
        "/api/write",
        '{"text": "a"}',
        content_type="application/json",
        headers={"Idempotency-Key": "k-1"},
    )

    assert (answer["Idempotency-Replayed"], len(office.written)) == ("true", 1)


def test_answer_is_not_replayed_to_who_lost_the_token(token: str) -> None:
    send(token)
    Token.objects.all().delete()

    status, _body, replayed = send(token)

    assert (status, replayed) == (401, False)


def test_nobody_signed_in_leaves_no_trace(db: None) -> None:
    status, _body, _replayed = send("")

    assert (status, IdempotentRequest.objects.count()) == (401, 0)


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_refusal_is_an_answer_too(token: str, status: int) -> None:
    office.status = status

    assert [send(token)[::2] for _ in range(2)] == [(status, False), (status, True)]


@pytest.mark.parametrize("status", [401, 408, 425, 429, 500, 503])
def test_not_now_may_be_tried_again(token: str, status: int) -> None:
    office.status = status
    send(token)
    office.status = 201

    assert send(token)[::2] == (201, False)


def test_crash_may_be_tried_again(token: str) -> None:
    office.error = ZeroDivisionError()
    assert send(token)[0] == 500
    office.error = None

    assert send(token)[::2] == (201, False)


def test_crash_inside_a_middleware_frees_the_key(front_desk: User) -> None:
    def crash(_request: Any) -> Any:
        raise MemoryError

    middleware = idempotency.IdempotencyMiddleware(crash)
    request: Any = Client().post("/api/write").wsgi_request

    with pytest.raises(MemoryError):
        middleware._answer_once(request, front_desk, "k")

    assert IdempotentRequest.objects.count() == 0


def test_streamed_answer_is_not_kept(token: str) -> None:
    headers = {"Authorization": token, "Idempotency-Key": "k"}
    for _ in range(2):
        assert b"".join(Client().post("/api/stream", headers=headers)) == b"part"

    assert len(office.written) == 2


def test_reading_and_pages_are_not_covered(
    token: str, front_desk: User, sign_in: Callable[[User], Client]
) -> None:
    headers = {"Authorization": token, "Idempotency-Key": "k"}
    for _ in range(2):
        Client().get("/api/write", headers=headers)
        sign_in(front_desk).post("/page/write", headers=headers)

    assert (len(office.written), IdempotentRequest.objects.count()) == (4, 0)


def test_too_long_a_key_is_refused(token: str) -> None:
    status, body, _replayed = send(token, key="k" * 256)

    assert (status, body["status"], office.written) == (400, 400, [])
