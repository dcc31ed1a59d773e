"""What a day's discharges cost: planned from the feed, then put into the call queue.

    python -m benchmarks.plan_day [--quick]

In a database with millions of follow-ups. Each line is a fresh process: stays taken
over through the feed in the batches of the imports, told again with changes, and the
contacts of some hours queued at once, as after an outage. A tenth of the day stands
beside the day: statements may follow the batches, memory must not follow the day.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from django.db import connection
from django.db.models import Min

from benchmarks.callback_room import Size, fill
from benchmarks.database import Statements, own_database, url_of_own
from benchmarks.world import local
from followups.models import FeedKind, FollowUp, Mode, State
from followups.services.calls.queue import fill_queue
from followups.services.feed.facts import Told, take_over
from followups.services.importing.running import BATCH
from hospital import clock
from hospital.models import Department

# A Thursday at six: what is due in the next hours is queued in one go.
NOW = local(date(2025, 6, 12), 6)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.plan_day")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        return _do(asked.step[0], int(asked.step[1]))
    size = Size().tenth() if asked.quick else Size()
    day = size.stays_a_day
    print(
        f"{'step':<10}{'count':>8}{'seconds':>9}{'per s':>8}{'SQL':>7}"
        f"{'SQL per 1000':>14}{'MB before':>11}{'MB peak':>9}"
    )
    with own_database("measured_day"):
        with clock.at(NOW):
            fill(size)
        for step in STEPS:
            for count in (day // 10, day):
                _measure(step, count)
    return 0


def _measure(step: str, count: int) -> None:
    command = [sys.executable, "-m", "benchmarks.plan_day", "--step", step, str(count)]
    env = os.environ | {"DATABASE_URL": url_of_own()}
    ran = subprocess.run(  # noqa: S603  # our own module
        command, env=env, check=True, stdout=subprocess.PIPE
    )
    done, seconds, statements, before, peak = json.loads(ran.stdout)
    print(
        f"{step:<10}{done:>8}{seconds:>9.1f}{done / seconds:>8.0f}{statements:>7}"
        f"{1000 * statements / done:>14.1f}{before:>11.0f}{peak:>9.0f}",
        flush=True,
    )


def _do(step: str, count: int) -> int:
    statements = Statements()
    before = _megabytes("VmRSS")
    begun = time.perf_counter()
    with connection.execute_wrapper(statements):
        done = STEPS[step](count)
    seconds = time.perf_counter() - begun
    print(json.dumps([done, seconds, statements.count, before, _megabytes("VmHWM")]))
    return 0


def plan(count: int) -> int:
    """Stays that end now; a third of the people were here before."""
    return _take_over(count)


def again(count: int) -> int:
    """The same stays an hour later from another ward: every follow-up changes."""
    return _take_over(count, hours=1)


def queue(count: int) -> int:
    """Let so much time pass that as many contacts become due, then queue them."""
    coming = FollowUp.objects.filter(state=State.OPEN, mode=Mode.CALL, queued_at=None)
    moments = coming.order_by("opens_at").values_list("opens_at", flat=True)
    last = moments[count - 1]
    with clock.at(last):
        fill_queue()
    left = coming.aggregate(Min("opens_at"))["opens_at__min"]
    if left is None or left < last:
        raise SystemExit("not everything that was due has been queued")
    return count


def _take_over(count: int, *, hours: int = 0) -> int:
    departments = list(Department.objects.values_list("pk", flat=True))
    wards = departments[hours:] + departments[:hours]
    told = (_told(n, count, wards, hours) for n in range(count))
    with clock.at(NOW):
        while batch := list(islice(told, BATCH)):
            take_over(batch)
    return count


def _told(n: int, count: int, wards: Sequence[int], hours: int) -> Told:
    """One of the day's discharges; a day of another length has other patients."""
    ended = NOW - timedelta(seconds=n % 3600)
    number = f"P{n + 1:08d}" if n % 3 == 0 else f"N{count}-{n:06d}"
    return Told(
        kind=FeedKind.DISCHARGE,
        patient=number,
        visit=f"9{count}",
        recorded_at=NOW + timedelta(hours=hours),
        key=f"measured:{hours}:{count}:{n}",
        facts={
            "name": f"患者{n}",
            "sex": "female",
            "born_on": "1950-05-05",
            "phone": f"137{n:08d}",
            "admitted_at": (ended - timedelta(days=5)).isoformat(),
            "discharged_at": ended.isoformat(),
            "disposition": "home",
            "department_id": wards[n % len(wards)],
            "doctor": f"医生{hours}",
            "diagnosis_code": "I50.0",
            "diagnosis": "心力衰竭",
        },
    )


STEPS: dict[str, Callable[[int], int]] = {"plan": plan, "again": again, "queue": queue}


def _megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(each for each in lines if each.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
