"""One visit on the page: the person, the questions, who else was there, the card."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from complaints.models import Case
from followups.models import (
    Attempt,
    ClinicalAlert,
    FeedKind,
    FollowUp,
    Mode,
    Outcome,
    State,
    TouchPoint,
)
from hospital import clock
from hospital.models import Department, User
from tests.followups.calling import read
from tests.followups.cohort_world import join, make_cohort
from tests.followups.script_world import CHEST_PAIN, WISH, ask_in, make_script
from tests.followups.ward import (
    ROUND,
    admit,
    make_visits,
    send,
    tell,
    visit_of,
    visit_path,
)
from tests.followups.world import NOW

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


def test_a_visit_shows_the_person_in_full(
    browser: Client, department: Department, new_case: Any, supervisor: User
) -> None:
    make_visits()
    admit(
        "1",
        department=department,
        ward="3病区12床",
        name="张桂梅",
        sex="female",
        born_on="1959-01-15",
        diagnosis="心力衰竭",
        doctor="王医生",
        relative="李强",
    )
    page = read(browser, visit_path("1"))
    for words in (
        "张桂梅",
        "Female",
        "67 years old",
        "Cardiology · 3病区12床",
        "day 2 in hospital",
        "心力衰竭",
        "王医生",
        "李强",
        "Admission visit · 24 h after admission",
        "Nobody has been in touch with this person yet.",
        "Talked with the patient",
        "Not at the bed",
        'data-draft="visit-',
    ):
        assert words in page


def test_a_visit_for_a_cohort_has_no_stay_and_is_made_all_the_same(
    browser: Client, department: Department, supervisor: User
) -> None:
    cohort = make_cohort(department=department)
    TouchPoint.objects.update(mode=Mode.BEDSIDE)
    join(cohort, "1", supervisor)
    page = read(browser, ROUND)
    assert "患*" in page
    assert "in hospital" not in page
    path = reverse("followups:visit", args=[FollowUp.objects.earliest("opens_at").pk])
    assert "Dialysis · Every month" in read(browser, path)
    sent = {"submission": str(uuid4()), "outcome": Outcome.REACHED_PATIENT}
    browser.post(path, sent)
    states = FollowUp.objects.order_by("opens_at").values_list("state", flat=True)
    assert list(states) == [State.DONE, State.OPEN]


def test_open_cases_are_shown_as_far_as_the_visitor_may_see_them(
    english: SignIn, supervisor: User, staff: User, new_case: Callable[..., Case]
) -> None:
    make_visits()
    admit("1", department=staff.departments.get(), phone="13812345678")
    case = new_case()
    path = visit_path("1")
    assert case.number in read(english(supervisor), path)
    assert case.number not in read(english(staff), path)


def test_a_ward_reads_its_own_notes_only(
    browser: Client, agent: User, staff: User, english: SignIn
) -> None:
    make_visits()
    admit("1", department=staff.departments.get())
    send(browser, "1", Outcome.AWAY, note="夜班护士态度差")
    send(english(staff), "1", Outcome.AWAY, note="做检查去了")
    page = read(english(staff), visit_path("1"))
    assert "做检查去了" in page
    assert "夜班护士态度差" not in page
    assert "夜班护士态度差" in read(browser, visit_path("1"))


@pytest.mark.parametrize("name", ["visits", "visit", "visit_card"])
def test_other_roles_see_no_visits(
    front_desk: User, leader: User, english: SignIn, name: str
) -> None:
    args = [] if name == "visits" else [1]
    for user in (front_desk, leader):
        browser = english(user)
        assert browser.get(reverse(f"followups:{name}", args=args)).status_code == 403


def test_another_ward_does_not_exist(
    outsider: User, department: Department, english: SignIn
) -> None:
    make_visits()
    admit("1", department=department, ward="bed one")
    browser = english(outsider)
    assert "bed one" not in read(browser, ROUND)
    assert browser.get(visit_path("1")).status_code == 404
    sent = {"submission": str(uuid4()), "outcome": Outcome.AWAY}
    assert browser.post(visit_path("1"), sent).status_code == 404
    assert browser.get(f"{visit_path('1')}card/").status_code == 404
    assert not Attempt.objects.exists()


def test_the_answers_are_kept_and_a_red_flag_alerts(
    browser: Client, department: Department
) -> None:
    version = make_script(CHEST_PAIN)
    ask_in(make_visits(), version)
    admit("1", department=department)
    assert "Do you have chest pain?" in read(browser, visit_path("1"))
    asked = {"script_versions": str(version.pk)}
    page = send(browser, "1", Outcome.REACHED_PATIENT, **asked)
    assert "This question has no answer yet." in page
    assert not Attempt.objects.exists()
    send(browser, "1", Outcome.REACHED_PATIENT, **asked, q_chest_pain="yes")
    attempt = Attempt.objects.get()
    assert (attempt.mode, attempt.script_version) == (Mode.BEDSIDE, version)
    assert [each["value"] for each in attempt.answers] == ["yes"]
    assert ClinicalAlert.objects.get().attempt == attempt


def test_who_is_away_or_declines_need_not_answer(browser: Client) -> None:
    version = make_script(CHEST_PAIN, WISH)
    ask_in(make_visits(), version)
    admit("1")
    asked = {"script_versions": str(version.pk), "q_wish": "想回家"}
    send(browser, "1", Outcome.AWAY, **asked)
    assert Attempt.objects.get().answers == []
    send(browser, "1", Outcome.DECLINED, **asked)
    assert [each["value"] for each in Attempt.objects.first().answers] == ["想回家"]  # type: ignore[union-attr]  # there are two
    admit("2")
    send(browser, "2", Outcome.DECLINED, script_versions=str(version.pk))
    assert Attempt.objects.filter(script_version=None).count() == 2


def test_what_came_of_it_has_to_be_said(browser: Client) -> None:
    make_visits()
    admit("1")
    assert "Choose what came of the visit." in send(browser, "1", "")
    page = send(browser, "1", Outcome.NO_ANSWER)
    assert "Choose what came of the visit." in page


def test_the_second_visitor_is_told_and_keeps_the_words(
    browser: Client, staff: User, english: SignIn
) -> None:
    make_visits()
    admit("1", department=staff.departments.get())
    send(english(staff), "1", Outcome.REACHED_PATIENT)
    words = {"note": "家属很担心", "praise-narrative": "谢谢护士"}
    filled = {"praise-category": "", "praise-department": ""}
    page = send(browser, "1", Outcome.REACHED_PATIENT, note="家属很担心")
    assert "护士 has recorded this visit already, 2026-03-10 09:30." in page
    assert 'data-copy="家属很担心"' in page
    assert reverse("complaints:intake") in page
    assert "Save the visit" not in page
    assert Attempt.objects.count() == 1
    page = send(browser, "1", Outcome.REACHED_PATIENT, **words, **filled)
    assert "has recorded this visit already" in page


def test_the_same_form_sent_twice_is_one_visit(browser: Client) -> None:
    make_visits()
    admit("1")
    token = str(uuid4())
    for __ in range(2):
        page = send(browser, "1", Outcome.REACHED_PATIENT, submission=token)
        assert "Recorded: Talked with the patient." in page
    assert Attempt.objects.count() == 1


def test_a_visit_that_is_over_says_why_and_takes_nothing(browser: Client) -> None:
    make_visits()
    admit("1")
    tell("1", FeedKind.DISCHARGE, disposition="deceased")
    page = read(browser, visit_path("1"))
    assert "This visit is not to be made any more: The patient has died." in page
    assert "Save the visit" not in page


def test_the_talk_begins_when_the_page_is_opened(browser: Client) -> None:
    make_visits()
    admit("1")
    page = read(browser, visit_path("1"))
    begun = page.split('name="started_at" value="')[1].split('"')[0]
    with clock.at(NOW + timedelta(minutes=6)):
        send(browser, "1", Outcome.REACHED_PATIENT, started_at=begun)
    attempt = Attempt.objects.get()
    assert (attempt.started_at, attempt.ended_at) == (
        NOW,
        NOW + timedelta(minutes=6),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_visit_costs_the_same_however_much_there_is_to_show(
    browser: Client,
    agent: User,
    department: Department,
    new_case: Callable[..., Case],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    make_visits()
    admit("1", department=department, phone="13812345678")
    for __ in range(count):
        new_case(actor=agent)
        send(browser, "1", Outcome.AWAY)
    path = visit_path("1")
    read(browser, path)
    with django_assert_num_queries(17):
        read(browser, path)


def test_the_contact_card_names_the_centre_and_no_patient(
    browser: Client, agent: User, settings: Settings
) -> None:
    settings.CENTRE_PHONE, settings.HOSPITAL_NAME = "028-12345", "First Hospital"
    make_visits()
    admit("1", name="张桂梅", ward="3病区12床")
    page = read(browser, reverse("followups:visit_card", args=[visit_of("1").pk]))
    for words in ("First Hospital", "028-12345", "3病区12床", "Visited by 回访员"):
        assert words in page
    assert "张桂梅" not in page
