from collections.abc import Callable, Iterator

import pytest

from complaints.models import Case, Category
from hospital import clock
from hospital.models import Department, User
from tests.dashboards.follow_up_world import (
    AFTERNOON,
    live_through_march,
    plan_calls,
)
from tests.dashboards.world import NOW, World
from tests.followups.world import NOW as MARCH_MORNING


@pytest.fixture
def world(
    new_case: Callable[..., Case],
    front_desk: User,
    supervisor: User,
    leader: User,
    category: Category,
    department: Department,
    other_department: Department,
) -> Iterator[World]:
    """The hospital of `world.py`, seen on 20 November 2026; N names the leader."""
    world = World(
        new_case,
        front_desk,
        supervisor,
        category,
        (department, other_department),
        named=leader,
    )
    world.build()
    with clock.at(NOW):
        yield world


@pytest.fixture
def march(
    department: Department, other_department: Department, agent: User, supervisor: User
) -> Iterator[None]:
    """The stays of `follow_up_world.py`, seen on the afternoon of 10 March 2026."""
    live_through_march(department, other_department, agent, supervisor)
    with clock.at(AFTERNOON):
        yield


@pytest.fixture
def calm(db: None) -> Iterator[None]:
    """A morning in March with a plan of two calls and nobody discharged yet."""
    with clock.at(MARCH_MORNING):
        plan_calls()
        yield
