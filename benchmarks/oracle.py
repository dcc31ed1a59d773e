"""What the clock should have done, told from the rows alone, not by its own loop.

For every deadline and every step of its rules: if a scheduler ran at a moment at which
the step's time had come while the row ran unpaused, the step was taken exactly once, at
the first such moment; otherwise never. A row that replaces another carries over, at the
moment it begins, what was taken on the old one and would be due again at once.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from complaints.models import (
    Case,
    CaseEvent,
    Deadline,
    EscalationStep,
    Pause,
    StepFiring,
    Tier,
    Verb,
)
from complaints.services.timekeeping import Timekeeper

RAISE = str(EscalationStep.Action.RAISE_TIER)
BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)
# When the steps of one deadline were taken, or should have been.
Taken = dict[str, datetime]


@dataclass(frozen=True)
class Phase:
    """The tier of a case from one moment to another, both included."""

    tier: int
    start: datetime
    end: datetime


@dataclass
class Life:
    """One row with what the rows around it say: when it began, under which phases."""

    row: Deadline
    begins: datetime
    ends: datetime
    phases: list[Phase]
    replaced: "Life | None" = None


@dataclass
class Oracle:
    """`ticks` are the moments at which a scheduler ran."""

    ticks: list[datetime]
    keeper: Timekeeper
    expected: dict[int, Taken] = field(default_factory=dict)
    carried: set[tuple[int, str]] = field(default_factory=set)
    phases: dict[int, list[Phase]] = field(default_factory=dict)
    places: dict[int, list[tuple[datetime, int]]] = field(default_factory=dict)
    _step_times: dict[int, Taken] = field(default_factory=dict)

    def read(self) -> None:
        """Work out from the rows when each step should have been taken."""
        self._read_tiers()
        self._read_places()
        pauses: dict[tuple[int, int | None], list[Pause]] = defaultdict(list)
        for pause in Pause.objects.all():
            pauses[pause.case_id, pause.task_id].append(pause)
        rows = Deadline.objects.select_related("case", "task").order_by("case", "pk")
        for __, group in groupby(rows.iterator(2000), lambda row: row.case_id):
            for life in self._lives(list(group)):
                row = life.row
                own = [] if row.promise_id else pauses[row.case_id, row.task_id]
                self._expect(life, own)

    def violations(self) -> Iterator[str]:
        """Every difference between what was to happen and the rows."""
        actual: dict[int, Taken] = defaultdict(dict)
        for firing in StepFiring.objects.iterator(2000):
            key, name = firing.deadline_id, firing.step
            if name in actual[key]:
                yield f"deadline {key}: {name} was taken twice"
            actual[key][name] = firing.fired_at
            at = self._step_times.get(key, {}).get(name)
            is_carried_raise = name.startswith(RAISE) and (key, name) in self.carried
            if at != firing.due_at and not is_carried_raise:
                yield f"deadline {key}: {name} of {at} is said to be of {firing.due_at}"
        for key, expected in self.expected.items():
            taken = actual.pop(key, {})
            for name in expected.keys() | taken.keys():
                want, got = expected.get(name), taken.get(name)
                if want != got:
                    yield f"deadline {key}: {name} expected {want}, taken {got}"
        ended = Deadline.objects.running().exclude(case__in=Case.objects.open())
        for key in ended.values_list("pk", flat=True):
            yield f"deadline {key} runs on an ended case"

    def tier_at(self, case: int, moment: datetime) -> int:
        """The tier when the moment came, before anything that happened in it."""
        return next(p.tier for p in self.phases[case] if p.end >= moment)

    def tier_after(self, case: int, moment: datetime) -> int:
        return next(p.tier for p in reversed(self.phases[case]) if p.start <= moment)

    def _read_tiers(self) -> None:
        for case, tier in Case.objects.values_list("pk", "tier"):
            self.phases[case] = [Phase(tier, BEGINNING, END)]
        events = CaseEvent.objects.filter(verb=Verb.TIER_SET).order_by("case", "seq")
        for case, group in groupby(events, lambda event: event.case_id):
            self.phases[case] = list(_phases(list(group)))

    def _read_places(self) -> None:
        """Which department each task was with, from when on."""
        verbs = {Verb.TASK_OPENED: "department_id", Verb.TASK_REASSIGNED: "department"}
        events = CaseEvent.objects.filter(verb__in=verbs).order_by("case", "seq")
        for event in events:
            place = int(event.new[verbs[Verb(event.verb)]])
            self.places.setdefault(event.task_id or 0, []).append((event.at, place))

    def _lives(self, rows: list[Deadline]) -> list[Life]:
        """The rows of one case, each after the one it replaced."""
        last: dict[tuple[int | None, int | None, str], Life] = {}
        lives = []
        for row in rows:
            which = (row.task_id, row.promise_id, row.clock)
            life = Life(
                row,
                begins=max(row.started_at, row.case.entered_at),
                ends=row.met_at or row.superseded_at or END,
                phases=self.phases[row.case_id],
            )
            old = last.get(which)
            if old is not None and _replaces(row, old.row):
                life.begins, life.replaced = old.ends, old
                self._cut(life, old)
            last[which] = life
            lives.append(life)
        return lives

    def _cut(self, life: Life, old: Life) -> None:
        """Replaced as the tier changed: which tiers belong to which row."""
        life.phases = old.phases
        for number, phase in enumerate(old.phases):
            began_in = number == 0
            if began_in or phase.start != old.ends:
                continue
            if self._fits(life.row, phase.tier):
                life.phases, old.phases = old.phases[number:], old.phases[:number]
                return

    def _fits(self, row: Deadline, tier: int) -> bool:
        rule = self.keeper.policies.find_for(
            row.clock, tier=tier, kind=row.case.kind, source=row.case.source
        )
        return rule is not None and rule.basis == row.basis

    def _keys(self, row: Deadline, tier: int) -> set[str]:
        return {step.key for step in self.keeper.policies.steps(row.clock, tier)}

    def _place(self, row: Deadline) -> None:
        """Put the task back where it was: the hours were those of that department."""
        if row.task is not None:
            moves = self.places[row.task.pk]
            row.task.department_id = next(
                place for at, place in reversed(moves) if at <= row.started_at
            )

    def _expect(self, life: Life, pauses: list[Pause]) -> None:
        row = life.row
        self._place(row)
        steps = (
            s for t in Tier.values for s in self.keeper.policies.steps(row.clock, t)
        )
        times = {each.key: self.keeper.step_at(row, each) for each in steps}
        self._step_times[row.pk] = times
        expected = self.expected[row.pk] = {}
        if life.replaced is not None:
            expected |= self._carry(life, life.replaced)
        self.carried |= {(row.pk, name) for name in expected}
        for name, at in times.items():
            if name in expected:
                continue
            moments = [
                self._first_tick(
                    max(at, life.begins, phase.start),
                    min(life.ends, phase.end),
                    pauses,
                )
                for phase in life.phases
                if name in self._keys(row, phase.tier)
            ]
            first = min(filter(None, moments), default=None)
            if first is not None:
                expected[name] = first

    def _carry(self, life: Life, old: Life) -> Taken:
        """What was taken on the old row and would be due on the new one at once."""
        tier = next(p.tier for p in life.phases if p.end >= life.begins)
        times = self._step_times[life.row.pk]
        due = {n for n in self._keys(life.row, tier) if times[n] <= life.begins}
        return {
            name: life.begins
            for name in self.expected[old.row.pk]
            if name in due or name.startswith(RAISE)
        }

    def _first_tick(
        self, earliest: datetime, latest: datetime, pauses: list[Pause]
    ) -> datetime | None:
        """The first tick in the span at which no pause was on."""
        index = bisect_left(self.ticks, earliest)
        while index < len(self.ticks) and self.ticks[index] <= latest:
            tick = self.ticks[index]
            on = [p for p in pauses if p.paused_at <= tick < (p.resumed_at or END)]
            if not on:
                return tick
            index = bisect_left(self.ticks, min(p.resumed_at or END for p in on))
        return None


def _phases(events: list[CaseEvent]) -> Iterator[Phase]:
    since, tier = BEGINNING, events[0].old["tier"]
    for event in events:
        yield Phase(tier, since, event.at)
        since, tier = event.at, event.new["tier"]
    yield Phase(tier, since, END)


def _replaces(new: Deadline, old: Deadline) -> bool:
    return old.superseded_at is not None and new.started_at == old.started_at
