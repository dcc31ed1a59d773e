"""Loads the demo hospital: its people, eighteen months of voices, today's open work.

Everything goes through the services under a moved clock and in order of time. Case
numbers begin anew each year, so the years are lived side by side, each in a process
and a transaction of its own.
"""

import gc
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from complaints.demo.calendar import arrivals
from complaints.demo.hospital import build_hospital, clear_unfinished, finish_people
from complaints.demo.lives import ordinary_life
from complaints.demo.scenes import SCENES, plan_scenes
from complaints.demo.voices import invent
from complaints.demo.world import World
from hospital import clock
from hospital.models import User
from notifications.services import mark_read

HISTORY = timedelta(days=548)
UNREAD = timedelta(days=3)

Report = Callable[[float], None]


class LoadFailed(Exception):
    """A year could not be lived to its end; its process has said why."""


def load(*, voices: int, seed: int, parallel: bool, report: Report) -> None:
    """Load it all; `report` is told the share that is done.

    Interrupted, it leaves a hospital whose people have no mail address: the next
    load clears that away and begins anew.
    """
    now = clock.now()
    with translation.override("zh-hans"):
        clear_unfinished()
        with transaction.atomic():
            call_command("load_categories", verbosity=0)
            build_hospital()
        years = _plan_years(now, voices, seed)
        with _without_garbage_collection():
            if parallel and sys.platform == "linux":
                _live_side_by_side(years, report)
            else:
                _live_in_turn(years, report)
        with transaction.atomic():
            finish_people(clock.today())
            for user in User.objects.all():
                mark_read(user, before=now - UNREAD)


def _plan_years(now: datetime, voices: int, seed: int) -> list[World]:
    """What happens in each year, the longest agenda first."""
    world = World(now=now, seed=seed)
    this_year = timezone.localtime(now).year
    years = {this_year: World(now=now, seed=seed + this_year)}
    for received_at in arrivals(world.rng, now - HISTORY, now, max(0, voices - SCENES)):
        spoken = invent(world, received_at)
        year = timezone.localtime(spoken.entered_at).year
        if year not in years:
            years[year] = World(now=now, seed=seed + year)
        years[year].plan(spoken.entered_at, ordinary_life(years[year], spoken))
    plan_scenes(years[this_year])
    return sorted(years.values(), key=len, reverse=True)


def _live_in_turn(years: list[World], report: Report) -> None:
    for year in years:
        _live(year, report)


def _live_side_by_side(years: list[World], report: Report) -> None:
    """The longest year in this process, the others in forks of it.

    On Linux only: elsewhere a fork of a process with libraries loaded may not live.
    """
    connection.close()
    fork = multiprocessing.get_context("fork")
    others = [
        fork.Process(target=_live, args=(year, _say_nothing)) for year in years[1:]
    ]
    for process in others:
        process.start()
    try:
        _live(years[0], report)
        for process in others:
            process.join()
    finally:
        for process in others:
            process.terminate()
    if any(process.exitcode for process in others):
        raise LoadFailed


def _live(year: World, report: Report) -> None:
    with transaction.atomic(), _without_savepoints():
        for share in year.live():
            report(share)


def _say_nothing(share: float) -> None:
    """One process reports for all."""


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """Every service opens a savepoint inside our transaction; here they only cost."""
    features = connection.features
    before = features.uses_savepoints
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = before


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Nothing that lives through a year is cyclic garbage worth looking for."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
