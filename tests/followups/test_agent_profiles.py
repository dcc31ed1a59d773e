"""What an agent takes: said by the supervisor, respected by the queue."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from followups.models import AgentProfile, Outcome, QueuedCall
from followups.services.calls.queue import claim_next_call
from followups.services.supervision.agents import agents_today, change_profile
from followups.services.visits.record import VisitResult, record_visit
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, Role, User
from tests.factories import UserFactory
from tests.followups.assigning_world import queue
from tests.followups.ward import admit, make_visits, visit_of
from tests.followups.world import NOW

SignIn = Callable[[User], Client]
AGENTS = "/calls/agents/"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def change(agent: User, actor: User, **words: Any) -> AgentProfile:
    said: dict[str, Any] = {
        "languages": [],
        "departments": [],
        "daily_target": 80,
    } | words
    return change_profile(agent, actor=actor, **said)


def test_a_supervisor_says_what_an_agent_takes(
    supervisor: User, agent: User, department: Department, english: SignIn
) -> None:
    browser = english(supervisor)
    path = reverse("followups:agent", args=[agent.pk])
    assert f"What {agent.name} takes" in browser.get(path).content.decode()
    sent = {
        "languages": ["zh", "yue"],
        "departments": [department.pk],
        "daily_target": "60",
    }
    page = browser.post(path, sent, follow=True).content.decode()
    for words in ("Mandarin, Cantonese", "Cardiology", "target 60"):
        assert words in page
    profile = AgentProfile.objects.get(user=agent)
    assert (profile.languages, list(profile.departments.all())) == (
        ["zh", "yue"],
        [department],
    )


def test_without_a_word_an_agent_takes_everything(
    supervisor: User, agent: User, department: Department, english: SignIn
) -> None:
    page = english(supervisor).get(AGENTS).content.decode()
    for words in (agent.name, "every language", "all departments", "target 80"):
        assert words in page
    change(agent, supervisor)
    queue("1", language="yue", department=department)
    assert claim_next_call(agent) is not None


def test_assigned_calls_that_no_longer_suit_are_free_again(
    supervisor: User,
    agent: User,
    department: Department,
    other_department: Department,
) -> None:
    queue("1", assigned_to=agent, department=department)
    queue("2", assigned_to=agent, department=other_department)
    queue("3", assigned_to=agent, department=department, language="yue")
    queue("4", assigned_to=agent)
    change(agent, supervisor, languages=["zh"], departments=[department])
    kept = QueuedCall.objects.filter(assigned_to=agent)
    assert list(kept.values_list("patient__number", flat=True)) == ["1"]


def test_a_profile_for_everything_frees_nothing(supervisor: User, agent: User) -> None:
    queue("1", assigned_to=agent)
    change(agent, supervisor)
    assert QueuedCall.objects.filter(assigned_to=agent).count() == 1


@pytest.mark.parametrize("target", ["0", "501", "many", ""])
def test_a_senseless_target_is_refused(
    supervisor: User, agent: User, english: SignIn, target: str
) -> None:
    path = reverse("followups:agent", args=[agent.pk])
    page = english(supervisor).post(path, {"daily_target": target}).content.decode()
    assert "data-form-errors" in page
    assert AgentProfile.objects.count() == 0


def test_the_service_holds_the_rules_by_itself(
    supervisor: User, agent: User, front_desk: User
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        change(agent, supervisor, daily_target=0)
    assert refusal.value.field == "daily_target"
    with pytest.raises(RuleViolation):
        change(front_desk, supervisor)
    with pytest.raises(PermissionDenied):
        change(agent, agent)


def test_who_makes_no_calls_has_no_profile(
    supervisor: User, front_desk: User, english: SignIn
) -> None:
    path = reverse("followups:agent", args=[front_desk.pk])
    assert english(supervisor).get(path).status_code == 404


def test_visits_at_the_bed_are_no_calls_of_the_day(agent: User) -> None:
    make_visits()
    admit("1")
    result = VisitResult(outcome=Outcome.REACHED_PATIENT, started_at=NOW)
    record_visit(visit_of("1"), visitor=agent, result=result)
    assert [day.done for day in agents_today()] == [0]


def test_agents_do_not_change_their_own(agent: User, english: SignIn) -> None:
    browser = english(agent)
    path = reverse("followups:agent", args=[agent.pk])
    assert browser.get(AGENTS).status_code == 403
    assert browser.post(path, {"daily_target": "1"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_agents_there_are(
    supervisor: User,
    department: Department,
    english: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for __ in range(count):
        person = UserFactory(roles=[Role.CALLBACK_AGENT])
        change(person, supervisor, departments=[department])
    browser = english(supervisor)
    with django_assert_num_queries(8):
        assert browser.get(AGENTS).status_code == 200
