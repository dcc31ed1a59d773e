"""Many agents at once, on real connections: each person once, nobody left."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from followups.models import (
    Attempt,
    FeedKind,
    FollowUp,
    Outcome,
    Patient,
    QueuedCall,
    State,
)
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call, fill_queue
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.models import Role, User
from tests.factories import UserFactory
from tests.followups.world import DAY, NOW, discharge, make_plan, patient
from tests.races import overlap, race

pytestmark = pytest.mark.django_db(transaction=True)

AGENTS, PEOPLE = 32, 3_000
PATIENCE = 120.0  # seconds


def at_work(call: Callable[[], Any]) -> Any:
    """Another thread has its own clock and its own connection."""
    try:
        with clock.at(NOW):
            return call()
    finally:
        connection.close()


def queue_people(count: int) -> None:
    """People in the queue, without the feed that would take its time."""
    people = Patient.objects.bulk_create(
        Patient(number=f"{n:06d}", phone=f"139{n:08d}") for n in range(count)
    )
    QueuedCall.objects.bulk_create(
        QueuedCall(patient=person, priority=n % 50, ready_at=NOW, closes_at=NOW + DAY)
        for n, person in enumerate(people)
    )


def test_32_agents_empty_a_queue_of_3000_without_a_double() -> None:
    queue_people(PEOPLE)
    agents = [UserFactory(roles=[Role.CALLBACK_AGENT]) for __ in range(AGENTS)]

    def work(agent: User) -> list[int]:
        called = []
        while (row := claim_next_call(agent)) is not None:
            result = CallResult(Outcome.REACHED_PATIENT, started_at=NOW)
            record_attempt(row.patient, agent=agent, result=result)
            called.append(row.patient_id)
        return called

    with ThreadPoolExecutor(AGENTS) as pool:
        calls = [pool.submit(at_work, partial(work, agent)) for agent in agents]
        called = Counter(key for each in calls for key in each.result(PATIENCE))
    assert (len(called), set(called.values())) == (PEOPLE, {1})
    assert QueuedCall.objects.count() == 0
    assert Attempt.objects.count() == PEOPLE


def test_of_two_agents_asking_at_once_each_gets_another_person() -> None:
    queue_people(2)
    one, other = (UserFactory(roles=[Role.CALLBACK_AGENT]) for __ in range(2))
    rows = race(
        lambda: at_work(lambda: claim_next_call(one)),
        lambda: at_work(lambda: claim_next_call(other)),
    )
    assert {row.patient.number for row in rows} == {"000000", "000001"}


def test_a_death_told_during_a_call_stops_what_the_call_would_leave_open() -> None:
    with clock.at(NOW):
        make_plan(("first", 48, 24 * 7), ("month", 24 * 30, 24 * 7))
        discharge("1")
        agent = UserFactory(roles=[Role.CALLBACK_AGENT])
        claim_next_call(agent)
        died = Told(
            kind=FeedKind.UPDATE,
            patient="1",
            recorded_at=NOW,
            key="died",
            facts={"deceased": True},
        )
        result = CallResult(Outcome.NO_ANSWER, started_at=NOW)
        overlap(
            lambda: take_over([died]),
            lambda: at_work(
                lambda: record_attempt(patient("1"), agent=agent, result=result)
            ),
        )
    states = set(FollowUp.objects.values_list("state", flat=True))
    assert (states, QueuedCall.objects.count()) == ({State.STOPPED}, 0)


def test_filling_and_the_feed_at_once_lose_nobody_and_do_not_block() -> None:
    with clock.at(NOW):
        make_plan()
        for number in range(1, 21):
            discharge(str(number))
    QueuedCall.objects.all().delete()
    FollowUp.objects.update(queued_at=None)

    def told_again(first: int) -> None:
        for number in range(first, 21, 2):
            discharge(str(number), doctor="王医生")

    race(
        lambda: at_work(fill_queue),
        lambda: at_work(fill_queue),
        lambda: at_work(lambda: told_again(1)),
        lambda: at_work(lambda: told_again(2)),
    )
    with clock.at(NOW + timedelta(minutes=1)):
        fill_queue()
    assert QueuedCall.objects.count() == 20
