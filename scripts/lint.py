"""Every static check, all of them even if one fails."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent

# As in production, so that `check --deploy` judges what hospitals run.
PRODUCTION = {
    "SECRET_KEY": "a-long-one-for-checking-only-Zq8w2Lk5Vx9Tn3Rb7Hd1Mf6Jc4",
    "ALLOWED_HOSTS": "voices.hospital.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "DEBUG": "0",
    "DEMO_MODE": "0",
    "DJANGO_SETTINGS_MODULE": "service_center.settings",
}
NOT_INHERITED = {"HTTPS", "REDIS_URL", "LOCAL_DIR", "EMAIL_URL"}


def list_checks() -> dict[str, list[str]]:
    templates = [
        str(path.relative_to(BASE_DIR))
        for path in sorted(BASE_DIR.glob("templates/**/*.html"))
    ]
    manage = [PYTHON, "-W", "ignore::RuntimeWarning", "manage.py"]
    imports = "import sys; from importlinter import cli; sys.exit(cli.lint_imports())"
    return {
        "style": [PYTHON, "-m", "ruff", "check", "."],
        "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "import order": [PYTHON, "-c", imports],
        "types": [PYTHON, "-m", "mypy"],
        "templates": [
            *[str(BIN / "djade"), "--check", "--target-version", "5.2"],
            *templates,
        ],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "deployment": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "translations": [PYTHON, "-m", "scripts.check_translations"],
    }


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory() as local_dir:
        env = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        env |= PRODUCTION | {"LOCAL_DIR": local_dir}
        for name, command in list_checks().items():
            print(f"--- {name}", flush=True)
            started = time.monotonic()
            if subprocess.run(command, cwd=BASE_DIR, env=env, check=False).returncode:
                failed.append(name)
            print(f"    ({time.monotonic() - started:.1f} s)", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
