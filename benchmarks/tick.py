"""What one tick costs: seconds, memory and SQL statements follow what is due.

    python -m benchmarks.tick

Each line is a tick in a fresh process, over deadlines written in bulk with times from
the real timekeeper. Of what is due one case in twenty is major and over time,
the others are to be reminded of; in the last line all have waited for up to two weeks,
as after an outage: many steps for each, and raised tiers. `--quick` is for a look.
"""

import argparse
import json
import os
import subprocess
import sys
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import connection, transaction

from benchmarks.database import own_database, refresh_statistics, url_of_own
from benchmarks.world import World, local
from complaints.models import Case, Channel, Clock, Deadline, Kind, Subject
from complaints.services.clocks import new_case_deadline
from complaints.services.timekeeping import timekeeper
from hospital import clock

NOW = local(date(2025, 6, 20), 16)  # a Friday
CHUNK = 5000
PARTIAL_INDEX = "deadline_step_due"
# The deadline of the first case received then in that tier.
Patterns = dict[tuple[datetime, int], Deadline | None]


@dataclass(frozen=True)
class Load:
    opened: int
    due: int
    waited: tuple[int, ...] = (4,)  # days since what is due was received


LOADS = (
    Load(10_000, 1000),
    Load(100_000, 1000),
    Load(100_000, 100),
    Load(100_000, 0),
    Load(100_000, 1000, waited=(8, 9, 10, 11, 14)),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.tick")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    scale = 10 if parser.parse_args().quick else 1
    loads = [Load(x.opened // scale, x.due // scale, x.waited) for x in LOADS]
    print(
        f"{'open':>8}{'due':>7}{'steps':>7}{'people':>8}{'seconds':>9}{'SQL':>7}",
        end="",
    )
    print(f"{'MB before':>11}{'MB peak':>9}  partial index")
    with own_database("measured_tick"):
        world = World(first_day=date(2025, 1, 1), seed=7)
        for load in loads:
            fill(world, load)
            shown = _measure()
            print(
                f"{load.opened:>8}{load.due:>7}{shown['steps']:>7}{shown['people']:>8}"
                f"{shown['seconds']:>9.2f}{shown['statements']:>7}"
                f"{shown['before']:>11.1f}{shown['peak']:>9.1f}  {uses_index()}"
            )
    return 0


def fill(world: World, load: Load) -> None:
    """Replace what is in the database by so many open deadlines, one to a case."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('complaints.let_truncate', 'on', true)")
        cursor.execute("TRUNCATE complaints_case RESTART IDENTITY CASCADE")
    patterns: Patterns = {}
    made = (_case(world, number, load) for number in range(load.opened))
    while cases := list(islice(made, CHUNK)):
        Case.objects.bulk_create(cases)
        Subject.objects.bulk_create(
            Subject(
                case=case,
                category=world.categories[0],
                department=world.departments[case.pk % len(world.departments)],
            )
            for case in cases
        )
        Deadline.objects.bulk_create(_deadline(patterns, case) for case in cases)
    refresh_statistics()


def uses_index() -> bool:
    """Whether PostgreSQL finds what is due by the partial index."""
    with clock.at(NOW):
        due = Deadline.objects.with_step_due(clock.now())
        plan = (
            due.order_by("-case__tier", "due_at", "pk").values("case")[:100].explain()
        )
    return PARTIAL_INDEX in plan


def _case(world: World, number: int, load: Load) -> Case:
    is_due = number < load.due
    days = load.waited[number % len(load.waited)] if is_due else 0
    at = NOW - timedelta(days=days, hours=1)
    desk = world.desk[number % len(world.desk)]
    return Case(
        number=f"C-2025-{number + 1:06d}",
        tracking_code=f"{number}",
        kind=Kind.COMPLAINT,
        channel=Channel.PHONE,
        narrative="模拟" * 100,
        tier=3 if number % 20 == 0 else 2 if number % 5 == 0 else 1,
        received_at=at,
        entered_at=at,
        received_by=desk,
        owner=desk,
        due_at=NOW,
    )


def _deadline(patterns: Patterns, case: Case) -> Deadline:
    """A copy of the one that the first such case got."""
    key = (case.received_at, case.tier)
    if key not in patterns:
        patterns[key] = new_case_deadline(
            timekeeper(), case, Clock.FEEDBACK, case.received_at, several=False
        )
    deadline = copy(patterns[key])
    if deadline is None:
        raise ValueError("the preset has such a clock")
    deadline.case = case
    return deadline


def _measure() -> dict[str, float]:
    environment = os.environ | {"DATABASE_URL": url_of_own()}
    command = [sys.executable, "-m", "benchmarks.one_tick", NOW.isoformat()]
    done = subprocess.run(  # noqa: S603  # our own module
        command, env=environment, check=True, capture_output=True
    )
    shown: dict[str, float] = json.loads(done.stdout)
    return shown


if __name__ == "__main__":
    sys.exit(main())
