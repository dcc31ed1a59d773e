"""Idempotency-Key when two come at once, one is killed, or a day has passed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from hospital import clock
from hospital.models import User
from service_center import tasks
from service_center.models import IdempotentRequest
from tests.service_center.office import office, send

pytestmark = pytest.mark.urls("tests.service_center.office")


@pytest.mark.parametrize(("content", "status"), [(b"photo", 201), (b"other", 422)])
def test_uploads_are_compared_by_content(
    token: str, content: bytes, status: int
) -> None:
    def upload(file: bytes) -> Any:
        return Client().post(
            "/api/write",
            {"note": "see", "file": SimpleUploadedFile("a.txt", file)},
            headers={"Authorization": token, "Idempotency-Key": "k"},
        )

    first, second = upload(b"photo"), upload(content)

    assert (first.status_code, second.status_code) == (201, status)
    assert [entry["files"] for entry in office.written] == [["photo"]]


def test_key_is_free_again_after_a_day(token: str) -> None:
    with clock.at(clock.now() - timedelta(hours=25)):
        send(token)

    assert send(token)[1:] == ({"count": 2, "text": "好的"}, False)


def test_request_abandoned_by_a_killed_process_may_be_repeated(
    token: str, front_desk: User
) -> None:
    IdempotentRequest.objects.create(
        user=front_desk,
        key="k-1",
        fingerprint="x",
        created_at=clock.now() - timedelta(minutes=6),
    )

    assert send(token)[::2] == (201, False)


def test_old_requests_are_forgotten_at_night(token: str) -> None:
    with clock.at(clock.now() - timedelta(hours=25)):
        send(token, key="old")
    send(token, key="new")

    assert tasks.forget_old_requests() == 1
    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_second_request_meanwhile_is_told_to_wait(token: str) -> None:
    office.may_go_on.clear()

    def send_and_close() -> tuple[int, Any, bool]:
        try:
            return send(token)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send_and_close)
        assert office.entered.wait(10)
        meanwhile = send(token)
        office.may_go_on.set()

    assert (meanwhile[0], meanwhile[1]["code"]) == (409, "idempotency_in_progress")
    assert first.result() == (201, {"count": 1, "text": "好的"}, False)
    assert send(token)[2] is True


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_write_once(token: str) -> None:
    together = Barrier(4)

    def send_at_once() -> int:
        try:
            together.wait(10)
            return send(token)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = [
            future.result()
            for future in [pool.submit(send_at_once) for _ in range(together.parties)]
        ]

    assert len(office.written) == 1
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
