"""The closing gate, the same behind every door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from complaints import services
from complaints.models import Case, RectificationTask, Reply
from hospital.exceptions import RuleViolation
from hospital.models import Department, User

NewCase = Callable[..., Case]
Door = Callable[[Case, User], str]
OPEN_TASK = "1 task is neither verified nor cancelled."
NO_REPLY = "No final reply to the person is recorded."
NO_VERDICT = "The person's satisfaction was neither asked nor explained."


@pytest.fixture(params=["service", "page", "api"])
def close(
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Client],
    api_of: Callable[[User], APIClient],
) -> Door:
    """Try to close through one of the doors; the state of the case afterwards."""

    def through_service(case: Case, actor: User) -> None:
        try:
            services.close_case(case, actor=actor)
        except RuleViolation:
            return

    def through_page(case: Case, actor: User) -> None:
        sign_in(actor).post(reverse("complaints:close", args=[case.number]))

    def through_api(case: Case, actor: User) -> None:
        api_of(actor).post(f"/api/v1/cases/{case.number}/close/")

    doors = {"service": through_service, "page": through_page, "api": through_api}

    def door(case: Case, actor: User) -> str:
        doors[request.param](case, actor)
        return Case.objects.get(pk=case.pk).status

    return door


@pytest.fixture
def reply(front_desk: User) -> Callable[..., Reply]:
    def write(case: Case, **changes: Any) -> Reply:
        words = {"method": "phone", "text": "已说明并致歉"}
        return services.reply_to_person(case, actor=front_desk, **(words | changes))

    return write


@pytest.fixture
def answered(case: Case, front_desk: User, reply: Callable[..., Reply]) -> Case:
    """The case, replied and rated: nothing stands in its way."""
    reply(case)
    services.record_satisfaction(case, actor=front_desk, score=4)
    return case


def test_a_case_with_nothing_left_to_do_is_closed(
    answered: Case, front_desk: User, close: Door
) -> None:
    assert close(answered, front_desk) == "closed"


def test_a_case_without_a_reply_stays_open(
    case: Case, front_desk: User, close: Door
) -> None:
    assert close(case, front_desk) == "received"


def test_a_case_without_a_verdict_stays_open(
    case: Case, front_desk: User, reply: Callable[..., Reply], close: Door
) -> None:
    reply(case)
    assert close(case, front_desk) == "replied"


def test_an_open_task_keeps_the_case_open(
    answered: Case, department: Department, head: User, front_desk: User, close: Door
) -> None:
    task = services.open_task(
        answered, actor=front_desk, department=department, demand="再查"
    )
    assert close(answered, front_desk) == "in_progress"
    services.acknowledge_task(task, actor=head)
    services.submit_task(task, actor=head, result="已整改")
    assert close(answered, front_desk) == "in_progress"


def test_another_department_closes_nothing(
    answered: Case, head: User, close: Door, request: pytest.FixtureRequest
) -> None:
    if "service" in request.node.callspec.id:
        with pytest.raises(PermissionDenied):
            close(answered, head)
    else:
        assert close(answered, head) == "replied"


def test_all_obstacles_are_named_at_once(
    case: Case, department: Department, head: User, front_desk: User
) -> None:
    with translation.override("en"):
        assert list(services.closing_obstacles(case)) == [NO_REPLY, NO_VERDICT]
        services.open_task(case, actor=front_desk, department=department, demand="查")
        assert list(services.closing_obstacles(case)) == [
            OPEN_TASK,
            NO_REPLY,
            NO_VERDICT,
        ]


def test_an_interim_reply_does_not_open_the_gate(
    task: RectificationTask, front_desk: User, reply: Callable[..., Reply]
) -> None:
    reply(task.case)
    services.cancel_task(task, actor=front_desk, reason="不再需要")
    with translation.override("en"):
        assert list(services.closing_obstacles(task.case)) == [NO_REPLY, NO_VERDICT]


def test_a_verified_task_lets_the_case_go(
    task: RectificationTask, head: User, front_desk: User, reply: Callable[..., Reply]
) -> None:
    services.acknowledge_task(task, actor=head)
    services.submit_task(task, actor=head, result="已整改")
    services.verify_task(task, actor=front_desk)
    reply(task.case)
    services.record_satisfaction(task.case, actor=front_desk, not_asked="refused")
    closed = services.close_case(task.case, actor=front_desk)
    assert (closed.status, closed.due_at) == ("closed", None)
    assert closed.closed_at is not None
    assert closed.deadlines.filter(met_at=None, superseded_at=None).count() == 0


def test_an_anonymous_case_closes_with_the_reasons_why_nobody_was_told(
    new_case: NewCase, front_desk: User, reply: Callable[..., Reply]
) -> None:
    case = new_case(contact=None)
    reply(case, method="", text="", impossible="anonymous")
    services.record_satisfaction(case, actor=front_desk, not_asked="anonymous")
    assert services.close_case(case, actor=front_desk).status == "closed"


@pytest.mark.parametrize("role", ["head", "staff", "leader", "agent", "quality_admin"])
def test_only_the_owner_and_supervisors_close(
    answered: Case, role: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        services.close_case(answered, actor=person)


def test_a_supervisor_closes_for_the_owner(answered: Case, supervisor: User) -> None:
    services.close_case(answered, actor=supervisor)
    event = answered.events.get(verb="closed")
    assert (event.actor, event.old) == (supervisor, {"status": "replied"})


def test_a_closed_case_is_not_closed_again(answered: Case, front_desk: User) -> None:
    services.close_case(answered, actor=front_desk)
    with pytest.raises(RuleViolation):
        services.close_case(answered, actor=front_desk)
