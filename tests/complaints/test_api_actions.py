"""Every action on a case through the API: it works, and how it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from complaints import services
from complaints.models import AccessLog, Case, RectificationTask
from hospital.models import Department, User

Api = Callable[[User], APIClient]
NewCase = Callable[..., Case]
REPLY = {"method": "phone", "text": "已向您说明原因并致歉"}
ACTIONS: dict[str, dict[str, Any]] = {
    "accept": {},
    "decline": {"ground": "in_court", "method": "phone", "text": "法院已受理"},
    "handover": {"to": "?", "reason": "下班交接"},
    "tier": {"tier": 2, "reason": "多次投诉"},
    "convert": {"kind": "enquiry", "reason": "实为咨询"},
    "note": {"text": "家属情绪平稳"},
    "reply": REPLY,
    "satisfaction": {"score": 4},
    "close": {},
    "withdraw": {"reason": "患者撤回"},
    "merge": {"into": "?", "reason": "同一件事"},
    "reopen": {"reason": "患者不满意"},
    "tasks": {"department": "XNK", "demand": "请整改"},
    "reveal": {"reason": "需要回电"},
}


@pytest.fixture
def act(api_of: Api) -> Callable[..., Response]:
    """Do an action on a case as a person."""

    def do(user: User, case: Case, name: str, **body: Any) -> Response:
        return api_of(user).post(f"/api/v1/cases/{case.number}/{name}/", body)

    return do


Act = Callable[..., Response]


def test_a_case_walks_from_received_to_closed_and_back(
    case: Case, front_desk: User, act: Act
) -> None:
    states = [
        act(front_desk, case, "accept", revision=1).data["status"],
        act(front_desk, case, "reply", **REPLY).data["status"],
        act(front_desk, case, "satisfaction", score=4).data["status"],
        act(front_desk, case, "close").data["status"],
        act(front_desk, case, "reopen", reason="问题又出现").data["status"],
    ]
    assert states == ["accepted", "replied", "replied", "closed", "reopened"]
    assert set(case.events.values_list("actor", flat=True)) == {front_desk.pk}


def test_closing_too_early_names_every_obstacle(
    case: Case, front_desk: User, act: Act
) -> None:
    act(front_desk, case, "reply", **REPLY)
    answer = act(front_desk, case, "close")
    assert (answer.status_code, answer.data["code"]) == (409, "rule")
    shown = act(front_desk, case, "note", text="待回访").data
    assert [answer.data["detail"]] == shown["obstacles"]


def test_a_handover_is_offered_and_accepted(
    case: Case, front_desk: User, agent: User, act: Act
) -> None:
    offer = act(front_desk, case, "handover", to=agent.employee_number, reason="交接")
    assert (offer.status_code, offer.data["accepted"]) == (201, None)
    path = f"handover/{offer.data['id']}/answer"
    assert act(front_desk, case, path, accepted=True).status_code == 403
    answer = act(agent, case, path, accepted=True)
    case.refresh_from_db()
    assert (answer.data["accepted"], case.owner) == (True, agent)
    assert act(agent, case, path, accepted=True).status_code == 409


def test_refusing_a_handover_needs_a_reason(
    case: Case, front_desk: User, agent: User, act: Act
) -> None:
    offer = act(front_desk, case, "handover", to=agent.employee_number, reason="交接")
    path = f"handover/{offer.data['id']}/answer"
    silent = act(agent, case, path, accepted=False)
    assert (silent.status_code, list(silent.data["errors"])) == (400, ["answer"])
    answer = act(agent, case, path, accepted=False, answer="不在班")
    assert (answer.status_code, answer.data["answer"]) == (200, "不在班")


def test_a_handover_of_another_case_is_not_found(
    case: Case, new_case: NewCase, front_desk: User, agent: User, act: Act
) -> None:
    offer = services.offer_handover(case, actor=front_desk, to=agent, reason="交接")
    answer = act(agent, case, f"handover/{offer.pk + 1}/answer", accepted=True)
    assert answer.status_code == 404
    other = act(front_desk, new_case(), f"handover/{offer.pk}/answer", accepted=True)
    assert other.status_code == 404


def test_a_task_is_opened_for_a_department(
    case: Case, front_desk: User, head: User, act: Act
) -> None:
    answer = act(front_desk, case, "tasks", department="XNK", demand="请整改")
    task = RectificationTask.objects.get()
    assert (answer.status_code, answer.data["id"]) == (201, task.pk)
    assert answer.data["holder"] == {
        "employee_number": head.employee_number,
        "name": "主任",
    }


def test_a_department_without_anybody_is_refused_beside_the_field(
    case: Case, department: Department, front_desk: User, act: Act
) -> None:
    answer = act(front_desk, case, "tasks", department="XNK", demand="请整改")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["department"])


def test_revealing_the_contact_is_logged_with_its_reason(
    case: Case, front_desk: User, act: Act
) -> None:
    answer = act(front_desk, case, "reveal", reason="需要回电")
    assert (answer.data["name"], answer.data["phone"]) == ("张建国", "13812345678")
    entry = AccessLog.objects.get()
    assert (entry.user, entry.act, entry.reason) == (front_desk, "reveal", "需要回电")


def test_merging_ends_a_case_in_favour_of_another(
    new_case: NewCase, front_desk: User, act: Act
) -> None:
    one, other = new_case(), new_case()
    answer = act(front_desk, one, "merge", into=other.number, reason="同一件事")
    assert (answer.data["status"], answer.data["merged_into"]) == (
        "merged",
        other.number,
    )


def test_a_hidden_case_cannot_be_merged_into(
    case: Case, new_case: NewCase, agent: User, act: Act
) -> None:
    own = new_case(actor=agent)
    hidden = act(agent, own, "merge", into=case.number, reason="同一件事")
    missing = act(agent, own, "merge", into="C-2020-000001", reason="同一件事")
    assert (hidden.status_code, missing.status_code) == (400, 400)
    assert list(hidden.data["errors"]) == list(missing.data["errors"]) == ["into"]


def test_declining_and_converting_leave_their_marks(
    new_case: NewCase, supervisor: User, act: Act
) -> None:
    converted = act(supervisor, new_case(), "convert", **ACTIONS["convert"])
    declined = act(supervisor, new_case(), "decline", **ACTIONS["decline"])
    withdrawn = act(supervisor, new_case(), "withdraw", **ACTIONS["withdraw"])
    assert converted.data["kind"] == "enquiry"
    assert declined.data["decline_ground"] == "in_court"
    assert withdrawn.data["status"] == "withdrawn"


@pytest.mark.parametrize(
    "name",
    sorted(set(ACTIONS) - {"note", "satisfaction", "reveal"}),
)
def test_an_older_revision_is_stale_and_changes_nothing(
    case: Case,
    new_case: NewCase,
    head: User,
    agent: User,
    supervisor: User,
    act: Act,
    name: str,
) -> None:
    places = {"to": agent.employee_number, "into": new_case().number}
    body = {k: places.get(k, v) for k, v in ACTIONS[name].items()} | {"revision": 0}
    answer = act(supervisor, case, name, **body)
    assert (answer.status_code, answer.data["code"]) == (409, "stale")
    assert case.events.count() == 1


@pytest.mark.parametrize("name", ACTIONS)
def test_a_hidden_case_is_not_found_by_any_action(
    case: Case, outsider: User, act: Act, name: str
) -> None:
    assert act(outsider, case, name, **ACTIONS[name]).status_code == 404


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - {"reopen", "reveal"}))
def test_a_leader_reads_a_major_case_but_does_not_act(
    case: Case, supervisor: User, leader: User, new_case: NewCase, act: Act, name: str
) -> None:
    services.set_tier(case, actor=supervisor, tier=3, reason="媒体关注")
    into = services.set_tier(new_case(), actor=supervisor, tier=3, reason="媒体关注")
    places = {"to": supervisor.employee_number, "into": into.number}
    body = {key: places.get(key, value) for key, value in ACTIONS[name].items()}
    answer = act(leader, case, name, **body)
    assert (answer.status_code, answer["Content-Type"]) == (
        403,
        "application/problem+json",
    )


@pytest.mark.parametrize(
    "name", sorted(set(ACTIONS) - {"note", "satisfaction", "reopen", "reveal"})
)
def test_a_closed_case_refuses_what_its_state_does_not_allow(
    new_case: NewCase, head: User, agent: User, supervisor: User, act: Act, name: str
) -> None:
    solved = services.SolvedOnTheSpot("当场解决", score=5)
    case = new_case(solved=solved)
    places = {"to": agent.employee_number, "into": new_case().number}
    body = {key: places.get(key, value) for key, value in ACTIONS[name].items()}
    answer = act(supervisor, case, name, **body)
    assert (answer.status_code, answer.data["code"]) == (409, "rule")
    case.refresh_from_db()
    assert case.status == "closed"


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("decline", {"ground": "because", "method": "phone", "text": "x"}, "ground"),
        ("decline", {"ground": "in_court", "method": "phone", "text": ""}, "text"),
        ("handover", {"to": "00000", "reason": "x"}, "to"),
        ("handover", {"to": "00000\x00", "reason": "x"}, "to"),
        ("tier", {"tier": 4, "reason": "x"}, "tier"),
        ("tier", {"tier": 2, "reason": "\x07"}, "reason"),
        ("convert", {"kind": "complaint", "reason": "x"}, "kind"),
        ("reply", {}, "method"),
        ("reply", {"method": "phone"}, "text"),
        ("reply", {**REPLY, "at": "2999-01-01T00:00:00Z"}, "at"),
        ("reply", {**REPLY, "at": "2001-01-01T00:00:00Z"}, "at"),
        ("satisfaction", {"score": 9}, "score"),
        ("satisfaction", {}, "score"),
        ("tasks", {"department": "NO", "demand": "x"}, "department"),
        (
            "tasks",
            {"department": "XNK", "demand": "x", "due_at": "2001-01-01T00:00:00Z"},
            "due_at",
        ),
        ("reveal", {"reason": "长" * 301}, "reason"),
        ("accept", {"revision": "first"}, "revision"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(
    case: Case,
    head: User,
    supervisor: User,
    act: Act,
    name: str,
    body: dict[str, Any],
    field: str,
) -> None:
    answer = act(supervisor, case, name, **body)
    assert (answer.status_code, list(answer.data["errors"])) == (400, [field])
    assert case.events.count() == 1


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_a_post(
    case: Case, supervisor: User, api_of: Api, name: str
) -> None:
    answer = api_of(supervisor).get(f"/api/v1/cases/{case.number}/{name}/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
