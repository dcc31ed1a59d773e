"""The stays, calls and rounds behind a figure, as lines of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.follow_ups.counting import DayPartName
from dashboards.follow_ups.fates import (
    DONE_FATES,
    EXCLUDED_FATES,
    FATES,
    MISSED,
    REFUSED,
)
from followups.models import REACHED, Attempt, FollowUp, Patient, State
from hospital.models import Department, User

TONES = {
    **dict.fromkeys(DONE_FATES, "green"),
    **dict.fromkeys(EXCLUDED_FATES, "grey"),
    REFUSED: "teal",
    MISSED: "red",
}


ROUND_TONES = {
    State.DONE: "green",
    State.STOPPED: "grey",
    State.DECLINED: "teal",
    State.MISSED: "red",
}


@dataclass(frozen=True)
class Row:
    patient: Patient
    department: Department | None
    moment: datetime
    state: str
    tone: str
    day_part: DayPartName | None = None
    agent: User | None = None
    cohort: str = ""


def row_of(record: Any) -> Row:
    """A stay with its fate, a call, or a round of a cohort."""
    if isinstance(record, FollowUp):
        return _row_of_round(record)
    if isinstance(record, Attempt):
        return Row(
            record.patient,
            record.department,
            record.ended_at,
            record.get_outcome_display(),
            "green" if record.outcome in REACHED else "amber",
            DayPartName(record.day_part),
            record.agent,
        )
    state, tone = str(FATES[record.fate]), TONES.get(record.fate, "amber")
    moment = record.discharged_at
    return Row(record.patient, record.department, moment, state, tone)


def _row_of_round(record: FollowUp) -> Row:
    stopped = record.state == State.STOPPED
    return Row(
        record.patient,
        record.department,
        record.opens_at,
        record.get_stop_reason_display() if stopped else record.get_state_display(),
        ROUND_TONES.get(State(record.state), "amber"),
        cohort=record.member.cohort.name if record.member else "",
    )
