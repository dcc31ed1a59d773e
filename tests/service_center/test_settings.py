"""Production starts only when it was told what it must know."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from service_center.celery import app

NEEDED = {
    "SECRET_KEY": "long-enough-for-this-purpose-and-not-a-secret-at-all-12345",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "ALLOWED_HOSTS": "voices.hospital.example",
}


def check_in_new_process(environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "LOCAL_DIR": str(settings.LOCAL_DIR)}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_the_three_needed_names() -> None:
    result = check_in_new_process(NEEDED)

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("missing", sorted(NEEDED))
def test_production_refuses_to_start_without(missing: str) -> None:
    given = {name: value for name, value in NEEDED.items() if name != missing}

    result = check_in_new_process(given)

    assert result.returncode == 1
    assert f"Set the {missing} environment variable" in result.stderr


def test_demo_banner_shows_in_demo_mode_only(
    client: Client, settings: Settings
) -> None:
    warning = "demo-banner"
    seen = {}
    for settings.DEMO_MODE in (False, True):
        page = client.get("/login/").content.decode()
        seen[settings.DEMO_MODE] = warning in page

    assert seen == {False: False, True: True}


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled - set(app.tasks) == set()
