"""People are not called who refused, nor more often than they can bear."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from followups.models import FollowUp, Outcome, QueuedCall, StopReason
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call, fill_queue
from followups.services.calls.refusals import allow_calls, refuse_calls
from hospital import clock
from hospital.contacts import (
    find_refused,
    find_tired,
    forget_old_contacts,
    note_contact,
    refuse_contact,
)
from hospital.exceptions import RuleViolation
from hospital.models import ContactMade, ContactRefusal, Role, User
from tests.factories import UserFactory
from tests.followups.world import DAY, NOW, discharge, make_plan, patient, states

SignIn = Callable[[User], Client]
PHONE = "13900000001"  # of the patient with number 1
SURVEY = ContactMade.Means.SURVEY


@pytest.fixture(autouse=True)
def a_morning(db: None, settings: Settings) -> Iterator[None]:
    settings.CONTACT_CAP, settings.CONTACT_CAP_DAYS = 2, 30
    with clock.at(NOW):
        make_plan(("first", 48, 24 * 4), ("month", 30 * 24, 24 * 7))
        yield


@pytest.fixture
def supervisor() -> User:
    return UserFactory(roles=[Role.SUPERVISOR])


def survey_answered(*, days_ago: int) -> None:
    with clock.at(NOW - days_ago * DAY):
        note_contact(PHONE, SURVEY)


def reasons() -> list[str]:
    return list(
        FollowUp.objects.order_by("opens_at").values_list("stop_reason", flat=True)
    )


def test_a_number_that_refused_a_survey_is_not_called() -> None:
    refuse_contact(PHONE)
    discharge("1")
    assert not QueuedCall.objects.exists()


def test_a_refusal_between_planning_and_the_queue_stops_the_call() -> None:
    discharge("1", at=NOW - timedelta(hours=47))
    refuse_contact(PHONE)
    with clock.at(NOW + timedelta(hours=2)):
        fill_queue()
    assert not QueuedCall.objects.exists()
    assert reasons() == [StopReason.DO_NOT_CALL] * 2


def test_who_refuses_on_a_call_refuses_for_the_number(agent: User) -> None:
    discharge("1")
    claim_next_call(agent)
    result = CallResult(Outcome.DECLINED, NOW, do_not_call=True)
    record_attempt(patient("1"), agent=agent, result=result)
    assert find_refused([PHONE]) == {PHONE}
    assert ContactRefusal.objects.get().noted_by == agent


def test_a_relative_who_refused_is_not_the_next_to_be_rung(agent: User) -> None:
    refuse_contact("13700000001")
    discharge("1", relative_phone="13700000001")
    for hours in (0, 5, 24):
        with clock.at(NOW + timedelta(hours=hours)):
            QueuedCall.objects.update(ready_at=clock.now())
            claim_next_call(agent)
            result = CallResult(Outcome.NO_ANSWER, clock.now())
            record_attempt(patient("1"), agent=agent, result=result)
    assert states("1") == ["unreachable", "open"]


def test_a_call_whose_window_lies_in_the_rest_is_left_out_and_counted_as_such() -> None:
    survey_answered(days_ago=2)
    survey_answered(days_ago=1)
    discharge("1")
    assert not QueuedCall.objects.exists()
    assert states("1") == ["stopped", "open"]
    assert reasons() == [StopReason.RESTING, ""]


def test_a_call_waits_when_its_window_outlasts_the_rest() -> None:
    survey_answered(days_ago=29)
    survey_answered(days_ago=1)
    discharge("1")
    row = QueuedCall.objects.get()
    assert row.ready_at == NOW + DAY


def test_one_contact_fewer_than_the_cap_holds_nobody_back() -> None:
    survey_answered(days_ago=1)
    discharge("1")
    assert QueuedCall.objects.get().ready_at <= NOW


def test_contacts_longer_ago_than_the_span_count_no_more() -> None:
    survey_answered(days_ago=31)
    survey_answered(days_ago=30)
    assert find_tired([PHONE]) == {}
    survey_answered(days_ago=3)
    assert forget_old_contacts() == 1


def test_a_talk_counts_but_a_try_in_vain_does_not(agent: User) -> None:
    discharge("1")
    claim_next_call(agent)
    result = CallResult(Outcome.NO_ANSWER, NOW)
    record_attempt(patient("1"), agent=agent, result=result)
    assert not ContactMade.objects.exists()
    QueuedCall.objects.update(ready_at=NOW)
    claim_next_call(agent)
    result = CallResult(Outcome.REACHED_PATIENT, NOW)
    record_attempt(patient("1"), agent=agent, result=result)
    made = ContactMade.objects.get()
    assert (made.phone, made.means) == (PHONE, ContactMade.Means.CALL)


def test_what_a_person_asked_for_is_kept_although_they_were_called_often(
    agent: User,
) -> None:
    discharge("1")
    claim_next_call(agent)
    friday = NOW + 8 * DAY
    result = CallResult(Outcome.CALL_LATER, NOW, call_at=friday)
    record_attempt(patient("1"), agent=agent, result=result)
    survey_answered(days_ago=0)
    survey_answered(days_ago=0)
    discharge("1")  # the feed repeats itself
    row = QueuedCall.objects.get()
    assert (row.ready_at, row.is_timed) == (friday, True)
    assert states("1")[0] == "open"


def test_who_wants_to_be_called_again_is(supervisor: User) -> None:
    discharge("1")
    refuse_calls(PHONE, actor=supervisor)
    assert not QueuedCall.objects.exists()
    allow_calls(PHONE, actor=supervisor)
    assert QueuedCall.objects.get().patient == patient("1")
    assert not ContactRefusal.objects.exists()


def test_only_supervisors_keep_the_list(agent: User) -> None:
    with pytest.raises(PermissionDenied):
        refuse_calls(PHONE, actor=agent)
    with pytest.raises(PermissionDenied):
        allow_calls(PHONE, actor=agent)


def test_a_number_without_figures_is_refused_in_a_sentence(supervisor: User) -> None:
    with pytest.raises(RuleViolation, match="Enter the telephone number"):
        refuse_calls("  ", actor=supervisor)


def test_the_list_is_found_by_figures_and_masked(
    supervisor: User, english: SignIn
) -> None:
    refuse_contact(PHONE, noted_by=supervisor)
    refuse_contact("13711112222")
    browser = english(supervisor)
    page = browser.get(reverse("followups:refusals"), {"q": "2222"}).content.decode()
    assert "137****2222" in page
    assert "139****0001" not in page
    assert PHONE not in browser.get(reverse("followups:refusals")).content.decode()


def test_the_page_adds_and_takes_back(supervisor: User, english: SignIn) -> None:
    discharge("1")
    browser = english(supervisor)
    browser.post(reverse("followups:refuse_calls"), {"phone": "139 0000 0001"})
    refusal = ContactRefusal.objects.get()
    assert not QueuedCall.objects.exists()
    browser.post(reverse("followups:allow_calls", args=[refusal.pk]))
    assert QueuedCall.objects.exists()


def test_agents_do_not_see_the_list(agent: User, english: SignIn) -> None:
    assert english(agent).get(reverse("followups:refusals")).status_code == 403
