"""Clocks through the API: read, explained, paused, promised, extended."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from complaints import services
from complaints.models import Case, Category, RectificationTask
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import MONDAY, moment, running

Api = Callable[[User], APIClient]
NewCase = Callable[..., Case]


def path(case: Case, *more: object) -> str:
    tail = "".join(f"{part}/" for part in more)
    return f"/api/v1/cases/{case.number}/{tail}"


@pytest.fixture
def case(new_case: NewCase) -> Case:
    with clock.at(MONDAY):
        return new_case()


def test_the_clocks_tell_state_rule_and_basis(
    case: Case, front_desk: User, api_of: Api
) -> None:
    with clock.at(MONDAY):
        rows = api_of(front_desk).get(path(case, "deadlines")).json()
    feedback = next(row for row in rows if row["clock"] == "feedback")
    told = {
        name: feedback[name]
        for name in ("state", "amount", "unit", "hours", "paused_at")
    }
    assert told == {
        "state": "running",
        "amount": 5,
        "unit": "working_days",
        "hours": "office",
        "paused_at": None,
    }
    assert (feedback["credited_seconds"], feedback["extended_until"]) == (0.0, None)
    assert "29" in feedback["basis"]


def test_a_department_reads_only_the_clocks_of_its_tasks(
    case: Case, task: RectificationTask, head: User, outsider: User, api_of: Api
) -> None:
    rows = api_of(head).get(path(case, "deadlines")).json()
    assert {row["task"] for row in rows} == {task.pk}
    assert api_of(outsider).get(path(case, "deadlines")).status_code == 404
    feedback = running(case, "feedback")
    hidden = path(case, "deadlines", feedback.pk, "explanation")
    assert api_of(head).get(hidden).status_code == 404


def test_the_explanation_adds_up(case: Case, front_desk: User, api_of: Api) -> None:
    with clock.at(MONDAY):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等家属")
    with clock.at(moment("2025-06-10T10:00")):
        services.resume_case(case, actor=front_desk)
        deadline = running(case, "feedback")
        address = path(case, "deadlines", deadline.pk, "explanation")
        told = api_of(front_desk).get(address).json()
    assert sum(part["seconds"] for part in told["parts"]) == told["whole_seconds"]
    assert [pause["reason"] for pause in told["pauses"]] == ["等家属"]
    assert told["deadline"]["credited_seconds"] == 8 * 3600
    assert [len(told["earlier"]), told["extended_until"]] == [1, []]
    assert told["days"][0]["working_day"] is None


def test_a_department_is_not_told_why_its_clock_stood_still(
    case: Case, task: RectificationTask, front_desk: User, head: User, api_of: Api
) -> None:
    services.pause_task(task, actor=front_desk, waits_for="outside", reason="等配件")
    own = task.deadlines.get(clock="rectify")
    told = api_of(head).get(path(case, "deadlines", own.pk, "explanation")).json()
    assert [sorted(pause) for pause in told["pauses"]] == [["paused_at", "resumed_at"]]


def test_pausing_and_resuming(case: Case, front_desk: User, api_of: Api) -> None:
    api = api_of(front_desk)
    body = {"waits_for": "person", "reason": "等家属"}
    with clock.at(MONDAY):
        paused = api.post(path(case, "pause"), body, format="json").json()
        again = api.post(path(case, "pause"), body, format="json")
        resumed = api.post(path(case, "resume"), format="json").json()
        twice = api.post(path(case, "resume"), format="json")
    states = {row["clock"]: row["state"] for row in paused["deadlines"]}
    assert states["feedback"] == "paused"
    assert "resume" in paused["actions"]
    assert (again.status_code, again["Content-Type"]) == (
        409,
        "application/problem+json",
    )
    assert "pause" in resumed["actions"]
    assert twice.status_code == 409


def test_a_promise_is_made_and_ended(
    case: Case, front_desk: User, agent: User, head: User, api_of: Api
) -> None:
    api = api_of(front_desk)
    with clock.at(MONDAY):
        body = {"text": "周五回电", "due_at": "2025-06-13T17:00:00+08:00"}
        made = api.post(path(case, "promise"), body, format="json")
        promise = made.json()
        assert (made.status_code, promise["owner"]["name"]) == (201, "前台")
        end = path(case, "promise", promise["id"], "end")
        refused = api.post(end, {"kept": False}, format="json")
        assert refused.json()["errors"] == {"note": ["Say why in a few words."]}
        kept = api.post(end, {"kept": True}, format="json").json()
        assert kept["is_kept"] is True
        late = body | {"due_at": "2025-06-01T17:00:00+08:00"}
        assert api.post(path(case, "promise"), late, format="json").status_code == 400
    assert api_of(agent).post(end, {"kept": True}, format="json").status_code == 404


def test_more_time_is_asked_for_and_decided(
    case: Case, front_desk: User, supervisor: User, api_of: Api
) -> None:
    with clock.at(MONDAY):
        body = {
            "deadline": running(case, "feedback").pk,
            "until": "2025-06-23T18:00:00+08:00",
            "reason": "会诊",
            "words": "请您再等几天",
        }
        asked = api_of(front_desk).post(path(case, "extension"), body, format="json")
        extension = asked.json()
        assert (asked.status_code, extension["granted"]) == (201, None)
        decide = path(case, "extension", extension["id"], "decide")
        own = api_of(front_desk).post(decide, {"granted": True}, format="json")
        assert own.status_code == 403
        answer = api_of(supervisor).post(decide, {"granted": True}, format="json")
        assert answer.json()["granted"] is True
        unknown = body | {"deadline": 10**9}
        answer = api_of(front_desk).post(
            path(case, "extension"), unknown, format="json"
        )
        assert answer.status_code == 404
    assert running(case, "feedback").due_at == moment("2025-06-23T18:00")


def test_the_ledger_is_for_the_centre_and_the_leadership(
    case: Case, task: RectificationTask, front_desk: User, head: User, api_of: Api
) -> None:
    told: dict[str, Any] = api_of(front_desk).get(path(case, "ledger")).json()
    shared = sum(share["seconds"] for share in told["shares"])
    assert shared == pytest.approx(told["whole_seconds"])
    assert [told["changes"], told["refusals"]] == [1, 0]
    assert api_of(head).get(path(case, "ledger")).status_code == 403


def test_a_work_order_of_12345_is_registered_with_its_own_due_time(
    front_desk: User, department: Department, category: Category, api_of: Api
) -> None:
    body = {
        "kind": "complaint",
        "channel": "hotline",
        "source": "hotline",
        "narrative": "市民反映候诊时间长",
        "subjects": [{"category": category.code, "department": department.code}],
        "external_number": "GD20250609001",
        "external_due_at": "2025-06-12T12:00:00+08:00",
    }
    api = api_of(front_desk)
    with clock.at(MONDAY):
        number = api.post("/api/v1/cases/", body, format="json").json()["number"]
        case = Case.objects.get(number=number)
        told = api.get(path(case)).json()
    assert (told["external_number"], told["external_due_at"]) == (
        "GD20250609001",
        "2025-06-12T12:00:00+08:00",
    )
    assert running(case, "feedback").due_at == moment("2025-06-12T12:00")


@pytest.mark.parametrize("several", [1, 3])
def test_the_clocks_cost_the_same_however_many_there_are(
    several: int,
    case: Case,
    front_desk: User,
    api_of: Api,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with clock.at(MONDAY):
        for __ in range(several):
            services.make_promise(
                case, actor=front_desk, text="回电", due_at=moment("2025-06-13T17:00")
            )
        api = api_of(front_desk)
        with django_assert_num_queries(2):
            api.get(path(case, "deadlines"))
