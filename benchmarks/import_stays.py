"""What bringing in a long list of stays costs, and whether it shows progress.

    python -m benchmarks.import_stays [--rows 100000] [--quick]

Each file is brought in by a fresh process, over an empty database of its own: the
upload (kind, encoding, headings), the check, the taking over, and the same file again.
Meanwhile somebody looks at the progress bar: how often it moved, and how many seconds
it stood still at most.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from openpyxl import Workbook

from benchmarks.database import own_database, url_of_own
from benchmarks.watching import watch
from benchmarks.world import local
from followups.models import Anchor, Import, Mode, Plan, PlanVersion, Stay, TouchPoint
from followups.services import importing
from hospital import clock
from hospital.models import Campus, Department, Role, User

ROWS = 100_000
DEPARTMENTS = 40
FIRST_DAY = date(2025, 6, 2)
NOW = local(date(2025, 6, 12), 9)
HEADINGS = (
    *("病案号", "住院次数", "姓名", "性别", "出生日期", "联系电话", "联系人"),
    *("联系人电话", "出院科室", "病区", "床号", "主管医生", "入院日期", "出院日期"),
    *("主要诊断编码", "主要诊断", "离院方式", "手术", "入院途径"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.import_stays")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--kind", choices=("csv", "xlsx"), help="only this one")
    parser.add_argument("--bring-in", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bring_in:
        return _bring_in(Path(asked.bring_in))
    rows = asked.rows // 10 if asked.quick else asked.rows
    print(
        f"{'file':<6}{'rows':>8}  {'step':<10}{'seconds':>9}{'rows/s':>9}{'MB peak':>9}"
        f"{'moves':>8}{'still':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in (("csv", write_csv), ("xlsx", write_workbook)):
            if asked.kind not in (None, kind):
                continue
            path = Path(folder) / f"stays.{kind}"
            write(path, rows)
            with own_database("measured_import"):
                _fill()
                _measure(path, kind, rows)
    return 0


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(_rows(rows))


def write_workbook(path: Path, rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("出院")
    sheet.append(HEADINGS)
    for row in _rows(rows):
        sheet.append(row)
    book.save(path)


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    for n in range(count):
        day = FIRST_DAY + timedelta(days=n % 9)
        yield (
            *(f"{n:08d}", str(n % 4 + 1), f"患者{n}", "男女"[n % 2]),
            *(f"{1935 + n % 80}-0{n % 9 + 1}-1{n % 10}", f"138{n:08d}", f"家属{n}"),
            *(f"139{n:08d}", f"第{n % DEPARTMENTS}病区", f"{n % 20}区"),
            *(f"{n % 60}床", f"医生{n % 300}", f"{day - timedelta(days=n % 14 + 1)}"),
            *(f"{day:%Y/%m/%d} 1{n % 10}:30", f"I{n % 90:02d}.0", f"诊断{n % 500}"),
            *(str(n % 3 % 2 + 1), "是否"[n % 2], str(n % 2 + 1)),
        )


def _fill() -> None:
    """Departments, somebody who imports, and a plan with two calls."""
    campus = Campus.objects.create(code="main", name_zh="总院区", name_en="Main")
    for n in range(DEPARTMENTS):
        Department.objects.create(
            code=f"W{n}",
            name_zh=f"第{n}病区",
            name_en=f"Ward {n}",
            kind=Department.Kind.CLINICAL,
            campus=campus,
        )
    User.objects.create(employee_number="1", name="主管", roles=[Role.SUPERVISOR])
    plan = Plan.objects.create(code="general", name_zh="普通", name_en="General")
    version = PlanVersion.objects.create(
        plan=plan, number=1, from_at=NOW - timedelta(days=365)
    )
    for key, after in (("first", 48), ("week", 168)):
        TouchPoint.objects.create(
            version=version,
            key=key,
            anchor=Anchor.DISCHARGE,
            mode=Mode.CALL,
            after_hours=after,
            window_hours=72,
        )


def _measure(path: Path, kind: str, rows: int) -> None:
    own = ["--bring-in", str(path)]
    command = [sys.executable, "-m", "benchmarks.import_stays", *own]
    env = os.environ | {"DATABASE_URL": url_of_own(), "LOCAL_DIR": str(path.parent)}
    with subprocess.Popen(  # noqa: S603  # our own module
        command, env=env, stdout=subprocess.PIPE, text=True
    ) as working:
        for line in working.stdout or ():
            step, seconds, peak, moves, still = json.loads(line)
            print(
                f"{kind:<6}{rows:>8}  {step:<10}{seconds:>9.1f}{rows / seconds:>9.0f}"
                f"{peak:>9.0f}{moves:>8}{still:>7.1f}",
                flush=True,
            )
    if working.returncode:
        raise SystemExit(f"the import of {path.name} broke off")


def _bring_in(path: Path) -> int:
    actor = User.objects.get()

    def upload() -> None:
        with path.open("rb") as file:
            importing.accept_upload(
                UploadedFile(file, path.name, size=path.stat().st_size), actor=actor
            )

    def check() -> None:
        found = Import.objects.latest("pk")
        importing.set_columns(found, found.columns, number_length=None, actor=actor)
        _work()

    def run() -> None:
        importing.start_run(Import.objects.latest("pk"), actor=actor)
        _work()

    def again() -> None:
        upload()
        check()

    with clock.at(NOW):
        for step in (upload, check, run, again):
            _time(step)
    counts = Import.objects.latest("pk").counts
    if counts["same"] != Stay.objects.count():
        raise SystemExit(f"the same file again is not the same: {counts}")
    return 0


def _work() -> None:
    while importing.work_on_imports():
        pass


def _time(step: Callable[[], None]) -> None:
    started = time.perf_counter()
    with watch() as seen:
        step()
    seconds = time.perf_counter() - started
    shown = [step.__name__, seconds, _peak(), seen.moves, seen.longest]
    print(json.dumps(shown), flush=True)


def _peak() -> float:
    """The most memory this process ever held, in MB."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
