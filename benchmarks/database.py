"""A database for one run, and how it answers."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def own_database(name: str, *, is_durable: bool = True) -> Iterator[None]:
    """A fresh database beside the one of DATABASE_URL, dropped at the end.

    One that is not durable does not wait for the disk: for runs that measure no time.
    """
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    if not is_durable:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')
        connection.close()
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


class Statements:
    """Counts what is sent to the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, *rest: Any
    ) -> Any:
        self.count += 1
        return execute(sql, params, *rest)


def refresh_statistics() -> None:
    """What autovacuum does in a database that lives."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def url_of_own() -> str:
    """DATABASE_URL with the name of the database that is measured, for processes."""
    head, __, tail = os.environ["DATABASE_URL"].rpartition("/")
    query = tail.partition("?")[1:]
    return "".join([head, "/", connection.settings_dict["NAME"], *query])
