"""People in hospital who are to be visited, and visitors at their beds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from followups.models import (
    Anchor,
    FeedKind,
    FollowUp,
    Mode,
    Plan,
    PlanVersion,
    Stay,
    TouchPoint,
)
from followups.services.feed.facts import Told, take_over
from hospital.models import Department
from tests.followups.world import DAY, NOW

ROUND = "/visits/"


def make_visits(*points: tuple[str, int, int], code: str = "admission") -> Plan:
    """A plan of visits: (key, hours after admission, hours open)."""
    plan = Plan.objects.create(code=code, name_zh="入院探访", name_en="Admission visit")
    version = PlanVersion.objects.create(plan=plan, number=1, from_at=NOW - 365 * DAY)
    for key, after, window in points or [("welcome", 24, 48)]:
        TouchPoint.objects.create(
            version=version,
            key=key,
            anchor=Anchor.ADMISSION,
            mode=Mode.BEDSIDE,
            after_hours=after,
            window_hours=window,
        )
    return plan


def admit(
    number: str,
    *,
    at: datetime = NOW - timedelta(hours=30),
    visit: str = "1",
    department: Department | None = None,
    **facts: Any,
) -> Stay:
    """The feed tells of somebody who came into hospital and is still there."""
    known: dict[str, Any] = {"phone": f"139{int(number):08d}"}
    if department is not None:
        known["department_id"] = department.pk
    told = Told(
        kind=FeedKind.ADMIT,
        patient=number,
        visit=visit,
        recorded_at=at,
        key=f"admit:{uuid4()}",
        facts=known | {"admitted_at": at.isoformat()} | facts,
    )
    return take_over([told])[0]


def tell(number: str, kind: FeedKind, *, visit: str = "1", **facts: Any) -> None:
    """The feed tells something else of them."""
    take_over([Told(kind, number, NOW, f"told:{uuid4()}", visit, facts=facts)])


def visit_of(number: str, key: str = "welcome") -> FollowUp:
    return FollowUp.objects.get(patient__number=number, point_key=key)


def visit_path(number: str) -> str:
    return reverse("followups:visit", args=[visit_of(number).pk])


def send(browser: Client, number: str, outcome: str, **words: Any) -> str:
    """What a visitor sends from the bed; the page that follows."""
    sent = {"submission": str(uuid4()), "outcome": outcome, **words}
    return browser.post(visit_path(number), sent, follow=True).content.decode()
