"""Visits at the bed: what ends them, what leaves them due, and what is no call."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import (
    Attempt,
    ClinicalAlert,
    FeedKind,
    FollowUp,
    Mode,
    Outcome,
    QueuedCall,
    State,
)
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call, close_windows, fill_queue
from followups.services.calls.sheet import day_of
from followups.services.visits.record import VISIT_OUTCOMES, VisitResult, record_visit
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import Department, Role, User
from tests.factories import UserFactory
from tests.followups.script_world import CHEST_PAIN, answers, ask_in, make_script
from tests.followups.ward import admit, make_visits, tell, visit_of
from tests.followups.world import DAY, NOW, discharge, make_plan, patient


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def go(number: str, visitor: User, outcome: str, **more: object) -> Attempt:
    result = VisitResult(Outcome(outcome), **more)  # type: ignore[arg-type]  # as given
    return record_visit(visit_of(number), visitor=visitor, result=result)


@pytest.mark.parametrize(
    ("outcome", "state", "to_relative"),
    [
        (Outcome.REACHED_PATIENT, State.DONE, False),
        (Outcome.REACHED_PROXY, State.DONE, True),
        (Outcome.DECLINED, State.DECLINED, False),
        (Outcome.AWAY, State.OPEN, False),
        (Outcome.LANGUAGE_BARRIER, State.OPEN, False),
    ],
)
def test_each_outcome_ends_the_visit_or_leaves_it_due(
    agent: User, department: Department, outcome: str, state: str, to_relative: bool
) -> None:
    make_visits()
    admit("1", department=department)
    attempt = go("1", agent, outcome, note="  睡着了 ")
    assert (attempt.mode, attempt.outcome, attempt.to_relative) == (
        Mode.BEDSIDE,
        outcome,
        to_relative,
    )
    assert (attempt.agent, attempt.department) == (agent, department)
    assert (attempt.note, attempt.day_part) == ("睡着了", "morning")
    visit = visit_of("1")
    assert (visit.state, visit.ended_at) == (
        state,
        None if state == State.OPEN else NOW,
    )
    assert list(attempt.follow_ups.all()) == [visit]


def test_whoever_was_away_is_visited_again_and_counts_as_not_reached_in_the_end(
    agent: User,
) -> None:
    make_visits()
    admit("1")
    go("1", agent, Outcome.AWAY)
    go("1", agent, Outcome.AWAY)
    with clock.at(NOW + 3 * DAY):
        close_windows()
    assert visit_of("1").state == State.UNREACHABLE
    assert Attempt.objects.count() == 2


def test_one_talk_ends_all_visits_of_the_stay_that_are_due_and_no_others(
    agent: User,
) -> None:
    make_visits(("welcome", 24, 48), ("ward", 20, 30), ("week", 168, 72))
    admit("1")
    admit("2")
    attempt = go("1", agent, Outcome.REACHED_PATIENT)
    assert attempt.follow_ups.count() == 2
    states = {
        (row.patient.number, row.point_key): row.state
        for row in FollowUp.objects.select_related("patient")
    }
    assert states == {
        ("1", "welcome"): State.DONE,
        ("1", "ward"): State.DONE,
        ("1", "week"): State.OPEN,
        ("2", "welcome"): State.OPEN,
        ("2", "ward"): State.OPEN,
        ("2", "week"): State.OPEN,
    }


def test_a_visit_of_the_afternoon_may_be_made_on_the_mornings_round(
    agent: User,
) -> None:
    make_visits()
    admit("1", at=NOW - timedelta(hours=18))  # opens at half past three
    assert go("1", agent, Outcome.REACHED_PATIENT).outcome == Outcome.REACHED_PATIENT


def test_a_visit_of_tomorrow_is_not_made_today(agent: User) -> None:
    make_visits()
    admit("1", at=NOW - timedelta(hours=1))
    with pytest.raises(StaleRecord, match="2026-03-11"):
        go("1", agent, Outcome.REACHED_PATIENT)


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        (FeedKind.DISCHARGE, {"disposition": "home"}, "Left the hospital before"),
        (FeedKind.DISCHARGE, {"disposition": "deceased"}, "The patient has died"),
        (FeedKind.CANCEL_ADMIT, {}, "The admission was cancelled"),
    ],
)
def test_who_left_or_died_meanwhile_is_told_in_a_sentence(
    agent: User, kind: FeedKind, facts: dict[str, str], reason: str
) -> None:
    make_visits()
    admit("1")
    tell("1", kind, **facts)
    with pytest.raises(StaleRecord) as refusal:
        go("1", agent, Outcome.REACHED_PATIENT)
    assert str(refusal.value) == f"This visit is not to be made any more: {reason}."
    assert not Attempt.objects.exists()


def test_a_window_that_has_closed_is_told(agent: User) -> None:
    make_visits()
    admit("1")
    FollowUp.objects.update(state=State.MISSED, ended_at=NOW)
    with pytest.raises(StaleRecord, match="The time for this visit is over"):
        go("1", agent, Outcome.REACHED_PATIENT)


def test_a_visit_ended_without_an_attempt_is_told(agent: User) -> None:
    make_visits()
    admit("1")
    FollowUp.objects.update(state=State.DONE, ended_at=NOW)
    with pytest.raises(StaleRecord, match="recorded already"):
        go("1", agent, Outcome.REACHED_PATIENT)


@pytest.mark.parametrize(
    "outcome", [each for each in Outcome if each not in VISIT_OUTCOMES]
)
def test_what_comes_of_calls_only_comes_of_no_visit(agent: User, outcome: str) -> None:
    make_visits()
    admit("1")
    with pytest.raises(RuleViolation, match="Choose what came of the visit"):
        go("1", agent, outcome)


def test_a_note_has_an_end(agent: User) -> None:
    make_visits()
    admit("1")
    with pytest.raises(RuleViolation, match="Shorten the note"):
        go("1", agent, Outcome.AWAY, note="x" * 5001)


def test_when_the_talk_began_is_kept_unless_the_page_was_forgotten(
    agent: User,
) -> None:
    make_visits()
    admit("1")
    begun = NOW - timedelta(minutes=7)
    assert go("1", agent, Outcome.AWAY, started_at=begun).started_at == begun
    for odd in (NOW - DAY, NOW + timedelta(minutes=1)):
        assert go("1", agent, Outcome.AWAY, started_at=odd).started_at == NOW


@pytest.mark.parametrize(
    "role", [Role.FRONT_DESK, Role.LEADERSHIP, Role.QUALITY_ADMIN, Role.IT_ADMIN]
)
def test_other_roles_visit_nobody(db: None, role: Role) -> None:
    make_visits()
    admit("1")
    with pytest.raises(PermissionDenied):
        go("1", UserFactory(roles=[role]), Outcome.REACHED_PATIENT)


def test_a_wards_people_visit_their_ward_and_the_centre_every_ward(
    agent: User, staff: User, head: User, outsider: User, department: Department
) -> None:
    make_visits()
    admit("1", department=department)
    admit("2")
    gate = FollowUp.objects.visits_for
    assert gate(agent).count() == 2
    assert [row.patient.number for row in gate(staff)] == ["1"]
    assert [row.patient.number for row in gate(head)] == ["1"]
    assert gate(outsider).count() == 0
    agent.is_active = False
    assert gate(agent).count() == 0
    with pytest.raises(PermissionDenied):
        go("1", outsider, Outcome.REACHED_PATIENT)


def test_calls_are_no_visits(agent: User) -> None:
    make_plan()
    discharge("1")
    assert FollowUp.objects.visits_for(agent).count() == 0


def test_the_records_of_one_person_that_were_merged_are_one_person(
    agent: User,
) -> None:
    make_visits()
    admit("1")
    admit("2", at=NOW - 400 * DAY)
    patient("1").__class__.objects.filter(number="1").update(merged_into=patient("2"))
    attempt = go("1", agent, Outcome.REACHED_PATIENT)
    assert attempt.patient.number == "2"


def test_a_red_flag_at_the_bed_alerts_the_ward(
    agent: User, department: Department
) -> None:
    version = make_script(CHEST_PAIN)
    ask_in(make_visits(), version)
    admit("1", department=department)
    attempt = go(
        "1",
        agent,
        Outcome.REACHED_PATIENT,
        answers=answers(version, chest_pain="yes"),
    )
    alert = ClinicalAlert.objects.get()
    assert (alert.attempt, alert.department) == (attempt, department)
    assert attempt.script_version == version


def test_a_talk_at_the_bed_is_no_call(agent: User) -> None:
    """The person may be rung on the next day, and the tries in vain still count."""
    make_visits()
    make_plan()
    admit("1")
    go("1", agent, Outcome.REACHED_PATIENT)
    assert day_of(agent).done == 0
    leaving = NOW + timedelta(hours=2)
    with clock.at(leaving):
        discharge("1", at=leaving)
    with clock.at(leaving + timedelta(hours=48)):
        fill_queue()
        assert QueuedCall.objects.get().ready_at <= clock.now()


def test_the_call_after_a_talk_at_the_bed_goes_on_where_the_calls_were(
    agent: User,
) -> None:
    make_visits()
    make_plan()
    discharge("1")
    fill_queue()
    claim_next_call(agent)
    result = CallResult(Outcome.NO_ANSWER, started_at=NOW)
    record_attempt(patient("1"), agent=agent, result=result)
    Attempt.objects.create(
        patient=patient("1"),
        agent=agent,
        mode=Mode.BEDSIDE,
        started_at=NOW,
        ended_at=NOW,
        outcome=Outcome.REACHED_PATIENT,
        day_part="morning",
    )
    row = QueuedCall.objects.get()
    with clock.at(row.ready_at):
        claim_next_call(agent)
        later = CallResult(Outcome.NO_ANSWER, started_at=clock.now())
        record_attempt(patient("1"), agent=agent, result=later)
        # Two tries on one day: the third is on another.
        assert QueuedCall.objects.get().ready_at.date() > NOW.date()
