from collections.abc import Callable, Iterator

import pytest

from complaints.models import Case, Category
from hospital import clock
from hospital.models import Department, User
from tests.dashboards.world import NOW, World


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
