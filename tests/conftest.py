"""The fixed cast: one person per role, two departments, a case and a task."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from complaints import services
from complaints.models import Case, Category, Channel, Kind, RectificationTask
from hospital.calendars import build_calendars, keep_calendars
from hospital.models import Department, Role, User
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory


@pytest.fixture(autouse=True)
def forgotten_calendars() -> None:
    """Every test begins like a process that has just looked at other calendars.

    So its first look costs the same whichever test ran before, and the line about
    unknown years that pages may show costs nothing.
    """
    keep_calendars(uuid4(), build_calendars([], []))


@pytest.fixture
def department(db: None) -> Department:
    return DepartmentFactory(
        code="XNK", name_zh="心内科", name_en="Cardiology", initials="xnk"
    )


@pytest.fixture
def other_department(db: None) -> Department:
    return DepartmentFactory(
        code="GK", name_zh="骨科", name_en="Orthopaedics", initials="gk"
    )


@pytest.fixture
def category(db: None) -> Category:
    return CategoryFactory(
        code="WAIT.1", name_zh="候诊时间", name_en="Waiting time", initials="hzsj"
    )


@pytest.fixture
def front_desk(db: None) -> User:
    return UserFactory(name="前台", roles=[Role.FRONT_DESK])


@pytest.fixture
def agent(db: None) -> User:
    return UserFactory(name="回访员", roles=[Role.CALLBACK_AGENT])


@pytest.fixture
def supervisor(db: None) -> User:
    return UserFactory(name="主管", roles=[Role.SUPERVISOR])


@pytest.fixture
def leader(db: None) -> User:
    return UserFactory(name="院长", roles=[Role.LEADERSHIP])


@pytest.fixture
def quality_admin(db: None) -> User:
    return UserFactory(name="质管员", roles=[Role.QUALITY_ADMIN])


@pytest.fixture
def it_admin(db: None) -> User:
    return UserFactory(name="信息员", roles=[Role.IT_ADMIN])


@pytest.fixture
def head(department: Department) -> User:
    """The head of `department`."""
    user = UserFactory(
        name="主任", roles=[Role.DEPARTMENT_HEAD], departments=[department]
    )
    department.head = user
    department.save(update_fields=["head"])
    return user


@pytest.fixture
def staff(department: Department) -> User:
    """A nurse of `department`."""
    return UserFactory(
        name="护士", roles=[Role.DEPARTMENT_STAFF], departments=[department]
    )


@pytest.fixture
def outsider(other_department: Department) -> User:
    """The head of `other_department`, who has nothing to do with the case."""
    user = UserFactory(
        name="外人", roles=[Role.DEPARTMENT_HEAD], departments=[other_department]
    )
    other_department.head = user
    other_department.save(update_fields=["head"])
    return user


@pytest.fixture
def new_case(
    front_desk: User, department: Department, category: Category
) -> Callable[..., Case]:
    """Register a case at the front desk; keywords change the voice or the actor."""

    def register(*, actor: User | None = None, **changes: Any) -> Case:
        voice: dict[str, Any] = {
            "kind": Kind.COMPLAINT,
            "channel": Channel.PHONE,
            "narrative": "等了三个小时还没有看上病",
            "subjects": [services.SubjectLine(category, department)],
            "contact": services.ContactDetails("张建国", "13812345678"),
        }
        return services.register_case(
            services.Voice(**(voice | changes)), actor=actor or front_desk
        )

    return register


@pytest.fixture
def case(new_case: Callable[..., Case]) -> Case:
    """A complaint about `department`, just received by `front_desk`."""
    return new_case()


@pytest.fixture
def task(
    case: Case, front_desk: User, department: Department, head: User
) -> RectificationTask:
    """A task of `case` for `department`, to be acknowledged by `head`."""
    return services.open_task(
        case, actor=front_desk, department=department, demand="请查明原因并整改"
    )


@pytest.fixture
def new_task(
    new_case: Callable[..., Case], front_desk: User, department: Department, head: User
) -> Callable[[], RectificationTask]:
    """Open a task for `department` on a case of its own."""

    def open_one() -> RectificationTask:
        return services.open_task(
            new_case(), actor=front_desk, department=department, demand="请整改"
        )

    return open_one


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which the person is signed in."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def english() -> Callable[[User], Client]:
    """As `sign_in`, in a browser that asks for English: pages can be read in tests."""

    def client_of(user: User) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def api_of() -> Callable[[User], APIClient]:
    """An API client that acts as the person."""

    def client_of(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return client_of
