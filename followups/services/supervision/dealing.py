"""How the calls of a day are dealt out to agents: by priority, within their skills."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from followups.models import Patient, QueuedCall
from followups.models.calls import QueuedCallQuerySet
from followups.services.supervision.agents import Skills, midnight, people_who_can_call
from hospital import clock
from hospital.models import Department, User

DAY = timedelta(days=1)

# What skills go by: the language and the department of a call.
Group = tuple[str, int | None]


@dataclass(frozen=True)
class Order:
    """Up to how many calls each agent shall hold, from which departments (none: all).

    The aims are totals: the same order again assigns nothing more.
    """

    aims: Mapping[int, int]
    departments: Sequence[int] = ()


@dataclass(frozen=True)
class Dealt:
    """A call, and the agent who is to have it."""

    patient: int
    agent: int
    group: Group


@dataclass(frozen=True)
class Share:
    agent: User
    held: int
    gets: int


@dataclass(frozen=True)
class Left:
    """Calls that stay unassigned, and why."""

    words: str
    count: int


@dataclass(frozen=True)
class Deal:
    """What an order gives to whom, and what it leaves."""

    order: Order
    shares: list[Share]
    left: list[Left]
    in_call: int

    @property
    def given(self) -> int:
        return sum(share.gets for share in self.shares)

    @property
    def unassigned(self) -> int:
        return sum(left.count for left in self.left)


def free_calls(departments: Sequence[int] = ()) -> QueuedCallQuerySet:
    """Calls of today that nobody has in hand and nobody who is there was given."""
    now, today = clock.now(), clock.today()
    rows = calls_of(departments).filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        Q(assigned_to=None) | ~Q(assigned_to__in=people_who_can_call(today)),
        needs_number=False,
        ready_at__lt=midnight(today + DAY),
    )
    return rows


def calls_of(departments: Sequence[int]) -> QueuedCallQuerySet:
    """The queue of these departments; of all when none is named."""
    rows = QueuedCall.objects.all()
    return rows.filter(department__in=departments) if departments else rows


def count_groups(departments: Sequence[int]) -> Counter[Group]:
    rows = free_calls(departments).order_by().values_list("language", "department")
    counts = rows.annotate(Count("patient"))
    return Counter({(row[0], row[1]): row[2] for row in counts})


def count_held(agents: Iterable[int]) -> Counter[int]:
    """How many calls wait for each of them."""
    rows = QueuedCall.objects.filter(assigned_to__in=list(agents)).order_by()
    return Counter(dict(rows.values_list("assigned_to").annotate(Count("patient"))))


def deal_out(
    order: Order,
    skills: Mapping[int, Skills],
    held: Mapping[int, int],
    counts: Mapping[Group, int],
    *,
    without: Iterable[int] = (),
) -> Iterator[Dealt]:
    """Deal the free calls, the most urgent first, until every agent has their aim.

    A call goes to whom fewer other calls suit, then to who has most room; so agents
    of one kind are dealt in turn, and one with rare skills is not left without.
    """
    room = {agent: order.aims[agent] - held.get(agent, 0) for agent in skills}
    takers = {
        group: [key for key, each in skills.items() if each.suit(*group)]
        for group in counts
    }
    choice: Counter[int] = Counter()
    for group, able in takers.items():
        choice.update(dict.fromkeys(able, counts[group]))
    rows = free_calls(order.departments).exclude(pk__in=list(without))
    ordered = rows.order_by("-priority", "closes_at", "patient")
    for row in ordered.values_list("patient", "language", "department").iterator():
        if not any(space > 0 for space in room.values()):
            return
        group = (row[1], row[2])
        able = [key for key in takers.get(group, ()) if room[key] > 0]
        if able:
            agent = min(able, key=lambda key: (choice[key], -room[key]))
            room[agent] -= 1
            yield Dealt(row[0], agent, group)


def describe_deal(
    order: Order,
    skills: Mapping[int, Skills],
    held: Mapping[int, int],
    given: Mapping[int, int],
    left: Mapping[Group, int],
) -> Deal:
    in_call = calls_of(order.departments).filter(claimed_until__gt=clock.now())
    shares = [
        Share(each.agent, held.get(key, 0), given.get(key, 0))
        for key, each in skills.items()
    ]
    why = Counter[str]()
    names = Department.objects.in_bulk({group[1] for group in left if group[1]})
    for group, count in left.items():
        why[_say_why(group, skills, names)] += count
    words = [Left(words, count) for words, count in why.items() if count > 0]
    return Deal(order, shares, words, in_call.count())


def _say_why(
    group: Group, skills: Mapping[int, Skills], names: Mapping[int, Department]
) -> str:
    language, department = group
    if any(each.suit(language, department) for each in skills.values()):
        return _("Everybody chosen has their number")
    if any(each.take_department(department) for each in skills.values()):
        spoken = Patient.Language(language).label
        return _("Nobody chosen speaks {language}").format(language=spoken)
    if department is None:
        return _("Nobody chosen takes calls without a department")
    name = names[department].name
    return _("Nobody chosen takes calls of {department}").format(department=name)
