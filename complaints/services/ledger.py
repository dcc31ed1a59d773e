"""Who held the case, and for how long: every working minute has one holder.

While the clock stands still it is the person (or somebody outside) who is waited for;
while a department has a task it is the department that has had one longest; else it is
the centre. Read from the timeline, so it can be checked against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from complaints.models import ENDED, Case, CaseEvent, Pause, Verb
from hospital import clock
from hospital.calendars import load_calendars
from hospital.models import Department
from hospital.working_time import working_time_between

CENTRE = "centre"
TO_DEPARTMENT = (Verb.TASK_OPENED, Verb.TASK_RETURNED, Verb.TASK_REASSIGNED)
TO_CENTRE = (
    Verb.TASK_SUBMITTED,
    Verb.TASK_REFUSED,
    Verb.TASK_CANCELLED,
    Verb.TASK_VERIFIED,
)


@dataclass(frozen=True)
class Share:
    """What one holder had of the case; `percent` of all shares add up to 100."""

    holder: str  # "centre", "person", "outside" or "department"
    department: Department | None
    time: timedelta  # of the office's working hours
    percent: float


@dataclass(frozen=True)
class Ledger:
    shares: list[Share]
    whole: timedelta
    changes: int  # how often the case changed hands
    refusals: int  # tasks and hand-overs refused


Holder = tuple[str, int | None]


@dataclass
class _Hands:
    """In whose hands the case is, while the timeline is read."""

    # The department of each task that is with one, the oldest first.
    tasks: dict[int, int] = field(default_factory=dict)
    given_to: dict[int, int] = field(default_factory=dict)
    waits_for: str = ""
    is_open: bool = True

    @property
    def holder(self) -> Holder | None:
        if not self.is_open:
            return None
        if self.waits_for:
            return self.waits_for, None
        if self.tasks:
            return "department", next(iter(self.tasks.values()))
        return CENTRE, None

    def read(self, event: CaseEvent) -> None:
        status = event.new.get("status")
        if event.task_id is not None:
            self._read_task(event)
        elif event.verb == Verb.PAUSED:
            self.waits_for = event.new.get("waits_for", Pause.WaitsFor.PERSON)
        elif event.verb == Verb.RESUMED or status in ENDED:
            self.waits_for = ""
        if event.task_id is None and status is not None:
            self.is_open = status not in ENDED

    def _read_task(self, event: CaseEvent) -> None:
        task = event.task
        if task is None:
            return
        if event.verb == Verb.TASK_OPENED:
            self.given_to[task.pk] = event.new.get("department_id", task.department_id)
        elif event.verb == Verb.TASK_REASSIGNED:
            self.given_to[task.pk] = int(event.new["department"])
        if event.verb in TO_DEPARTMENT:
            self.tasks.setdefault(task.pk, self.given_to[task.pk])
        elif event.verb in TO_CENTRE:
            self.tasks.pop(task.pk, None)


def read_ledger(case: Case) -> Ledger:
    """How the case's working time so far is shared among those who held it."""
    spans = list(_spans(case))
    office = load_calendars().office
    times: dict[Holder, timedelta] = {}
    for holder, start, end in spans:
        time = working_time_between(start, end, office)
        times[holder] = times.get(holder, timedelta(0)) + time
    whole = sum(times.values(), timedelta(0))
    departments = Department.objects.in_bulk([key for __, key in times if key])
    shares = [
        Share(kind, departments.get(key) if key else None, time, _percent(time, whole))
        for (kind, key), time in times.items()
        if time
    ]
    return Ledger(
        shares=sorted(shares, key=lambda share: -share.time),
        whole=whole,
        changes=max(0, len(spans) - 1),
        refusals=case.events.filter(
            verb__in=[Verb.TASK_REFUSED, Verb.HANDOVER_REFUSED]
        ).count(),
    )


def _spans(case: Case) -> Iterator[tuple[Holder, datetime, datetime]]:
    """Holder, from, until: one after the other, from receipt to the end or now."""
    hands = _Hands()
    holder, since = hands.holder, case.received_at
    for event in case.events.select_related("task").order_by("seq"):
        hands.read(event)
        if hands.holder == holder:
            continue
        if holder is not None:
            yield holder, since, max(since, event.at)
        holder, since = hands.holder, max(since, event.at)
    if holder is not None:
        yield holder, since, max(since, clock.now())


def _percent(time: timedelta, whole: timedelta) -> float:
    return 100 * (time / whole) if whole else 0.0
