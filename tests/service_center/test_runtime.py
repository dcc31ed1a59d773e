"""The pieces of `make run`; scripts/smoke_run.py runs the whole."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service_center.runtime.environment import (
    CannotStart,
    RunConfig,
    child_environment,
    make_local_dir,
    read_config,
    read_or_make_secret,
)
from service_center.runtime.launcher import check_port, hold_run_lock, run_manage
from service_center.runtime.translations import compile_translations


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    local_dir = tmp_path / "with a space"
    make_local_dir(local_dir)
    return RunConfig(local_dir, "127.0.0.1", 8000, "")


def test_taken_port_is_a_clear_message() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CannotStart) as refusal:
            check_port("127.0.0.1", port)

    assert str(refusal.value) == (
        f"Port {port} on 127.0.0.1 cannot be used: Address already in use.\n"
        f"Choose another one, for example: make run PORT={port + 1}"
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_port_must_be_a_port(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(CannotStart, match="PORT must be a number from 1 to 65535"):
        read_config()


def test_taken_port_stops_the_launcher_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = subprocess.run(
            [sys.executable, "-m", "service_center.runtime"],
            env=os.environ | {"PORT": port, "LOCAL_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used")
    assert not (tmp_path / "postgres").exists()


def test_second_run_in_the_same_directory_is_told_of_the_first(
    config: RunConfig,
) -> None:
    with (
        hold_run_lock(config),
        pytest.raises(CannotStart) as refusal,
        hold_run_lock(config),
    ):
        pytest.fail("two at once")
    with hold_run_lock(config):  # free again
        pass

    assert "http://localhost:8000, process" in str(refusal.value)


def test_directory_that_cannot_be_written_is_a_clear_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart, match="Cannot write in"):
        make_local_dir(tmp_path / "file" / "local")


def test_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    assert read_or_make_secret(path) == read_or_make_secret(path)
    assert (len(path.read_text()) > 60, path.stat().st_mode & 0o777) == (True, 0o600)


def test_children_are_in_demo_mode_on_local_names(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "demo.hospital.example")
    monkeypatch.delenv("SECRET_KEY")

    env = child_environment(config, "postgres://somewhere/else")

    assert env["DEMO_MODE"] == "1"
    assert env["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1],demo.hospital.example"
    assert env["DATABASE_URL"] == "postgres://somewhere/else"
    assert env["SECRET_KEY"] == (config.local_dir / "secret-key").read_text()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://localhost:80"),
        ("0.0.0.0", "http://localhost:80"),  # noqa: S104  # nothing listens
        ("2001:db8::1", "http://[2001:db8::1]:80"),
        ("desk.hospital.example", "http://desk.hospital.example:80"),
    ],
)
def test_address_can_be_opened_in_a_browser(host: str, address: str) -> None:
    assert RunConfig(Path(), host, 80, "").address == address


def test_manage_runs_a_command_and_returns_its_code(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = RunConfig(config.local_dir, "127.0.0.1", 8000, os.environ["DATABASE_URL"])
    kept = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    try:
        codes = [run_manage(given, ["check"]), run_manage(given, ["no_such_command"])]
    finally:
        for signum, handler in zip(
            (signal.SIGINT, signal.SIGTERM, signal.SIGHUP), kept, strict=True
        ):
            signal.signal(signum, handler)

    assert codes == [0, 1]


def test_translations_are_compiled_when_their_source_changed(tmp_path: Path) -> None:
    directory = tmp_path / "zh_Hans" / "LC_MESSAGES"
    directory.mkdir(parents=True)
    source = directory / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Case"\nmsgstr "案件"\n',
        encoding="utf-8",
    )

    assert compile_translations(tmp_path) == [directory / "django.mo"]
    assert compile_translations(tmp_path) == []
    os.utime(directory / "django.mo", (0, 0))
    assert compile_translations(tmp_path) == [directory / "django.mo"]
    assert "案件".encode() in (directory / "django.mo").read_bytes()
    assert sorted(p.name for p in directory.iterdir()) == ["django.mo", "django.po"]
