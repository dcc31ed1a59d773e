"""What the events of a feed say together: pure functions, whatever the arrival order.

Events are folded in the order in which the sending system recorded them; a later fact
replaces an earlier one, and a cancellation takes back what it cancels.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from followups.models import Disposition, FeedEvent, FeedKind

HEARD = "call"  # the source of what was learned on a telephone call
PATIENT_FACTS = ("name", "sex", "phone", "relative", "relative_phone", "language")
STAY_FACTS = (
    "department_id",
    "ward",
    "doctor",
    "disposition",
    "diagnosis_code",
    "diagnosis",
    "had_surgery",
    "was_emergency",
    "charlson",
    "emergency_visits",
    "refuses_calls",
    "check_up_at",
)


@dataclass
class StayFold:
    """The fields of a stay."""

    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    cancelled: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def fold_stay(events: Iterable[FeedEvent]) -> StayFold:
    """The stay after all its events, whenever each arrived."""
    fold = StayFold()
    for event in sorted(events, key=_order):
        _apply(fold, event)
    if (
        fold.admitted_at is not None
        and fold.discharged_at is not None
        and fold.discharged_at < fold.admitted_at
    ):
        fold.admitted_at = None  # one of the two is wrong; the discharge is acted on
    return fold


def fold_patient(events: Iterable[FeedEvent]) -> dict[str, Any]:
    """The patient's details after all events, and whether they have died."""
    details: dict[str, Any] = {}
    told_dead, heard_dead, died_in = False, False, set()
    for event in sorted(events, key=_order):
        details |= {n: event.facts[n] for n in PATIENT_FACTS if _says(event, n)}
        if _says(event, "born_on"):
            details["born_on"] = date.fromisoformat(event.facts["born_on"])
        told_dead = bool(event.facts.get("deceased", told_dead))
        # What the family says outranks a system that always sends "not deceased".
        heard_dead |= event.source == HEARD and told_dead
        if event.kind == FeedKind.CANCEL_DISCHARGE:
            died_in.discard(event.stay_id)
        elif event.facts.get("disposition") == Disposition.DECEASED:
            died_in.add(event.stay_id)
    return details | {"is_deceased": told_dead or heard_dead or bool(died_in)}


def _order(event: FeedEvent) -> tuple[datetime, str]:
    return event.recorded_at, event.key


def _says(event: FeedEvent, name: str) -> bool:
    return event.facts.get(name) not in (None, "")


def _apply(fold: StayFold, event: FeedEvent) -> None:
    moments: Mapping[str, datetime] = {
        name: datetime.fromisoformat(event.facts[name])
        for name in ("admitted_at", "discharged_at")
        if _says(event, name)
    }
    fold.facts |= {name: event.facts[name] for name in STAY_FACTS if _says(event, name)}
    if _says(event, "check_up_on"):
        fold.facts["check_up_on"] = date.fromisoformat(event.facts["check_up_on"])
    fold.admitted_at = moments.get("admitted_at", fold.admitted_at)
    match event.kind:
        case FeedKind.ADMIT:
            fold.cancelled = False
            fold.admitted_at = fold.admitted_at or event.recorded_at
        case FeedKind.DISCHARGE:
            fold.discharged_at = moments.get("discharged_at", event.recorded_at)
        case FeedKind.CANCEL_DISCHARGE:
            fold.discharged_at = None
            fold.facts.pop("disposition", None)
        case FeedKind.CANCEL_ADMIT:
            fold.cancelled = True
        case FeedKind.UPDATE if fold.discharged_at is not None:
            fold.discharged_at = moments.get("discharged_at", fold.discharged_at)
