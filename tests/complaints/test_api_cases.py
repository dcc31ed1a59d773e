"""Registering a voice through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from complaints.models import Case, Category
from hospital.models import Department, User

Api = Callable[[User], APIClient]
NewCase = Callable[..., Case]
CASES = "/api/v1/cases/"


@pytest.fixture
def voice(department: Department, category: Category) -> dict[str, Any]:
    """A body that registers a complaint."""
    return {
        "kind": "complaint",
        "channel": "phone",
        "narrative": "等了三个小时还没有看上病",
        "subjects": [{"category": "WAIT.1", "department": "XNK"}],
        "contact": {"name": "张建国", "phone": "13812345678"},
    }


def test_a_registered_voice_answers_with_number_and_tracking_code(
    front_desk: User, voice: dict[str, Any], api_of: Api
) -> None:
    answer = api_of(front_desk).post(CASES, voice)
    case = Case.objects.get()
    assert answer.status_code == 201
    assert answer.data["number"] == case.number
    assert answer.data["tracking_code"] == case.tracking_code
    assert (case.status, case.owner, case.received_by) == (
        "received",
        front_desk,
        front_desk,
    )
    assert answer.data["contact"] == {
        "name": "张*",
        "phone": "138****5678",
        "relation": "patient",
        "special_need": "none",
    }


def test_a_voice_solved_on_the_spot_is_closed_at_once(
    front_desk: User, voice: dict[str, Any], api_of: Api
) -> None:
    voice["solved"] = {"how": "当场致歉并安排就诊", "score": 5}
    answer = api_of(front_desk).post(CASES, voice)
    case = Case.objects.get()
    assert (answer.status_code, answer.data["status"]) == (201, "closed")
    assert case.satisfactions.get().score == 5
    assert case.replies.get().text == "当场致歉并安排就诊"


def test_full_width_digits_and_control_characters_are_cleaned(
    front_desk: User, voice: dict[str, Any], api_of: Api
) -> None:
    voice["narrative"] = "护士\u202e态度\x00好 😀\x07"
    voice["contact"] = {"name": "张\x00三", "phone": "＋８６ １３８-1234-5678"}
    assert api_of(front_desk).post(CASES, voice).status_code == 201
    case = Case.objects.get()
    assert case.narrative == "护士态度好 😀"
    assert (case.contact.name, case.contact.phone) == ("张三", "13812345678")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"narrative": ""}, "narrative"),
        ({"narrative": "\x00\u200b"}, "narrative"),
        ({"narrative": "字" * 350_000}, "narrative"),
        ({"kind": "gossip"}, "kind"),
        ({"received_at": "2999-01-01T00:00:00Z"}, "received_at"),
        ({"received_at": "yesterday"}, "received_at"),
        ({"subjects": []}, "subjects"),
        ({"subjects": "XNK"}, "subjects"),
        ({"subjects": [{"category": "NO.1", "department": "XNK"}]}, "subjects"),
        ({"subjects": [{"category": "WAIT.1", "department": "NO"}]}, "subjects"),
        ({"subjects": [{"category": "WAIT.1", "department": "XNK"}] * 2}, "subjects"),
        ({"contact": {"name": "", "phone": ""}}, "phone"),
        ({"contact": {"name": "长" * 61}}, "contact"),
        ({"contact": {"phone": "1" * 31}}, "contact"),
        ({"solved": {"how": " "}}, "solved"),
        ({"solved": {"how": "好", "score": 6}}, "solved"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(
    front_desk: User,
    voice: dict[str, Any],
    api_of: Api,
    change: dict[str, Any],
    field: str,
) -> None:
    answer = api_of(front_desk).post(CASES, voice | change)
    assert (answer.status_code, answer["Content-Type"]) == (
        400,
        "application/problem+json",
    )
    assert list(answer.data["errors"]) == [field]
    assert Case.objects.count() == 0


def test_an_unknown_department_is_named_in_a_sentence(
    front_desk: User, voice: dict[str, Any], api_of: Api
) -> None:
    voice["subjects"][0]["department"] = "NOPE"
    answer = api_of(front_desk).post(CASES, voice, headers={"accept-language": "en"})
    assert answer.json()["errors"] == {
        "subjects": {"0": {"department": ["No department has the code “NOPE”."]}}
    }


def test_a_department_registers_nothing(
    head: User, voice: dict[str, Any], api_of: Api
) -> None:
    answer = api_of(head).post(CASES, voice)
    assert (answer.status_code, Case.objects.count()) == (403, 0)


def test_another_content_type_is_refused(front_desk: User, api_of: Api) -> None:
    answer = api_of(front_desk).post(CASES, "<a/>", content_type="text/xml")
    assert (answer.status_code, answer.data["title"]) == (
        415,
        "Unsupported Media Type",
    )


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null", '{"narrative": "\\ud800"}'])
def test_a_broken_body_is_refused(front_desk: User, api_of: Api, body: str) -> None:
    answer = api_of(front_desk).post(CASES, body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (
        400,
        "application/problem+json",
    )


def test_the_same_idempotency_key_registers_one_case(
    front_desk: User, voice: dict[str, Any]
) -> None:
    client = APIClient()
    client.force_login(front_desk)
    key = {"idempotency-key": "7f1c"}
    first = client.post(CASES, voice, headers=key)
    second = client.post(CASES, voice, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Case.objects.count() == 1
