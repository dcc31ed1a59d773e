"""Two people at once, on real connections: for tests with `transaction=True`."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, transaction

PATIENCE = 10.0  # seconds


def overlap(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What both did, when the second asks while the first has not committed yet."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            one = outcome_of(first)
            other = pool.submit(_on_own_connection, second)
            _wait_for_the_lock(other)
        return one, other.result(PATIENCE)


def race(*calls: Callable[[], Any]) -> list[Any]:
    """What each call did, all started at the same moment."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(PATIENCE)
        return _on_own_connection(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return [
            future.result(PATIENCE) for future in [pool.submit(run, c) for c in calls]
        ]


def outcome_of(call: Callable[[], Any]) -> Any:
    """What the call returned, or the exception it raised."""
    try:
        return call()
    except Exception as error:  # the test compares it
        return error


def _on_own_connection(call: Callable[[], Any]) -> Any:
    try:
        return outcome_of(call)
    finally:
        connection.close()


def _wait_for_the_lock(other: Future[Any]) -> None:
    """Return once the other waits for us; fail if it got through without waiting."""
    end = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            # Within a transaction the view otherwise stays as it was first read.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            assert not other.done(), f"it did not wait: {other.result()}"
            time.sleep(0.02)
    raise AssertionError("the other never came to the lock")
