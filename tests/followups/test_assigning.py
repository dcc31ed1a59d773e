"""Calls are assigned by priority and skill, once, and never lie with who is away."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import AgentProfile, Outcome, Patient, QueuedCall
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call
from followups.services.supervision.assigning import (
    assign_calls,
    assign_one,
    preview_deal,
    take_back,
)
from followups.services.supervision.dealing import Deal
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, Role, User
from tests.complaints.clock_world import moment
from tests.factories import UserFactory
from tests.followups.assigning_world import assign, gets, holders, queue
from tests.followups.world import DAY, NOW

TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def wang(db: None) -> User:
    return UserFactory(name="王敏", employee_number="1011", roles=[Role.CALLBACK_AGENT])


@pytest.fixture
def li(db: None) -> User:
    return UserFactory(name="李娜", employee_number="1012", roles=[Role.CALLBACK_AGENT])


def left(deal: Deal) -> dict[str, int]:
    return {each.words: each.count for each in deal.left}


def test_the_most_urgent_are_dealt_in_turn_and_the_rest_stays(
    supervisor: User, wang: User, li: User
) -> None:
    for number, priority in [("1", 10), ("2", 50), ("3", 40), ("4", 30), ("5", 20)]:
        queue(number, priority)
    deal = assign(supervisor, wang, li, each=2)
    assert gets(deal) == {"王敏": 2, "李娜": 2}
    assert holders() == {"1": None, "2": "王敏", "3": "李娜", "4": "王敏", "5": "李娜"}
    assert (deal.unassigned, list(left(deal).values())) == (1, [1])


def test_the_preview_says_what_assigning_then_does_and_changes_nothing(
    supervisor: User, wang: User, li: User
) -> None:
    for number in range(1, 8):
        queue(str(number))
    preview = preview_deal([wang, li], actor=supervisor, each=3)
    assert set(holders().values()) == {None}
    assert (gets(preview), preview.unassigned) == ({"王敏": 3, "李娜": 3}, 1)
    deal = assign_calls(preview.order, actor=supervisor)
    assert (gets(deal), left(deal)) == (gets(preview), left(preview))


def test_the_same_order_twice_assigns_once(supervisor: User, wang: User) -> None:
    for number in range(1, 6):
        queue(str(number))
    order = preview_deal([wang], actor=supervisor, each=2).order
    assert assign_calls(order, actor=supervisor).given == 2
    assert assign_calls(order, actor=supervisor).given == 0
    assert QueuedCall.objects.filter(assigned_to=wang).count() == 2


def test_a_new_order_adds_to_what_an_agent_has(supervisor: User, wang: User) -> None:
    for number in range(1, 6):
        queue(str(number))
    assign(supervisor, wang, each=2)
    assert gets(assign(supervisor, wang, each=2)) == {"王敏": 2}
    assert QueuedCall.objects.filter(assigned_to=wang).count() == 4


def test_only_what_an_agent_can_take_is_assigned_and_the_rest_says_why(
    supervisor: User,
    wang: User,
    li: User,
    department: Department,
    other_department: Department,
) -> None:
    AgentProfile.objects.create(user=wang, languages=["zh"])
    AgentProfile.objects.create(user=li, languages=["zh"])
    for agent in (wang, li):
        agent.agent_profile.departments.add(department)
    queue("1", department=department)
    queue("2", department=department, language="yue")
    queue("3", department=other_department)
    queue("4")
    deal = assign(supervisor, wang, li)
    assert holders() == {"1": "王敏", "2": None, "3": None, "4": None}
    assert (deal.unassigned, sorted(left(deal).values())) == (3, [1, 1, 1])


def test_who_can_take_little_is_dealt_that_first(
    supervisor: User, wang: User, li: User, department: Department
) -> None:
    profile = AgentProfile.objects.create(user=li, languages=[])
    profile.departments.add(department)
    queue("1", 50, department=department)
    queue("2", 40)
    deal = assign(supervisor, wang, li, each=1)
    assert (holders(), deal.unassigned) == ({"1": "李娜", "2": "王敏"}, 0)


def test_only_the_chosen_departments_are_dealt_out(
    supervisor: User, wang: User, department: Department, other_department: Department
) -> None:
    queue("1", department=department)
    queue("2", department=other_department)
    assign(supervisor, wang, departments=[department.pk])
    assert holders() == {"1": "王敏", "2": None}


def test_what_is_not_for_today_or_in_hand_is_left_out(
    supervisor: User, wang: User, li: User
) -> None:
    queue("1", needs_number=True)
    queue("2", ready_at=NOW + DAY)
    queue("3", claimed_by=li, claimed_until=NOW + timedelta(minutes=5))
    queue("4", assigned_to=li)
    queue("5", ready_at=moment("2026-03-10T18:00"))
    deal = assign(supervisor, wang)
    assert (holders()["5"], gets(deal), deal.in_call) == ("王敏", {"王敏": 1}, 1)
    assert holders()["3"] is None
    assert holders()["4"] == "李娜"


def test_nobody_who_is_away_is_assigned_anything(
    supervisor: User, wang: User, li: User
) -> None:
    queue("1")
    order = preview_deal([wang, li], actor=supervisor, each=1).order
    li.leave_from = li.leave_until = TODAY
    li.save()
    with pytest.raises(RuleViolation) as refusal:
        assign_calls(order, actor=supervisor)
    assert (refusal.value.field, holders()) == ("agents", {"1": None})
    with pytest.raises(RuleViolation):
        assign_one(Patient.objects.get().pk, agent=li, actor=supervisor)


@pytest.mark.parametrize("each", [0, 201])
def test_a_senseless_number_is_refused(supervisor: User, wang: User, each: int) -> None:
    with pytest.raises(RuleViolation) as refusal:
        preview_deal([wang], actor=supervisor, each=each)
    assert refusal.value.field == "each"


def test_without_agents_there_is_nothing_to_deal(supervisor: User) -> None:
    with pytest.raises(RuleViolation) as refusal:
        preview_deal([], actor=supervisor, each=5)
    assert refusal.value.field == "agents"


def test_the_front_desk_is_nobody_to_assign_to(
    supervisor: User, front_desk: User
) -> None:
    with pytest.raises(RuleViolation):
        preview_deal([front_desk], actor=supervisor, each=5)


def test_agents_assign_nothing(wang: User) -> None:
    row = queue("1")
    with pytest.raises(PermissionDenied):
        preview_deal([wang], actor=wang, each=5)
    with pytest.raises(PermissionDenied):
        assign_one(row.patient_id, agent=wang, actor=wang)
    with pytest.raises(PermissionDenied):
        take_back(actor=wang, agent=wang)


def test_an_assigned_call_is_handed_to_nobody_else(
    supervisor: User, wang: User, li: User
) -> None:
    queue("1")
    assign(supervisor, wang)
    assert claim_next_call(li) is None
    assert claim_next_call(wang) is not None


def test_one_call_moves_from_one_agent_to_another_and_back_to_all(
    supervisor: User, wang: User, li: User
) -> None:
    row = queue("1")
    assign_one(row.patient_id, agent=wang, actor=supervisor)
    assign_one(row.patient_id, agent=li, actor=supervisor)
    assert holders() == {"1": "李娜"}
    assign_one(row.patient_id, agent=None, actor=supervisor)
    assert holders() == {"1": None}


def test_one_call_is_not_given_to_who_cannot_take_it(
    supervisor: User, wang: User
) -> None:
    AgentProfile.objects.create(user=wang, languages=["zh"])
    row = queue("1", language="yue")
    with pytest.raises(RuleViolation) as refusal:
        assign_one(row.patient_id, agent=wang, actor=supervisor)
    assert refusal.value.field == "agent"


def test_a_call_in_hand_or_gone_cannot_be_assigned(
    supervisor: User, wang: User, li: User
) -> None:
    row = queue("1")
    claim_next_call(li)
    with pytest.raises(RuleViolation):
        assign_one(row.patient_id, agent=wang, actor=supervisor)
    QueuedCall.objects.all().delete()
    with pytest.raises(RuleViolation):
        assign_one(row.patient_id, agent=wang, actor=supervisor)


def test_what_waits_is_taken_back_and_what_is_in_hand_goes_on(
    supervisor: User, wang: User, li: User, department: Department
) -> None:
    queue("1", 90, assigned_to=wang, department=department)
    queue("2", assigned_to=wang)
    queue("3", assigned_to=li, department=department)
    claimed = claim_next_call(wang)
    assert claimed is not None
    assert take_back(actor=supervisor, agent=wang) == 1
    assert holders() == {"1": "王敏", "2": None, "3": "李娜"}
    assert take_back(actor=supervisor, department=department.pk) == 1
    assert holders() == {"1": "王敏", "2": None, "3": None}
    result = CallResult(Outcome.NO_ANSWER, started_at=NOW)
    assert record_attempt(claimed.patient, agent=wang, result=result).agent == wang


def test_taking_back_from_nobody_in_particular_is_a_mistake(supervisor: User) -> None:
    with pytest.raises(ValueError, match="of whom"):
        take_back(actor=supervisor)
