"""What is already known of the stays of a batch, and the facts to take over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from followups.models import FeedEvent, FeedKind, ImportRow, Stay, Verdict
from followups.services.feed.facts import Told
from followups.services.feed.folding import PATIENT_FACTS

PREFIX = "import:"
_DIGEST = re.compile(r":([0-9a-f]{32})(?::\d+)?$")
SOURCE = "import"
Visit = tuple[str, str]
OF_THE_PATIENT = {*PATIENT_FACTS, "born_on"}


@dataclass(frozen=True)
class Known:
    """The stays of some rows as they are now, and what an import last said of them."""

    stays: dict[Visit, Stay]
    last: dict[int, FeedEvent]

    def verdict_on(self, row: ImportRow) -> Verdict:
        stay = self.stays.get((row.patient_number, row.visit_number))
        if stay is None:
            return Verdict.NEW
        last = self.last.get(stay.pk)
        if last is None:
            return Verdict.SAME if _says_the_same(row, stay) else Verdict.CHANGED
        is_same = digest_in(last.key) == row.digest
        return Verdict.SAME if is_same else Verdict.CHANGED

    def is_still_discharged(self, row: ImportRow) -> bool:
        """Whether the stay has ended, though the row tells of no discharge."""
        stay = self.stays.get((row.patient_number, row.visit_number))
        ended = stay is not None and stay.discharged_at is not None
        return ended and "discharged_at" not in row.facts

    def told_by(self, row: ImportRow, recorded_at: datetime) -> Told:
        """The facts of the row, under a key that comes once."""
        kind = FeedKind.DISCHARGE if "discharged_at" in row.facts else FeedKind.ADMIT
        return Told(
            kind=kind,
            patient=row.patient_number,
            visit=row.visit_number,
            recorded_at=recorded_at,
            key=self._key_of(row),
            facts=row.facts,
            source=SOURCE,
        )

    def _key_of(self, row: ImportRow) -> str:
        """By patient, visit and facts; by what went before, too, when facts return.

        A then B then A again: the second A is news and needs a key of its own.
        """
        key = f"{PREFIX}{row.patient_number}:{row.visit_number.zfill(6)}:{row.digest}"
        stay = self.stays.get((row.patient_number, row.visit_number))
        last = self.last.get(stay.pk) if stay is not None else None
        return key if last is None else f"{key}:{last.pk}"


def look_up(rows: Sequence[ImportRow]) -> Known:
    """Everything `Known` needs, in two queries."""
    visits = {(row.patient_number, row.visit_number) for row in rows}
    found = Stay.objects.filter(
        patient__number__in={patient for patient, __ in visits},
        visit_number__in={visit for __, visit in visits},
    ).select_related("patient")
    stays = {
        (stay.patient.number, stay.visit_number): stay
        for stay in found
        if (stay.patient.number, stay.visit_number) in visits
    }
    told = FeedEvent.objects.filter(stay__in=stays.values(), key__startswith=PREFIX)
    # In the order in which they are folded: the last one holds.
    told = told.order_by("recorded_at", "key")
    return Known(stays, {event.stay_id or 0: event for event in told})


def digest_in(key: str) -> str:
    match = _DIGEST.search(key)
    return match[1] if match else ""


def _says_the_same(row: ImportRow, stay: Stay) -> bool:
    """Whether taking the row over would change nothing."""
    for name, value in row.facts.items():
        record: Model = stay.patient if name in OF_THE_PATIENT else stay
        if getattr(record, name) != _as_kept(name, value):
            return False
    return True


def _as_kept(name: str, value: Any) -> Any:
    if name in ("born_on", "check_up_on"):
        return date.fromisoformat(value)
    if name in ("admitted_at", "discharged_at"):
        return datetime.fromisoformat(value)
    return value
