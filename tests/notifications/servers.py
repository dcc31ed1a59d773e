"""The other side: a mail server and a web server that remember what they were told."""

import json
import socketserver
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

PATIENCE = 18.0  # seconds for a process to start on a busy machine


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail as SMTP does; with `hang` it leaves its first caller waiting."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0, *, hang: bool = False) -> None:
        super().__init__(("127.0.0.1", port), MailConversation)
        self.hang = hang
        self.called = Event()
        self.mails: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def keys(self) -> list[str]:
        return [find_header(mail, "Idempotency-Key") for mail in self.mails]


class MailConversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        is_first = not self.server.called.is_set()
        self.server.called.set()
        if is_first and self.server.hang:
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


@dataclass(frozen=True)
class Call:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class HookServer(ThreadingHTTPServer):
    """Takes JSON, and answers what it was told to answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HookConversation)
        self.calls: list[Call] = []
        self.status = 200
        self.answer: Any = {"errcode": 0, "errmsg": "ok"}
        self.slowness = 0.0

    def handle_error(self, *__: Any) -> None:
        """A caller that did not wait for the answer is no news."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def keys(self) -> list[str]:
        return [call.headers["Idempotency-Key"] for call in self.calls]


class HookConversation(BaseHTTPRequestHandler):
    server: HookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = Call(self.path, dict(self.headers), json.loads(body))
        self.server.calls.append(call)
        time.sleep(self.server.slowness)
        told = self.server.answer
        answer = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *__: Any) -> None:
        """Say nothing."""


@contextmanager
def served(server: Any) -> Iterator[Any]:
    """Let it serve for the length of the block."""
    with server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def find_header(mail: str, name: str) -> str:
    lines = [line for line in mail.splitlines() if line.startswith(f"{name}: ")]
    return lines[0].removeprefix(f"{name}: ")


def wait_until(happened: Callable[[], bool], patience: float = PATIENCE) -> bool:
    end = time.monotonic() + patience
    while not happened() and time.monotonic() < end:
        time.sleep(0.1)
    return happened()
