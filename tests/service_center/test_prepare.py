"""What `make run` does before it serves."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from hospital import clock
from hospital.models import User
from service_center import tasks
from service_center.management.commands import prepare
from service_center.models import DemoLoad, IdempotentRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were called in place of the slow ones."""
    called: list[str] = []

    def record(name: str, *arguments: str, **options: Any) -> None:
        called.append(" ".join([name, *arguments]))
        if arguments == ("--accounts",):
            options["stdout"].write("1001 front desk")
        elif name == "load_demo":
            User.objects.create_user("1001", name="前台")

    monkeypatch.setattr(prepare, "call_command", record)
    monkeypatch.setattr(prepare, "get_commands", lambda: {"load_demo": "complaints"})
    return called


@pytest.fixture(autouse=True)
def _own_directory(settings: Settings, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.DEMO_MODE = True


def run_prepare() -> str:
    output = io.StringIO()
    call_command(prepare.Command(), stdout=output)
    return output.getvalue()


def test_first_run_does_everything_and_the_second_only_looks(
    loads: list[str], settings: Settings
) -> None:
    run_prepare()
    first = loads.copy()
    loads.clear()
    run_prepare()

    assert first == [
        "createcachetable",
        "load_categories",
        "load_plans",
        "collectstatic",
        "load_demo",
        "load_demo_stays",
        "load_demo --accounts",
    ]
    assert loads == [
        "createcachetable",
        "load_categories",
        "load_plans",
        "load_demo --accounts",
    ]
    assert (settings.LOCAL_DIR / "accounts.txt").read_text() == "1001 front desk"


def test_interrupted_load_is_taken_up_again(loads: list[str]) -> None:
    DemoLoad.objects.create(started_at=clock.now())
    User.objects.create_user("1002", name="半途")

    run_prepare()

    assert "load_demo" in loads
    assert DemoLoad.objects.get().finished_at is not None


def test_database_with_people_in_it_gets_no_demo(
    loads: list[str], settings: Settings
) -> None:
    User.objects.create_user("1", name="真人")

    output = run_prepare()

    assert "This database already has people in it" in output
    assert [name for name in loads if name.startswith("load_demo")] == []
    assert (settings.LOCAL_DIR / "accounts.txt").read_text() == ""


def test_outside_demo_mode_no_demo_is_loaded(
    loads: list[str], settings: Settings
) -> None:
    settings.DEMO_MODE = False

    run_prepare()

    assert loads == [
        "createcachetable",
        "load_categories",
        "load_plans",
        "collectstatic",
    ]


def test_missing_migration_is_applied(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = [("complaints.0099_new", False)]
    monkeypatch.setattr(prepare.MigrationExecutor, "migration_plan", lambda *_: plan)

    run_prepare()

    assert loads[:2] == ["migrate", "createcachetable"]


def test_changed_static_file_is_noticed(settings: Settings, tmp_path: Path) -> None:
    directory = tmp_path / "own"
    directory.mkdir()
    settings.STATICFILES_DIRS = [directory]
    prints = [prepare.fingerprint_static_files()]
    (directory / "new.css").write_text("a{}")
    prints.append(prepare.fingerprint_static_files())
    (directory / "new.css").write_text("b{c:d}")
    prints.append(prepare.fingerprint_static_files())

    assert len(set(prints)) == 3


def test_demo_load_and_kept_requests_are_named_for_people() -> None:
    load = DemoLoad(started_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC))

    assert str(load) == "demo, started 2026-11-23 08:00"
    assert str(IdempotentRequest(key="k-1")) == "k-1"


def test_translations_compile_without_gettext(
    settings: Settings, tmp_path: Path
) -> None:
    catalogue = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid ""\nmsgstr "Language: zh_Hans\\n"\n')
    settings.BASE_DIR = tmp_path
    output = io.StringIO()

    call_command("compile_translations", stdout=output)

    assert output.getvalue() == "locale/zh_Hans/LC_MESSAGES/django.mo\n"


def test_expired_sessions_are_cleared_at_night(client: Client) -> None:
    session = client.session
    session.set_expiry(-1)
    session.save()

    tasks.clear_expired_sessions()

    assert Session.objects.count() == 0
