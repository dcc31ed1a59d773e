"""What somebody sees who looks at the progress bar of an import again and again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from django.db import connection

from followups.models import Import

EVERY = 0.2  # seconds


@dataclass
class Seen:
    """How often the bar moved, and how long it stood still at most."""

    moves: int = 0
    longest: float = 0


@contextmanager
def watch() -> Iterator[Seen]:
    """Look from another connection while the block works."""
    seen, is_over = Seen(), Event()
    looking = Thread(target=_look, args=(seen, is_over))
    looking.start()
    try:
        yield seen
    finally:
        is_over.set()
        looking.join()


def _look(seen: Seen, is_over: Event) -> None:
    shown, since = None, time.monotonic()
    fields = ("pk", "state", "rows_read", "rows_taken")
    while not is_over.wait(EVERY):
        found = Import.objects.order_by("-pk").values_list(*fields).first()
        seen.longest = max(seen.longest, time.monotonic() - since)
        if found != shown:
            shown, since = found, time.monotonic()
            seen.moves += 1
    connection.close()
