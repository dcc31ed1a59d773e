"""The whole stack as `make run` starts it, on a database made for the run."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from scripts.smoke_run import fetch_status, find_free_port
from service_center.runtime.processes import Child, Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Generous: the machine may be busy with something else.
READY_SECONDS = 180
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Centre:
    """Where the running centre is found, and what it left behind."""

    url: str
    local_dir: Path

    @property
    def mail_dir(self) -> Path:
        return self.local_dir / "mail"

    def mails(self) -> list[EmailMessage]:
        """Every mail that the worker has delivered so far."""
        return [
            mail
            for file in sorted(self.mail_dir.glob("*.log"))
            for mail in _read_mails(file)
        ]

    def log(self, name: str) -> str:
        file = self.local_dir / "log" / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""


def _read_mails(file: Path) -> Iterator[EmailMessage]:
    """Django's file backend writes a line of dashes after each mail."""
    for part in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
        if part.strip():
            mail = message_from_bytes(part.lstrip(), policy=modern)
            assert isinstance(mail, EmailMessage)
            yield mail


@contextmanager
def run_centre(local_dir: Path) -> Iterator[Centre]:
    """Web, worker and beat until the block ends; nothing of them is left then."""
    with make_database(os.environ["DATABASE_URL"]) as database_url:
        port = find_free_port()
        centre = Centre(f"http://127.0.0.1:{port}", local_dir)
        env = make_environment(centre, database_url, port)
        supervisor = Supervisor(env=env, cwd=BASE_DIR)
        try:
            prepare = start(supervisor, "tests.e2e.world", local_dir / "world.log")
            assert supervisor.finish(prepare) == 0, prepare.last_lines()
            log = local_dir / "run.log"
            wait_until_ready(start(supervisor, "service_center.runtime", log), centre)
            yield centre
        finally:
            supervisor.stop_all()


def start(supervisor: Supervisor, module: str, log: Path) -> Child:
    return supervisor.start(module, [sys.executable, "-m", module], log=log)


@contextmanager
def make_database(server_url: str) -> Iterator[str]:
    """A database of our own beside the one that the address names."""
    parts = urlsplit(server_url)
    name = f"{parts.path.lstrip('/')}_e2e_{os.getpid()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    create = sql.SQL("CREATE DATABASE {}")
    admin = psycopg2.connect(server_url)
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(drop.format(sql.Identifier(name)))
            cursor.execute(create.format(sql.Identifier(name)))
            try:
                yield parts._replace(path=f"/{name}").geturl()
            finally:
                cursor.execute(drop.format(sql.Identifier(name)))
    finally:
        admin.close()


def make_environment(centre: Centre, database_url: str, port: int) -> dict[str, str]:
    env = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "service_center.settings",
        "DEMO_MODE": "1",
        "LOCAL_DIR": str(centre.local_dir),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": centre.url,
        "EMAIL_URL": f"filemail:///{centre.mail_dir}",
        "DELIVERY_INTERVAL_SECONDS": "1",
        "RULES_INTERVAL_SECONDS": "2",
    }
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    return env


def wait_until_ready(run: Child, centre: Centre) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while fetch_status(f"{centre.url}/readyz") != 200:
        assert run.process.poll() is None, run.last_lines()
        assert time.monotonic() < deadline, run.last_lines()
        time.sleep(POLL_SECONDS)
