from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from hospital.models import Department, User
from tests.factories import CategoryFactory, DepartmentFactory

Api = Callable[[User], APIClient]
Queries = Callable[[int], Any]


def codes(client: APIClient, url: str) -> list[str]:
    return [row["code"] for row in client.get(url).data["results"]]


@pytest.fixture
def departments(department: Department, other_department: Department) -> None:
    DepartmentFactory(
        code="OLD", name_zh="旧科", name_en="Gone", initials="jk", is_active=False
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["GK", "XNK"]),
        ("xnk", ["XNK"]),
        ("心内", ["XNK"]),
        ("ortho", ["GK"]),
        ("gk", ["GK"]),
        ("old", []),
    ],
)
def test_departments_are_found_by_code_name_and_pinyin(
    departments: None, staff: User, api_of: Api, text: str, found: list[str]
) -> None:
    assert codes(api_of(staff), f"/api/v1/departments/?q={text}") == found


def test_a_department_is_told_in_the_language_of_the_request(
    department: Department, head: User, api_of: Api
) -> None:
    answer = api_of(head).get(
        "/api/v1/departments/XNK/", headers={"accept-language": "en"}
    )
    assert answer.json() == {
        "code": "XNK",
        "name": "Cardiology",
        "name_zh": "心内科",
        "name_en": "Cardiology",
        "initials": "xnk",
        "kind": "clinical",
        "campus": "main",
        "parent": None,
        "head": {"employee_number": head.employee_number, "name": "主任"},
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_departments_costs_one_query(
    staff: User,
    api_of: Api,
    django_assert_num_queries: Queries,
    rows: int,
) -> None:
    for _ in range(rows - 1):
        DepartmentFactory()
    client = api_of(staff)
    with django_assert_num_queries(1):
        answer = client.get("/api/v1/departments/")
    assert len(answer.data["results"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_tree_of_categories_costs_two_queries(
    staff: User,
    api_of: Api,
    django_assert_num_queries: Queries,
    rows: int,
) -> None:
    for _ in range(rows):
        CategoryFactory()
    client = api_of(staff)
    with django_assert_num_queries(2):
        answer = client.get("/api/v1/categories/")
    assert [len(row["children"]) for row in answer.data["results"]] == [1] * rows


def test_pages_follow_each_other_by_code(staff: User, api_of: Api) -> None:
    for _ in range(3):
        DepartmentFactory()
    client = api_of(staff)
    first = client.get("/api/v1/departments/?page_size=3").data
    second = client.get(first["next"]).data
    shown = [row["code"] for row in [*first["results"], *second["results"]]]
    assert shown == sorted(Department.objects.values_list("code", flat=True))
    assert second["next"] is None


def test_nobody_unknown_reads_reference_data(db: None) -> None:
    answer = APIClient().get("/api/v1/departments/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reference_data_is_read_only(
    department: Department, head: User, api_of: Api, method: str
) -> None:
    answer = getattr(api_of(head), method)("/api/v1/departments/XNK/", {})
    assert (answer.status_code, answer.data["title"]) == (405, "Method Not Allowed")


@pytest.mark.parametrize("url", ["departments/nope", "categories/nope"])
def test_an_unknown_code_is_not_found(head: User, api_of: Api, url: str) -> None:
    answer = api_of(head).get(f"/api/v1/{url}/")
    assert (answer.status_code, answer["Content-Type"]) == (
        404,
        "application/problem+json",
    )
