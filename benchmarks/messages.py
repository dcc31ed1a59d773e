"""What people were told by the ticks: nothing lost, no storm, the gravest first."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from benchmarks.oracle import Oracle
from complaints.models import Case, EscalationStep, StepFiring, StepNotice
from notifications.models import Notification

Told = tuple[int, datetime]  # who and when


def check_messages(oracle: Oracle) -> Iterator[str]:
    """Agents act between the ticks: what was written at one, the clock has written."""
    ticks = set(oracle.ticks)
    rows = Notification.objects.filter(created_at__in=ticks)
    messages = Counter(rows.values_list("recipient", "created_at").iterator())
    for told, number in messages.items():
        if number > 1:
            yield f"person {told[0]} got {number} messages at {told[1]}"
    yield from _check_notices(messages)
    yield from _check_order_of_lines(oracle)
    yield from _check_order_of_steps(oracle)


def _check_notices(messages: Counter[Told]) -> Iterator[str]:
    notices = StepNotice.objects.values_list(
        "recipient", "told_at", "firing__fired_at", "firing__deadline__superseded_at"
    )
    needed = set()
    for person, told_at, fired_at, superseded_at in notices.iterator():
        if told_at is None or told_at != fired_at:
            yield f"person {person}: a step of {fired_at} was told at {told_at}"
        elif superseded_at != told_at:  # else another row says it
            needed.add((person, told_at))
    for person, moment in needed - messages.keys():
        yield f"person {person} was not told of the steps of {moment}"


def _check_order_of_lines(oracle: Oracle) -> Iterator[str]:
    """In a digest; a tier that the tick itself raised counts."""
    cases = dict(Case.objects.values_list("number", "pk"))
    digests = Notification.objects.filter(topic="clock_steps")
    for lines, moment in digests.values_list("lines", "created_at").iterator():
        tiers = [
            oracle.tier_after(cases[line["params"]["number"]], moment) for line in lines
        ]
        if tiers != sorted(tiers, reverse=True):
            yield f"a digest of {moment} does not begin with the gravest: {tiers}"


def _check_order_of_steps(oracle: Oracle) -> Iterator[str]:
    """In a tick; what a raise of the tick's own brought with it comes behind."""
    by_tick: dict[datetime, list[int]] = defaultdict(list)
    firings = StepFiring.objects.order_by("pk").values_list(
        "deadline", "step", "fired_at", "deadline__case"
    )
    for deadline, step, moment, case in firings.iterator():
        before = oracle.tier_at(case, moment)
        if (deadline, step) in oracle.carried:
            continue
        if before == oracle.tier_after(case, moment):
            by_tick[moment].append(before)
    for moment, tiers in by_tick.items():
        if tiers != sorted(tiers, reverse=True):
            yield f"the tick of {moment} did not begin with the gravest"


def count_untold(oracle: Oracle) -> int:
    """Steps that tell somebody and reached nobody: there must be none."""
    raising = EscalationStep.Action.RAISE_TIER
    alone = StepFiring.objects.filter(notices=None).exclude(step__startswith=raising)
    rows = alone.values_list("deadline", "step", "fired_at", "deadline__superseded_at")
    return sum(
        (deadline, step) not in oracle.carried and fired_at != superseded_at
        for deadline, step, fired_at, superseded_at in rows.iterator()
    )
