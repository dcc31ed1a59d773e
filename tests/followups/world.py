"""Patients who were discharged, and agents who call them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from followups.models import (
    Anchor,
    FeedKind,
    FollowUp,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    Stay,
    TouchPoint,
)
from followups.services.feed.facts import Told, take_over
from hospital.models import Department
from tests.complaints.clock_world import moment

# A Tuesday in a week without holidays, in the morning's calling hours.
NOW = moment("2026-03-10T09:30")
DAY = timedelta(days=1)


def make_plan(*points: tuple[str, int, int], code: str = "general") -> Plan:
    """A plan of calls: (key, hours after discharge, hours open)."""
    plan = Plan.objects.create(code=code, name_zh="普通", name_en="General")
    version = PlanVersion.objects.create(plan=plan, number=1, from_at=NOW - 365 * DAY)
    for key, after, window in points or [("first", 48, 24 * 7)]:
        TouchPoint.objects.create(
            version=version,
            key=key,
            anchor=Anchor.DISCHARGE,
            mode=Mode.CALL,
            after_hours=after,
            window_hours=window,
        )
    return plan


def discharge(
    number: str,
    *,
    at: datetime = NOW - 3 * DAY,
    visit: str = "1",
    department: Department | None = None,
    **facts: Any,
) -> Stay:
    """The feed tells of a stay that ended; a telephone number comes with it."""
    known = {"phone": f"139{int(number):08d}"} if number.isdecimal() else {}
    admitted = {"admitted_at": (at - 5 * DAY).isoformat()}
    stays = take_over(
        [
            Told(
                kind=FeedKind.DISCHARGE,
                patient=number,
                visit=visit,
                recorded_at=at,
                key=f"discharge:{uuid4()}",
                facts=known
                | admitted
                | {"disposition": "home"}
                | ({"department_id": department.pk} if department else {})
                | facts,
            )
        ]
    )
    return stays[0]


def patient(number: str) -> Patient:
    return Patient.objects.get(number=number)


def states(number: str) -> list[str]:
    rows = FollowUp.objects.filter(patient__number=number).order_by("opens_at")
    return list(rows.values_list("state", flat=True))
