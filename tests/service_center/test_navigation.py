"""The menu of each role."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from hospital.models import Role, User
from service_center.navigation import menu_for

MENUS = {
    Role.FRONT_DESK: ["Home", "New case", "Cases", "Inbox"],
    Role.CALLBACK_AGENT: ["Home", "New case", "Cases", "Calls", "Visits", "Inbox"],
    Role.SUPERVISOR: [
        "Home",
        "New case",
        "Cases",
        "Tasks",
        "Calls",
        "Visits",
        "Clinical alerts",
        "Cohorts",
        "Figures",
        "Stays",
        "Inbox",
        "Working calendar",
        "Time limits",
        "Follow-up plans",
        "Scripts",
    ],
    Role.DEPARTMENT_HEAD: [
        "Home",
        "Cases",
        "Tasks",
        "Visits",
        "Clinical alerts",
        "Numbers to find",
        "Figures",
        "Inbox",
    ],
    Role.DEPARTMENT_STAFF: [
        "Home",
        "Cases",
        "Tasks",
        "Visits",
        "Clinical alerts",
        "Numbers to find",
        "Inbox",
    ],
    Role.LEADERSHIP: ["Home", "Cases", "Tasks", "Figures", "Inbox"],
    Role.QUALITY_ADMIN: [
        "Home",
        "Cohorts",
        "Stays",
        "Inbox",
        "Working calendar",
        "Time limits",
        "Follow-up plans",
        "Scripts",
        "Reference data",
    ],
    Role.IT_ADMIN: [
        "Home",
        "Stays",
        "Inbox",
        "Deliveries",
        "Messages of other systems",
        "Working calendar",
        "Reference data",
    ],
}


def words_for(user: User | AnonymousUser, path: str = "/") -> list[tuple[str, bool]]:
    request = RequestFactory().get(path)
    request.user = user
    with translation.override("en"):
        return [(str(item.label), item.active) for item in menu_for(request)]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_menu(role: Role) -> None:
    assert [word for word, _active in words_for(User(roles=[role]))] == MENUS[role]


def test_the_entry_of_the_page_is_marked() -> None:
    agent = User(roles=[Role.FRONT_DESK])
    assert [word for word, active in words_for(agent, "/cases/C-1/") if active] == [
        "Cases"
    ]
    assert [word for word, active in words_for(agent, "/") if active] == ["Home"]


def test_a_page_outside_the_menu_marks_nothing() -> None:
    assert [
        word for word, active in words_for(User(roles=[Role.IT_ADMIN]), "/x/") if active
    ] == []


def test_nobody_signed_in_has_no_menu() -> None:
    assert words_for(AnonymousUser()) == []
