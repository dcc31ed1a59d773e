"""Recordings are only linked, by the telephone system, and never copied."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from followups.models import Attempt, Mode, Recording
from hospital import clock
from hospital.models import User
from tests.followups.check_world import YESTERDAY, make_call
from tests.followups.world import DAY, NOW

Api = Callable[[User], APIClient]
PEN = "https://recorder.example/play?id=7"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def call(agent: User) -> Attempt:
    return make_call(agent, dialled="13812345678")


def path_of(call: Attempt) -> str:
    return f"/api/v1/calls/{call.pk}/recording/"


@pytest.mark.parametrize("who", ["supervisor", "it_admin"])
@pytest.mark.parametrize("method", ["put", "post"])
def test_a_recording_is_linked(
    request: pytest.FixtureRequest, api_of: Api, call: Attempt, who: str, method: str
) -> None:
    system = api_of(request.getfixturevalue(who))
    answer = getattr(system, method)(path_of(call), {"url": PEN})
    assert (answer.status_code, answer.json()) == (
        200,
        {"url": PEN, "linked_at": "2026-03-10T09:30:00+08:00"},
    )
    assert Recording.objects.get().url == PEN


def test_the_same_link_again_changes_nothing_and_another_replaces_it(
    it_admin: User, api_of: Api, call: Attempt
) -> None:
    system = api_of(it_admin)
    first = system.put(path_of(call), {"url": PEN}).json()
    with clock.at(NOW + DAY):
        assert system.put(path_of(call), {"url": PEN}).json() == first
        moved = "http://archive.example/7.wav"
        assert system.put(path_of(call), {"url": moved}).json()["url"] == moved
    recording = Recording.objects.get()
    assert (recording.url, recording.linked_at) == (moved, NOW + DAY)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": ""},
        {"url": None},
        {"url": ["https://a.example/"]},
        {"url": "javascript:alert(1)"},
        {"url": "ftp://recorder.example/7.wav"},
        {"url": "file:///etc/passwd"},
        {"url": "//recorder.example/7"},
        {"url": "https://recorder.example/" + "7" * 500},
        {"url": "https://recorder.example/\x00"},
        ["https://recorder.example/7"],
    ],
)
def test_only_an_address_of_the_web_is_taken(
    it_admin: User, api_of: Api, call: Attempt, body: Any
) -> None:
    assert api_of(it_admin).put(path_of(call), body).status_code == 400
    assert Recording.objects.count() == 0


@pytest.mark.parametrize("who", ["agent", "front_desk", "head", "leader"])
def test_nobody_else_links_or_looks(
    request: pytest.FixtureRequest, api_of: Api, call: Attempt, who: str
) -> None:
    system = api_of(request.getfixturevalue(who))
    assert system.put(path_of(call), {"url": PEN}).status_code == 403
    sought = {"phone": "1", "since": NOW.isoformat(), "until": NOW.isoformat()}
    assert system.get("/api/v1/calls/", sought).status_code == 403
    assert Recording.objects.count() == 0


def test_a_stranger_is_asked_to_sign_in(call: Attempt) -> None:
    assert APIClient().put(path_of(call), {"url": PEN}).status_code == 401


def test_a_call_that_does_not_exist_is_not_found(
    it_admin: User, agent: User, api_of: Api
) -> None:
    system = api_of(it_admin)
    visit = make_call(agent, mode=Mode.BEDSIDE)
    assert system.put(path_of(visit), {"url": PEN}).status_code == 404
    assert system.put("/api/v1/calls/0/recording/", {"url": PEN}).status_code == 404


def test_the_telephone_system_finds_the_call_by_number_and_time(
    it_admin: User, agent: User, api_of: Api, call: Attempt
) -> None:
    make_call(agent, dialled="13900000000")
    make_call(agent, dialled="13812345678", at=YESTERDAY - DAY)
    sought = {
        "phone": "+86 138-1234-5678",
        "since": "2026-03-09T09:29:30+08:00",
        "until": "2026-03-09T09:40:00+08:00",
    }
    system = api_of(it_admin)
    assert system.get("/api/v1/calls/", sought).json() == [
        {
            "id": call.pk,
            "agent": {"employee_number": agent.employee_number, "name": agent.name},
            "started_at": "2026-03-09T09:28:00+08:00",
            "ended_at": "2026-03-09T09:30:00+08:00",
            "has_recording": False,
        }
    ]
    system.put(path_of(call), {"url": PEN})
    assert system.get("/api/v1/calls/", sought).json()[0]["has_recording"] is True


@pytest.mark.parametrize("name", ["phone", "since", "until"])
def test_a_search_says_which_call(it_admin: User, api_of: Api, name: str) -> None:
    sought = {"phone": "1", "since": NOW.isoformat(), "until": NOW.isoformat()}
    del sought[name]
    assert api_of(it_admin).get("/api/v1/calls/", sought).status_code == 400
