"""A merge names the other case only to whoever may look that case up."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from complaints import services
from complaints.models import Case, Category
from hospital.models import Department, User

English = Callable[[User], Client]
Api = Callable[[User], APIClient]


@pytest.fixture
def merged(
    new_case: Callable[..., Case],
    other_department: Department,
    category: Category,
    supervisor: User,
) -> tuple[Case, Case]:
    """A case about Cardiology that goes on as one about Orthopaedics."""
    lines = [services.SubjectLine(category, other_department)]
    case, into = new_case(), new_case(subjects=lines)
    services.merge_case(case, actor=supervisor, into=into, reason="同一件事")
    return case, into


def test_who_may_not_see_the_other_case_is_not_told_its_number(
    merged: tuple[Case, Case],
    head: User,
    outsider: User,
    english: English,
    api_of: Api,
) -> None:
    case, into = merged
    for reader, own, hidden in ((head, case, into), (outsider, into, case)):
        page = english(reader).get(own.get_absolute_url())
        answer = api_of(reader).get(f"/api/v1/cases/{own.number}/")
        assert (page.status_code, answer.status_code) == (200, 200)
        assert hidden.number not in page.text
        assert hidden.number not in answer.text
        assert answer.data["merged_into"] is None
        assert all(str(hidden.pk) != str(key) for key in merge_names(answer.data))


def test_who_may_see_the_other_case_is_told_its_number(
    merged: tuple[Case, Case], supervisor: User, english: English, api_of: Api
) -> None:
    case, into = merged
    assert f"merged the case into {into.number}" in (
        english(supervisor).get(case.get_absolute_url()).text
    )
    assert f"merged {case.number} into this case" in (
        english(supervisor).get(into.get_absolute_url()).text
    )
    told = api_of(supervisor).get(f"/api/v1/cases/{case.number}/").data
    assert told["merged_into"] == into.number
    assert merge_names(told) == [into.number]


def merge_names(told: dict[str, Any]) -> list[Any]:
    """What the timeline of the answer keeps as the other case."""
    names = ("from", "merged_into")
    return [e["new"][n] for e in told["timeline"] for n in names if n in e["new"]]
