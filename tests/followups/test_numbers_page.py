"""The find-the-number list: the ward finds what the centre cannot."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from followups.models import Outcome, QueuedCall
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call
from hospital import clock
from hospital.models import Department, User
from tests.followups.world import NOW, discharge, make_plan, patient

SignIn = Callable[[User], Client]
NUMBERS = "/numbers/"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


@pytest.fixture
def wrong(agent: User, department: Department) -> Callable[[str], None]:
    """A call to a patient of `department` ends with a wrong number."""

    def call(number: str) -> None:
        discharge(number, department=department, name=f"张{number}", ward="3 病区")
        row = claim_next_call(agent)
        assert row is not None
        result = CallResult(Outcome.WRONG_NUMBER, NOW, note="是一家饭店")
        record_attempt(row.patient, agent=agent, result=result)

    return call


def read(browser: Client, path: str = NUMBERS) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_ward_sees_whom_to_look_up_and_who_tried(
    head: User, english: SignIn, wrong: Callable[[str], None]
) -> None:
    wrong("1")
    page = read(english(head))
    for words in (
        "张1",
        "Cardiology · 3 病区",
        "2026-03-07",
        "13900000001",
        "回访员",
        "是一家饭店",
    ):
        assert words in page


def test_the_right_number_brings_the_person_back_into_the_queue(
    staff: User, agent: User, english: SignIn, wrong: Callable[[str], None]
) -> None:
    wrong("1")
    path = reverse("followups:number", args=[patient("1").pk])
    browser = english(staff)
    assert "The number of 张1" in read(browser, path)
    sent = {"phone": "138 0000 1111"}
    page = browser.post(path, sent, follow=True).content.decode()
    assert "The number is corrected; they will be called again." in page
    assert "No number has to be found." in page
    row = claim_next_call(agent)
    assert row is not None
    assert (row.patient.phone, row.use_relative) == ("13800001111", False)


def test_a_relatives_number_is_the_next_to_be_dialled(
    head: User, english: SignIn, wrong: Callable[[str], None]
) -> None:
    wrong("1")
    path = reverse("followups:number", args=[patient("1").pk])
    english(head).post(path, {"phone": "13500001111", "is_relative": "on"})
    assert patient("1").relative_phone == "13500001111"
    assert QueuedCall.objects.get().use_relative is True


@pytest.mark.parametrize("phone", ["", "ask the ward", "12"])
def test_a_number_that_cannot_be_dialled_is_refused(
    head: User, english: SignIn, wrong: Callable[[str], None], phone: str
) -> None:
    wrong("1")
    path = reverse("followups:number", args=[patient("1").pk])
    page = english(head).post(path, {"phone": phone}).content.decode()
    assert "data-form-errors" in page
    assert QueuedCall.objects.get().needs_number is True


def test_another_ward_sees_nothing_of_it(
    outsider: User, english: SignIn, wrong: Callable[[str], None]
) -> None:
    wrong("1")
    browser = english(outsider)
    assert "No number has to be found." in read(browser)
    path = reverse("followups:number", args=[patient("1").pk])
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"phone": "13800001111"}).status_code == 404


def test_a_number_that_is_right_is_nobodys_to_change(
    head: User, department: Department, english: SignIn
) -> None:
    discharge("1", department=department)
    path = reverse("followups:number", args=[patient("1").pk])
    assert english(head).get(path).status_code == 404


def test_supervisors_see_every_ward_and_agents_none(
    supervisor: User, agent: User, english: SignIn, wrong: Callable[[str], None]
) -> None:
    wrong("1")
    assert "张1" in read(english(supervisor))
    assert english(agent).get(NUMBERS).status_code == 403
    assert QueuedCall.objects.needing_number_for(agent).count() == 0


def test_who_has_left_sees_nothing(head: User, wrong: Callable[[str], None]) -> None:
    wrong("1")
    head.is_active = False
    assert QueuedCall.objects.needing_number_for(head).count() == 0


def test_more_than_a_page_is_told(
    head: User,
    english: SignIn,
    wrong: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in "123":
        wrong(number)
    monkeypatch.setattr("followups.services.calls.numbers.MOST_ROWS", 2)
    assert "1 more comes when these are done." in read(english(head))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(
    head: User,
    english: SignIn,
    wrong: Callable[[str], None],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        wrong(str(number + 1))
    browser = english(head)
    with django_assert_num_queries(5):
        read(browser)
