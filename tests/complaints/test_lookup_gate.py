"""The desk's look-up opens only what was quoted, however the quote is bent."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from complaints.filters import CaseListFilter
from complaints.models import Case
from hospital.models import Role, User
from tests.factories import UserFactory

LIST = reverse("complaints:case_list")
English = Callable[[User], Client]
BENT = [
    "1234%00",
    f"1{'+' * 110}234",
    f"C-2026-000001{'%E2%80%8B' * 110}",
]


@pytest.fixture
def colleague(db: None) -> User:
    return UserFactory(name="同事", roles=[Role.FRONT_DESK])


@pytest.mark.parametrize("bent", BENT)
def test_a_quote_that_the_form_refuses_opens_nothing(
    case: Case, colleague: User, english: English, bent: str
) -> None:
    client = english(colleague)
    page = client.get(f"{LIST}?scope=all&q={bent}")
    if "%00" in bent:
        assert page.status_code == 400
    else:
        assert page.context["rows"] == []
    assert client.get(f"/api/v1/cases/?q={bent}").status_code == 400


@pytest.mark.parametrize("bent", BENT)
def test_the_desk_sees_only_its_own_cases_under_a_refused_quote(
    new_case: Callable[..., Case], front_desk: User, colleague: User, bent: str
) -> None:
    own = new_case(actor=colleague)
    new_case(actor=front_desk)
    request = RequestFactory().get(LIST)
    request.user = colleague
    filters = CaseListFilter(
        QueryDict(f"scope=all&q={bent}"), Case.objects.none(), request=request
    )
    filters.open_lookup()
    assert list(filters.qs) == [own]


def test_a_search_that_is_cut_to_a_quote_finds_what_it_quotes_alone(
    new_case: Callable[..., Case], front_desk: User, colleague: User, english: English
) -> None:
    quoted, other = new_case(actor=front_desk), new_case(actor=front_desk)
    bent = quoted.number + "\u200b" * 110
    answer = english(colleague).get(reverse("search"), {"q": bent})
    assertRedirects(answer, quoted.get_absolute_url())
    words = english(colleague).get(reverse("search"), {"q": f"{bent} {other.number}"})
    assert words.context["cases"] == []


def test_a_plain_quote_still_finds_the_case_of_a_colleague(
    case: Case, colleague: User, english: English
) -> None:
    answer = english(colleague).get(LIST, {"scope": "all", "q": f" {case.number} "})
    assert case.number in answer.text
