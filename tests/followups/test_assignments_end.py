"""An assignment ends with the day, and when its agent is not there."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from followups.services.calls.queue import claim_next_call, fill_queue
from followups.services.supervision.assigning import release_assignments
from hospital import clock
from hospital.models import Role, User
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


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"leave_from": TODAY, "leave_until": TODAY + DAY}, False),
        ({"leave_from": TODAY - 3 * DAY, "leave_until": TODAY - DAY}, True),
        ({"leave_from": TODAY + DAY, "leave_until": TODAY + DAY}, True),
        ({"is_active": False}, False),
        ({"roles": [Role.FRONT_DESK]}, False),
        ({}, True),
    ],
)
def test_calls_do_not_lie_with_who_is_not_there(
    wang: User, li: User, change: dict[str, Any], kept: bool
) -> None:
    queue("1", assigned_to=wang)
    for name, value in change.items():
        setattr(wang, name, value)
    wang.save()
    fill_queue()
    assert holders() == {"1": "王敏" if kept else None}
    assert (claim_next_call(li) is None) is kept


def test_calls_of_who_is_away_can_be_assigned_before_they_are_freed(
    supervisor: User, wang: User, li: User
) -> None:
    queue("1", assigned_to=wang)
    wang.is_active = False
    wang.save()
    assert gets(assign(supervisor, li)) == {"李娜": 1}


def test_an_assignment_holds_until_the_day_ends(supervisor: User, wang: User) -> None:
    queue("1")
    fill_queue()
    assign(supervisor, wang)
    with clock.at(moment("2026-03-10T23:59")):
        fill_queue()
        assert holders() == {"1": "王敏"}
    with clock.at(moment("2026-03-11T00:01")):
        fill_queue()
        assert holders() == {"1": None}
        assign(supervisor, wang)
        fill_queue()
        assert holders() == {"1": "王敏"}


def test_a_scheduler_that_was_down_at_midnight_frees_them_later(
    supervisor: User, wang: User
) -> None:
    queue("1", closes_at=NOW + 9 * DAY)
    release_assignments()
    assign(supervisor, wang)
    with clock.at(NOW + 4 * DAY):
        assert release_assignments() == 1
        assert release_assignments() == 0
