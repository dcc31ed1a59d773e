"""Two visitors at one bed, and one visitor who presses twice."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from followups.models import (
    Attempt,
    Outcome,
)
from followups.services.visits.record import VisitResult, record_visit
from hospital import clock
from hospital.exceptions import StaleRecord
from hospital.models import Role, User
from tests.factories import UserFactory
from tests.followups.ward import admit, make_visits, visit_of
from tests.followups.world import NOW
from tests.races import overlap


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def go(number: str, visitor: User, outcome: str, **more: object) -> Attempt:
    result = VisitResult(Outcome(outcome), **more)  # type: ignore[arg-type]  # as given
    return record_visit(visit_of(number), visitor=visitor, result=result)


def test_the_second_visitor_is_told_who_was_there(agent: User, staff: User) -> None:
    make_visits()
    admit("1", department=staff.departments.get())
    go("1", staff, Outcome.REACHED_PATIENT)
    with pytest.raises(StaleRecord) as refusal:
        go("1", agent, Outcome.REACHED_PATIENT)
    assert str(refusal.value) == (
        "护士 has recorded this visit already, 2026-03-10 09:30."
    )
    assert Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_record_one_visit(agent: User) -> None:
    make_visits()
    admit("1")
    other = UserFactory(roles=[Role.CALLBACK_AGENT])

    def ask(visitor: User) -> Attempt:
        with clock.at(NOW):
            return go("1", visitor, Outcome.REACHED_PATIENT)

    first, second = overlap(lambda: ask(agent), lambda: ask(other))
    assert isinstance(first, Attempt)
    assert isinstance(second, StaleRecord)
    assert Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_press_while_the_first_is_under_way_is_the_same_visit(
    agent: User,
) -> None:
    make_visits()
    admit("1")
    token = uuid4()

    def ask() -> Attempt:
        with clock.at(NOW):
            return go("1", agent, Outcome.AWAY, submission=token)

    first, second = overlap(ask, ask)
    assert first == second == Attempt.objects.get()


def test_the_same_submission_again_gives_the_visit_it_made(agent: User) -> None:
    make_visits()
    admit("1")
    token = uuid4()
    first = go("1", agent, Outcome.REACHED_PATIENT, submission=token)
    assert go("1", agent, Outcome.REACHED_PATIENT, submission=token) == first
