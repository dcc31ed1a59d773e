"""Calls in the queue, and who holds them."""

from typing import Any

from followups.models import Patient, QueuedCall
from followups.services.supervision.assigning import assign_calls, preview_deal
from followups.services.supervision.dealing import Deal
from hospital.models import User
from tests.followups.world import DAY, NOW


def queue(number: str, priority: int = 0, **fields: Any) -> QueuedCall:
    person = Patient.objects.create(number=number, name=f"张{number}")
    known = {"ready_at": NOW, "closes_at": NOW + 3 * DAY} | fields
    return QueuedCall.objects.create(patient=person, priority=priority, **known)


def holders() -> dict[str, str | None]:
    """Whom each call waits for, by the number of the patient."""
    rows = QueuedCall.objects.order_by("patient__number")
    return dict(rows.values_list("patient__number", "assigned_to__name"))


def assign(actor: User, *agents: User, each: int = 20, **scope: Any) -> Deal:
    deal = preview_deal(agents, actor=actor, each=each, **scope)
    return assign_calls(deal.order, actor=actor)


def gets(deal: Deal) -> dict[str, int]:
    return {share.agent.name: share.gets for share in deal.shares}
