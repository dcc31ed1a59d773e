"""Times and short cuts for the tests of the clocks."""

from datetime import datetime

from complaints.models import Case, Deadline, StepFiring
from complaints.services import escalation
from hospital import clock
from hospital.models import User
from notifications.models import Notification

# A Monday in a week without holidays.
MONDAY = datetime.fromisoformat("2025-06-09T10:00+08:00")


def moment(text: str) -> datetime:
    """A local time of the hospital."""
    return datetime.fromisoformat(f"{text}+08:00")


def local(value: datetime | None) -> str:
    return f"{value.astimezone(MONDAY.tzinfo):%m-%d %H:%M}" if value else ""


def running(case: Case, which: str) -> Deadline:
    return case.deadlines.running().get(clock=which)


def due(case: Case, which: str) -> list[str]:
    """Due times of a clock in local time, the superseded ones in brackets."""
    rows = case.deadlines.filter(clock=which).order_by("pk")
    return [
        f"({local(row.due_at)})" if row.superseded_at else local(row.due_at)
        for row in rows
    ]


def tick_at(text: str) -> escalation.TickResult:
    with clock.at(moment(text)):
        return escalation.tick()


def taken(case: Case) -> list[str]:
    """The steps taken on the case, in the order in which they were to be taken."""
    firings = StepFiring.objects.filter(deadline__case=case)
    return [
        f"{firing.deadline.clock} {firing.step}"
        for firing in firings.select_related("deadline").order_by("due_at", "step")
    ]


def told(person: User) -> list[str]:
    """What the person was told by the clock, the oldest first."""
    return [
        notification.topic
        for notification in Notification.objects.filter(recipient=person).order_by("pk")
    ]
