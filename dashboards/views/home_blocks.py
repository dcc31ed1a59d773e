"""What home is made of: sections of figures and of short lists of work."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from complaints.models import Handover, TaskGroup
from complaints.models.cases import CaseQuerySet
from complaints.models.tasks import TaskQuerySet
from complaints.views.tasks import task_rows
from dashboards.measures import Figure
from hospital.models import User

MOST_ROWS = 8


class Rows(StrEnum):
    """What the rows of a block are; each has its own template."""

    CASES = "cases"
    TASKS = "tasks"
    OFFERS = "offers"
    PROMISES = "promises"
    EXTENSIONS = "extensions"
    FAILURES = "failures"


@dataclass
class Block:
    """The first rows of a heap of work, and the way to all of them."""

    kind: Rows
    title: str
    count: int
    rows: list[Any]
    url: str = ""
    tone: str = "grey"
    icon: str = "point"
    empty: str = ""
    group: str = ""

    @property
    def has_more(self) -> bool:
        return self.count > len(self.rows)


@dataclass
class Tile:
    """A number worth knowing, and where it leads."""

    label: str
    value: object
    href: str = ""
    tone: str = ""
    icon: str = ""
    hint: str = ""


@dataclass
class Section:
    """What one role sees; empty blocks are left out unless they say why."""

    title: str
    tiles: list[Tile] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    all_done: str = ""

    @property
    def shown_blocks(self) -> list[Block]:
        return [block for block in self.blocks if block.count or block.empty]


def block_of_cases(cases: CaseQuerySet, count: int, **options: Any) -> Block:
    """Cases by time left; `count` is known, so an empty heap asks nothing."""
    rows = list(
        cases.by_time_left().select_related("owner")[:MOST_ROWS] if count else ()
    )
    return Block(Rows.CASES, count=count, rows=rows, **options)


def block_of_tasks(tasks: TaskQuerySet, count: int, **options: Any) -> Block:
    rows = list(tasks.by_time_left().for_list()[:MOST_ROWS]) if count else []
    return Block(Rows.TASKS, count=count, rows=rows, **options)


def block_of_group(
    tasks: TaskQuerySet, group: TaskGroup, counts: dict[str, int], **options: Any
) -> Block:
    options.setdefault("title", str(group.label))
    return block_of_tasks(
        tasks.in_group(group), counts[group.value], group=group.value, **options
    )


def block_of_offers(offers: QuerySet[Handover], **options: Any) -> Block:
    """Hand-overs that wait for an answer; they are few, so all are shown."""
    rows = list(offers.select_related("case", "offered_by", "offered_to"))
    return Block(Rows.OFFERS, count=len(rows), rows=rows, **options)


def fill_rows(sections: Iterable[Section], user: User) -> None:
    """Load what the cases are about at once for the page; say what may be done."""
    blocks = [block for section in sections for block in section.blocks]
    tasks = [b for b in blocks if b.kind == Rows.TASKS]
    cases = [case for b in blocks if b.kind == Rows.CASES for case in b.rows]
    cases += [task.case for block in tasks for task in block.rows]
    prefetch_related_objects(cases, "subjects__category", "subjects__department")
    for block in tasks:
        block.rows = task_rows(block.rows, user)
