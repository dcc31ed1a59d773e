"""What the callback room costs does not grow: statements are counted, not seconds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from followups.models import AgentProfile, FeedKind, FollowUp, Patient, QueuedCall
from followups.services.calls.queue import claim_next_call, fill_queue, suits
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.models import Department, Role, User
from tests.factories import DepartmentFactory, UserFactory
from tests.followups.world import DAY, NOW, make_plan

HOUR = timedelta(hours=1)
WEEK = 24 * 7


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan(("first", 48, WEEK), ("week", WEEK, WEEK))
        yield


def queue_people(count: int, *, ready_at: datetime = NOW, priority: int = 0) -> None:
    first = Patient.objects.count()
    people = Patient.objects.bulk_create(
        Patient(number=f"{n:06d}") for n in range(first, first + count)
    )
    QueuedCall.objects.bulk_create(
        QueuedCall(
            patient=person,
            priority=priority,
            ready_at=ready_at,
            closes_at=NOW + DAY,
        )
        for person in people
    )


def tell(count: int, *, doctor: str = "李医生", at: datetime = NOW - 3 * DAY) -> None:
    take_over(
        [
            Told(
                kind=FeedKind.DISCHARGE,
                patient=f"{n:06d}",
                visit="1",
                recorded_at=NOW,
                key=f"{n}:{doctor}:{at}",
                facts={
                    "phone": f"139{n:08d}",
                    "doctor": doctor,
                    "discharged_at": at.isoformat(),
                },
            )
            for n in range(count)
        ]
    )


@pytest.mark.parametrize("count", [1, 60])
def test_a_claim_is_one_statement_however_many_wait(
    agent: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    queue_people(count)
    queue_people(count, ready_at=NOW + HOUR, priority=90)
    with django_assert_num_queries(1):
        row = claim_next_call(agent)
    assert row is not None
    assert (row.claimed_by_id, row.ready_at) == (agent.pk, NOW)


@pytest.mark.parametrize("count", [1, 60])
def test_over_http_the_sign_in_adds_the_session_and_the_person(
    agent: User,
    client: Client,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    queue_people(count)
    client.force_login(agent)
    with django_assert_num_queries(3):
        client.post(reverse("followups:take"))
    assert QueuedCall.objects.filter(claimed_by=agent).count() == 1


def test_a_claim_hands_out_what_the_rules_say_in_their_order() -> None:
    ward, other = DepartmentFactory(), DepartmentFactory()
    agents = _agents(ward, other)
    _queue_every_kind(agents, [None, ward, other])
    for agent in agents:
        ready = QueuedCall.objects.ready(NOW).filter(suits(agent))
        order = ready.order_by("-priority", "closes_at", "patient")
        expected = list(order.values_list("patient", flat=True))
        handed_out = []
        while (row := claim_next_call(agent)) is not None:
            handed_out.append(row.patient_id)
            # Out of sight until this agent has seen everybody.
            QueuedCall.objects.filter(pk=row.pk).update(
                claimed_by=None, claimed_until=None, needs_number=True
            )
        QueuedCall.objects.filter(pk__in=handed_out).update(needs_number=False)
        assert handed_out == expected
        assert expected


def _agents(ward: Department, other: Department) -> list[User]:
    """Without a profile, with an empty one, and with every kind of skills."""
    agents: list[User] = [UserFactory(roles=[Role.CALLBACK_AGENT]) for __ in range(5)]
    skills = [
        ([], []),
        (["mn", "zh"], []),
        ([], [ward]),
        (["zh"], [ward, other]),
    ]
    for agent, (languages, departments) in zip(agents[1:], skills, strict=True):
        profile = AgentProfile.objects.create(user=agent, languages=languages)
        profile.departments.set(departments)
    return agents


def _queue_every_kind(agents: list[User], wards: list[Department | None]) -> None:
    """Everything a row can be: some may be called, most not by everybody."""
    kinds = product(
        wards,
        ["zh", "mn"],
        [None, agents[0], agents[4]],
        [NOW - HOUR, NOW + HOUR],
        [None, NOW - HOUR, NOW + HOUR],
        [False, True],
    )
    for n, kind in enumerate(kinds):
        ward, language, assigned, ready_at, until, needs_number = kind
        QueuedCall.objects.create(
            patient=Patient.objects.create(number=f"{n:06d}"),
            department=ward,
            language=language,
            assigned_to=assigned,
            ready_at=ready_at,
            claimed_until=until,
            needs_number=needs_number,
            priority=n * 7 % 5,
            closes_at=NOW + n * 11 % 3 * DAY,
        )


def test_in_quiet_hours_the_call_in_hand_stays_in_hand(agent: User) -> None:
    queue_people(2)
    row = claim_next_call(agent)
    with clock.at(NOW.replace(hour=13)):
        QueuedCall.objects.update(claimed_until=clock.now() + HOUR)
        again = claim_next_call(agent)
    assert row is not None
    assert again is not None
    assert (again.pk, again.draft) == (row.pk, row.draft)


def test_after_the_claim_ran_out_the_words_are_kept_and_the_talk_begins_anew(
    agent: User,
) -> None:
    queue_people(1)
    claim_next_call(agent)
    QueuedCall.objects.update(
        draft={"started_at": NOW.isoformat(), "fields": {"note": ["睡得不好"]}}
    )
    later = NOW + timedelta(minutes=30)
    with clock.at(later):
        row = claim_next_call(agent)
    assert row is not None
    assert row.draft == {
        "started_at": later.isoformat(),
        "fields": {"note": ["睡得不好"]},
    }


def test_taking_over_50_stays_costs_as_many_statements_as_5() -> None:
    costs = []
    for count in (5, 50):
        FollowUp.objects.all().delete()
        QueuedCall.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as first:
            tell(count, doctor=f"{count}")
        with CaptureQueriesContext(connection) as moved:
            tell(count, doctor=f"{count}", at=NOW - 2 * DAY - HOUR)
        costs.append((len(first), len(moved)))
    assert QueuedCall.objects.count() == 50
    assert costs[0] == costs[1]


def test_queueing_50_people_costs_as_many_statements_as_5() -> None:
    tell(55, at=NOW - HOUR)
    fill_queue()  # the day has begun
    costs = []
    for count in (5, 50):
        due = FollowUp.objects.filter(queued_at=None, point_key="first")
        keys = due.order_by("pk").values("pk")[:count]
        FollowUp.objects.filter(pk__in=keys).update(opens_at=NOW)
        with CaptureQueriesContext(connection) as captured:
            fill_queue()
        costs.append(len(captured))
    assert QueuedCall.objects.count() == 55
    assert costs[0] == costs[1]
