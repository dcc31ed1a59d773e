"""What a version of a plan says, and whether it may say so."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from followups.models import (
    Anchor,
    Cohort,
    Mode,
    PlanVersion,
    Rhythm,
    Script,
    TouchPoint,
)
from hospital.exceptions import RuleViolation
from hospital.models import Department

DAY = 24  # hours
MOST_POINTS = 20
MOST_PREFIXES = 60
LATEST = 365 * DAY
LONGEST_WINDOW = 60 * DAY
HIGHEST_PRIORITY = 50
# A letter and two figures, or fewer of them; after a dot what the hospital's list has.
PREFIX = re.compile(r"[A-Z](\d(\d(\.[0-9A-Za-z]{0,6})?)?)?")
SEPARATORS = re.compile(r"[\s,;、]+")
# Two rounds of a contact must not be open at once.
SHORTEST_PAUSE = {
    Rhythm.WEEK: 7 * DAY,
    Rhythm.FORTNIGHT: 14 * DAY,
    Rhythm.MONTH: 28 * DAY,
    Rhythm.QUARTER: 89 * DAY,
}


@dataclass(frozen=True)
class PointSaid:
    """One touch-point; `key` is that of the point it continues, if it does."""

    anchor: str
    mode: str
    after_hours: int
    window_hours: int
    script: Script | None = None
    priority: int = 0
    rhythm: str = ""
    key: str = ""


@dataclass(frozen=True)
class PlanSaid:
    """For whom and when: a cohort, or stays of the kind described."""

    points: tuple[PointSaid, ...]
    cohort: Cohort | None = None
    departments: frozenset[Department] = frozenset()
    diagnosis_prefixes: tuple[str, ...] = ()
    least_age: int | None = None
    most_age: int | None = None
    only_surgery: bool = False


def read_prefixes(text: str) -> tuple[str, ...]:
    """ "i50, I11.0" → ("I50", "I11.0"); RuleViolation names the first that is none."""
    words = SEPARATORS.split(unicodedata.normalize("NFKC", text).strip(" ,;、"))
    found = [word[:1].upper() + word[1:] for word in words if word]
    for word in found:
        if not PREFIX.fullmatch(word):
            raise RuleViolation(
                _("“{word}” is not the beginning of an ICD-10 code.").format(word=word),
                field="diagnosis_prefixes",
            )
    if len(found) > MOST_PREFIXES:
        raise RuleViolation(
            _("At most {count} diagnoses fit into one plan.").format(
                count=MOST_PREFIXES
            ),
            field="diagnosis_prefixes",
        )
    return tuple(dict.fromkeys(found))


def check_said(said: PlanSaid) -> None:
    """RuleViolation with the first fault; that of a point names its row."""
    least, most = said.least_age, said.most_age
    if least is not None and most is not None and least > most:
        fault = _("The highest age is below the lowest.")
        raise RuleViolation(fault, field="most_age")
    if not said.points:
        raise RuleViolation(_("Without a touch-point nobody is contacted."))
    if len(said.points) > MOST_POINTS:
        fault = _("At most {count} touch-points fit into one plan.")
        raise RuleViolation(fault.format(count=MOST_POINTS))
    seen = set()
    for number, point in enumerate(said.points):
        _check_point(point, is_of_cohort=said.cohort is not None, row=number)
        when = (point.anchor, point.after_hours, point.mode, point.rhythm)
        if when in seen:
            raise RuleViolation(
                _("This touch-point stands there twice."), field=f"{number}.after"
            )
        seen.add(when)


def _check_point(point: PointSaid, *, is_of_cohort: bool, row: int) -> None:
    if is_of_cohort != (point.anchor == Anchor.JOINING):
        fault = _("For a cohort it counts from the day of joining, for stays not.")
        raise RuleViolation(fault, field=f"{row}.anchor")
    if point.mode == Mode.BEDSIDE and point.anchor == Anchor.DISCHARGE:
        fault = _("After discharge nobody is in the bed: count it from the admission.")
        raise RuleViolation(fault, field=f"{row}.anchor")
    if not 0 <= point.after_hours <= LATEST:
        fault = _("A touch-point lies at most a year ahead.")
        raise RuleViolation(fault, field=f"{row}.after")
    if not 0 < point.window_hours <= LONGEST_WINDOW:
        fault = _("A touch-point is open for one to 60 days.")
        raise RuleViolation(fault, field=f"{row}.window")
    pause = SHORTEST_PAUSE[Rhythm(point.rhythm)] if point.rhythm else None
    if pause is not None and point.window_hours > pause:
        fault = _("It would still be open when the next round opens.")
        raise RuleViolation(fault, field=f"{row}.window")
    if not 0 <= point.priority <= HIGHEST_PRIORITY:
        fault = _("The priority is a number from 0 to {most}.")
        raise RuleViolation(
            fault.format(most=HIGHEST_PRIORITY), field=f"{row}.priority"
        )


def what_it_says(version: PlanVersion) -> PlanSaid:
    """A version read back; its points have their keys."""
    return PlanSaid(
        points=tuple(_said(point) for point in version.points.all()),
        cohort=version.cohort,
        departments=frozenset(version.departments.all()),
        diagnosis_prefixes=tuple(version.diagnosis_prefixes),
        least_age=version.least_age,
        most_age=version.most_age,
        only_surgery=version.only_surgery,
    )


def _said(point: TouchPoint) -> PointSaid:
    return PointSaid(
        anchor=point.anchor,
        mode=point.mode,
        after_hours=point.after_hours,
        window_hours=point.window_hours,
        script=point.script,
        priority=point.priority,
        rhythm=point.rhythm,
        key=point.key,
    )


def with_keys(
    points: Iterable[PointSaid], *, before: Iterable[PointSaid], used: set[str]
) -> tuple[PointSaid, ...]:
    """Give each point its key: the one it had, or one that the plan never had.

    A point that counts from something else, or comes back in another rhythm, is
    another point: its rounds are numbered anew.
    """
    kept = {each.key: (each.anchor, each.rhythm) for each in before}
    found = []
    for point in points:
        key = point.key
        if not key or kept.pop(key, None) != (point.anchor, point.rhythm):
            key = _new_key(point, used)
        used.add(key)
        found.append(replace(point, key=key))
    return tuple(found)


def _new_key(point: PointSaid, used: set[str]) -> str:
    days, hours = divmod(point.after_hours, DAY)
    when = f"{point.after_hours}h" if hours else f"{days}d"
    stem = f"{point.mode}-{point.rhythm or when}"
    number, key = 1, stem
    while key in used:
        number += 1
        key = f"{stem}-{number}"
    return key
