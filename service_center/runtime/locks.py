"""A file that one process at a time may hold; the kernel lets go when it dies."""

import fcntl
import os
from pathlib import Path


class FileLock:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Whether the lock is now ours; never waits."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def write_note(self, note: str) -> None:
        """Tell whoever finds the lock taken who has it."""
        self.path.write_text(note, encoding="utf-8")

    def read_note(self) -> str:
        return self.path.read_text(encoding="utf-8").strip()

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
