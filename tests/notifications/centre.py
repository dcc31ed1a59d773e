"""The centre as it runs in a hospital: real processes, on ports of their own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from hospital.models import User
from tests.notifications.servers import wait_until

CSRF = "a" * 32


def free_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Centre:
    """Where the processes live and what they find in their environment."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def run(self, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """One process with whatever it starts, killed at the end at the latest."""
        for part in ("messages", "control"):
            (self.home / "broker" / part).mkdir(parents=True, exist_ok=True)
        url = urlsplit(os.environ["DATABASE_URL"])
        database = f"/{connection.settings_dict['NAME']}"
        base = {
            "DJANGO_SETTINGS_MODULE": "service_center.settings",
            "DATABASE_URL": urlunsplit(url._replace(path=database)),
            "LOCAL_DIR": str(self.home),
            "DELIVERY_INTERVAL_SECONDS": "0.5",
        }
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command],
                cwd=settings.BASE_DIR,
                env=os.environ | base | self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that its children die with it
            )
            try:
                yield process
            finally:
                kill(process)

    @contextmanager
    def worker(self, concurrency: int = 1) -> Iterator[subprocess.Popen[bytes]]:
        """A worker with its beat."""
        options = ["--beat", "--pool=threads", f"--concurrency={concurrency}"]
        schedule = f"--schedule={self.home / 'beat'}"
        celery = [sys.executable, "-m", "celery", "-A", "service_center"]
        command = [*celery, "worker", *options, schedule]
        with self.run("worker", *command) as process:
            yield process

    @contextmanager
    def web(self) -> Iterator["Browser"]:
        """A web server, once it answers."""
        port = free_port()
        # Static files from where they are: collecting them takes longer than the test.
        web = Centre(self.home, self.env | {"DJANGO_SETTINGS_MODULE": "tests.settings"})
        command = [sys.executable, "-m", "gunicorn", "service_center.wsgi"]
        options = ["--bind", f"127.0.0.1:{port}", "--threads=2", "--no-control-socket"]
        with web.run("web", *command, *options):
            browser = Browser(port)
            assert wait_until(browser.answers), self.log("web")
            yield browser

    @contextmanager
    def redis(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        options = ["--port", f"{port}", "--save", "", "--bind", "127.0.0.1"]
        command = ["redis-server", *options, "--dir", str(self.home)]
        with self.run("redis", *command) as process:
            assert wait_until(lambda: is_listening(port)), self.log("redis")
            yield process

    def log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text()


@dataclass(frozen=True)
class Browser:
    """Somebody signed in, talking to the real web server."""

    port: int
    session: str = ""

    def signed_in(self, user: User) -> "Browser":
        client = Client()
        client.force_login(user)
        return Browser(self.port, client.cookies["sessionid"].value)

    def get(self, path: str) -> int:
        return self._ask(path, None)[0]

    def post(self, path: str, data: dict[str, Any]) -> str:
        """Where the page sent the person after doing what was asked."""
        body = urlencode(data | {"csrfmiddlewaretoken": CSRF}).encode()
        status, where = self._ask(path, body)
        assert status == 302, f"{path}: {status}"
        return where

    def answers(self) -> bool:
        try:
            return self.get("/healthz") == 200
        except OSError:
            return False

    def _ask(self, path: str, body: bytes | None) -> tuple[int, str]:
        cookies = f"sessionid={self.session}; csrftoken={CSRF}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Cookie": cookies}
        )
        try:
            with _OPENER.open(request, timeout=15) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location", "")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *__: Any, **___: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
