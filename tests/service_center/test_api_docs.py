"""The API's own description, its documentation page and its tokens."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.authtoken.models import Token

from hospital.models import User

LOGIN = {"username": "9001", "password": "a-password-for-tests"}


@pytest.fixture
def person(db: None) -> User:
    cache.clear()
    return User.objects.create_user("9001", LOGIN["password"], name="前台")


def test_docs_hold_no_inline_script_or_style(client: Client, person: User) -> None:
    client.force_login(person)

    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    text = page.content.decode()
    assert re.findall(r"<style|<script(?![^>]* src=)| style=", text) == []
    assert "unsafe" not in page["Content-Security-Policy"]


def test_docs_script_is_served_apart(client: Client, person: User) -> None:
    client.force_login(person)

    script = client.get("/api/v1/docs/?script=")

    assert (script.status_code, script["Content-Type"]) == (
        200,
        "application/javascript",
    )
    assert "/api/v1/schema/" in script.content.decode()


def test_schema_describes_the_api(client: Client, person: User) -> None:
    client.force_login(person)

    schema = client.get("/api/v1/schema/?format=json").json()

    assert schema["openapi"].startswith("3.")
    assert "/api/v1/token/" in schema["paths"]


def test_token_for_the_right_password(client: Client, person: User) -> None:
    answer = client.post("/api/v1/token/", LOGIN)

    token = Token.objects.get(user=person)
    assert (answer.status_code, answer.json()) == (200, {"token": token.key})


def test_no_token_for_a_wrong_password(client: Client, person: User) -> None:
    answer = client.post("/api/v1/token/", LOGIN | {"password": "wrong"})

    assert (answer.status_code, Token.objects.count()) == (400, 0)
    assert answer["Content-Type"] == "application/problem+json"


def test_guessing_passwords_is_slowed_down(client: Client, person: User) -> None:
    wrong = LOGIN | {"password": "wrong"}
    spoofed = [
        client.post(
            "/api/v1/token/", wrong, headers={"X-Forwarded-For": f"10.0.0.{attempt}"}
        ).status_code
        for attempt in range(11)
    ]

    assert spoofed == [400] * 10 + [429]
