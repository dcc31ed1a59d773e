"""Stays in bulk through the API, judged like the rows of a file."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from followups.models import FeedEvent, Stay
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import moment

URL = "/api/v1/stays/"
NOW = moment("2026-03-10T09:00")
ZHANG: dict[str, Any] = {
    "patient": "0012345",
    "visit": 1,
    "name": "张建国",
    "phone": "13812345678",
    "department": "XNK",
    "admitted_at": "2026-02-20T08:00:00+08:00",
    "discharged_at": "2026-03-04T02:30:00Z",
    "disposition": "home",
    "had_surgery": True,
    "charlson": 2,
}


@pytest.fixture(autouse=True)
def a_morning(department: Department) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def system(api_of: Callable[[User], APIClient], it_admin: User) -> APIClient:
    client = api_of(it_admin)
    client.credentials(HTTP_ACCEPT_LANGUAGE="en")
    return client


def verdicts(answer: Any) -> list[tuple[int, str, list[str]]]:
    return [
        (row["index"], row["verdict"], [reason["code"] for reason in row["reasons"]])
        for row in answer.json()["rows"]
    ]


def test_stays_are_taken_over_once_and_changed_when_corrected(
    system: APIClient, department: Department
) -> None:
    answer = system.post(URL, [ZHANG])
    assert (answer.status_code, verdicts(answer)) == (200, [(0, "new", [])])
    stay = Stay.objects.get()
    assert (stay.department, stay.had_surgery, stay.charlson) == (department, True, 2)
    assert stay.discharged_at == moment("2026-03-04T10:30")
    assert verdicts(system.post(URL, [ZHANG])) == [(0, "same", [])]
    assert FeedEvent.objects.count() == 1
    with clock.at(moment("2026-03-10T10:00")):
        answer = system.post(URL, [ZHANG | {"disposition": "2"}])
    assert verdicts(answer) == [(0, "changed", [])]
    stay.refresh_from_db()
    assert stay.disposition == "transfer"


def test_each_stay_has_its_own_verdict(system: APIClient) -> None:
    answer = system.post(
        URL,
        [
            ZHANG,
            ZHANG | {"patient": "2", "department": "XXX"},
            "nothing",
            ZHANG | {"patient": "3", "colour": "red"},
            ZHANG | {"patient": "4", "name": ["a"]},
            ZHANG,
            ZHANG | {"patient": "5", "discharged_at": "2026-03-04T99:00:00Z"},
        ],
    )
    assert verdicts(answer) == [
        (0, "new", []),
        (1, "error", ["unknown_department"]),
        (2, "error", ["not_an_object"]),
        (3, "error", ["unknown_field"]),
        (4, "error", ["not_a_value"]),
        (5, "same", ["twice"]),
        (6, "error", ["not_a_moment"]),
    ]
    assert answer.json()["counts"] == {
        "new": 1,
        "changed": 0,
        "same": 1,
        "skipped": 0,
        "error": 5,
    }
    assert answer.json()["rows"][1]["reasons"][0]["words"] == (
        "There is no department “XXX”."
    )
    assert Stay.objects.count() == 1


def test_a_dry_run_takes_nothing_over(system: APIClient) -> None:
    assert verdicts(system.post(f"{URL}?dry_run=1", [ZHANG])) == [(0, "new", [])]
    assert Stay.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"patient": "1"}, "Send a list of stays."),
        ([], "Send between 1 and 1000 stays at once."),
        ([ZHANG] * 1001, "Send between 1 and 1000 stays at once."),
    ],
)
def test_what_is_no_list_is_refused(
    system: APIClient, body: Any, sentence: str
) -> None:
    answer = system.post(URL, body)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"": [sentence]})


def test_the_front_desk_sends_no_stays(
    api_of: Callable[[User], APIClient], front_desk: User
) -> None:
    assert api_of(front_desk).post(URL, [ZHANG]).status_code == 403
    assert APIClient().post(URL, [ZHANG]).status_code == 401
    assert Stay.objects.count() == 0


def test_a_repeated_request_is_answered_and_not_redone(it_admin: User) -> None:
    client = APIClient()
    client.force_login(it_admin)
    first, second = (
        client.post(URL, [ZHANG], headers={"Idempotency-Key": "a"}) for __ in range(2)
    )
    assert verdicts(first) == verdicts(second) == [(0, "new", [])]
    assert second["Idempotency-Replayed"] == "true"
    assert FeedEvent.objects.count() == 1
