"""Whatever order the feed's messages come in, the same people are called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followups.models import (
    Anchor,
    FeedEvent,
    FeedKind,
    FollowUp,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    State,
    Stay,
    TouchPoint,
)
from followups.services.feed.facts import Told, take_over
from hospital import clock
from tests.complaints.clock_world import moment

NOW = moment("2026-03-10T09:00")
DAY = timedelta(days=1)
PEOPLE, VISITS = ("A", "B", "C"), ("1", "2")


@pytest.fixture(autouse=True)
def a_morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def plan(db: None) -> Plan:
    """A visit the day after admission, calls two to three and seven to nine days on."""
    plan = Plan.objects.create(code="general", name_zh="普通", name_en="General")
    version = PlanVersion.objects.create(plan=plan, number=1, from_at=NOW - 365 * DAY)
    for key, anchor, mode, after, window in (
        ("visit", Anchor.ADMISSION, Mode.BEDSIDE, 24, 24 * 30),
        ("first", Anchor.DISCHARGE, Mode.CALL, 48, 24 * 30),
        ("week", Anchor.DISCHARGE, Mode.CALL, 168, 48),
    ):
        TouchPoint.objects.create(
            version=version,
            key=key,
            anchor=anchor,
            mode=mode,
            after_hours=after,
            window_hours=window,
        )
    return plan


@dataclass
class Truth:
    """What is so about one visit when all has been told."""

    admitted: datetime | None = None
    discharged: datetime | None = None
    cancelled: bool = False
    transferred: bool = False


@dataclass
class World:
    """The oracle: reads the messages in the order they were recorded, by hand."""

    visits: dict[tuple[str, str], Truth] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    one: dict[str, str] = field(default_factory=dict)

    def person(self, number: str) -> str:
        while number in self.one:
            number = self.one[number]
        return number

    def read(self, told: Told) -> None:
        truth = self.visits.setdefault((told.patient, told.visit), Truth())
        if told.kind == FeedKind.ADMIT:
            truth.admitted, truth.cancelled = told.recorded_at, False
        elif told.kind == FeedKind.DISCHARGE:
            truth.discharged = told.recorded_at
            truth.transferred = told.facts["disposition"] == "transfer"
        elif told.kind == FeedKind.CANCEL_DISCHARGE:
            truth.discharged, truth.transferred = None, False
        elif told.kind == FeedKind.CANCEL_ADMIT:
            truth.cancelled = True
        elif told.kind == FeedKind.UPDATE:
            (self.dead.add if told.facts["deceased"] else self.dead.discard)(
                told.patient
            )
        elif told.kind == FeedKind.MERGE:
            into, away = self.person(told.patient), self.person(told.merged_from)
            if into != away:
                self.one[away] = into

    def wanted(self) -> set[tuple[str, str, str]]:
        """Every contact that must be open now."""
        dead = {self.person(number) for number in self.dead}
        found = set()
        for (number, visit), truth in self.visits.items():
            if truth.cancelled or self.person(number) in dead or not visit:
                continue
            discharged = truth.discharged
            admitted = truth.admitted
            if discharged and admitted and discharged < admitted:
                admitted = None
            if discharged is None:
                if admitted and admitted + 31 * DAY > NOW:
                    found.add((number, visit, "visit"))
                continue
            if truth.transferred or self._came_back(number, visit, discharged):
                continue
            if discharged + 32 * DAY > NOW:
                found.add((number, visit, "first"))
            if discharged + 9 * DAY > NOW:
                found.add((number, visit, "week"))
        return found

    def _came_back(self, number: str, visit: str, discharged: datetime) -> bool:
        for (other, which), truth in self.visits.items():
            same = self.person(other) == self.person(number)
            if not same or (other, which) == (number, visit) or truth.cancelled:
                continue
            admitted = truth.admitted
            if truth.discharged and admitted and truth.discharged < admitted:
                continue
            if admitted and admitted >= discharged:
                return True
        return False


KINDS = [kind for kind in FeedKind if kind != FeedKind.CANCEL_TRANSFER]


@st.composite
def messages(draw: Any) -> list[Told]:
    """Up to a dozen messages about three people and their visits, minutes apart."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(KINDS),
                st.sampled_from(PEOPLE),
                st.sampled_from(VISITS),
                st.integers(0, 40 * 24),
                st.sampled_from(["home", "transfer"]),
                st.sampled_from(PEOPLE),
            ),
            min_size=1,
            max_size=12,
            unique_by=lambda row: row[3],
        )
    )
    return [_message(index, *row) for index, row in enumerate(drawn)]


def _message(
    index: int,
    kind: FeedKind,
    person: str,
    visit: str,
    hours: int,
    disposition: str,
    other: str,
) -> Told:
    recorded_at = NOW - timedelta(hours=hours, minutes=1)
    if kind == FeedKind.UPDATE:
        facts: dict[str, Any] = {"deceased": disposition == "transfer"}
    elif kind == FeedKind.DISCHARGE:
        facts = {"disposition": disposition}
    elif kind == FeedKind.ADMIT:
        facts = {"admitted_at": recorded_at.isoformat()}
    else:
        facts = {}
    merge = kind == FeedKind.MERGE
    return Told(
        kind=kind,
        patient=person,
        visit="" if merge or kind == FeedKind.UPDATE else visit,
        merged_from=other if merge and other != person else "",
        recorded_at=recorded_at,
        key=f"test:{index}",
        facts=facts,
    )


def open_contacts() -> set[tuple[str, str, str]]:
    rows = FollowUp.objects.filter(state=State.OPEN)
    return set(rows.values_list("patient__number", "stay__visit_number", "point_key"))


def expected(told: Iterable[Told]) -> set[tuple[str, str, str]]:
    world = World()
    for each in sorted(told, key=lambda each: (each.recorded_at, each.key)):
        if each.kind != FeedKind.MERGE or each.merged_from:
            world.read(each)
    return world.wanted()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=messages(), data=st.data())
def test_in_any_order_nobody_is_forgotten_and_nobody_called_in_vain(
    plan: Plan, told: list[Told], data: st.DataObject
) -> None:
    forget_everything()
    repeated = told + data.draw(st.lists(st.sampled_from(told), max_size=4))
    arriving = data.draw(st.permutations(repeated))
    for each in arriving:
        take_over([each])
    assert open_contacts() == expected(told)


def forget_everything() -> None:
    """Between the examples of one test, which share its transaction."""
    FollowUp.objects.all().delete()
    FeedEvent.objects.all().delete()
    Stay.objects.all().delete()
    Patient.objects.update(merged_into=None)
    Patient.objects.all().delete()
