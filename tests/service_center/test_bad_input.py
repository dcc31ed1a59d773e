"""What cannot be meant is refused in words before any view sees it."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.authtoken.models import Token

from hospital.models import User

English = Callable[[User], Client]
TOO_LONG = "9" * 20


@pytest.mark.parametrize(
    "address",
    [
        "/cases/C%00/",
        "/cases/nonsense/slip/",
        "/cases/C-2026-00000١/reveal/",
        f"/tasks/{TOO_LONG}/",
        f"/tasks/{'9' * 5000}/submit/",
        f"/evidence/{TOO_LONG}/",
        f"/inbox/{TOO_LONG}/",
        f"/cases/C-2026-000001/handover/{TOO_LONG}/answer/",
    ],
)
def test_an_address_that_names_no_record_is_not_found(
    supervisor: User, english: English, address: str
) -> None:
    assert english(supervisor).get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/figures/received/cases/?department=%00",
        "/figures/received/cases/?category=%00",
        "/cases/?q=%00",
        "/search/?q=a%00b",
        "/options/people/?role=%00",
        "/track/x%00/",
    ],
)
def test_an_address_with_a_nul_is_a_page_that_says_so(
    supervisor: User, english: English, address: str
) -> None:
    answer = english(supervisor).get(address)
    assert answer.status_code == 400
    assert "The address is damaged." in answer.text


@pytest.mark.parametrize("path", ["cases", "tasks", "departments", "categories"])
def test_the_api_answers_a_nul_with_a_problem(
    supervisor: User, english: English, path: str
) -> None:
    answer = english(supervisor).get(f"/api/v1/{path}/?q=%00")
    assert (answer.status_code, answer["Content-Type"]) == (
        400,
        "application/problem+json",
    )


def test_a_nul_that_was_only_spelled_is_searched_for(
    supervisor: User, english: English
) -> None:
    assert english(supervisor).get("/cases/?q=%2500").status_code == 200


def test_too_long_a_form_is_a_page_that_says_so(
    supervisor: User, settings: Settings, english: English
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client = english(supervisor)
    answer = client.post("/inbox/read/", {"before": "x" * 200})
    assert answer.status_code == 413
    form = client.post(
        "/inbox/read/",
        "before=" + "x" * 200,
        content_type="application/x-www-form-urlencoded",
    )
    assert form.status_code == 413
    assert "Too much was sent at once." in form.text


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}])
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_too_long_a_body_is_a_problem(
    supervisor: User, settings: Settings, key: dict[str, str], kind: str
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    token = Token.objects.create(user=supervisor).key
    answer = Client().post(
        "/api/v1/cases/",
        '{"narrative": "' + "x" * 200 + '"}',
        content_type=kind,
        headers={"Authorization": f"Token {token}"} | key,
    )
    assert (answer.status_code, answer["Content-Type"]) == (
        413,
        "application/problem+json",
    )
    assert answer.json()["status"] == 413
