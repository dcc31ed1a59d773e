"""The tick: takes the escalation steps that are due, each once, the gravest first.

A step is taken by writing its unique row, in one transaction with what it does. Who is
told is written down with it and told when all steps of the run are taken: one thing
alone, several as one digest. A run that was cut off is finished by the next.

The lock spares work, it is not what makes a step happen once: that are the row lock on
the case, under which the due steps are read, and the unique row.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error, InterfaceError, connection, transaction
from django.db.models import Prefetch
from django.db.utils import OperationalError

from complaints.models import (
    Case,
    Deadline,
    EscalationStep,
    StepFiring,
    StepNotice,
    Subject,
    Tier,
    Verb,
)
from complaints.services.due_times import follow_tier
from complaints.services.lifecycle import record
from complaints.services.presets import Step
from complaints.services.recipients import Audience, Told
from complaints.services.step_notices import tell_of_steps
from complaints.services.timekeeping import Timekeeper, timekeeper
from hospital import clock

BATCH = 100  # cases in one transaction
TICK_LOCK = 7_310_001  # any number, the same in all processes

logger = logging.getLogger(__name__)

Action = EscalationStep.Action


@dataclass(frozen=True)
class DueStep:
    """A step that is due on a deadline that runs."""

    deadline: Deadline
    case: Case
    step: Step
    at: datetime
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class TickResult:
    taken: int = 0
    told: int = 0
    is_busy: bool = False


@dataclass
class _Run:
    """One tick at work."""

    keeper: Timekeeper
    audience: Audience
    taken: int = 0
    # Cases that somebody else holds, or that failed: the next tick sees to them.
    passed_by: set[int] = field(default_factory=set)
    failure: Exception | None = None


def tick() -> TickResult:
    """Take every step that is due now; nothing when another process is at it.

    A case that cannot be taken holds up no other; its error is raised at the end.
    """
    with _alone() as is_alone:
        if not is_alone:
            return TickResult(is_busy=True)
        run = _Run(timekeeper(), Audience(clock.today()))
        while wanted := _next_cases(run.passed_by):
            _take_batch(run, wanted)
        told = tell_of_steps()
        if run.failure is not None:
            raise run.failure
        return TickResult(run.taken, told)


def plan_tick() -> Iterator[DueStep]:
    """What a tick would do now, the gravest first; writes and locks nothing."""
    keeper, audience = timekeeper(), Audience(clock.today())
    now = clock.now()
    due = Deadline.objects.with_step_due(now).values_list("case", flat=True)
    ordered = list(dict.fromkeys(due.order_by("-case__tier", "due_at", "pk")))
    for start in range(0, len(ordered), BATCH):
        cases = _read_cases(Case.objects.filter(pk__in=ordered[start : start + BATCH]))
        yield from _due_steps(keeper, audience, cases, now)


def _next_cases(passed_by: set[int]) -> list[int]:
    """The gravest cases with a step that is due."""
    due = Deadline.objects.with_step_due(clock.now()).exclude(case__in=passed_by)
    keys = due.order_by("-case__tier", "due_at", "pk").values_list("case", flat=True)
    return list(dict.fromkeys(keys[:BATCH]))


def _take_batch(run: _Run, wanted: list[int]) -> None:
    try:
        _take_cases(run, wanted)
    except (OperationalError, InterfaceError):  # the database itself: the next tick
        raise
    except Exception as failure:  # of one case; it must not hold up the others
        if len(wanted) > 1:
            for key in wanted:
                _take_batch(run, [key])
            return
        logger.exception("The clock cannot take the steps of case %s", wanted[0])
        run.passed_by.add(wanted[0])
        run.failure = run.failure or failure


@transaction.atomic
def _take_cases(run: _Run, wanted: list[int]) -> None:
    free = Case.objects.filter(pk__in=wanted)
    cases = _read_cases(
        free.select_for_update(skip_locked=True, no_key=True, of=("self",))
    )
    run.passed_by |= set(wanted) - {case.pk for case in cases}
    run.taken += _take(run, cases)


def _read_cases(cases: Iterable[Case]) -> list[Case]:
    """The cases, gravest first, with those they name: the gate asks for them."""
    naming = Subject.objects.select_related("department")
    wanted = Prefetch("subjects", naming)
    found = list(
        cases.select_related("owner").prefetch_related(wanted)  # type: ignore[attr-defined]  # a QuerySet
    )
    for case in found:
        case.named_staff = frozenset(
            subject.named_staff_id
            for subject in case.subjects.all()
            if subject.named_staff_id
        )
    return sorted(found, key=lambda case: (-case.tier, case.due_at or clock.now()))


def _due_steps(
    keeper: Timekeeper, audience: Audience, cases: list[Case], now: datetime
) -> Iterator[DueStep]:
    by_case: dict[int, list[Deadline]] = {}
    deadlines = Deadline.objects.with_step_due(now).filter(case__in=cases)
    people = ("task__holder", "task__responsible", "task__department__head")
    more = ("task__department__supervising_leader", "promise__owner")
    deadlines = deadlines.select_related(*people, *more).prefetch_related("firings")
    for deadline in deadlines.order_by("due_at", "pk"):
        by_case.setdefault(deadline.case_id, []).append(deadline)
    for case in cases:
        for deadline in by_case.get(case.pk, []):
            deadline.case = case
            if deadline.task is not None:
                deadline.task.case = case
            taken = {firing.step for firing in deadline.firings.all()}
            for at, step in keeper.steps(deadline, case):
                if at <= now and step.key not in taken:
                    told = audience.of(step, deadline, case)
                    yield DueStep(deadline, case, step, at, told)


def _take(run: _Run, cases: list[Case]) -> int:
    now = clock.now()
    steps = list(_due_steps(run.keeper, run.audience, cases, now))
    firings = StepFiring.objects.bulk_create(
        StepFiring(
            deadline=each.deadline, step=each.step.key, due_at=each.at, fired_at=now
        )
        for each in steps
    )
    taken = list(zip(firings, steps, strict=True))
    StepNotice.objects.bulk_create(
        notice for firing, each in taken for notice in _notices(firing, each.told)
    )
    _move_on(run.keeper, cases, now)
    for firing, each in taken:
        if each.step.action == Action.RAISE_TIER:
            _raise_tier(run, firing, each)
    return len(firings)


def _notices(firing: StepFiring, told: list[Told]) -> Iterator[StepNotice]:
    for each in told:
        yield StepNotice(
            firing=firing, recipient=each.person, stands_in_for=each.stands_in_for
        )


def _move_on(keeper: Timekeeper, cases: list[Case], now: datetime) -> None:
    """The moment of the next step of each deadline, now that those due are taken."""
    deadlines = Deadline.objects.with_step_due(now).filter(case__in=cases)
    rows = list(deadlines.select_related("task").prefetch_related("firings"))
    by_key = {case.pk: case for case in cases}
    for deadline in rows:
        taken = [firing.step for firing in deadline.firings.all()]
        case = by_key[deadline.case_id]
        deadline.next_step_at = keeper.next_step_at(deadline, case, taken)
    Deadline.objects.bulk_update(rows, ["next_step_at"])


def _raise_tier(run: _Run, firing: StepFiring, due: DueStep) -> None:
    """The clock raises a case by one tier; its deadlines follow the new one.

    Whoever hears of a major case is told with the rest, not once for each case.
    """
    case = due.case
    if case.tier == Tier.MAJOR:
        return
    old = case.tier
    case.tier += 1
    case.save(update_fields=["tier"])
    record(
        case,
        Verb.TIER_SET,
        actor=None,
        old={"tier": old},
        new={"tier": case.tier, "by": "clock"},
    )
    follow_tier(case, keeper=run.keeper)
    told = run.audience.of(due.step, due.deadline, case)
    StepNotice.objects.bulk_create(_notices(firing, told))


@contextmanager
def _alone() -> Iterator[bool]:
    """One tick at a time in the whole installation; a lost connection frees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TICK_LOCK])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            _give_back_lock()


def _give_back_lock() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TICK_LOCK])
    except Error:  # else a worker that lives on would keep it for ever
        connection.close()
