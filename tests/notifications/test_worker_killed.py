"""A real worker, killed between claim and send, loses no notification."""

import os
import signal
import socketserver
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from notifications.models import Delivery, Topic
from notifications.services import notify
from tests.factories import UserFactory

PATIENCE = 18.0  # seconds for a worker to start on a busy machine


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail as SMTP does; its first caller it leaves hanging without a word."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailConversation)
        self.called = Event()
        self.mails: list[str] = []


class MailConversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if not self.server.called.is_set():
            self.server.called.set()
            self.rfile.read()  # until the caller is gone
            return
        self._say(220)
        for line in self.rfile:
            word = line.split()[0].upper()
            if word == b"DATA":
                self._say(354)
                self.server.mails.append(self._read_mail())
            self._say(221 if word == b"QUIT" else 250)

    def _read_mail(self) -> str:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines).decode()

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} ok\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def worker(home: Path, mail_server: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with its beat, as in production; killed at the end at the latest."""
    for name in ("messages", "control"):
        (home / "broker" / name).mkdir(parents=True, exist_ok=True)
    port = mail_server.server_address[1]
    url = urlsplit(os.environ["DATABASE_URL"])
    database = connection.settings_dict["NAME"]
    command = ["worker", "--beat", "--pool=threads", "--concurrency=1"]
    schedule = f"--schedule={home / 'beat'}"
    with (home / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "service_center",
                *command,
                schedule,
            ],
            cwd=settings.BASE_DIR,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "service_center.settings",
                "DATABASE_URL": urlunsplit(url._replace(path=f"/{database}")),
                "LOCAL_DIR": str(home),
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
                "DELIVERY_CLAIM_SECONDS": "2",
                "DELIVERY_INTERVAL_SECONDS": "0.5",
            },
            stdout=log,
            stderr=log,
            start_new_session=True,  # so that its beat dies with it
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < end:
        time.sleep(0.1)
    return happened()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_send_loses_nothing(
    tmp_path: Path, mail_server: MailServer
) -> None:
    people = [UserFactory(email=f"p{n}@hospital.test") for n in range(3)]
    notify(people, Topic.CASE_REOPENED, path="/cases/C-1/", number="C-1")
    log = tmp_path / "worker.log"

    with worker(tmp_path, mail_server) as first:
        assert mail_server.called.wait(PATIENCE), log.read_text()
        claimed = Delivery.objects.filter(tries=1, sent_at=None)
        assert claimed.count() == 3
        kill(first)
    assert (first.returncode, mail_server.mails) == (-signal.SIGKILL, [])

    with worker(tmp_path, mail_server):
        unsent = Delivery.objects.filter(sent_at=None)
        assert wait_until(lambda: not unsent.exists()), log.read_text()
    # Each mail carries its row's key, so that a provider could drop a twin.
    keys = [find_header(mail, "Idempotency-Key") for mail in mail_server.mails]
    rows = Delivery.objects.values_list("pk", flat=True)
    assert sorted(keys) == sorted(f"delivery-{pk}" for pk in rows)
    assert set(Delivery.objects.values_list("tries", flat=True)) == {2}


def find_header(mail: str, name: str) -> str:
    lines = [line for line in mail.splitlines() if line.startswith(f"{name}: ")]
    return lines[0].removeprefix(f"{name}: ")
