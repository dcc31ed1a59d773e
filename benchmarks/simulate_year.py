"""A year of a hospital's cases under the clock, with a scheduler that fails.

    python -m benchmarks.simulate_year --cases 18000

Time is the fake clock's. Two schedulers, each a thread with its own connection, tick at
the same moment every hour, day and night, except during outages of one hour, one
day and five days, in which people go on working.

Real: one case in sixteen (`--full`) lives through the services from intake to closing,
with tasks, pauses, extensions, promises, other tiers and reopening; every due time is
the real timekeeper's; the ticks are the product's own. The other cases are written in
bulk and their clocks are stopped by the clock service; nobody is e-mailed.

Afterwards an oracle tells from the rows alone what should have happened, and every
difference is printed. The exit code is 1 if there is any.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count

from benchmarks.database import own_database
from benchmarks.simulation import Outage, Plan, Simulation
from benchmarks.world import local
from complaints.models import (
    Case,
    CaseEvent,
    Deadline,
    Extension,
    Pause,
    Promise,
    RectificationTask,
    StepFiring,
    StepNotice,
    Verb,
)
from hospital import clock
from notifications.models import Notification

FIRST_DAY = date(2025, 1, 1)
DAYS = 365
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Day of the year, hour, how long: in and out of office hours, over holidays too.
OUTAGES = (
    *((20, 9, HOUR), (75, 15, HOUR), (160, 17, HOUR), (230, 3, HOUR), (300, 11, HOUR)),
    *((33, 8, DAY), (121, 12, DAY), (200, 16, DAY), (330, 9, DAY)),
    *((100, 10, 5 * DAY), (250, 18, 5 * DAY)),
)
SHOWN = 20  # violations


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.simulate_year")
    parser.add_argument("--cases", type=int, default=18_000)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--full", type=float, default=1 / 16, help="through services")
    parser.add_argument("--every", type=int, default=60, help="minutes between ticks")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    plan = Plan(
        first_day=FIRST_DAY,
        days=options.days,
        cases=options.cases,
        full=options.full,
        every=timedelta(minutes=options.every),
        outages=[
            Outage(local(FIRST_DAY + number * DAY, hour), length)
            for number, hour, length in OUTAGES
        ],
        seed=options.seed,
    )
    with own_database("simulated_year", is_durable=False):
        return _run(plan)


def _run(plan: Plan) -> int:
    begun = time.perf_counter()
    simulation = Simulation(plan)
    simulation.run()
    lived, worked = time.perf_counter(), time.process_time()
    with clock.at(simulation.end):
        found = list(simulation.violations())
    for label, value in _table(simulation):
        print(f"{label:46}{value:>14}")
    print(f"{'seconds to live through it':46}{lived - begun:>14.0f}")
    print(f"{'  of them at work in this process':46}{worked:>14.0f}")
    print(f"{'seconds of the oracle':46}{time.perf_counter() - lived:>14.0f}")
    print(f"{'VIOLATIONS':46}{len(found):>14}")
    for violation in found[:SHOWN]:
        print(f"  {violation}")
    return 1 if found else 0


def _table(simulation: Simulation) -> Iterator[tuple[str, object]]:
    figures = simulation.figures
    yield "cases", Case.objects.count()
    registered = CaseEvent.objects.filter(verb=Verb.REGISTERED)
    yield "  through the services", registered.count()
    for model in (RectificationTask, Pause, Extension, Promise, Deadline):
        yield f"{model.__name__} rows", model.objects.count()
    yield "steps taken, each once", StepFiring.objects.count()
    yield "tiers raised by the clock", _raised()
    yield "notices", StepNotice.objects.count()
    yield "moments at which schedulers ticked", len(figures.ticks)
    yield "moments missed in outages", figures.skipped
    yield "a scheduler found the other at work", figures.busy
    yield "moments with steps to take", len(figures.seconds)
    yield "  milliseconds, mean", _mean(figures.seconds)
    yield "moments without, milliseconds, mean", _mean(figures.idle_seconds)
    told = Notification.objects.filter(created_at__in=figures.ticks)
    yield "messages of the ticks", told.count()
    most = told.values("recipient", "created_at").annotate(number=Count("pk"))
    yield "  most to one person at one moment", max(m["number"] for m in most)
    for length, steps, people in sorted(figures.catch_ups):
        yield f"  after {length}: steps, people told", f"{steps}, {people}"


def _raised() -> int:
    return StepFiring.objects.filter(step__startswith="raise_tier").count()


def _mean(seconds: list[float]) -> str:
    return f"{1000 * sum(seconds) / max(len(seconds), 1):.1f}"


if __name__ == "__main__":
    sys.exit(main())
