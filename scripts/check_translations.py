"""Is every sentence of the interface translated? With --write, collect new ones.

The sentences are collected afresh into a copy of the tree, so checking changes nothing.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
SOURCES = (
    *("service_center", "dashboards", "followups", "complaints"),
    *("notifications", "hospital"),
    *("templates", "locale"),
)
COLLECT = [
    *[sys.executable, "-m", "django", "makemessages", "--locale", LOCALE],
    *["--no-location", "--no-obsolete", "--verbosity", "0"],
    *["--ignore", ".venv", "--ignore", ".local", "--ignore", "tests"],
]


def collect_into(tree: Path) -> Path:
    """Run makemessages there; returns the catalogue."""
    subprocess.run(COLLECT, cwd=tree, check=True)
    return tree / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def find_untranslated(catalogue: Path) -> list[str]:
    with catalogue.open("rb") as file:
        messages = list(read_po(file))
    found = []
    for message in messages:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        strings = message.string if message.pluralizable else [message.string]
        if message.fuzzy or not all(strings or [""]):
            found.append(source)
    return found


def main() -> int:
    if not shutil.which("xgettext"):
        print(
            "Collecting the sentences needs gettext (apt install gettext).",
            file=sys.stderr,
        )
        return 1
    if "--write" in sys.argv:
        collect_into(BASE_DIR)
        return 0
    with tempfile.TemporaryDirectory() as copy:
        for name in SOURCES:
            if (BASE_DIR / name).exists():
                shutil.copytree(BASE_DIR / name, Path(copy, name))
        Path(copy, "locale").mkdir(exist_ok=True)
        untranslated = find_untranslated(collect_into(Path(copy)))
    for source in untranslated:
        print(f"not translated into {LOCALE}: {source!r}")
    if untranslated:
        print(f"{len(untranslated)} sentences lack a translation (make messages).")
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
