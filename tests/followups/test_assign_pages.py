"""Assigning on the pages: look first, then assign; take back; one call at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import QueuedCall
from hospital import clock
from hospital.models import Department, User
from tests.followups.assigning_world import queue
from tests.followups.world import NOW

SignIn = Callable[[User], Client]
PEOPLE = "/calls/work/people/"
ASSIGN = "/calls/work/assign/"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def read(browser: Client, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_assigning_shows_first_what_it_means(
    supervisor: User, agent: User, english: SignIn
) -> None:
    for number in range(1, 4):
        queue(str(number))
    browser = english(supervisor)
    assert "Assign calls" in read(browser, ASSIGN)
    sent = {"step": "other", "each": "2", "agents": [agent.pk]}
    preview = browser.post(ASSIGN, sent)
    page = preview.content.decode()
    for words in ("Assign 2 calls", "1 call stays unassigned.", agent.name):
        assert words in page
    assert QueuedCall.objects.filter(assigned_to=agent).count() == 0
    order = {"order": preview.context["order"]}
    page = browser.post(ASSIGN, order, follow=True).content.decode()
    assert f"2 calls were assigned: {agent.name} 2. 1 call stays unassigned." in page
    page = browser.post(ASSIGN, order, follow=True).content.decode()
    assert "Nothing was left to assign." in page
    assert QueuedCall.objects.filter(assigned_to=agent).count() == 2


def test_who_is_on_leave_cannot_be_ticked(
    supervisor: User, agent: User, english: SignIn
) -> None:
    agent.leave_from = agent.leave_until = clock.today()
    agent.save()
    queue("1")
    browser = english(supervisor)
    page = read(browser, ASSIGN)
    assert "on leave until 2026-03-10" in page
    assert " disabled" in page
    sent = {"step": "5", "agents": [agent.pk]}
    assert "is not there today." in browser.post(ASSIGN, sent).content.decode()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"step": "other"}, "Say how many calls."),
        ({"step": "other", "each": "201"}, "less than or equal to 200"),
        ({"agents": []}, "Choose the agents."),
        ({"agents": ["0"]}, "Select a valid choice."),
    ],
)
def test_a_form_that_says_too_little_comes_back(
    supervisor: User,
    agent: User,
    english: SignIn,
    changes: dict[str, Any],
    refusal: str,
) -> None:
    sent = {"step": "5", "agents": [agent.pk]} | changes
    assert refusal in english(supervisor).post(ASSIGN, sent).content.decode()


def test_an_old_or_forged_preview_is_not_carried_out(
    supervisor: User, agent: User, english: SignIn
) -> None:
    queue("1")
    browser = english(supervisor)
    page = browser.post(ASSIGN, {"order": "forged"}, follow=True).content.decode()
    assert "The preview is too old." in page
    assert QueuedCall.objects.get().assigned_to is None


def test_an_agent_who_has_left_since_the_preview_stops_it(
    supervisor: User, agent: User, english: SignIn
) -> None:
    queue("1")
    browser = english(supervisor)
    preview = browser.post(ASSIGN, {"step": "5", "agents": [agent.pk]})
    agent.is_active = False
    agent.save()
    sent = {"order": preview.context["order"]}
    page = browser.post(ASSIGN, sent, follow=True).content.decode()
    assert "is not there today." in page
    assert QueuedCall.objects.get().assigned_to is None


def test_a_single_call_is_assigned_from_its_row(
    supervisor: User, agent: User, english: SignIn
) -> None:
    row = queue("1")
    browser = english(supervisor)
    path = reverse("followups:assign_call", args=[row.pk])
    back = f"{PEOPLE}?column=waiting"
    page = read(browser, path)
    for words in ("Assign the call to 张*", "Nobody: whoever is free", agent.name):
        assert words in page
    response = browser.post(f"{path}?next={back}", {"agent": agent.pk}, follow=True)
    assert response.redirect_chain == [(back, 302)]
    row.refresh_from_db()
    assert row.assigned_to == agent
    browser.post(path, {"agent": "nobody"})
    row.refresh_from_db()
    assert row.assigned_to is None
    assert browser.get(reverse("followups:assign_call", args=[0])).status_code == 404


def test_calls_are_taken_back_from_an_agent_or_a_department(
    supervisor: User, agent: User, department: Department, english: SignIn
) -> None:
    row = queue("1", department=department)
    browser = english(supervisor)
    for name, key in (
        ("followups:take_back_from", agent.pk),
        ("followups:take_back_in", department.pk),
    ):
        QueuedCall.objects.update(assigned_to=agent)
        path = reverse(name, args=[key])
        assert browser.get(path).status_code == 405
        assert "for everybody again" in browser.post(path, follow=True).content.decode()
        row.refresh_from_db()
        assert row.assigned_to is None


def test_nobody_else_assigns_or_takes_back(
    agent: User, department: Department, english: SignIn
) -> None:
    row = queue("1", assigned_to=agent)
    browser = english(agent)
    for path in (
        ASSIGN,
        reverse("followups:assign_call", args=[row.pk]),
        reverse("followups:take_back_from", args=[agent.pk]),
        reverse("followups:take_back_in", args=[department.pk]),
    ):
        assert browser.post(path, {"agent": "nobody"}).status_code == 403
    row.refresh_from_db()
    assert row.assigned_to == agent
