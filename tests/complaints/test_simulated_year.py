"""Three weeks under the fake clock; `benchmarks.simulate_year` lives a whole year."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from benchmarks.simulation import Outage, Plan, Simulation
from benchmarks.world import local
from complaints.models import StepFiring, StepNotice
from hospital import clock

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = date(2025, 6, 2)
OUTAGES = [
    Outage(local(date(2025, 6, 4), 9), timedelta(hours=1)),
    Outage(local(date(2025, 6, 9), 12), timedelta(days=1)),
    Outage(local(date(2025, 6, 13), 15), timedelta(days=5)),
]


def live(days: int, cases: int, outages: Sequence[Outage]) -> Simulation:
    """Cases that live through the services, half of them; two schedulers at once."""
    plan = Plan(
        MONDAY, days, cases, full=0.5, every=timedelta(hours=3), outages=outages
    )
    simulation = Simulation(plan)
    simulation.run()
    return simulation


def violations(simulation: Simulation) -> list[str]:
    with clock.at(simulation.end):
        return list(simulation.violations())


def test_every_step_is_taken_once_whatever_the_schedulers_did() -> None:
    simulation = live(21, 60, OUTAGES)
    assert violations(simulation) == []
    ticks = simulation.figures.ticks
    gaps = [b - a for a, b in zip(ticks, ticks[1:], strict=False)]
    assert sorted(gaps)[-3:] == [
        timedelta(hours=6),
        timedelta(days=1, hours=3),
        timedelta(days=5, hours=3),
    ]
    assert StepFiring.objects.count() > 100


def test_the_oracle_notices_a_step_missed_moved_or_not_told() -> None:
    simulation = live(7, 15, [])
    with_notices = StepFiring.objects.filter(notices__isnull=False).distinct()
    missed, moved, untold = with_notices.order_by("pk")[:3]
    expected = [
        f"deadline {missed.deadline_id}: {missed.step} expected",
        f"deadline {moved.deadline_id}: {moved.step} expected",
        f"person {untold.notices.get().recipient_id}: a step",
    ]
    missed.delete()
    StepFiring.objects.filter(pk=moved.pk).update(
        fired_at=moved.fired_at + timedelta(hours=2)
    )
    StepNotice.objects.filter(firing=untold).update(told_at=None)
    found = violations(simulation)
    assert [any(line.startswith(e) for line in found) for e in expected] == [True] * 3
