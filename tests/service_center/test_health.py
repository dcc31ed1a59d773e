"""/healthz and /readyz: for machines, anonymous, naming what fails and no more."""

from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from service_center import health


@pytest.fixture(autouse=True)
def _forget_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health._Schema, "is_complete", False)


def test_healthz_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ready_when_all_parts_are(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "failing": []},
    )
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_names_a_missing_broker_directory(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.BROKER_DIR = tmp_path / "gone"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "failing": ["broker"]},
    )


@pytest.mark.django_db
def test_readyz_names_an_unreachable_redis(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://user:secret@127.0.0.1:9/0"

    answer = client.get("/readyz")

    assert answer.json()["failing"] == ["broker"]
    assert "secret" not in answer.content.decode()


def test_readyz_names_an_unreachable_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unreachable:
        def cursor(self) -> None:
            raise OperationalError("password of the database is wrong")

        @property
        def introspection(self) -> None:
            raise OperationalError

    monkeypatch.setattr(health, "connections", {"default": Unreachable()})

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "failing": ["database", "migrations"]},
    )


@pytest.mark.django_db
def test_readyz_names_missing_migrations(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = [("hospital.0099_not_applied", False)]
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: plan)

    assert client.get("/readyz").json()["failing"] == ["migrations"]


@pytest.mark.django_db
def test_migrations_are_not_looked_up_again_once_complete(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/readyz")
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", pytest.fail)

    assert client.get("/readyz").status_code == 200


def test_health_pages_are_only_read(client: Client) -> None:
    assert [client.post(path).status_code for path in ("/healthz", "/readyz")] == [
        405,
        405,
    ]


def test_health_is_not_redirected_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/login/").status_code == 301
    assert project_settings.SECURE_REDIRECT_EXEMPT == [r"^healthz$", r"^readyz$"]
