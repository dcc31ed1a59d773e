"""Reference data in the admin: open by role, saved with what searching needs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from complaints.models import Case, Category
from hospital.models import Department, Role, User
from tests.factories import CategoryFactory, DepartmentFactory, UserFactory

SignIn = Callable[[User], Client]
CHANGELISTS = [
    "admin:complaints_category_changelist",
    "admin:hospital_campus_changelist",
    "admin:hospital_department_changelist",
    "admin:hospital_user_changelist",
]


@pytest.mark.parametrize("name", CHANGELISTS)
@pytest.mark.parametrize("who", ["quality_admin", "it_admin"])
def test_administrators_see_reference_data(
    request: pytest.FixtureRequest, sign_in: SignIn, name: str, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("who", ["front_desk", "supervisor", "leader", "head", "staff"])
def test_nobody_else_comes_in(
    request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    for name in CHANGELISTS:
        assert client.get(reverse(name)).status_code == 302


def test_there_is_no_case_in_the_admin(
    case: Case, it_admin: User, sign_in: SignIn
) -> None:
    page = sign_in(it_admin).get(reverse("admin:index"))
    models = {
        m["object_name"] for app in page.context["app_list"] for m in app["models"]
    }
    assert models == {"Category", "Campus", "Department", "User"}


@pytest.mark.parametrize("role", [Role.QUALITY_ADMIN, Role.IT_ADMIN])
def test_nothing_is_deleted(
    role: Role, category: Category, department: Department, sign_in: SignIn
) -> None:
    client = sign_in(UserFactory(roles=[role]))
    for url in (
        reverse("admin:complaints_category_delete", args=[category.pk]),
        reverse("admin:hospital_department_delete", args=[department.pk]),
    ):
        assert client.post(url, {"post": "yes"}).status_code == 403


def test_a_category_is_added_with_its_initials(
    quality_admin: User, category: Category, sign_in: SignIn
) -> None:
    response = sign_in(quality_admin).post(
        reverse("admin:complaints_category_add"),
        {
            "code": "WAIT.9",
            "name_zh": "取药排队",
            "name_en": "Queue at the pharmacy",
            "parent": category.parent_id,
            "suggested_tier": 2,
            "source": "",
            "is_active": "on",
        },
    )
    assert response.status_code == 302
    added = Category.objects.get(code="WAIT.9")
    assert (added.initials, added.parent, added.suggested_tier) == (
        "qypd",
        category.parent,
        2,
    )


def test_the_code_of_a_category_stays(
    quality_admin: User, category: Category, sign_in: SignIn
) -> None:
    response = sign_in(quality_admin).post(
        reverse("admin:complaints_category_change", args=[category.pk]),
        {
            "code": "CHANGED",
            "name_zh": "候诊",
            "name_en": "Waiting",
            "parent": category.parent_id,
            "suggested_tier": 1,
        },
    )
    assert response.status_code == 302
    category.refresh_from_db()
    assert (category.code, category.name_zh, category.initials, category.is_active) == (
        "WAIT.1",
        "候诊",
        "hz",
        False,
    )


def test_a_tier_that_does_not_exist_is_refused_beside_the_form(
    quality_admin: User, category: Category, sign_in: SignIn
) -> None:
    page = sign_in(quality_admin).post(
        reverse("admin:complaints_category_change", args=[category.pk]),
        {"name_zh": "候诊", "name_en": "W", "parent": "", "suggested_tier": 7},
    )
    assert page.status_code == 200
    assert page.context["errors"]


def test_categories_are_filtered_by_heading(
    quality_admin: User, category: Category, sign_in: SignIn
) -> None:
    CategoryFactory(code="X.1")
    assert category.parent is not None
    client = sign_in(quality_admin)
    url = reverse("admin:complaints_category_changelist")
    page = client.get(url, {"under": category.parent.code})
    assert list(page.context["cl"].queryset) == [category]
    assert client.get(url).context["cl"].queryset.count() == 4


def test_the_quality_administrator_finds_a_head_for_a_department(
    quality_admin: User, head: User, department: Department, sign_in: SignIn
) -> None:
    client = sign_in(quality_admin)
    found = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "hospital",
            "model_name": "department",
            "field_name": "head",
            "term": head.employee_number,
        },
    )
    assert [r["id"] for r in found.json()["results"]] == [str(head.pk)]
    saved = client.post(
        reverse("admin:hospital_department_change", args=[department.pk]),
        {
            "code": "XNK",
            "name_zh": "心血管内科",
            "name_en": "Cardiology",
            "kind": "clinical",
            "campus": department.campus_id,
            "head": head.pk,
            "is_active": "on",
        },
    )
    assert saved.status_code == 302
    department.refresh_from_db()
    assert (department.head, department.initials) == (head, "xxgnk")


def test_the_quality_administrator_reads_people_and_changes_none(
    quality_admin: User, staff: User, sign_in: SignIn
) -> None:
    client = sign_in(quality_admin)
    url = reverse("admin:hospital_user_change", args=[staff.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert 'class="form-row field-password"' not in page.content.decode()
    assert client.post(url, {"name": "别名"}).status_code == 403
    assert client.get(reverse("admin:hospital_user_add")).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[staff.pk])
    assert client.get(password).status_code == 403


def test_a_person_is_added_and_given_roles_and_departments(
    it_admin: User, department: Department, sign_in: SignIn
) -> None:
    client = sign_in(it_admin)
    added = client.post(
        reverse("admin:hospital_user_add"),
        {
            "employee_number": "90001",
            "name": "苏婉",
            "password1": "a-Long-one-42",
            "password2": "a-Long-one-42",
        },
    )
    person = User.objects.get(employee_number="90001")
    assert (added.status_code, person.initials) == (302, "sw")
    assert person.check_password("a-Long-one-42")
    changed = client.post(
        reverse("admin:hospital_user_change", args=[person.pk]),
        {
            "employee_number": "90001",
            "name": "苏婉宁",
            "roles": ["front_desk", "callback_agent"],
            "departments": [department.pk],
            "leave_from": "2026-05-01",
            "leave_until": "2026-05-05",
            "is_active": "on",
        },
    )
    person.refresh_from_db()
    assert (changed.status_code, person.initials, person.roles) == (
        302,
        "swn",
        ["front_desk", "callback_agent"],
    )
    assert list(person.departments.all()) == [department]
    page = client.get(reverse("admin:hospital_user_change", args=[person.pk]))
    assert page.content.decode().count("checked") >= 2


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("", "Give both days of the leave, or neither."),
        ("2026-04-30", "The leave ends before it begins."),
    ],
)
def test_half_a_leave_is_refused_beside_the_field(
    it_admin: User, staff: User, sign_in: SignIn, until: str, sentence: str
) -> None:
    page = sign_in(it_admin).post(
        reverse("admin:hospital_user_change", args=[staff.pk]),
        {
            "employee_number": staff.employee_number,
            "name": staff.name,
            "leave_from": "2026-05-01",
            "leave_until": until,
        },
    )
    assert page.status_code == 200
    with translation.override("en"):
        errors = page.context["adminform"].form.errors
        assert errors["leave_until"] == [sentence]


def test_nobody_stands_in_for_themselves(
    it_admin: User, staff: User, head: User, english: SignIn
) -> None:
    url = reverse("admin:hospital_user_change", args=[staff.pk])
    sent: dict[str, Any] = {
        "employee_number": staff.employee_number,
        "name": staff.name,
    }
    page = english(it_admin).post(url, sent | {"deputy": staff.pk})
    errors = page.context["adminform"].form.errors
    assert errors == {"deputy": ["Nobody stands in for themselves."]}
    english(it_admin).post(url, sent | {"deputy": head.pk})
    staff.refresh_from_db()
    assert staff.deputy == head


def test_a_password_can_be_set_for_a_person(
    it_admin: User, staff: User, sign_in: SignIn
) -> None:
    url = reverse("admin:auth_user_password_change", args=[staff.pk])
    sign_in(it_admin).post(
        url, {"password1": "another-Long-1", "password2": "another-Long-1"}
    )
    staff.refresh_from_db()
    assert staff.check_password("another-Long-1")


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("admin:complaints_category_changelist", 9),
        ("admin:hospital_campus_changelist", 7),
        ("admin:hospital_department_changelist", 8),
        ("admin:hospital_user_changelist", 7),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_the_database_a_fixed_number_of_times(
    it_admin: User,
    sign_in: SignIn,
    name: str,
    queries: int,
    rows: int,
    django_assert_num_queries: Any,
) -> None:
    for __ in range(rows):
        CategoryFactory()
        DepartmentFactory(head=UserFactory())
    client = sign_in(it_admin)
    url = reverse(name)
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)
