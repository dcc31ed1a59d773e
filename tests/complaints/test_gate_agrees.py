"""The gate of one record and the gate of a query answer everybody alike."""

from collections.abc import Callable

import pytest

from complaints import services
from complaints.models import Case, Category, RectificationTask
from hospital.models import Department, Role, User
from tests.factories import UserFactory


@pytest.fixture
def everybody(
    front_desk: User,
    agent: User,
    supervisor: User,
    leader: User,
    quality_admin: User,
    it_admin: User,
    head: User,
    staff: User,
    outsider: User,
) -> list[User]:
    gone = UserFactory(name="离职", roles=[Role.SUPERVISOR], is_active=False)
    many = UserFactory(name="兼职", roles=[Role.CALLBACK_AGENT, Role.LEADERSHIP])
    people = [front_desk, agent, supervisor, leader, quality_admin, it_admin]
    return [*people, head, staff, outsider, gone, many]


@pytest.fixture
def cases(
    new_case: Callable[..., Case],
    everybody: list[User],
    front_desk: User,
    agent: User,
    supervisor: User,
    department: Department,
    category: Category,
) -> list[Case]:
    """One of each reason to see a case, and one that names each person."""
    plain, tasked, offered, major = (new_case() for __ in range(4))
    services.open_task(tasked, actor=front_desk, department=department, demand="查")
    services.offer_handover(offered, actor=front_desk, to=agent, reason="换班")
    services.set_tier(major, actor=supervisor, tier=3, reason="媒体关注")
    naming = [
        new_case(
            actor=supervisor if person == front_desk else front_desk,
            subjects=[services.SubjectLine(category, department, person)],
        )
        for person in everybody
    ]
    return [plain, tasked, offered, major, *naming]


def test_both_gates_agree_on_every_case_and_person(
    cases: list[Case], everybody: list[User]
) -> None:
    for person in everybody:
        for lookup in (False, True):
            seen = set(Case.objects.visible_to(person, lookup=lookup))
            for case in Case.objects.all():
                says = case.is_visible_to(person, lookup=lookup)
                assert says == (case in seen), (person, case, lookup)


def test_both_gates_agree_on_every_task_and_person(
    cases: list[Case], everybody: list[User]
) -> None:
    for person in everybody:
        seen = set(RectificationTask.objects.visible_to(person))
        for task in RectificationTask.objects.all():
            assert task.is_visible_to(person) == (task in seen), (person, task)
