"""What came of a call, and what is kept of one that was interrupted."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import Attempt, Outcome, QueuedCall
from followups.services.calls.queue import claim_next_call
from hospital import clock
from hospital.models import Role, User
from tests.complaints.clock_world import moment
from tests.factories import UserFactory
from tests.followups.calling import finish, read, take
from tests.followups.world import NOW, discharge, make_plan, patient, states

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


def test_an_outcome_is_recorded_and_the_day_counts_on(
    browser: Client, agent: User
) -> None:
    discharge("1")
    take(browser)
    with clock.at(NOW + timedelta(minutes=3)):
        page = finish(browser, "1", Outcome.REACHED_PATIENT, note="一切都好")
    attempt = Attempt.objects.get()
    assert (attempt.agent, attempt.outcome, attempt.note) == (
        agent,
        Outcome.REACHED_PATIENT,
        "一切都好",
    )
    assert attempt.ended_at - attempt.started_at == timedelta(minutes=3)
    assert states("1") == ["done"]
    assert "Recorded: Reached the patient." in page
    assert "Today <strong>1</strong> / 80" in page


def test_who_is_tried_again_is_told_and_the_history_says_why(browser: Client) -> None:
    discharge("1")
    take(browser)
    page = finish(browser, "1", Outcome.NO_ANSWER, note="响了很久")
    assert "Recorded: No answer. They will be called again." in page
    with clock.at(moment("2026-03-10T14:05")):
        page = take(browser)
    assert "响了很久" in page
    assert "Tried before without success" in page


def test_call_later_takes_a_quick_choice(browser: Client) -> None:
    discharge("1")
    page = take(browser)
    assert "Tomorrow morning 09:30" in page
    page = finish(browser, "1", Outcome.CALL_LATER, later="2026-03-11T09:30:00+08:00")
    assert "They will be called at the time they asked for." in page
    assert QueuedCall.objects.get().ready_at == moment("2026-03-11T09:30")


def test_another_time_wins_over_the_quick_choice(browser: Client) -> None:
    discharge("1")
    take(browser)
    finish(
        browser,
        "1",
        Outcome.CALL_LATER,
        later="2026-03-11T09:30:00+08:00",
        call_at="2026-03-12T10:15",
    )
    assert QueuedCall.objects.get().ready_at == moment("2026-03-12T10:15")


def test_call_later_without_a_time_keeps_the_words(browser: Client) -> None:
    discharge("1")
    take(browser)
    page = finish(browser, "1", Outcome.CALL_LATER, note="正在开会")
    assert "Say when the person is to be called." in page
    assert "正在开会" in page
    assert Attempt.objects.count() == 0


def test_an_outcome_must_be_chosen(browser: Client) -> None:
    discharge("1")
    take(browser)
    assert "Choose what came of the call." in finish(browser, "1", "")
    assert "Choose what came of the call." in finish(browser, "1", "gone")


def test_do_not_call_counts_only_for_who_declined(browser: Client) -> None:
    discharge("1")
    discharge("2")
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT, do_not_call="on")
    take(browser)
    finish(browser, "2", Outcome.DECLINED, do_not_call="on")
    assert [patient(n).do_not_call for n in "12"] == [False, True]


def test_the_next_call_may_come_at_once(browser: Client) -> None:
    discharge("1")
    discharge("2")
    take(browser)
    page = finish(browser, "1", Outcome.REACHED_PATIENT, at_once="on")
    assert f'action="/calls/{patient("2").pk}/finish/"' in page
    assert 'id="id_at_once" checked' in page


def test_the_same_submission_is_told_and_counted_once(browser: Client) -> None:
    discharge("1")
    take(browser)
    token = str(uuid4())
    finish(browser, "1", Outcome.REACHED_PATIENT, submission=token)
    page = finish(browser, "1", Outcome.REACHED_PATIENT, submission=token)
    assert "This call was recorded before." in page
    assert Attempt.objects.count() == 1


def test_a_call_given_back_waits_for_the_next_agent(browser: Client) -> None:
    discharge("1")
    take(browser)
    path = reverse("followups:back", args=[patient("1").pk])
    page = browser.post(path, follow=True).content.decode()
    assert "The call went back into the queue." in page
    row = QueuedCall.objects.get()
    assert (row.claimed_by, row.draft) == (None, {})


def test_what_is_typed_is_kept_and_comes_back(browser: Client, agent: User) -> None:
    discharge("1")
    take(browser)
    keep = reverse("followups:keep", args=[patient("1").pk])
    with clock.at(NOW + timedelta(minutes=15)):
        sent = {"note": "咳嗽", "outcome": "call_later", "q_pain": "yes", "x": "1"}
        assert browser.post(keep, sent).status_code == 204
    row = QueuedCall.objects.get()
    assert row.draft["fields"] == {
        "note": ["咳嗽"],
        "outcome": ["call_later"],
        "q_pain": ["yes"],
    }
    with clock.at(NOW + timedelta(minutes=30)):
        page = read(browser)
    assert "咳嗽" in page
    assert 'data-seconds="1800"' in page


def test_a_draft_too_long_is_not_kept_but_the_claim_is(browser: Client) -> None:
    discharge("1")
    take(browser)
    keep = reverse("followups:keep", args=[patient("1").pk])
    assert browser.post(keep, {"note": "很" * 50_000}).status_code == 204
    assert "fields" not in QueuedCall.objects.get().draft


def test_a_lost_claim_is_told_and_the_note_is_not_lost(browser: Client) -> None:
    discharge("1")
    take(browser)
    keep = reverse("followups:keep", args=[patient("1").pk])
    with clock.at(NOW + timedelta(minutes=25)):
        other = UserFactory(roles=[Role.CALLBACK_AGENT])
        claim_next_call(other)
        told = browser.post(keep, {"note": "咳嗽"}).content.decode()
        page = finish(browser, "1", Outcome.REACHED_PATIENT, note="咳嗽三天")
    assert "This call is no longer yours" in told
    assert "咳嗽三天" in page
    assert "nothing was recorded" in page
    assert Attempt.objects.count() == 0
    assert QueuedCall.objects.get().draft.keys() == {"started_at"}


def test_a_call_that_ran_out_is_taken_up_with_its_words(browser: Client) -> None:
    discharge("1")
    take(browser)
    keep = reverse("followups:keep", args=[patient("1").pk])
    browser.post(keep, {"note": "咳嗽"})
    with clock.at(NOW + timedelta(minutes=40)):
        page = take(browser)
    assert "咳嗽" in page
    assert 'data-seconds="0"' in page


def test_a_wrong_number_goes_to_the_ward(browser: Client) -> None:
    discharge("1")
    take(browser)
    page = finish(browser, "1", Outcome.WRONG_NUMBER)
    told = "Recorded: Wrong number. The ward will look for the right number."
    assert told in page
