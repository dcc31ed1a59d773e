"""The supervisor's list of work: how many calls wait, by department and by day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from followups.models import FollowUp, Mode, QueuedCall, State
from followups.services.calls.priority import CLOSING
from followups.services.supervision.agents import midnight
from hospital import clock
from hospital.models import Department

DAY = timedelta(days=1)
DAYS_AHEAD = 6
CLOSING_SOON, WAITING = "closing", "waiting"
HEATS = 4


@dataclass(frozen=True)
class Column:
    """A column: people to be called now, or a day (0 is the rest of today)."""

    key: str
    day: date | None = None

    @property
    def is_now(self) -> bool:
        return self.day is None


@dataclass(frozen=True)
class Cell:
    column: Column
    queued: int
    assigned: int
    planned: int
    heat: int

    @property
    def count(self) -> int:
        return self.queued + self.planned


@dataclass(frozen=True)
class Line:
    """A department, or all of them; what can be assigned today is counted apart."""

    department: Department | None
    cells: list[Cell]

    @property
    def today(self) -> int:
        """People in the queue of today."""
        return sum(cell.queued for cell in self.cells if _is_today(cell))

    @property
    def assigned(self) -> int:
        return sum(cell.assigned for cell in self.cells if _is_today(cell))

    @property
    def unassigned(self) -> int:
        return self.today - self.assigned

    @property
    def percent(self) -> int:
        return 100 * self.assigned // self.today if self.today else 0


@dataclass(frozen=True)
class WorkList:
    columns: list[Column]
    lines: list[Line]
    total: Line


Key = tuple[int | None, str]


def work_list() -> WorkList:
    """The table: one line for each department that has calls within the week."""
    shown = columns()
    queued, assigned = _count_queue()
    planned = _count_planned()
    counts = queued + planned
    highest = max(counts.values(), default=0)

    def line(department: Department | None) -> Line:
        key = department.pk if department else None
        cells = []
        for column in shown:
            at = (key, column.key)
            heat = -(-counts[at] * HEATS // highest) if highest else 0
            cells.append(Cell(column, queued[at], assigned[at], planned[at], heat))
        return Line(department, cells)

    keys = {key for key, __ in counts}
    known = Department.objects.filter(pk__in=[key for key in keys if key is not None])
    lines = [line(each) for each in known.order_by("code")]
    if None in keys:
        lines.append(line(None))
    return WorkList(shown, lines, _add_up(shown, lines))


def _count_queue() -> tuple[Counter[Key], Counter[Key]]:
    """How many wait in each cell, and how many of them are assigned."""
    rows = _queue().values_list("department", _column("ready_at"))
    queued: Counter[Key] = Counter()
    assigned: Counter[Key] = Counter()
    for row in rows.annotate(Count("patient"), Count("assigned_to")):
        queued[row[0], row[1]], assigned[row[0], row[1]] = row[2], row[3]
    return queued, assigned


def _count_planned() -> Counter[Key]:
    rows = _planned().values_list("department", _column("opens_at"))
    return Counter({(row[0], row[1]): row[2] for row in rows.annotate(Count("pk"))})


def columns() -> list[Column]:
    today = clock.today()
    days = [Column(str(n), today + n * DAY) for n in range(DAYS_AHEAD + 1)]
    return [Column(CLOSING_SOON), Column(WAITING), *days]


def find_column(key: str) -> Column | None:
    return next((column for column in columns() if column.key == key), None)


def people_queued(column: Column, departments: Q) -> QuerySet[QueuedCall]:
    """The people of a cell who are in the queue."""
    rows = _queue().annotate(column=_column("ready_at"))
    wanted = rows.filter(departments, column=column.key)
    return wanted.select_related("patient", "department", "assigned_to")


def contacts_planned(column: Column, departments: Q) -> QuerySet[FollowUp]:
    """The contacts of a cell that have not opened yet."""
    rows = _planned().annotate(column=_column("opens_at"))
    wanted = rows.filter(departments, column=column.key)
    return wanted.select_related("patient", "department", "plan")


def _queue() -> QuerySet[QueuedCall]:
    """Calls that nobody has in hand, as far as the table looks ahead."""
    now = clock.now()
    rows = QueuedCall.objects.order_by().filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        needs_number=False,
        ready_at__lt=_horizon(),
    )
    return rows


def _planned() -> QuerySet[FollowUp]:
    rows = FollowUp.objects.order_by().filter(
        state=State.OPEN,
        mode=Mode.CALL,
        opens_at__gt=clock.now(),
        opens_at__lt=_horizon(),
    )
    return rows


def _horizon() -> datetime:
    return midnight(clock.today() + (DAYS_AHEAD + 1) * DAY)


def _column(field: str) -> Case:
    """The key of the column that a row with this time belongs to."""
    now = clock.now()
    due = Q(**{f"{field}__lte": now})
    cases = [
        When(due & Q(closes_at__lte=now + CLOSING), then=Value(CLOSING_SOON)),
        When(due, then=Value(WAITING)),
    ]
    for column in columns():
        if column.day is not None:
            before = Q(**{f"{field}__lt": midnight(column.day + DAY)})
            cases.append(When(before, then=Value(column.key)))
    return Case(*cases, output_field=CharField())


def _add_up(shown: Sequence[Column], lines: Sequence[Line]) -> Line:
    cells = []
    for place, column in enumerate(shown):
        theirs = [line.cells[place] for line in lines]
        cells.append(
            Cell(
                column,
                sum(cell.queued for cell in theirs),
                sum(cell.assigned for cell in theirs),
                sum(cell.planned for cell in theirs),
                heat=0,
            )
        )
    return Line(None, cells)


def _is_today(cell: Cell) -> bool:
    return cell.column.is_now or cell.column.key == "0"
