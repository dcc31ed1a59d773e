"""The LACE index: risk of death or urgent readmission within 30 days of discharge.

Source: van Walraven et al., CMAJ 2010;182:551. Length of stay, acuteness of admission,
Charlson comorbidity, emergency visits in the six months before. What is unknown stays
unknown: an incomplete index is a lower bound, never a total.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

HIGH, MODERATE = 10, 5  # points


@dataclass(frozen=True)
class Lace:
    """Points of each part; None where the hospital's system does not tell."""

    length: int | None
    acute: int | None
    comorbidity: int | None
    emergency: int | None

    @property
    def parts(self) -> tuple[int | None, ...]:
        return self.length, self.acute, self.comorbidity, self.emergency

    @property
    def is_complete(self) -> bool:
        return None not in self.parts

    @property
    def points(self) -> int:
        """The total, or what is known of it."""
        return sum(part for part in self.parts if part is not None)

    @property
    def level(self) -> str:
        """ "high", "moderate" or "low"; "incomplete" when the rest could raise it."""
        if self.points >= HIGH:
            return "high"
        if not self.is_complete:
            return "incomplete"
        return "moderate" if self.points >= MODERATE else "low"


def lace(
    admitted_at: datetime | None,
    discharged_at: datetime | None,
    *,
    was_emergency: bool | None,
    charlson: int | None,
    emergency_visits: int | None,
) -> Lace:
    """The index of a stay; lengths in whole days between the local dates."""
    return Lace(
        length=_length_points(admitted_at, discharged_at),
        acute=None if was_emergency is None else 3 * was_emergency,
        comorbidity=None if charlson is None else (5 if charlson >= 4 else charlson),
        emergency=None if emergency_visits is None else min(emergency_visits, 4),
    )


def _length_points(
    admitted_at: datetime | None, discharged_at: datetime | None
) -> int | None:
    if admitted_at is None or discharged_at is None:
        return None
    days = (timezone.localdate(discharged_at) - timezone.localdate(admitted_at)).days
    if days < 4:
        return max(days, 0)
    if days < 7:
        return 4
    return 5 if days < 14 else 7
