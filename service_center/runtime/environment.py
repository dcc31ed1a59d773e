"""What the processes of `make run` and `make manage` find in their environment."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SHOWN_AS_LOCAL = {"127.0.0.1", "0.0.0.0", "::1", "::"}  # noqa: S104  # only compared
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class CannotStart(Exception):
    """Something stands in the way; the message tells the operator what to do."""


@dataclass(frozen=True)
class RunConfig:
    """What the operator asked for, by environment variables."""

    local_dir: Path
    host: str
    port: int
    database_url: str

    @property
    def address(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        if self.host in SHOWN_AS_LOCAL:
            shown = "localhost"
        return f"http://{shown}:{self.port}"

    @property
    def log_dir(self) -> Path:
        return self.local_dir / "log"


def read_config() -> RunConfig:
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not “{port}”.")
    return RunConfig(
        local_dir=Path(os.environ.get("LOCAL_DIR") or BASE_DIR / ".local").resolve(),
        host=os.environ.get("HOST") or "127.0.0.1",
        port=int(port),
        database_url=os.environ.get("DATABASE_URL", ""),
    )


def make_local_dir(local_dir: Path) -> None:
    try:
        local_dir.mkdir(parents=True, exist_ok=True)
        (local_dir / "log").mkdir(exist_ok=True)
    except OSError as error:
        raise CannotStart(f"Cannot write in {local_dir}: {error.strerror}.") from error
    if not os.access(local_dir / "log", os.W_OK):
        raise CannotStart(
            f"Cannot write in {local_dir}: it belongs to another user. Run as that "
            "user, or choose another place with LOCAL_DIR."
        )


def read_or_make_secret(path: Path) -> str:
    """A random secret of this machine, made once and readable only by its owner."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


def child_environment(config: RunConfig, database_url: str) -> dict[str, str]:
    """The one place that switches demo mode on."""
    given_hosts = os.environ.get("ALLOWED_HOSTS", "").split(",")
    return {
        "SECRET_KEY": read_or_make_secret(config.local_dir / "secret-key"),
        "PUBLIC_URL": config.address,
        "HOSPITAL_NAME": "示范医院",
        "CENTRE_PHONE": "000-8800 1234",
        **os.environ,
        "ALLOWED_HOSTS": ",".join([*LOCAL_HOSTS, *filter(None, given_hosts)]),
        "DATABASE_URL": database_url,
        "DEMO_MODE": "1",
        "DJANGO_SETTINGS_MODULE": "service_center.settings",
        "LOCAL_DIR": str(config.local_dir),
        "PYTHONUNBUFFERED": "1",
    }
