"""The listener answers every message that it kept, and nothing brings it down."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followups import mllp
from followups.mllp import Frame, Framer, Listener, TooMuch, read_networks
from followups.models import Patient, RawMessage, Stay
from followups.services.feed import inbox
from followups.services.feed.inbox import MOST_BYTES
from tests.followups.hl7_world import END, PID, START, adt, field_of, framed
from tests.notifications.centre import Centre, free_port
from tests.notifications.servers import PATIENCE, wait_until

committed = pytest.mark.django_db(transaction=True)


class Sender:
    """A hospital's system, on one connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._read = bytearray()

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *__: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> bytes:
        """The next frame that comes back; empty when the other side hung up."""
        while END not in self._read:
            try:
                data = self.socket.recv(4096)
            except ConnectionResetError:
                data = b""
            if not data:
                return b""
            self._read += data
        frame, __, rest = self._read.partition(END)
        self._read = bytearray(rest)
        assert frame.startswith(START)
        return bytes(frame[1:])

    def ask(self, message: str | bytes, codec: str = "utf-8") -> bytes:
        body = message if isinstance(message, bytes) else message.encode(codec)
        self.send(START + body + END)
        return self.answer()


@contextmanager
def listening(**options: Any) -> Iterator[int]:
    """A listener in a thread of this process; its port."""
    ready, ports = threading.Event(), []

    def tell(port: int) -> None:
        ports.append(port)
        ready.set()

    listener = Listener("127.0.0.1", 0, tell, **options)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=[listener.run()])
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(listener.stop)
        thread.join(PATIENCE)
        loop.close()
    assert not thread.is_alive()


def code(answer: bytes, codec: str = "utf-8") -> str:
    return field_of(answer, "MSA", 1, codec)


def kept() -> list[tuple[str, str]]:
    rows = RawMessage.objects.order_by("pk")
    return list(rows.values_list("control_id", "state"))


@committed
def test_many_messages_come_over_one_connection() -> None:
    with listening() as port, Sender(port) as sender:
        answers = [sender.ask(adt(control=f"M{n}")) for n in range(3)]
    assert [code(each) for each in answers] == ["AA", "AA", "AA"]
    assert [field_of(each, "MSA", 2) for each in answers] == ["M0", "M1", "M2"]
    assert kept() == [("M0", "done"), ("M1", "done"), ("M2", "done")]


@committed
def test_frames_sent_in_one_go_are_answered_in_turn() -> None:
    with listening() as port, Sender(port) as sender:
        sender.send(framed(adt(control="1")) + framed(adt(control="2")))
        answers = [sender.answer(), sender.answer()]
    assert [field_of(each, "MSA", 2) for each in answers] == ["1", "2"]


