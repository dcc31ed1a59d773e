"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

POLL_SECONDS = 0.1
GRACE_SECONDS = 15
PR_SET_PDEATHSIG = 1


def die_with_parent(signum: int = signal.SIGTERM) -> Callable[[], None] | None:
    """On Linux the kernel stops a child whose parent was killed outright."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signum))

    return ask_kernel


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path | None
    owns_group: bool = True

    def last_lines(self, count: int = 20) -> list[str]:
        if self.log is None:
            return []
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            return [line.rstrip() for line in deque(lines, maxlen=count)]

    def signal_group(self, signum: signal.Signals) -> None:
        if not self.owns_group:
            self.process.send_signal(signum)
            return
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(self.process.pid, signum)


@dataclass
class Supervisor:
    """Starts children in groups of their own and stops every one of them."""

    env: dict[str, str]
    cwd: Path
    children: list[Child] = field(default_factory=list)
    stop_requested: bool = False

    def listen_for_signals(self) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._request_stop)

    def _request_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.stop_requested = True

    def start(
        self,
        name: str,
        command: list[str],
        *,
        log: Path | None = None,
        interactive: bool = False,
    ) -> Child:
        """Start a child; without a log its output goes to the console.

        An interactive child keeps the terminal, and so its Ctrl-C.
        """
        output = log.open("wb") if log else None
        try:
            process = subprocess.Popen(  # noqa: S603  # our own command line
                command,
                cwd=self.cwd,
                env=self.env,
                stdin=None if interactive else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=not interactive,
                preexec_fn=die_with_parent(),
            )
        finally:
            if output:
                output.close()
        child = Child(name, process, log, owns_group=not interactive)
        self.children.append(child)
        return child

    def finish(self, child: Child) -> int | None:
        """Wait until the child ends; None if asked to stop before."""
        while child.process.poll() is None:
            if self.stop_requested:
                return None
            time.sleep(POLL_SECONDS)
        self.children.remove(child)
        return child.process.returncode

    def find_ended(self) -> Child | None:
        """A child that should run and does not."""
        return next((c for c in self.children if c.process.poll() is not None), None)

    def stop_all(self) -> None:
        """End every child and whatever it started; a second signal hurries."""
        self.stop_requested = False
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.process.poll() is None for child in self.children):
            if self.stop_requested or time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            child.process.wait()
        self.children.clear()
