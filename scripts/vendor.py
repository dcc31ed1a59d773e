"""Fetch the pinned front-end files into static/vendor and build the icon sprite.

Run by hand when a version changes; the result is committed, so that neither an
installation nor a build needs a network. Packages come through the ordinary
`npm pack` client, wherever it is configured to look.
"""

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
SPRITE = ROOT / "static" / "img" / "icons.svg"
ICON_LIST = Path(__file__).resolve().parent / "icons.txt"

MIT = """\
MIT License

{copyright}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


@dataclass(frozen=True)
class Package:
    """One npm package: what is pinned, and which of its files the product serves."""

    name: str
    version: str
    sha512: str
    files: tuple[str, ...]
    folder: str
    licence_text: str = ""


PACKAGES = (
    Package(
        name="@tabler/core",
        version="1.4.0",
        sha512="5BigzOlbOH9N0Is4u0rYNRCiwtnUXWO57K9zwuscygcicAa8UV9MGaS4zTgQsZEt"
        "Z9tsNANhN/YD8gCBGKYCiw==",
        files=("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
        folder="tabler",
        # The package carries no licence file: its text, and those of what it bundles.
        licence_text=MIT.format(
            copyright="Copyright (c) 2018-2025 The Tabler Authors\n"
            "Copyright (c) 2011-2025 The Bootstrap Authors (bundled Bootstrap)\n"
            "Copyright (c) 2019 Federico Zivolo (bundled Popper)"
        ),
    ),
    Package(
        name="htmx.org",
        version="2.0.11",
        sha512="Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFv"
        "BTqjnIMCgELTNt636dtamA==",
        files=("dist/htmx.min.js", "LICENSE"),
        folder="htmx",
    ),
    Package(
        name="echarts",
        version="6.1.0",
        sha512="q0yaFPggC9FUdsWH4blavRWFmxdrIodbkoKNAjJudAI6CA9gNPxHtV2RcZNEepZV"
        "lk4yvBYkOkbk6HIVpIyHZA==",
        # The "common" build: line, bar, scatter and pie with tooltip, legend, marks.
        files=(
            "dist/echarts.common.min.js",
            "LICENSE",
            "NOTICE",
            "licenses/LICENSE-d3",
        ),
        folder="echarts",
    ),
)
ICONS = Package(
    name="@tabler/icons",
    version="3.51.0",
    sha512="0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIc"
    "NGn8xsBr+zKaRGdA/g==",
    files=("tabler-nodes-outline.json", "LICENSE"),
    folder="tabler-icons",
)
SOURCE_MAP = re.compile(rb"\n?(?://[#@]|/\*[#@]) ?sourceMappingURL=[^\n*]*(?:\*/)?")


def fetch(package: Package) -> dict[str, bytes]:
    """Return the wanted files of the package, after checking the archive's hash."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],  # noqa: S607 - the developer's own npm
            cwd=folder,
            check=True,
            capture_output=True,
        )
        archive = next(Path(folder).glob("*.tgz")).read_bytes()
    found = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != package.sha512:
        raise SystemExit(f"{package.name} {package.version}: hash is {found}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {name: _read(tar, f"package/{name}") for name in package.files}


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise SystemExit(f"{name} is not a file")
    return member.read()


def store(package: Package, contents: dict[str, bytes]) -> None:
    """Write the files flat into static/vendor/<folder>-<version>."""
    target = VENDOR / f"{package.folder}-{package.version}"
    for old in VENDOR.glob(f"{package.folder}-[0-9]*"):
        shutil.rmtree(old)
    target.mkdir(parents=True)
    for name, content in contents.items():
        # Maps are not served, and a link to a missing map breaks collectstatic.
        (target / Path(name).name).write_bytes(SOURCE_MAP.sub(b"", content))
    if package.licence_text:
        (target / "LICENSE").write_text(package.licence_text)


def build_sprite(nodes: dict[str, list[tuple[str, dict[str, str]]]]) -> str:
    """Return one SVG with a symbol for every icon named in icons.txt."""
    names = sorted(set(ICON_LIST.read_text().split()))
    missing = [name for name in names if name not in nodes]
    if missing:
        raise SystemExit(f"no such icons: {', '.join(missing)}")
    symbols = []
    for name in names:
        shapes = "".join(
            f"<{tag} "
            + " ".join(f'{key}="{value}"' for key, value in attrs.items())
            + "/>"
            for tag, attrs in nodes[name]
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def main() -> None:
    """Fetch everything; stop at the first hash that differs."""
    for package in PACKAGES:
        store(package, fetch(package))
        sys.stdout.write(f"{package.name} {package.version}\n")
    contents = fetch(ICONS)
    nodes = json.loads(contents.pop("tabler-nodes-outline.json"))
    SPRITE.write_text(build_sprite(nodes))
    store(ICONS, contents)
    sys.stdout.write(f"{ICONS.name} {ICONS.version}: {SPRITE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
