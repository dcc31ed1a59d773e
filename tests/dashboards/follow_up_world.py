"""Stays of March 2026, each with a fate of its own, that can be counted by hand."""

from datetime import timedelta
from uuid import uuid4

from followups.models import (
    FeedKind,
    Outcome,
    Patient,
    QueuedCall,
    ScriptVersion,
    Stay,
)
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import close_windows, fill_queue
from followups.services.feed.facts import Told, take_over
from followups.services.scripts.answers import Answers
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.script_world import answers, ask_in, make_script
from tests.followups.world import NOW, discharge, make_plan, patient

AFTERNOON = NOW + timedelta(hours=5)


def call(
    number: str, agent: User, outcome: Outcome, given: Answers | None = None
) -> None:
    """The agent has this person in hand and records what came of the call."""
    fill_queue()
    person = Patient.objects.get(number=number)
    until = clock.now() + timedelta(minutes=20)
    row = QueuedCall.objects.filter(patient=person)
    row.update(claimed_by=agent, claimed_until=until)
    result = CallResult(outcome=outcome, started_at=clock.now(), answers=given)
    record_attempt(person, agent=agent, result=result)


def die(number: str) -> None:
    told = Told(
        kind=FeedKind.UPDATE,
        patient=number,
        recorded_at=clock.now(),
        key=f"died:{uuid4()}",
        facts={"deceased": True},
    )
    take_over([told])


def plan_calls() -> ScriptVersion:
    """Two calls for every stay, with a script."""
    version = make_script()
    ask_in(make_plan(("first", 24, 24 * 7), ("second", 48, 24 * 7)), version)
    return version


def live_through_march(
    cardiology: Department, surgery: Department, agent: User, supervisor: User
) -> None:
    """Twelve stays count; 13 ended in February and 14 was cancelled."""
    version = plan_calls()
    with clock.at(moment("2026-03-01T12:00")):
        discharge("9", at=moment("2026-03-01T00:30"), department=cardiology)
    with clock.at(NOW):
        for number in ("1", "2", "3", "4", "5", "14"):
            discharge(number, department=cardiology, name=f"张{number}丰")
        discharge("6", department=cardiology, disposition="transfer")
        discharge("7", department=cardiology, refuses_calls=True)
        discharge("8", department=cardiology, at=NOW - timedelta(hours=1))
        # Told so late that nobody could be called in time.
        discharge("10", department=cardiology, at=moment("2026-03-01T00:10"))
        discharge("13", department=cardiology, at=moment("2026-02-28T23:59"))
        discharge("11", department=surgery, name="李十一")
        discharge("12")
        Stay.objects.filter(patient=patient("14")).update(cancelled=True)
        call("1", agent, Outcome.REACHED_PATIENT, answers(version))
        call("2", agent, Outcome.REACHED_PROXY)
        call("3", agent, Outcome.NO_ANSWER)
        call("4", agent, Outcome.DECLINED)
        call("11", supervisor, Outcome.REACHED_PATIENT, answers(version))
        call("12", agent, Outcome.WRONG_NUMBER)
        die("5")
        close_windows()
    with clock.at(AFTERNOON):
        call("3", agent, Outcome.BUSY)
