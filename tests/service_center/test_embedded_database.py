"""The embedded PostgreSQL: kept between runs, owned by one process, never orphaned."""

from pathlib import Path

import psycopg2
import pytest

from service_center.runtime.environment import (
    CannotStart,
)
from service_center.runtime.postgres import FORGETFUL, EmbeddedPostgres


def test_embedded_database_keeps_its_data_and_stops(tmp_path: Path) -> None:
    tmp_path.parent.chmod(0o755)
    postgres = EmbeddedPostgres(tmp_path / "a b" / "postgres", options=FORGETFUL)
    url = postgres.start()
    other = EmbeddedPostgres(postgres.data)
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT '保留' AS word")
    connection.close()

    assert other.find_running() == url
    with pytest.raises(CannotStart, match="is in use by another command"):
        other.start()
    postgres.stop()
    assert other.find_running() is None

    with psycopg2.connect(other.start()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchall() == [("保留",)]
    connection.close()
    other.stop()


def test_database_left_over_by_a_killed_launcher_is_replaced(tmp_path: Path) -> None:
    tmp_path.parent.chmod(0o755)
    first = EmbeddedPostgres(tmp_path / "postgres", options=FORGETFUL)
    first.start()
    left_over = first._process
    first._lock.release()  # as the kernel does for a killed process

    second = EmbeddedPostgres(tmp_path / "postgres", options=FORGETFUL)
    url = second.start()

    assert left_over is not None
    assert left_over.wait(5) == 0
    assert second.find_running() == url
    second.stop()


def test_cluster_of_another_version_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(CannotStart, match=r"written by PostgreSQL 12"):
        EmbeddedPostgres(data).start()
