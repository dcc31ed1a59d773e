"""What `make run` does, in order, and how it ends."""

import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from service_center.runtime.environment import (
    BASE_DIR,
    CannotStart,
    RunConfig,
    child_environment,
    make_local_dir,
)
from service_center.runtime.locks import FileLock
from service_center.runtime.postgres import PROMPT, EmbeddedPostgres
from service_center.runtime.processes import Child, Supervisor
from service_center.runtime.translations import compile_translations

READY_SECONDS = 90
READY_POLL_SECONDS = 0.2


def run_centre(config: RunConfig) -> int:
    """Run everything until a signal or a crash; returns the exit code."""
    started = time.monotonic()
    make_local_dir(config.local_dir)
    with hold_run_lock(config):
        check_port(config.host, config.port)
        supervisor = Supervisor(env={}, cwd=BASE_DIR)
        supervisor.listen_for_signals()
        postgres = None if config.database_url else _embedded(config)
        try:
            url = postgres.start() if postgres else config.database_url
            supervisor.env = child_environment(config, url)
            return _serve(config, supervisor, started)
        finally:
            print("Stopping ...", flush=True)
            supervisor.stop_all()
            if postgres:
                postgres.stop()
            print("Everything has stopped; the data are kept.", flush=True)


def run_manage(config: RunConfig, arguments: list[str]) -> int:
    """Run one manage.py command, starting the embedded database if it is not up."""
    make_local_dir(config.local_dir)
    postgres = _embedded(config)
    url = config.database_url or postgres.find_running()
    supervisor = Supervisor(env={}, cwd=BASE_DIR)
    supervisor.listen_for_signals()
    # Ctrl-C reaches the command itself, which knows what to do with it.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        supervisor.env = child_environment(config, url or postgres.start())
        child = supervisor.start(
            "manage", [sys.executable, "manage.py", *arguments], interactive=True
        )
        code = supervisor.finish(child)
        return 130 if code is None else code
    finally:
        supervisor.stop_all()
        postgres.stop()


@contextmanager
def hold_run_lock(config: RunConfig) -> Iterator[None]:
    """One `make run` at a time in one directory."""
    lock = FileLock(config.local_dir / "run.lock")
    if not lock.take():
        raise CannotStart(
            f"It is already running from this directory: {lock.read_note()}.\n"
            "Stop that one first, or choose another directory with LOCAL_DIR."
        )
    try:
        lock.write_note(f"{config.address}, process {os.getpid()}")
        yield
    finally:
        lock.release()


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used: {error.strerror}.\n"
                f"Choose another one, for example: make run PORT={port + 1}"
            ) from error


def _embedded(config: RunConfig) -> EmbeddedPostgres:
    return EmbeddedPostgres(config.local_dir / "postgres", options=PROMPT)


def _serve(config: RunConfig, supervisor: Supervisor, started: float) -> int:
    compile_translations(BASE_DIR / "locale")
    if supervisor.stop_requested:
        return 0
    prepare = supervisor.start("prepare", [sys.executable, "manage.py", "prepare"])
    code = supervisor.finish(prepare)
    if code is None:
        return 0
    if code:
        raise CannotStart("Preparing the database failed; the reason is above.")
    _start_web(config, supervisor)
    if not _wait_until_ready(config, supervisor):
        return _explain_end(supervisor)
    _start_workers(config, supervisor)  # after the web, not to slow its start
    _print_welcome(config, time.monotonic() - started)
    while not supervisor.stop_requested and supervisor.find_ended() is None:
        time.sleep(READY_POLL_SECONDS)
    return _explain_end(supervisor)


def _start_web(config: RunConfig, supervisor: Supervisor) -> None:
    """Start the web server. What a broker held is rebuilt from the outbox."""
    broker = config.local_dir / "broker"
    shutil.rmtree(broker, ignore_errors=True)
    for name in ("messages", "control"):
        (broker / name).mkdir(parents=True)
    bind = f"[{config.host}]" if ":" in config.host else config.host
    command = [
        *[sys.executable, "-m", "gunicorn", "service_center.wsgi", "--preload"],
        *["--bind", f"{bind}:{config.port}"],
        *["--workers", "2", "--threads", "4", "--graceful-timeout", "5"],
        *["--access-logfile", "-", "--no-control-socket"],
    ]
    supervisor.start("web", command, log=config.log_dir / "web.log")


def _start_workers(config: RunConfig, supervisor: Supervisor) -> None:
    celery = [sys.executable, "-m", "celery", "--app", "service_center", "--quiet"]
    commands = {
        "worker": [
            *[*celery, "worker", "--pool", "threads", "--concurrency", "2"],
            *["--without-gossip", "--without-mingle", "--without-heartbeat"],
            *["--loglevel", "INFO"],
        ],
        "beat": [
            *[*celery, "beat", "--loglevel", "INFO", "--pidfile="],
            *["--schedule", str(config.local_dir / "beat-schedule")],
        ],
    }
    for name, command in commands.items():
        supervisor.start(name, command, log=config.log_dir / f"{name}.log")


def _wait_until_ready(config: RunConfig, supervisor: Supervisor) -> bool:
    host = "127.0.0.1" if config.host == "0.0.0.0" else config.host  # noqa: S104  # compared, not bound
    shown = f"[{host}]" if ":" in host else host
    request = urllib.request.Request(  # our own http address
        f"http://{shown}:{config.port}/readyz", headers={"Host": "localhost"}
    )
    answer = "no answer"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if supervisor.stop_requested or supervisor.find_ended():
            return False
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310  # the same
            return True
        except urllib.error.HTTPError as error:
            answer = f"{error} {error.read(300).decode(errors='replace')}"
        except OSError as error:
            answer = str(error)
        time.sleep(READY_POLL_SECONDS)
    raise CannotStart(
        f"Not ready after {READY_SECONDS} seconds: {answer}\n"
        f"The logs are in {config.log_dir}."
    )


def _print_welcome(config: RunConfig, seconds: float) -> None:
    accounts = config.local_dir / "accounts.txt"
    lines = [
        "",
        f"The patient-service centre is ready at {config.address} "
        f"({seconds:.0f} seconds).",
        "",
    ]
    if accounts.exists():
        lines += [accounts.read_text(encoding="utf-8").rstrip(), ""]
    lines += [f"Logs: {config.log_dir}", "Ctrl-C stops everything.", ""]
    print("\n".join(lines), flush=True)


def _explain_end(supervisor: Supervisor) -> int:
    """Say which child failed, if one did; returns the exit code."""
    ended: Child | None = supervisor.find_ended()
    if supervisor.stop_requested or ended is None:
        return 0
    tail = "\n".join(f"  {line}" for line in ended.last_lines())
    print(
        f"“{ended.name}” ended unexpectedly with code {ended.process.returncode}. "
        f"Its last lines, from {ended.log}:\n{tail}",
        file=sys.stderr,
    )
    return 1
