"""Finds the system's Chromium; as a command it explains what to install."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    given = os.environ.get("CHROMIUM_PATH", "")
    if given:
        return given if Path(given).exists() else None
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    if find_browser() is None:
        print(
            "The browser tests need Chromium, and none was found.\n"
            "On Debian and Ubuntu: apt install chromium fonts-noto-cjk\n"
            "If it is somewhere else, name it: CHROMIUM_PATH=/path/to/chromium",
            file=sys.stderr,
        )
        sys.exit(1)
