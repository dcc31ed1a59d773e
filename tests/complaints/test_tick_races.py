"""Several schedulers, agents at work and workers that die: PostgreSQL decides."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError

from complaints import services
from complaints.models import Case, Deadline, StepFiring, StepNotice
from complaints.services import escalation, step_notices
from hospital import clock
from hospital.models import User
from notifications.models import Topic
from tests.complaints.clock_world import MONDAY, moment, taken, tick_at, told
from tests.races import PATIENCE, race

pytestmark = pytest.mark.django_db(transaction=True)
NewCase = Callable[..., Case]
REMINDED = ["acknowledge tell_owner@50%"]
LATER = "2025-06-10T17:30"


class Killed(BaseException):
    """As a worker that is ended: nobody catches it."""


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def kill(*args: object, **kwargs: object) -> None:
    raise Killed


def test_of_two_ticks_at_once_every_step_is_taken_once_and_told_once(
    new_case: NewCase, front_desk: User
) -> None:
    cases = [new_case() for __ in range(5)]
    results = race(partial(tick_at, LATER), partial(tick_at, LATER))
    assert sum(result.taken for result in results) == 5
    assert [taken(case) for case in cases] == [REMINDED] * 5
    assert told(front_desk) == [Topic.CLOCK_STEPS]


def test_without_the_lock_too_every_step_is_taken_once(
    new_case: NewCase, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a pooler, where a lock of the session holds nobody off."""
    numbers = iter(range(1, 5))
    cases = [new_case() for __ in range(8)]
    monkeypatch.setattr(escalation, "BATCH", 2)

    def tick_with_a_lock_of_its_own() -> escalation.TickResult:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        monkeypatch.setattr(escalation, "TICK_LOCK", next(numbers))
        return tick_at(LATER)

    results = race(*[tick_with_a_lock_of_its_own] * 2)
    results.append(tick_at(LATER))
    assert [type(result) for result in results] == [escalation.TickResult] * 3
    assert sum(result.taken for result in results) == 8
    assert [taken(case) for case in cases] == [REMINDED] * 8
    assert StepNotice.objects.filter(told_at=None).count() == 0


def test_a_tick_passes_by_a_case_that_somebody_holds_and_takes_it_next_time(
    new_case: NewCase,
) -> None:
    held, free = new_case(), new_case()
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(pk=held.pk)
        with ThreadPoolExecutor(1) as pool:
            result = pool.submit(in_own_connection, LATER).result(PATIENCE)
    assert (result.taken, taken(held), taken(free)) == (1, [], REMINDED)
    assert tick_at("2025-06-10T17:31").taken == 1
    assert taken(held) == REMINDED


def test_a_tick_sees_what_was_done_while_it_looked(
    case: Case, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Due when it looked, accepted when it locked: no step is taken."""
    looked = escalation._next_cases

    def look_then_somebody_accepts(passed_by: set[int]) -> list[int]:
        wanted = looked(passed_by)
        if wanted:
            services.accept_case(case, actor=front_desk)
        return wanted

    monkeypatch.setattr(escalation, "_next_cases", look_then_somebody_accepts)
    assert tick_at(LATER) == escalation.TickResult(0, 0)


def test_an_agent_waits_for_the_tick_and_then_finds_its_steps(
    case: Case, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_at_it, may_go_on = Event(), Event()
    move_on = escalation._move_on

    def wait_before_moving_on(*args: object) -> None:
        is_at_it.set()
        assert may_go_on.wait(PATIENCE)
        move_on(*args)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(escalation, "_move_on", wait_before_moving_on)
    with ThreadPoolExecutor(2) as pool:
        ticking = pool.submit(in_own_connection, LATER)
        assert is_at_it.wait(PATIENCE)
        accepting = pool.submit(accept_in_own_connection, case, front_desk)
        may_go_on.set()
        assert ticking.result(PATIENCE).taken == 1
        accepting.result(PATIENCE)
    assert taken(case) == REMINDED
    assert Deadline.objects.get(case=case, clock="acknowledge").met_at is not None


@pytest.mark.parametrize(
    ("where", "name", "already"),
    [
        (escalation, "_move_on", 0),
        (escalation, "tell_of_steps", 3),
        (step_notices, "_write", 3),
    ],
)
def test_a_run_that_was_killed_is_finished_by_the_next(
    where: object,
    name: str,
    already: int,
    new_case: NewCase,
    front_desk: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = [new_case() for __ in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(where, name, kill)
        with pytest.raises(Killed):
            tick_at(LATER)
    assert (StepFiring.objects.count(), told(front_desk)) == (already, [])
    assert tick_at("2025-06-10T17:31") == escalation.TickResult(3 - already, 1)
    assert [taken(case) for case in cases] == [REMINDED] * 3
    assert told(front_desk) == [Topic.CLOCK_STEPS]


def test_a_run_killed_between_batches_keeps_what_it_took(
    new_case: NewCase, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for __ in range(4):
        new_case()
    batches = iter([escalation._take_cases, kill])
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "BATCH", 2)
        patch.setattr(escalation, "_take_cases", lambda *args: next(batches)(*args))
        with pytest.raises(Killed):
            tick_at(LATER)
    assert StepFiring.objects.count() == 2
    tick_at("2025-06-10T17:31")
    assert (StepFiring.objects.count(), told(front_desk)) == (4, [Topic.CLOCK_STEPS])


def test_a_case_that_cannot_be_taken_holds_up_no_other(
    new_case: NewCase, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its error is raised when all others are taken and told; it is tried again."""
    cases = [new_case() for __ in range(3)]
    read = escalation._read_cases

    def stumble(found: list[Case]) -> list[Case]:
        read_cases = read(found)
        if cases[1] in read_cases:
            raise ValueError("the calendar has too little working time")
        return read_cases

    with monkeypatch.context() as patch:
        patch.setattr(escalation, "_read_cases", stumble)
        with pytest.raises(ValueError, match="too little working time"):
            tick_at(LATER)
    assert [taken(case) for case in cases] == [REMINDED, [], REMINDED]
    assert told(front_desk) == [Topic.CLOCK_STEPS]
    assert tick_at("2025-06-10T17:31").taken == 1


def test_a_database_that_goes_away_ends_the_run_at_once(
    new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And frees the lock: the next run finds nobody at it."""
    case = new_case()

    def lose_connection(found: list[Case]) -> list[Case]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return []

    with monkeypatch.context() as patch:
        patch.setattr(escalation, "_read_cases", lose_connection)
        with pytest.raises(OperationalError):
            tick_at(LATER)
    assert tick_at("2025-06-10T17:31").taken == 1
    assert taken(case) == REMINDED


def in_own_connection(when: str) -> escalation.TickResult:
    try:
        return tick_at(when)
    finally:
        connection.close()


def accept_in_own_connection(case: Case, actor: User) -> None:
    try:
        with clock.at(moment(LATER)):
            services.accept_case(case, actor=actor)
    finally:
        connection.close()
