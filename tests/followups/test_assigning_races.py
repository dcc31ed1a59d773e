"""Supervisors, agents and the clock at once: no call twice, none lost, no waiting."""

from collections import Counter

import pytest
from django.db import transaction

from followups.models import QueuedCall
from followups.services.calls.queue import claim_next_call
from followups.services.supervision.assigning import (
    assign_calls,
    preview_deal,
    release_assignments,
)
from followups.services.supervision.dealing import Order
from hospital import clock
from hospital.models import Role, User
from tests.factories import UserFactory
from tests.followups.test_queue_races import at_work, queue_people
from tests.followups.world import NOW
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def make_agents(count: int) -> list[User]:
    return [UserFactory(roles=[Role.CALLBACK_AGENT]) for __ in range(count)]


def assigned() -> Counter[int]:
    rows = QueuedCall.objects.exclude(assigned_to=None)
    return Counter(rows.values_list("assigned_to", flat=True))


def test_two_supervisors_with_the_same_preview_assign_it_once(
    supervisor: User,
) -> None:
    queue_people(100)
    one, other = make_agents(2)
    with clock.at(NOW):
        order = preview_deal([one, other], actor=supervisor, each=20).order
    second = UserFactory(roles=[Role.SUPERVISOR])
    deals = race(
        lambda: at_work(lambda: assign_calls(order, actor=supervisor)),
        lambda: at_work(lambda: assign_calls(order, actor=second)),
    )
    assert sorted(deal.given for deal in deals) == [0, 40]
    assert assigned() == {one.pk: 20, other.pk: 20}


def test_two_supervisors_assign_different_agents_different_calls(
    supervisor: User,
) -> None:
    queue_people(60)
    one, other = make_agents(2)
    second = UserFactory(roles=[Role.SUPERVISOR])
    orders = [Order({agent.pk: 25}) for agent in (one, other)]
    deals = race(
        lambda: at_work(lambda: assign_calls(orders[0], actor=supervisor)),
        lambda: at_work(lambda: assign_calls(orders[1], actor=second)),
    )
    assert [deal.given for deal in deals] == [25, 25]
    assert assigned() == {one.pk: 25, other.pk: 25}


def test_a_call_that_is_just_being_taken_is_left_out_without_waiting(
    supervisor: User,
) -> None:
    queue_people(3)
    agent, caller = make_agents(2)
    first = QueuedCall.objects.order_by("-priority", "closes_at", "patient")[0]
    with transaction.atomic():
        QueuedCall.objects.select_for_update(no_key=True).get(pk=first.pk)
        deals = race(
            lambda: at_work(
                lambda: assign_calls(Order({agent.pk: 2}), actor=supervisor)
            )
        )
    assert deals[0].given == 2
    first.refresh_from_db()
    assert first.assigned_to is None
    with clock.at(NOW):
        row = claim_next_call(caller)
    assert row is not None
    assert row.pk == first.pk


def test_claims_race_the_assignment_and_nobody_gets_anothers_call(
    supervisor: User,
) -> None:
    queue_people(40)
    mine = make_agents(2)
    callers = make_agents(4)
    order = Order({agent.pk: 15 for agent in mine})
    results = race(
        lambda: at_work(lambda: assign_calls(order, actor=supervisor)),
        *[
            lambda caller=caller: at_work(lambda: claim_next_call(caller))
            for caller in callers
        ],
    )
    claimed = [row.pk for row in results[1:]]
    assert len(set(claimed)) == 4
    assert assigned() == {agent.pk: 15 for agent in mine}
    held = QueuedCall.objects.filter(pk__in=claimed).values_list("assigned_to")
    assert {who for (who,) in held} == {None}


def test_two_workers_at_midnight_free_the_calls_once() -> None:
    queue_people(10)
    [agent] = make_agents(1)
    with clock.at(NOW):
        release_assignments()
        QueuedCall.objects.update(assigned_to=agent)

    def at_midnight() -> int:
        with clock.at(NOW.replace(day=11)):
            return release_assignments()

    freed = race(lambda: at_work(at_midnight), lambda: at_work(at_midnight))
    assert (sum(freed), assigned()) == (10, {})
