"""The README's promise: one command starts everything, Ctrl-C leaves nothing behind.

Runs `make run` twice on a free port in an empty directory, and measures both starts.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

BASE_DIR = Path(__file__).resolve().parent.parent
MARK = "SMOKE_RUN_MARK"
FIRST_START_SECONDS = 180
LATER_START_SECONDS = 10
STOP_SECONDS = 40
# A shared machine that is busy with something else must not fail the build.
PATIENCE = 2


class SmokeFailure(Exception):
    pass


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_marked(mark: str) -> list[psutil.Process]:
    """Every process that has our mark in its environment, however it was started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.pid != os.getpid():
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def fetch_status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # our own
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_until_ready(run: subprocess.Popen[bytes], url: str, limit: int) -> float:
    started = time.monotonic()
    while fetch_status(f"{url}/readyz") != 200:
        if run.poll() is not None:
            raise SmokeFailure(f"make run ended with code {run.returncode}")
        if time.monotonic() - started > limit * PATIENCE:
            raise SmokeFailure(f"not ready after {limit * PATIENCE} seconds")
        time.sleep(0.1)
    return time.monotonic() - started


def start_and_stop(local_dir: str, limit: int) -> float:
    """One whole life of `make run`; returns the seconds until it was ready."""
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    env = os.environ | {"PORT": str(port), "LOCAL_DIR": local_dir, MARK: local_dir}
    env.pop("DATABASE_URL", None)
    run = subprocess.Popen(
        ["make", "run"],  # noqa: S607  # whichever make the operator has
        cwd=BASE_DIR,
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        seconds = wait_until_ready(run, url, limit)
        if (status := fetch_status(f"{url}/login/")) != 200:
            raise SmokeFailure(f"the sign-in page answered {status}")
        os.killpg(run.pid, signal.SIGINT)  # what Ctrl-C does in a terminal
        run.wait(STOP_SECONDS)
        if left := find_marked(local_dir):
            raise SmokeFailure(f"still running after Ctrl-C: {left}")
        return seconds
    finally:
        for process in find_marked(local_dir):
            process.kill()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="smoke run ") as local_dir:
        Path(local_dir).chmod(0o755)
        try:
            first = start_and_stop(local_dir, FIRST_START_SECONDS)
            later = start_and_stop(local_dir, LATER_START_SECONDS)
        except (SmokeFailure, subprocess.TimeoutExpired) as reason:
            print(f"make run: {reason}", file=sys.stderr)
            return 1
    print(f"make run: first start {first:.1f} s, later {later:.1f} s, clean stop.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
