"""kombu's brokers, made safe: with both, a worker could die of what it should outlive.

Files, for one machine without Redis: kombu writes a message in place, so a worker that
looks at that moment reads half of it, or nothing, and dies. Here a message appears
whole or not at all.

Redis: when it goes away, kombu closes a channel and then looks for an address that it
has forgotten already; the worker dies of an AttributeError. Here that is a lost
connection, which workers know how to wait out.
"""

import os
import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem, redis
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(filesystem.Channel):
    # kombu's two parents name the argument differently.
    def _put(  # type: ignore[override]  # see above
        self, queue: str, payload: dict[str, Any], **_: Any
    ) -> None:
        """Write the message under a name that nobody looks for, then rename it."""
        name = f"{monotonic_ns() // 1_000_000}_{uuid.uuid4()}"
        folder = Path(self.data_folder_out)
        draft = folder / f"{name}.draft"
        try:
            draft.write_bytes(str_to_bytes(dumps(payload)))
            os.replace(draft, folder / f"{name}.{queue}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}") from error


class Transport(filesystem.Transport):
    Channel = Channel


class RedisChannel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("The connection is closed.")
        # celery-types does not know the method.
        params: dict[str, Any] = super()._connparams(  # type: ignore[misc]  # see above
            asynchronous
        )
        return params


class RedisTransport(redis.Transport):
    Channel = RedisChannel


def register() -> None:
    """Let `filesystem://` and `redis://` mean these transports."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
    for name in ("redis", "rediss"):
        TRANSPORT_ALIASES[name] = f"{__name__}:RedisTransport"
