"""One person to one agent at a time; nobody forgotten, nobody rung twice."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import (
    AgentProfile,
    Attempt,
    FeedKind,
    Outcome,
    QueuedCall,
)
from followups.services.calls.outcomes import CallResult, correct_number, record_attempt
from followups.services.calls.queue import (
    claim_next_call,
    close_windows,
    fill_queue,
    give_back,
    keep_claim,
)
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import Department, Role, User
from tests.complaints.clock_world import moment
from tests.factories import UserFactory
from tests.followups.world import DAY, NOW, discharge, make_plan, patient, states


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


def call(agent: User, outcome: Outcome, **words: object) -> Attempt:
    """Take the next call and record what came of it."""
    row = claim_next_call(agent)
    assert row is not None
    result = CallResult(outcome=outcome, started_at=clock.now(), **words)  # type: ignore[arg-type]  # of its fields
    return record_attempt(row.patient, agent=agent, result=result)


def test_a_discharged_patient_is_queued_when_the_contact_is_due(agent: User) -> None:
    discharge("1", at=NOW - timedelta(hours=47))
    fill_queue()
    assert claim_next_call(agent) is None
    with clock.at(NOW + timedelta(hours=1)):
        fill_queue()
        row = claim_next_call(agent)
    assert row is not None
    assert row.patient == patient("1")


def test_two_agents_never_get_the_same_patient(agent: User) -> None:
    other = UserFactory(roles=[Role.CALLBACK_AGENT])
    discharge("1")
    discharge("2")
    rows = [claim_next_call(agent), claim_next_call(other)]
    assert {row.patient.number for row in rows if row} == {"1", "2"}
    third = UserFactory(roles=[Role.CALLBACK_AGENT])
    assert claim_next_call(third) is None


def test_asking_again_gives_the_call_in_hand(agent: User) -> None:
    discharge("1")
    discharge("2")
    first, again = claim_next_call(agent), claim_next_call(agent)
    assert first is not None
    assert again is not None
    assert first.patient_id == again.patient_id


def test_a_claim_whose_agent_vanished_returns(agent: User) -> None:
    discharge("1")
    claim_next_call(agent)
    other = UserFactory(roles=[Role.CALLBACK_AGENT])
    with clock.at(NOW + timedelta(minutes=19)):
        assert claim_next_call(other) is None
    with clock.at(NOW + timedelta(minutes=20)):
        assert claim_next_call(other) is not None


def test_an_open_page_keeps_the_claim(agent: User) -> None:
    discharge("1")
    row = claim_next_call(agent)
    assert row is not None
    with clock.at(NOW + timedelta(minutes=15)):
        assert keep_claim(agent, row.patient_id) is True
    with clock.at(NOW + timedelta(minutes=30)):
        other = UserFactory(roles=[Role.CALLBACK_AGENT])
        assert claim_next_call(other) is None
    with clock.at(NOW + timedelta(minutes=60)):
        assert keep_claim(agent, row.patient_id) is False


def test_a_call_given_back_goes_to_the_next(agent: User) -> None:
    discharge("1")
    row = claim_next_call(agent)
    assert row is not None
    give_back(agent, row.patient_id)
    assert claim_next_call(UserFactory(roles=[Role.CALLBACK_AGENT])) is not None


def test_who_lost_the_claim_is_told_and_nothing_is_recorded(agent: User) -> None:
    discharge("1")
    row = claim_next_call(agent)
    assert row is not None
    other = UserFactory(roles=[Role.CALLBACK_AGENT])
    with clock.at(NOW + timedelta(minutes=21)):
        claim_next_call(other)
        result = CallResult(Outcome.NO_ANSWER, started_at=NOW)
        with pytest.raises(StaleRecord):
            record_attempt(row.patient, agent=agent, result=result)
    assert Attempt.objects.count() == 0


def test_the_front_desk_takes_no_calls(front_desk: User) -> None:
    with pytest.raises(PermissionDenied):
        claim_next_call(front_desk)


@pytest.mark.parametrize("at", ["2026-03-10T08:59", "2026-03-10T12:30"])
def test_nobody_is_called_in_quiet_hours(agent: User, at: str) -> None:
    discharge("1")
    with clock.at(moment(at)), pytest.raises(RuleViolation):
        claim_next_call(agent)


def test_nobody_is_called_on_a_statutory_holiday(agent: User) -> None:
    with clock.at(moment("2026-05-01T10:00")), pytest.raises(RuleViolation):
        claim_next_call(agent)


def test_two_due_contacts_of_a_patient_are_one_call(agent: User) -> None:
    make_plan(("week", 60, 24 * 7), code="second")
    discharge("1")
    attempt = call(agent, Outcome.REACHED_PATIENT)
    assert states("1") == ["done", "done"]
    assert attempt.follow_ups.count() == 2
    assert claim_next_call(agent) is None


def test_merged_records_are_one_person_and_one_call(agent: User) -> None:
    discharge("1")
    discharge("2")
    merge = Told(
        kind=FeedKind.MERGE,
        patient="1",
        merged_from="2",
        recorded_at=NOW,
        key="merge",
    )
    take_over([merge])
    assert [row.patient.number for row in QueuedCall.objects.all()] == ["1"]
    call(agent, Outcome.REACHED_PATIENT)
    assert (states("1"), states("2")) == (["done"], ["done"])


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"deceased": True}, FeedKind.UPDATE),
        ({}, FeedKind.CANCEL_DISCHARGE),
        ({}, FeedKind.CANCEL_ADMIT),
    ],
)
def test_what_the_feed_stops_leaves_the_queue_at_once(
    agent: User, facts: dict[str, object], kind: FeedKind
) -> None:
    discharge("1")
    fill_queue()
    stop = Told(
        kind=kind,
        patient="1",
        visit="1",
        recorded_at=NOW,
        key="stop",
        facts=facts,
    )
    take_over([stop])
    assert (states("1"), claim_next_call(agent)) == (["stopped"], None)


def test_a_readmitted_patient_is_not_called_for_the_earlier_stay(agent: User) -> None:
    discharge("1")
    again = Told(
        kind=FeedKind.ADMIT, patient="1", visit="2", recorded_at=NOW, key="again"
    )
    take_over([again])
    assert claim_next_call(agent) is None


def test_the_riskier_patient_is_called_first(agent: User) -> None:
    discharge("1")
    discharge("2", was_emergency=True, charlson=4, emergency_visits=2)
    row = claim_next_call(agent)
    assert row is not None
    assert (row.patient.number, row.reasons) == (
        "2",
        [["risk_high", 30]],
    )


def test_skills_are_respected(agent: User, department: Department) -> None:
    discharge("1", department=department, language="yue")
    profile = AgentProfile.objects.create(user=agent, languages=["zh"])
    assert claim_next_call(agent) is None
    profile.languages = ["zh", "yue"]
    profile.save()
    assert claim_next_call(agent) is not None


def test_an_agent_of_other_departments_is_passed_over(
    agent: User, department: Department, other_department: Department
) -> None:
    discharge("1", department=department)
    profile = AgentProfile.objects.create(user=agent, languages=["zh"])
    profile.departments.add(other_department)
    assert claim_next_call(agent) is None


def test_no_answer_is_tried_again_in_another_part_of_the_day(agent: User) -> None:
    discharge("1")
    call(agent, Outcome.NO_ANSWER)
    row = QueuedCall.objects.get()
    assert (row.attempts, row.ready_at) == (1, moment("2026-03-10T14:00"))


def test_after_two_tries_on_a_day_the_third_is_on_another(agent: User) -> None:
    discharge("1")
    call(agent, Outcome.NO_ANSWER)
    with clock.at(moment("2026-03-10T14:05")):
        call(agent, Outcome.BUSY)
    row = QueuedCall.objects.get()
    assert row.ready_at == moment("2026-03-11T18:00")


def exhaust(agent: User) -> None:
    """Try until the rule gives up or the turn passes to the relative."""
    times = ("2026-03-10T09:30", "2026-03-10T14:05", "2026-03-11T18:05")
    for at in times:
        with clock.at(moment(at)):
            call(agent, Outcome.NO_ANSWER)


def test_after_three_tries_a_person_without_relative_is_unreachable(
    agent: User,
) -> None:
    discharge("1")
    exhaust(agent)
    assert (states("1"), QueuedCall.objects.count()) == (["unreachable"], 0)


def test_before_giving_up_the_relative_is_rung(agent: User) -> None:
    discharge("1", relative_phone="13500001111")
    exhaust(agent)
    row = QueuedCall.objects.get()
    assert (states("1"), row.use_relative) == (["open"], True)
    with clock.at(moment("2026-03-12T09:30")):
        attempt = call(agent, Outcome.REACHED_PROXY)
    assert (attempt.dialled, attempt.to_relative) == ("13500001111", True)
    assert states("1") == ["done"]


def test_call_me_friday_at_ten_is_a_timed_call(agent: User) -> None:
    discharge("1")
    friday = moment("2026-03-13T10:00")
    call(agent, Outcome.CALL_LATER, call_at=friday)
    with clock.at(friday - timedelta(minutes=1)):
        assert claim_next_call(agent) is None
    with clock.at(friday):
        row = claim_next_call(agent)
    assert row is not None
    assert ["asked", 100] in row.reasons


@pytest.mark.parametrize("days", [None, -1, 61])
def test_a_later_call_needs_a_sensible_time(agent: User, days: int | None) -> None:
    discharge("1")
    at = None if days is None else NOW + days * DAY
    with pytest.raises(RuleViolation) as refusal:
        call(agent, Outcome.CALL_LATER, call_at=at)
    assert refusal.value.field == "call_at"


def test_a_wrong_number_waits_until_the_ward_has_found_the_right_one(
    agent: User, head: User, department: Department
) -> None:
    discharge("1", department=department)
    call(agent, Outcome.WRONG_NUMBER)
    assert claim_next_call(agent) is None
    correct_number(patient("1"), actor=head, phone="138 0000 1111")
    row = claim_next_call(agent)
    assert row is not None
    assert row.patient.phone == "13800001111"


def test_a_new_number_from_the_feed_ends_the_search(agent: User) -> None:
    discharge("1")
    call(agent, Outcome.WRONG_NUMBER)
    discharge("1", at=NOW - 2 * DAY, phone="13800001111")
    row = claim_next_call(agent)
    assert row is not None
    assert row.patient.phone == "13800001111"


def test_a_wrong_number_that_the_feed_repeats_stays_wrong(agent: User) -> None:
    discharge("1")
    call(agent, Outcome.WRONG_NUMBER)
    discharge("1", at=NOW - 2 * DAY)
    assert claim_next_call(agent) is None


def test_without_the_patients_number_the_relative_is_rung(agent: User) -> None:
    discharge("1", phone="", relative_phone="13500001111")
    row = claim_next_call(agent)
    assert row is not None
    assert row.use_relative is True


def test_without_any_number_the_ward_has_to_find_one(agent: User) -> None:
    discharge("1", phone="")
    assert claim_next_call(agent) is None
    assert QueuedCall.objects.get().needs_number is True


def test_another_ward_corrects_no_number(agent: User, outsider: User) -> None:
    discharge("1")
    call(agent, Outcome.WRONG_NUMBER)
    with pytest.raises(PermissionDenied):
        correct_number(patient("1"), actor=outsider, phone="13800001111")


def test_a_correction_outlives_a_repeated_feed(agent: User, supervisor: User) -> None:
    discharge("1")
    call(agent, Outcome.WRONG_NUMBER)
    correct_number(patient("1"), actor=supervisor, phone="13800001111")
    discharge("1", at=NOW - 3 * DAY)
    assert patient("1").phone == "13800001111"


def test_who_declines_is_not_called_for_this_contact(agent: User) -> None:
    discharge("1")
    call(agent, Outcome.DECLINED)
    assert (states("1"), claim_next_call(agent)) == (["declined"], None)


def test_do_not_call_holds_for_everything_planned_and_to_come(agent: User) -> None:
    make_plan(("month", 24 * 30, 24 * 7), code="second")
    discharge("1")
    call(agent, Outcome.DECLINED, do_not_call=True)
    assert states("1") == ["declined", "stopped"]
    discharge("1", visit="2", at=NOW - 2 * DAY)
    assert "open" not in states("1")


def test_a_death_heard_on_the_telephone_stops_every_contact(agent: User) -> None:
    make_plan(("month", 24 * 30, 24 * 7), code="second")
    discharge("1")
    call(agent, Outcome.DECEASED)
    assert states("1") == ["stopped", "stopped"]
    later = Told(
        kind=FeedKind.UPDATE,
        patient="1",
        recorded_at=NOW + DAY,
        key="says not",
        facts={"deceased": False},
    )
    take_over([later])
    assert patient("1").is_deceased is True


def test_the_same_submission_counts_once(agent: User) -> None:
    discharge("1")
    row = claim_next_call(agent)
    assert row is not None
    result = CallResult(Outcome.REACHED_PATIENT, NOW, submission=uuid4())
    first = record_attempt(row.patient, agent=agent, result=result)
    again = record_attempt(row.patient, agent=agent, result=result)
    assert (first, Attempt.objects.count()) == (again, 1)


def test_a_window_that_closed_is_missed_or_unreachable(agent: User) -> None:
    discharge("1")
    discharge("2")
    call(agent, Outcome.NO_ANSWER)
    with clock.at(NOW + 10 * DAY):
        assert close_windows() == 2
    assert sorted([*states("1"), *states("2")]) == ["missed", "unreachable"]
    assert QueuedCall.objects.count() == 0


def test_whoever_was_reached_is_left_in_peace_for_a_while(agent: User) -> None:
    make_plan(("week", 24 * 3 + 1, 24 * 7), code="second")
    discharge("1")
    call(agent, Outcome.REACHED_PATIENT)
    with clock.at(NOW + timedelta(hours=5)):
        fill_queue()
        assert claim_next_call(agent) is None
    with clock.at(NOW + DAY):
        assert claim_next_call(agent) is not None
