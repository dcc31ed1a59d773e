"""Whom to call first, and why: points that stand beside the name on the screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from followups.lace import Lace, lace
from followups.models import FollowUp, Stay

CLOSING = timedelta(hours=24)


class Reason(TextChoices):
    PLAN = "plan", _("The plan's own priority")
    RISK_HIGH = "risk_high", _("High risk of readmission")
    RISK_MODERATE = "risk_moderate", _("Moderate risk of readmission")
    RISK_UNKNOWN = "risk_unknown", _("Risk not fully known")
    CLOSING = "closing", _("The window closes within a day")
    TRIED = "tried", _("Tried before without success")
    OPEN_CASE = "open_case", _("Has an open complaint")
    ASKED = "asked", _("Asked to be called at this time")


POINTS = {
    Reason.RISK_HIGH: 30,
    Reason.RISK_MODERATE: 15,
    Reason.RISK_UNKNOWN: 5,
    Reason.CLOSING: 25,
    Reason.TRIED: 5,
    Reason.OPEN_CASE: 10,
    Reason.ASKED: 100,
}
BY_LEVEL = {
    "high": Reason.RISK_HIGH,
    "moderate": Reason.RISK_MODERATE,
    "incomplete": Reason.RISK_UNKNOWN,
}


@dataclass(frozen=True)
class Priority:
    """The sum, and the parts it is made of as (reason, points)."""

    parts: list[tuple[str, int]]

    @property
    def points(self) -> int:
        return sum(points for __, points in self.parts)


def rate(
    follow_ups: Sequence[FollowUp],
    now: datetime,
    *,
    attempts: int,
    has_open_case: bool,
    is_timed: bool,
) -> Priority:
    """The priority of one person's due contacts; stays must be loaded."""
    return Priority(
        list(
            _parts(
                follow_ups,
                now,
                attempts=attempts,
                has_open_case=has_open_case,
                is_timed=is_timed,
            )
        )
    )


def lace_of(stay: Stay) -> Lace:
    return lace(
        stay.admitted_at,
        stay.discharged_at,
        was_emergency=stay.was_emergency,
        charlson=stay.charlson,
        emergency_visits=stay.emergency_visits,
    )


def _parts(
    follow_ups: Sequence[FollowUp],
    now: datetime,
    *,
    attempts: int,
    has_open_case: bool,
    is_timed: bool,
) -> Iterator[tuple[str, int]]:
    planned = max(follow_up.priority for follow_up in follow_ups)
    if planned:
        yield Reason.PLAN, planned
    of_stays = [follow_up for follow_up in follow_ups if follow_up.stay]
    latest = max(of_stays, key=lambda each: each.opens_at, default=None)
    if latest is not None and latest.stay is not None:
        risk = BY_LEVEL.get(lace_of(latest.stay).level)
        if risk is not None:
            yield risk, POINTS[risk]
    if min(each.closes_at for each in follow_ups) <= now + CLOSING:
        yield Reason.CLOSING, POINTS[Reason.CLOSING]
    if attempts:
        yield Reason.TRIED, attempts * POINTS[Reason.TRIED]
    if has_open_case:
        yield Reason.OPEN_CASE, POINTS[Reason.OPEN_CASE]
    if is_timed:
        yield Reason.ASKED, POINTS[Reason.ASKED]
