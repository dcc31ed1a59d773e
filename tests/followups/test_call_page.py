"""The agent's page: the person in hand, the day, and what is told between calls."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from complaints.models import Case
from complaints.services import make_promise
from followups.models import (
    AgentProfile,
    Anchor,
    Attempt,
    FeedKind,
    Outcome,
    Patient,
    QueuedCall,
    TouchPoint,
)
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.calling import finish, read, take
from tests.followups.world import DAY, NOW, discharge, make_plan, patient

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


def test_the_next_call_shows_the_person_in_full(
    browser: Client, department: Department
) -> None:
    discharge(
        "1",
        department=department,
        name="张桂梅",
        sex="female",
        born_on="1959-01-15",
        phone="13812345678",
        relative="李强",
        relative_phone="13500001111",
        diagnosis="心力衰竭",
        doctor="王医生",
        ward="3 病区 12 床",
    )
    page = take(browser)
    for words in (
        "张桂梅",
        "Female",
        "67 years old",
        'href="tel:13812345678"',
        "138 1234 5678",
        "135 0000 1111",
        "李强",
        "Cardiology · 3 病区 12 床",
        "3 days ago",
        "心力衰竭",
        "王医生",
        "General · 2 days after discharge",
        "This is the first call.",
    ):
        assert words in page


def test_an_incomplete_lace_is_told_and_never_zero(browser: Client) -> None:
    discharge("1")
    page = take(browser)
    assert "at least 4, incomplete" in page
    assert page.count("not known") == 3


def test_a_complete_lace_tells_its_level(browser: Client) -> None:
    discharge("1", was_emergency=True, charlson=4, emergency_visits=0)
    page = take(browser)
    assert "12 high" in page
    assert "High risk of readmission" in page


def test_the_relatives_number_is_large_when_it_is_their_turn(browser: Client) -> None:
    discharge("1", relative="李强", relative_phone="13500001111")
    QueuedCall.objects.update(use_relative=True)
    page = take(browser)
    assert 'class="call-number" href="tel:13500001111"' in page
    assert "Relative: 李强" in page


def test_who_has_no_number_is_handed_to_nobody(browser: Client) -> None:
    discharge("1", phone="")
    assert "Nobody is to be called now." in take(browser)


def test_a_number_lost_during_the_call_is_told_with_what_to_choose(
    browser: Client,
) -> None:
    discharge("1")
    take(browser)
    Patient.objects.update(phone="")
    assert "No number is known: choose “Wrong number”." in read(browser)


def test_the_target_is_the_agents_own_and_yesterday_does_not_count(
    browser: Client, agent: User
) -> None:
    AgentProfile.objects.create(user=agent, languages=["zh"], daily_target=60)
    discharge("1")
    with clock.at(NOW - DAY):
        take(browser)
        finish(browser, "1", Outcome.NO_ANSWER)
    assert "Today <strong>0</strong> / 60" in read(browser)


def test_an_empty_queue_says_when_the_next_call_is_due(browser: Client) -> None:
    assert "No call is planned." in read(browser)
    discharge("1", at=NOW - timedelta(hours=45))
    assert "The next call is due Tue 2026-03-10 14:00." in read(browser)
    assert "Nobody is to be called now." in take(browser)


def test_whoever_asked_for_a_time_is_the_next_that_is_due(browser: Client) -> None:
    discharge("1")
    take(browser)
    finish(browser, "1", Outcome.CALL_LATER, call_at="2026-03-10T11:00")
    assert "The next call is due Tue 2026-03-10 11:00." in read(browser)


def test_the_page_is_ready_when_somebody_waits(browser: Client) -> None:
    discharge("1")
    assert "Ready for the next call." in read(browser)


def test_quiet_hours_say_when_calls_go_on(browser: Client) -> None:
    discharge("1")
    with clock.at(moment("2026-03-10T12:30")):
        page, told = read(browser), take(browser)
    assert "Calls go on Tue 2026-03-10 14:00." in page
    assert "Calls go on at 14:00." in told


def test_open_cases_and_promises_of_the_number_are_shown(
    browser: Client, agent: User, supervisor: User, new_case: Callable[..., Case]
) -> None:
    discharge("1", phone="13812345678")
    case = new_case(actor=agent)
    make_promise(case, actor=agent, text="周五前寄出病历复印件", due_at=NOW + 2 * DAY)
    page = take(browser)
    assert case.number in page
    assert "周五前寄出病历复印件" in page


def test_a_case_that_is_not_the_agents_is_not_shown(
    browser: Client, new_case: Callable[..., Case]
) -> None:
    discharge("1", phone="13812345678")
    assert new_case().number not in take(browser)


@pytest.mark.parametrize("name", ["calls", "take", "finish", "back", "keep", "heard"])
def test_only_agents_and_supervisors_call(
    front_desk: User, english: SignIn, name: str
) -> None:
    args = [] if name in {"calls", "take"} else [1]
    path = reverse(f"followups:{name}", args=args)
    browser = english(front_desk)
    ask = browser.get if name in {"calls", "heard"} else browser.post
    assert ask(path).status_code == 403


def test_a_supervisor_is_led_to_the_numbers(supervisor: User, english: SignIn) -> None:
    assert reverse("followups:numbers") in read(english(supervisor))


def test_nothing_is_claimed_by_looking(browser: Client) -> None:
    discharge("1")
    read(browser)
    assert browser.get(reverse("followups:take")).status_code == 405
    assert QueuedCall.objects.get().claimed_by is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_there_is_to_show(
    browser: Client,
    agent: User,
    new_case: Callable[..., Case],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for index in range(1, count):
        make_plan((f"more{index}", 48, 24 * 7), code=f"more{index}")
    discharge("1", phone="13812345678")
    for __ in range(count):
        case = new_case(actor=agent)
        make_promise(case, actor=agent, text="回电", due_at=NOW + 2 * DAY)
        Attempt.objects.create(
            patient=patient("1"),
            agent=agent,
            started_at=NOW - 3 * DAY,
            ended_at=NOW - 3 * DAY,
            outcome=Outcome.BUSY,
            day_part="morning",
        )
    take(browser)
    with django_assert_num_queries(14):
        read(browser)


@pytest.mark.parametrize("count", [1, 3])
def test_looking_at_an_idle_page_costs_the_same(
    browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for index in range(count):
        discharge(str(index))
    with django_assert_num_queries(7):
        read(browser)


def test_who_is_still_in_hospital_is_called_by_the_admission(browser: Client) -> None:
    TouchPoint.objects.update(anchor=Anchor.ADMISSION)
    admitted = Told(
        kind=FeedKind.ADMIT,
        patient="1",
        visit="1",
        recorded_at=NOW - 3 * DAY,
        key="admit",
        facts={"admitted_at": (NOW - 3 * DAY).isoformat(), "phone": "13900000001"},
    )
    take_over([admitted])
    page = take(browser)
    assert "2 days after admission" in page
    assert "still in hospital" in page
