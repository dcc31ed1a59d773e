"""The broker that is a directory: many hands at once, and no message is half there."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from service_center.broker import Channel, Transport
from service_center.celery import app

MANY = 60


def connect(folder: Path) -> Connection:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
    }
    return Connection(transport=Transport, transport_options=options)


def take_all(channel: Any) -> list[int]:
    """Look as fast as possible until every message has been seen once."""
    taken: list[int] = []
    while len(taken) < MANY:
        try:
            taken.append(channel._get("work")["count"])
        except Empty:
            continue
    return taken


def test_a_reader_in_a_hurry_reads_whole_messages(tmp_path: Path) -> None:
    with connect(tmp_path) as writing, connect(tmp_path) as reading:
        channel: Any = writing.channel()
        other = reading.channel()
        with ThreadPoolExecutor(1) as pool:
            taken = pool.submit(take_all, other)
            for count in range(MANY):
                channel._put("work", {"count": count, "filler": "长" * 5000})
            assert sorted(taken.result(timeout=60)) == list(range(MANY))
    assert list(tmp_path.glob("*.*")) == []


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with connect(tmp_path / "gone") as connection:
        channel: Any = connection.channel()
        with pytest.raises(ChannelError, match="Cannot add a message"):
            channel._put("work", {})


def test_the_application_uses_it() -> None:
    with app.connection_for_write() as connection:
        assert isinstance(connection.channel(), Channel)