@committed
def test_several_senders_are_served_at_once() -> None:
    def talk(name: str) -> None:
        with Sender(port) as sender:
            for n in range(10):
                message = adt(control=f"{n}", MSH={2: name}, PID={3: f"P{n}"})
                answers.append(code(sender.ask(message)))

    answers: list[str] = []
    with listening() as port:
        threads = [threading.Thread(target=talk, args=[f"HIS{n}"]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
    assert answers == ["AA"] * 40
    assert RawMessage.objects.filter(state="done").count() == 40
    assert (Patient.objects.count(), Stay.objects.count()) == (10, 10)


@committed
def test_more_than_5_mb_are_refused_and_the_next_message_is_read() -> None:
    note = "NTE|1||" + "x" * MOST_BYTES
    with listening() as port, Sender(port) as sender:
        answer = sender.ask(adt(more=note))
        assert code(answer) == "AR"
        assert field_of(answer, "MSA", 2) == "M1"
        assert field_of(answer, "MSA", 3) == "It is larger than 5 MB; it was not kept."
        assert code(sender.ask(adt())) == "AA"
    large = RawMessage.objects.order_by("pk")[0]
    assert (bytes(large.body), large.state) == (b"", "failed")
    trouble = inbox.process(large.pk)
    assert trouble is not None
    assert trouble.english == "It is larger than 5 MB; it was not kept."


def test_just_5_mb_are_taken() -> None:
    body = b"x" * MOST_BYTES
    assert list(Framer().feed(START + body + END)) == [Frame(body)]


@committed
def test_half_a_frame_is_awaited_and_forgotten_with_the_connection() -> None:
    whole = framed(adt())
    with listening() as port:
        with Sender(port) as sender:
            sender.send(b"junk" + whole[:100])
            sender.send(whole[100:-1])
            assert RawMessage.objects.count() == 0
            sender.send(whole[-1:])
            assert code(sender.answer()) == "AA"
        with Sender(port) as sender:
            sender.send(framed(adt(control="M2"))[:-1])
        with Sender(port) as sender:
            assert code(sender.ask(adt(control="M3"))) == "AA"
    assert kept() == [("M1", "done"), ("M3", "done")]


@committed
def test_a_silent_sender_is_cut_off() -> None:
    with listening(idle=0.2) as port, Sender(port) as sender:
        sender.send(START + b"MSH")
        assert sender.answer() == b""


@committed
def test_a_sender_whose_frame_never_ends_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mllp, "MOST_BYTES", 10)
    monkeypatch.setattr(mllp, "MOST_SKIPPED", 0)
    with listening() as port, Sender(port) as sender:
        sender.send(START + b"x" * 20_000)
        assert sender.answer() == b""


@committed
def test_idle_connections_end_with_the_listener() -> None:
    with listening() as port:
        sender = Sender(port)
        assert code(sender.ask(adt())) == "AA"
    with sender:
        assert sender.answer() == b""


@committed
def test_only_named_peers_may_send() -> None:
    others, own = read_networks(["192.0.2.0/24"]), read_networks(["127.0.0.1"])
    with listening(allowed=others) as port, Sender(port) as sender:
        assert sender.answer() == b""
    with listening(allowed=own) as port, Sender(port) as sender:
        assert code(sender.ask(adt())) == "AA"


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("::ffff:192.0.2.7", True),
        ("192.0.2.7", True),
        ("192.0.3.7", False),
        ("fe80::1%eth0", True),
        ("?", False),
    ],
)
def test_addresses_are_compared_in_either_notation(address: str, may: bool) -> None:
    allowed = read_networks(["192.0.2.0/24", " fe80::/10", ""])
    assert Listener("", 0, print, allowed)._may_send(address) is may


@committed
def test_too_many_senders_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mllp, "MOST_PEERS", 1)
    with listening() as port, Sender(port) as first:
        assert code(first.ask(adt())) == "AA"
        with Sender(port) as second:
            assert second.answer() == b""


@committed
def test_a_bug_is_answered_and_kept_to_be_read_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(__: object) -> None:
        raise KeyError(PID[5])

    with monkeypatch.context() as broken, listening() as port, Sender(port) as sender:
        broken.setattr(inbox, "take_over", fail)
        answer = sender.ask(adt())
        assert code(answer) == "AE"
        assert field_of(answer, "ERR", 3).startswith("207^")
        assert code(sender.ask(adt("A05", control="M2"))) == "AA"
    assert (kept()[0], Stay.objects.count()) == (("M1", "failed"), 0)
    assert "张建国" not in caplog.text
    assert inbox.process(RawMessage.objects.get(control_id="M1").pk) is None
    assert Stay.objects.count() == 1


@committed
@pytest.mark.parametrize("where", ["RawMessage.objects.get_or_create", "take_over"])
def test_what_could_not_be_kept_or_worked_on_is_not_answered(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(*__: object, **___: object) -> None:
        raise OperationalError("the database is gone")

    monkeypatch.setattr(mllp, "BREATH", 0.01)
    with listening() as port:
        with monkeypatch.context() as broken, Sender(port) as sender:
            broken.setattr(f"followups.services.feed.inbox.{where}", fail)
            assert sender.ask(adt()) == b""
        with Sender(port) as sender:
            assert code(sender.ask(adt())) == "AA"
    assert kept() == [("M1", "done")]


@committed
def test_the_listener_lives_through_random_bytes() -> None:
    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(noise=st.binary(max_size=200), cut=st.integers(0, 300), put=st.binary())
    def disturb(noise: bytes, cut: int, put: bytes) -> None:
        message = adt(control="fuzz").encode()
        spoilt = message[:cut] + put.replace(END, b"") + message[cut + len(put) :]
        with Sender(port) as sender:
            sender.send(noise + START + spoilt.replace(START, b"") + END)
            assert code(sender.answer(), "latin-1") in ("AA", "AE", "AR")

    with listening() as port:
        disturb()
        with Sender(port) as sender:
            assert code(sender.ask(adt(control="after"))) == "AA"


def test_frames_are_the_same_however_the_stream_is_cut() -> None:
    stream = b"x" + START + b"one" + END + b"\r\n" + START + b"two\x1c" + END + b"\x1c"

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.integers(0, len(stream)), max_size=6))
    def cut(places: list[int]) -> None:
        framer = Framer()
        found: list[Frame] = []
        edges = [0, *sorted(places), len(stream)]
        for begin, end in zip(edges, edges[1:], strict=False):
            found += framer.feed(stream[begin:end])
        assert found == [Frame(b"one"), Frame(b"two\x1c")]

    cut()


