"""The demo's small world: its people and places, its dice, and what happens when."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from complaints.demo.calendar import is_bad_month, months_between, office_time
from complaints.demo.stories import Topic, read_topics
from complaints.models import Category, Kind
from hospital import clock
from hospital.models import Department, Role, User

# A life does its next step and says when the one after it is due.
Life = Iterator[datetime]

# How much more often than others a department is late.
SLOWNESS = {"YXK": 2.0, "XXK": 1.7, "ZWK": 1.5, "BAS": 1.4, "GK": 1.3, "XNK": 0.6}


class World:
    """Reference data read once, random choices, and the agenda in order of time."""

    def __init__(self, *, now: datetime, seed: int) -> None:
        self.now = now
        self.rng = Random(seed)  # noqa: S311  # shapes a demo, guards nothing
        self.people = {user.employee_number: user for user in User.objects.all()}
        self.departments = {d.code: d for d in Department.objects.with_people()}
        links = User.departments.through.objects.select_related("user")
        self.members: dict[int, list[User]] = {}
        for link in links.order_by("pk"):
            if link.user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
                self.members.setdefault(link.department_id, []).append(link.user)
        self.categories = {c.code: c for c in Category.objects.selectable()}
        self.topics: dict[Kind, list[Topic]] = {}
        for topic in read_topics():
            self.topics.setdefault(topic.kind, []).append(topic)
        self._agenda: list[tuple[datetime, int, Life]] = []
        self._order = count()

    def __len__(self) -> int:
        return len(self._agenda)

    def plan(self, moment: datetime, life: Life) -> None:
        heappush(self._agenda, (moment, next(self._order), life))

    def live(self) -> Iterator[float]:
        """Do step after step in order of time up to now, telling the share lived.

        What is due later than now stays undone: that is today's open work.
        """
        moments = [moment for moment, *__ in self._agenda]
        first, last = min(moments), max(moments)
        while self._agenda and self._agenda[0][0] <= self.now:
            moment, __, life = heappop(self._agenda)
            with clock.at(moment), suppress(StopIteration):
                self.plan(max(next(life), moment + timedelta(seconds=1)), life)
            yield min((moment - first) / (last - first), 1.0)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def soon(self, least: int, most: int) -> datetime:
        """Some minutes from now: the centre works day and night."""
        seconds = self.rng.randint(least * 60, most * 60)
        return clock.now() + timedelta(seconds=seconds)

    def office(self, days: int = 0) -> datetime:
        """In a department's hours, that many working days from now."""
        return office_time(self.rng, clock.now(), days)

    def is_late(self, department: Department, share: float) -> bool:
        """Slow departments, the bad month and older times are late more often."""
        share *= SLOWNESS.get(department.code, 1.0)
        if is_bad_month(clock.now(), self.now):
            share *= 3
        return self.chance(share * (0.7 + 0.04 * self.months_ago))

    @property
    def months_ago(self) -> int:
        return months_between(clock.now(), self.now)

    def colleague(self, *numbers: str, besides: User | None = None) -> User:
        choices = [self.people[n] for n in numbers if self.people[n] != besides]
        return self.rng.choice(choices)
