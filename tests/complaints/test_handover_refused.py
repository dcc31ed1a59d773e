"""Who refuses a hand-over may lose the case, but not the way."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from complaints import services
from complaints.models import Case
from hospital.models import User

English = Callable[[User], Client]


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("", "/"),
        ("{case}", "/"),
        ("https://evil.example/", "/"),
        ("/cases/?scope=handed", "/cases/?scope=handed"),
    ],
)
def test_who_refuses_and_loses_the_case_lands_on_a_page_that_opens(
    case: Case,
    front_desk: User,
    agent: User,
    english: English,
    came_from: str,
    goes_to: str,
) -> None:
    offer = services.offer_handover(case, actor=front_desk, to=agent, reason="请接")
    address = reverse("complaints:answer_handover", args=[case.number, offer.pk])
    came_from = came_from.format(case=case.get_absolute_url())
    response = english(agent).post(address, {"answer": "不在班", "next": came_from})
    assertRedirects(response, goes_to)


def test_who_refuses_and_keeps_the_case_goes_back_to_it(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    offer = services.offer_handover(
        case, actor=front_desk, to=supervisor, reason="请接"
    )
    address = reverse("complaints:answer_handover", args=[case.number, offer.pk])
    response = english(supervisor).post(address, {"answer": "不在班"})
    assertRedirects(response, case.get_absolute_url())
