"""The demo's callback room: weeks of calls, and work left for today."""

import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from followups.models import (
    Attempt,
    ClinicalAlert,
    Cohort,
    FollowUp,
    Mode,
    Outcome,
    QualityCheck,
    State,
    Stay,
)
from followups.services.visits.record import due_visits
from hospital import clock
from hospital.models import Department, Role
from tests.complaints.clock_world import moment
from tests.factories import UserFactory

NOON = moment("2026-03-11T12:00")


@pytest.fixture
def loaded(settings: Settings, department: Department, head: object) -> str:
    settings.DEMO_MODE = True
    UserFactory(roles=[Role.CALLBACK_AGENT])
    UserFactory(roles=[Role.SUPERVISOR])
    said = io.StringIO()
    with clock.at(NOON):
        call_command("load_demo_stays", stdout=said)
    return said.getvalue()


def test_it_lives_through_three_weeks_once_and_leaves_work_for_today(
    loaded: str,
) -> None:
    assert loaded == f"{Stay.objects.count()} stays with their calls are loaded.\n"
    outcomes = set(Attempt.objects.values_list("outcome", flat=True))
    assert {Outcome.REACHED_PATIENT, Outcome.NO_ANSWER} <= outcomes
    states = set(FollowUp.objects.values_list("state", flat=True))
    assert {State.DONE, State.OPEN} <= states
    assert ClinicalAlert.objects.open().filter(acknowledged_at=None).exists()
    visits = FollowUp.objects.filter(mode=Mode.BEDSIDE)
    assert visits.filter(state=State.DONE).exists()
    assert due_visits(visits).exists()
    assert Attempt.objects.filter(check_up_told__isnull=False).exists()
    assert QualityCheck.objects.checked().exists()
    assert QualityCheck.objects.waiting().exists()
    check_dialysis()
    call_command("load_demo_stays", stdout=(again := io.StringIO()))
    assert again.getvalue() == "The demo's stays are loaded already.\n"


def test_it_is_refused_outside_the_demo(db: None, settings: Settings) -> None:
    settings.DEMO_MODE = False
    with pytest.raises(CommandError):
        call_command("load_demo_stays")


def check_dialysis() -> None:
    """Months of rounds lie behind the members, and some are to be called."""
    cohort = Cohort.objects.get(code="dialysis")
    assert cohort.members.present().count() == 30
    assert cohort.members.gone().count() == 1
    rounds = FollowUp.objects.filter(member__cohort=cohort)
    months = {f"{each:%Y-%m}" for each in rounds.values_list("opens_at", flat=True)}
    assert len(months) >= 5
    states = set(rounds.values_list("state", flat=True))
    assert {State.DONE, State.UNREACHABLE, State.MISSED, State.OPEN} <= states