def test_a_new_start_gives_up_the_frame_before_it() -> None:
    framer = Framer()
    assert list(framer.feed(START + b"half")) == []
    assert list(framer.feed(START + b"whole" + END)) == [Frame(b"whole")]


def test_a_frame_without_end_is_not_awaited_for_ever() -> None:
    framer, chunk = Framer(), b"x" * 2**20

    def pour() -> None:
        list(framer.feed(START))
        for __ in range(50):
            assert list(framer.feed(chunk)) == []
            assert len(framer._buffer) <= MOST_BYTES + len(chunk)

    with pytest.raises(TooMuch):
        pour()


@pytest.mark.parametrize(
    ("host", "allowed", "reason"),
    [
        ("0.0.0.0", [], "Name the senders in MLLP_ALLOWED"),  # noqa: S104  # refused
        ("his.example", [], "Name the senders in MLLP_ALLOWED"),
        ("127.0.0.1", ["nonsense"], "MLLP_ALLOWED: "),
        ("192.0.2.1", ["192.0.2.2"], "Cannot listen: "),
    ],
)
def test_the_command_refuses_to_listen_to_anybody(
    host: str, allowed: list[str], reason: str
) -> None:
    with (
        override_settings(MLLP_ALLOWED=allowed),
        pytest.raises(CommandError, match=reason),
    ):
        call_command("mllp_listen", host=host, port=0)


@committed
def test_the_command_serves_until_it_is_told_to_stop() -> None:
    said: list[str] = []

    class Out:
        def write(self, text: str) -> None:
            said.append(text)
            os.kill(os.getpid(), signal.SIGTERM)

        def flush(self) -> None:
            pass

    call_command("mllp_listen", host="localhost", port=0, stdout=Out())
    assert said[0].startswith("Listening for HL7 messages on localhost:")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[], tuple[Any, int]]]:
    """Starts a listener of its own process."""
    centre, port = Centre(tmp_path), free_port()
    command = [sys.executable, "manage.py", "mllp_listen", "--port", str(port)]
    with centre.run("mllp", *command) as running:
        assert wait_until(lambda: "Listening" in centre.log("mllp")), centre.log("mllp")
        yield lambda: (running, port)


def send_with_hl7(path: Path, port: int) -> str:
    """The command line client of the package hl7."""
    command = [str(Path(sys.executable).with_name("mllp_send"))]
    options = ["--loose", "--port", str(port), "--file", str(path), "127.0.0.1"]
    done = subprocess.run(
        command + options, capture_output=True, timeout=PATIENCE * 3, check=True
    )
    return done.stdout.decode()


@committed
def test_an_outside_client_is_answered_by_the_real_process(
    process: Callable[[], tuple[Any, int]], tmp_path: Path
) -> None:
    running, port = process()
    file = tmp_path / "messages.hl7"
    messages = [
        adt("A01", control="1"),
        adt(control="2"),
        adt(control="3", PV1={19: ""}),
    ]
    file.write_bytes("".join(messages).encode())
    said = send_with_hl7(file, port)
    assert [said.count(f"MSA|{each}") for each in ("AA|1", "AA|2", "AE|3")] == [1, 1, 1]
    assert kept() == [("1", "done"), ("2", "done"), ("3", "failed")]
    with Sender(port) as idle:
        idle.send(START + b"MSH|half")
        running.send_signal(signal.SIGTERM)
        assert idle.answer() == b""
    assert running.wait(PATIENCE) == 0
    assert "Traceback" not in (tmp_path / "mllp.log").read_text()
