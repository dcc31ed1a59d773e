"""A cursor that no page of ours gave leads nowhere, in words."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from complaints.models import RectificationTask
from hospital.models import User

Api = Callable[[User], APIClient]
FORGED = [b"p=abc", b"p=\0", b"r=1&p=x", b"p=" + b"9" * 30, b"\xff\xfe", b"o=x"]


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("path", ["cases", "tasks", "categories", "departments"])
def test_a_forged_cursor_breaks_no_list(
    task: RectificationTask, supervisor: User, api_of: Api, path: str, forged: bytes
) -> None:
    cursor = b64encode(forged).decode()
    answer = api_of(supervisor).get(f"/api/v1/{path}/", {"cursor": cursor})
    # Every word may be the code of a department or category, so it is just a place.
    has_codes = path in ("categories", "departments") and forged.isascii()
    expected = 200 if has_codes and b"\0" not in forged else 404
    if forged == b"o=x":
        expected = 404
    assert answer.status_code == expected
    if expected == 404:
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["cases", "tasks", "categories", "departments"])
def test_the_cursors_that_pages_give_lead_there_and_back(
    task: RectificationTask,
    other_department: object,
    new_task: Callable[[], RectificationTask],
    supervisor: User,
    api_of: Api,
    path: str,
) -> None:
    new_task()
    client = api_of(supervisor)
    first = client.get(f"/api/v1/{path}/?page_size=1").data
    if first["next"] is None:
        assert path == "categories"
        return
    second = client.get(first["next"]).data
    assert client.get(second["previous"]).data["results"] == first["results"]
