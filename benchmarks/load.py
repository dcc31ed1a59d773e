"""A web server of our own on 127.0.0.1, and clients that all ask at once."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Barrier

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Burst:
    """Requests sent by so many clients, all answered: how long it took."""

    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass(frozen=True)
class Server:
    """A web server: where it listens, and its processes."""

    port: int
    pid: int

    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [self.pid, *map(int, children.split())]


@contextmanager
def serve(application: str, env: Mapping[str, str]) -> Iterator[Server]:
    """Gunicorn as it is deployed: two workers with four threads."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    options = [f"--bind={HOST}:{port}", "--workers=2", "--threads=4", "--preload"]
    command = [sys.executable, "-m", "gunicorn", application, *options]
    server = subprocess.Popen(  # noqa: S603  # our own module
        [*command, "--no-control-socket", "--keep-alive=60", "--log-level=warning"],
        env=os.environ | dict(env),
    )
    try:
        _await(port)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait(PATIENCE)


def send(port: int, requests: Sequence[bytes], expected: int, clients: int) -> Burst:
    """All requests over so many connections; each must be answered as expected."""
    waiting: SimpleQueue[bytes] = SimpleQueue()
    for request in requests:
        waiting.put(request)
    ready = Barrier(clients + 1)

    def work() -> list[float]:
        with socket.create_connection((HOST, port), PATIENCE) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.wait()
            return list(_ask(line, waiting, expected))

    with ThreadPoolExecutor(clients) as pool:
        working = [pool.submit(work) for __ in range(clients)]
        ready.wait()
        begun = time.perf_counter()
        latencies = [latency for each in working for latency in each.result()]
        return Burst(time.perf_counter() - begun, latencies)


def processor_seconds(processes: Iterable[int]) -> float:
    """How long these processes have computed so far, however long they had to wait."""
    ticks = 0
    for pid in processes:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # as themselves, and in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


def _ask(
    line: socket.socket, waiting: SimpleQueue[bytes], expected: int
) -> Iterator[float]:
    """As bare as can be: what the client costs is not what is measured."""
    while True:
        try:
            request = waiting.get_nowait()
        except Empty:
            return
        begun = time.perf_counter()
        line.sendall(request)
        answer = line.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += line.recv(65536)
        yield time.perf_counter() - begun
        if answer[9:12] != str(expected).encode():
            raise SystemExit(f"not the expected answer: {answer[:300]!r}")


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the web server does not start")
