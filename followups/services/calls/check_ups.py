"""The check-up after a stay: when and where, and who reminded the person of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from followups.models import Attempt, Patient, Stay
from followups.services.calls.person import attempts_at
from hospital import clock


@dataclass(frozen=True)
class CheckUp:
    """`told` is the newest call of this stay on which a day was told."""

    day: date
    place: str
    told: Attempt | None

    @property
    def is_to_come(self) -> bool:
        return self.day >= clock.today()

    @property
    def is_told(self) -> bool:
        """Whether it was this very day; the hospital may have moved it since."""
        return self.told is not None and self.told.check_up_told == self.day

    @property
    def value(self) -> str:
        return self.day.isoformat()


def find_check_up(patient: Patient, stays: Iterable[Stay]) -> CheckUp | None:
    """The last check-up that these stays of the person ask for."""
    known = [stay for stay in stays if stay.check_up_on is not None]
    stay = max(known, key=lambda each: each.check_up_on or date.min, default=None)
    if stay is None or stay.check_up_on is None:
        return None
    told = attempts_at(patient).filter(check_up_told__isnull=False)
    since = stay.admitted_at or stay.discharged_at or clock.now()
    newest = told.filter(ended_at__gte=since).first()
    return CheckUp(stay.check_up_on, stay.check_up_at, newest)
