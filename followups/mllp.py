"""The minimal lower layer protocol: frames over TCP, one answer for each message.

One loop serves all senders; the work on the database is done in a few threads. What
could not be kept is not answered, so that the sender sends it again.
"""

import asyncio
import contextlib
import ipaddress
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from django.db import connections

from followups.services.feed.inbox import MOST_BYTES, receive, refuse_too_large

START, END = b"\x0b", b"\x1c\x0d"
READ_SIZE = 64 * 1024
BEGINNING = 8 * 1024  # kept of what is too large, for the answer
MOST_SKIPPED = 8 * MOST_BYTES  # then the sender is cut off instead of waited for
MOST_PEERS = 200
SLOW_PEER = 30.0  # seconds to take an answer
GRACE = 30.0  # seconds for the messages in work when the listener is told to stop
BREATH = 1.0  # seconds before a sender is cut off whose message could not be kept

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network


class TooMuch(Exception):
    """More than anybody waits for, and no end of the frame."""


@dataclass(frozen=True)
class Frame:
    body: bytes
    is_too_large: bool = False


@dataclass
class Framer:
    """Cuts a stream into frames. Between frames, anything is skipped."""

    _buffer: bytearray = field(default_factory=bytearray)
    _inside: bool = False
    _skipped: int = 0

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that the data completes."""
        searched = len(self._buffer)
        self._buffer += data
        while True:
            if not self._inside and not self._find_start():
                return
            end = self._buffer.find(END, max(searched - 1, 0))
            # A new start within a frame: the sender gave the frame up.
            limit = len(self._buffer) if end < 0 else end
            restart = self._buffer.rfind(START, searched, limit)
            if restart >= 0:
                del self._buffer[: restart + 1]
                self._skipped = 0
                searched = 0
                continue
            if end < 0:
                self._forget_what_is_too_much()
                return
            yield self._take(end)
            searched = 0

    def _find_start(self) -> bool:
        start = self._buffer.find(START)
        if start < 0:
            self._buffer.clear()
            return False
        del self._buffer[: start + 1]
        self._inside = True
        return True

    def _take(self, end: int) -> Frame:
        too_large = self._skipped + end > MOST_BYTES
        body = bytes(self._buffer[: BEGINNING if too_large else end])
        del self._buffer[: end + len(END)]
        self._inside, self._skipped = False, 0
        return Frame(body, too_large)

    def _forget_what_is_too_much(self) -> None:
        """Keep the beginning, for the answer, and the last byte, half of an end."""
        surplus = len(self._buffer) - BEGINNING - 1
        if self._skipped + len(self._buffer) > MOST_BYTES and surplus > 0:
            del self._buffer[BEGINNING : BEGINNING + surplus]
            self._skipped += surplus
        if self._skipped > MOST_SKIPPED:
            raise TooMuch


def read_networks(allowed: Sequence[str]) -> list[Network]:
    """Addresses and networks of the peers that may send. Raises ValueError."""
    return [ipaddress.ip_network(each.strip()) for each in allowed if each.strip()]


@dataclass
class Listener:
    """Takes messages from many senders at once until it is told to stop."""

    host: str
    port: int
    on_ready: Callable[[int], None]
    allowed: Sequence[Network] = ()
    idle: float = 3600.0  # seconds without a byte after which a sender is cut off
    workers: int = 4
    _stopping: asyncio.Event = field(init=False)
    _pool: ThreadPoolExecutor = field(init=False)
    _peers: dict["asyncio.Task[None]", bool] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Serve until `stop`; then finish what is in work."""
        self._stopping = asyncio.Event()
        with ThreadPoolExecutor(self.workers, "mllp") as self._pool:
            server = await asyncio.start_server(self._meet, self.host, self.port)
            self.on_ready(server.sockets[0].getsockname()[1])
            await self._stopping.wait()
            server.close()
            for peer, is_busy in list(self._peers.items()):
                if not is_busy:
                    peer.cancel()
            if self._peers:
                await asyncio.wait(list(self._peers), timeout=GRACE)
        log.info("stopped")

    def stop(self) -> None:
        self._stopping.set()

    async def _meet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        peer = asyncio.current_task()
        assert peer is not None  # noqa: S101  # called by the loop, as a task
        address = str((writer.get_extra_info("peername") or ["?"])[0])
        self._peers[peer] = False
        try:
            if not self._may_send(address):
                log.warning("%s may not send here", address)
            elif len(self._peers) > MOST_PEERS:
                log.error("%s was turned away: too many connections", address)
            else:
                await self._serve(reader, writer, peer)
        except asyncio.CancelledError:
            pass  # told to stop while nothing was in work
        except TimeoutError:
            log.info("%s was silent for too long", address)
        except (OSError, TooMuch) as error:
            log.warning("%s was cut off: %s", address, type(error).__name__)
        except Exception as error:  # one sender's trouble is never the listener's
            log.error("a message of %s was not kept: %s", address, type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), BREATH)
        finally:
            del self._peers[peer]
            writer.close()

    def _may_send(self, address: str) -> bool:
        if not self.allowed:
            return True
        try:
            known = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
            known = known.ipv4_mapped
        return any(known in network for network in self.allowed)

    async def _serve(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        peer: "asyncio.Task[None]",
    ) -> None:
        framer = Framer()
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            data = await asyncio.wait_for(reader.read(READ_SIZE), self.idle)
            if not data:
                return
            for frame in framer.feed(data):
                self._peers[peer] = True
                answer = await loop.run_in_executor(self._pool, _answer, frame)
                writer.write(START + answer + END)
                await asyncio.wait_for(writer.drain(), SLOW_PEER)
                self._peers[peer] = False
                if self._stopping.is_set():
                    return


def _answer(frame: Frame) -> bytes:
    """In a worker's thread: its connection to the database ends with the message."""
    try:
        if frame.is_too_large:
            return refuse_too_large(frame.body)
        return receive(frame.body)
    finally:
        connections.close_all()
