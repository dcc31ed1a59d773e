"""Calls that may be drawn and checked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from followups.models import Attempt, Outcome, Patient, QualityCheck
from followups.score_card import CARD
from followups.services.supervision.quality import check_call
from hospital.models import User
from tests.followups.world import DAY, NOW

YESTERDAY = NOW - DAY


def make_call(
    agent: User,
    *,
    at: datetime = YESTERDAY,
    seconds: int = 120,
    outcome: Outcome = Outcome.REACHED_PATIENT,
    **fields: Any,
) -> Attempt:
    person = Patient.objects.create(number=uuid4().hex, name="张建国")
    return Attempt.objects.create(
        patient=person,
        agent=agent,
        started_at=at - timedelta(seconds=seconds),
        ended_at=at,
        outcome=outcome,
        day_part="morning",
        **fields,
    )


def make_check(agent: User, supervisor: User, **fields: Any) -> QualityCheck:
    call = make_call(agent, **fields)
    return QualityCheck.objects.create(attempt=call, drawn_by=supervisor)


def points(mark: int | None = 2, **others: int | None) -> dict[str, int | None]:
    """The same points for every criterion, but for some."""
    return {criterion.key: mark for criterion in CARD} | others


def checked(agent: User, supervisor: User, **fields: Any) -> QualityCheck:
    check = make_check(agent, supervisor, **fields)
    return check_call(check, actor=supervisor, points=points(), comment="很好")
