"""A stretch of simulated time: people act, two schedulers tick, and at times do not."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Barrier

from django.db import connection

from benchmarks.lives import full_life, start_light_lives
from benchmarks.messages import check_messages, count_untold
from benchmarks.oracle import Oracle
from benchmarks.world import World, local
from complaints.demo.calendar import arrivals
from complaints.services.escalation import TickResult, tick
from complaints.services.timekeeping import timekeeper
from hospital import clock

DAY = timedelta(days=1)
SCHEDULERS = 2

Scheduler = Callable[[datetime], list[TickResult]]


@dataclass(frozen=True)
class Outage:
    start: datetime
    length: timedelta

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment < self.start + self.length


@dataclass(frozen=True)
class Plan:
    """How much is simulated."""

    first_day: date
    days: int
    cases: int
    full: float  # share of the cases that live through the services
    every: timedelta
    outages: Sequence[Outage]
    seed: int = 7


@dataclass
class Figures:
    """What the ticks did."""

    ticks: list[datetime] = field(default_factory=list)
    skipped: int = 0
    busy: int = 0
    idle_seconds: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    skipped_last: bool = False
    # After how long, how many steps, how many people told.
    catch_ups: list[tuple[timedelta, int, int]] = field(default_factory=list)


class Simulation:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.figures = Figures()
        self.world = World(first_day=plan.first_day, seed=plan.seed)
        start, end = local(plan.first_day, 0), local(plan.first_day, 0)
        end += timedelta(days=plan.days)
        self.start, self.end = start, end
        moments = arrivals(self.world.rng, start, end, plan.cases)
        self._light: list[datetime] = []
        for moment in map(self.world.off_beat, moments):
            if self.world.chance(plan.full):
                self.world.plan(moment, full_life(self.world))
            else:
                self._light.append(moment)

    def run(self) -> None:
        started, day_begins = 0, self.start
        with _schedulers() as tick:
            moment = self.start
            while moment < self.end:
                if moment >= day_begins:
                    day_begins += DAY
                    today = [m for m in self._light[started:] if m < day_begins]
                    start_light_lives(self.world, today, started)
                    started += len(today)
                self.world.live_until(moment)
                self._tick(moment, tick)
                moment += self.plan.every

    def _tick(self, moment: datetime, tick: Scheduler) -> None:
        figures = self.figures
        if any(outage.covers(moment) for outage in self.plan.outages):
            figures.skipped += 1
            figures.skipped_last = True
            return
        begun = time.perf_counter()
        results = tick(moment)
        seconds = time.perf_counter() - begun
        taken = sum(result.taken for result in results)
        figures.busy += sum(result.is_busy for result in results)
        (figures.seconds if taken else figures.idle_seconds).append(seconds)
        if figures.skipped_last:
            told = sum(result.told for result in results)
            figures.catch_ups.append((moment - figures.ticks[-1], taken, told))
            figures.skipped_last = False
        figures.ticks.append(moment)

    def violations(self) -> Iterator[str]:
        """Everything that did not go as it should have; nothing, one hopes."""
        oracle = Oracle(self.figures.ticks, timekeeper())
        oracle.read()
        yield from oracle.violations()
        yield from check_messages(oracle)
        if untold := count_untold(oracle):
            yield f"{untold} steps reached nobody"


@contextmanager
def _schedulers() -> Iterator[Scheduler]:
    """Ticks at one simulated moment, each in its own thread and connection."""
    together = Barrier(SCHEDULERS)

    def run(moment: datetime) -> TickResult:
        together.wait()
        with clock.at(moment):
            return tick()

    def close() -> None:
        together.wait()
        connection.close()

    with ThreadPoolExecutor(SCHEDULERS) as pool:

        def run_all(moment: datetime) -> list[TickResult]:
            started = [pool.submit(run, moment) for __ in range(SCHEDULERS)]
            return [each.result() for each in started]

        try:
            yield run_all
        finally:
            for each in [pool.submit(close) for __ in range(SCHEDULERS)]:
                each.result()
