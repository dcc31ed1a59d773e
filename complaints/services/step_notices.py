"""Telling people of the steps taken: one thing alone, several as one digest."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from complaints.models import Case, EscalationStep, StepNotice, Tier
from complaints.models.vocabulary import ENDED
from complaints.services.clock_lines import line_of
from hospital import clock
from hospital.models import User
from notifications.models import Topic
from notifications.services import Line, notify, notify_digest

MOST_LINES = 100  # of a digest; its count tells of the rest
# Of one clock the latest step says all.
ONE_CLOCK = ("case", "task", "promise", "clock")
# A raise replaces the row it was taken on, and is news all the same.
IS_RAISE = Q(firing__step__startswith=EscalationStep.Action.RAISE_TIER)


def tell_of_steps() -> int:
    """Tell everybody who has not been told yet; how many people were."""
    told, last = 0, 0
    waiting = StepNotice.objects.filter(told_at=None).order_by("recipient")
    while person := waiting.filter(recipient__gt=last).values("recipient").first():
        last = person["recipient"]
        told += _tell(last)
    return told


@transaction.atomic
def _tell(recipient_id: int) -> bool:
    waiting = StepNotice.objects.filter(recipient=recipient_id, told_at=None)
    locked = waiting.select_for_update(skip_locked=True, no_key=True)
    keys = list(locked.values_list("pk", flat=True))
    urgent_first = _pick_news(keys)
    StepNotice.objects.filter(pk__in=keys).update(told_at=clock.now())
    if not urgent_first:
        return False
    _write(User.objects.get(pk=recipient_id), urgent_first)
    return True


def _pick_news(keys: Iterable[int]) -> list[int]:
    """The latest notice of each clock, the gravest first; only keys, for it is many.

    What was done meanwhile needs no word.
    """
    running = Q(firing__deadline__superseded_at=None)
    raised = IS_RAISE & ~Q(firing__deadline__case__status__in=ENDED)
    rows = StepNotice.objects.filter(
        running | raised, firing__deadline__met_at=None, pk__in=keys
    )
    latest: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    tier, due = F("firing__deadline__case__tier"), F("firing__deadline__due_at")
    which = [f"firing__deadline__{name}" for name in ONE_CLOCK]
    ordered = rows.order_by("-firing__due_at", "-pk")
    for key, grade, due_at, *clock_of in ordered.values_list("pk", tier, due, *which):
        latest.setdefault(tuple(clock_of), (-grade, due_at, key))
    return [key for __, __, key in sorted(latest.values())]


def _write(recipient: User, keys: list[int]) -> None:
    rows = StepNotice.objects.select_related(
        "firing__deadline__case", "firing__deadline__task", "stands_in_for"
    )
    found = rows.in_bulk(keys[:MOST_LINES])
    notices = [found[key] for key in keys[:MOST_LINES]]
    urgent = notices[0].firing.deadline.case.tier == Tier.MAJOR
    lines = [_line(notice) for notice in notices]
    alone = lines[0] if len(lines) == 1 else None
    if alone is not None and not alone.stands_in_for:
        notify([recipient], alone.topic, path=alone.path, urgent=urgent, **alone.params)
        return
    notify_digest(
        recipient,
        Topic.CLOCK_STEPS,
        lines,
        path=reverse("home"),
        count=len(keys),
        urgent=urgent,
    )


def _line(notice: StepNotice) -> Line:
    absent = notice.stands_in_for.name if notice.stands_in_for else ""
    if notice.firing.step.startswith(EscalationStep.Action.RAISE_TIER):
        return _raised_line(notice.firing.deadline.case, absent)
    return line_of(notice.firing.deadline, stands_in_for=absent)


def _raised_line(case: Case, absent: str) -> Line:
    return Line(
        topic=Topic.TIER_RAISED,
        path=case.get_absolute_url(),
        params={"number": case.number, "tier": case.tier},
        stands_in_for=absent,
    )
