"""A work order of the hotline 12345 brings its own number and due time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from complaints.models import Case, Category
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import MONDAY, due, moment

INTAKE = reverse("complaints:intake")
PREVIEW = reverse("complaints:intake_preview")
English = Callable[[User], Client]


@pytest.fixture
def order(department: Department, category: Category) -> dict[str, Any]:
    """A whole form about a work order."""
    return {
        "kind": "complaint",
        "channel": "hotline",
        "narrative": "市民反映候诊时间长",
        "phone": "13812345678",
        "relation": "patient",
        "special_need": "none",
        "subjects-TOTAL_FORMS": "6",
        "subjects-INITIAL_FORMS": "0",
        "subjects-0-department": department.pk,
        "subjects-0-category": category.pk,
        "external_number": "GD20250609001",
        "external_due_at": "2025-06-12T12:00",
    }


def register(
    client: Client, order: dict[str, Any], at: datetime = MONDAY
) -> dict[str, Any]:
    with clock.at(at):
        response = client.post(INTAKE, order)
    return dict(response.context["form"].errors) if response.context else {}


def test_the_orders_own_due_time_is_the_feedbacks(
    front_desk: User, head: User, order: dict[str, Any], english: English
) -> None:
    assert register(english(front_desk), order) == {}
    case = Case.objects.get()
    assert (case.external_number, case.external_due_at) == (
        "GD20250609001",
        moment("2025-06-12T12:00"),
    )
    assert due(case, "feedback") == ["06-12 12:00"]
    page = english(front_desk).get(case.get_absolute_url())
    assertContains(page, "GD20250609001")
    assertContains(page, "Thu 2025-06-12 12:00")
    assertContains(page, "Due time of the 12345 work order")
    assertNotContains(english(head).get(case.get_absolute_url()), "GD20250609001")


def test_another_channel_keeps_no_order(
    front_desk: User, order: dict[str, Any], english: English
) -> None:
    assert register(english(front_desk), order | {"channel": "phone"}) == {}
    case = Case.objects.get()
    assert (case.external_number, case.external_due_at) == ("", None)
    assert due(case, "feedback") == ["06-16 18:00"]


@pytest.mark.parametrize(
    ("due_at", "sentence"),
    [
        (
            "2025-06-01T12:00",
            "The work order is due before it was received; check the time.",
        ),
        ("2052-06-12T12:00", "This is more than a year ahead; check the year."),
    ],
)
def test_a_slip_in_the_orders_time_is_told_at_the_field(
    due_at: str,
    sentence: str,
    front_desk: User,
    order: dict[str, Any],
    english: English,
) -> None:
    wrong = order | {"external_due_at": due_at}
    assert register(english(front_desk), wrong) == {"external_due_at": [sentence]}


def test_the_preview_tells_whose_due_time_it_is(
    front_desk: User, order: dict[str, Any], english: English
) -> None:
    client = english(front_desk)
    with clock.at(MONDAY):
        ordered = client.get(PREVIEW, order)
        by_phone = client.get(PREVIEW, order | {"channel": "phone"})
    assertContains(ordered, "Thu 2025-06-12 12:00")
    assertContains(ordered, "the 12345 order's own due time")
    assertContains(by_phone, "5 working days after receipt")
