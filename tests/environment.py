"""A pytest plugin: everything the settings need, on a machine that has nothing.

The process that starts the tests fills the environment and, without DATABASE_URL,
starts the embedded PostgreSQL; the xdist workers inherit both.
"""

import atexit
import os
from pathlib import Path

import pytest

from service_center.runtime.environment import CannotStart
from service_center.runtime.postgres import FORGETFUL, EmbeddedPostgres
from service_center.runtime.translations import compile_translations

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local" / "test"

ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-and-so-not-a-secret-0123456789abcdefghij",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "HTTPS": "0",
    "DEBUG": "0",
    "DEMO_MODE": "0",
    "LANGUAGE_CODE": "zh-hans",
    "LOCAL_DIR": str(LOCAL_DIR),
    "REDIS_URL": "",
    "EMAIL_URL": "memorymail://",
    # Playwright's own loop runs in the thread that the database is asked from.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}


def pytest_addoption() -> None:
    """The earliest hook: before pytest-django reads the settings."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    os.environ.update(ENVIRONMENT)
    for name in ("messages", "control"):
        (LOCAL_DIR / "broker" / name).mkdir(parents=True, exist_ok=True)
    compile_translations(BASE_DIR / "locale")
    if not os.environ.get("DATABASE_URL"):
        _start_database()


def _start_database() -> None:
    postgres = EmbeddedPostgres(LOCAL_DIR / "postgres", options=FORGETFUL)
    try:
        os.environ["DATABASE_URL"] = postgres.start()
    except CannotStart as reason:
        raise pytest.UsageError(str(reason)) from reason
    atexit.register(postgres.stop)
