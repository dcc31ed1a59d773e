"""A small hospital for the simulation: its people, its dice and what happens when."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from django.utils import timezone

from complaints.demo.calendar import office_time
from complaints.models import Category
from hospital import clock
from hospital.models import Campus, Department, Role, User, WorkingHours

# A life does its next step and says when the one after it is due.
Life = Iterator[datetime]

DEPARTMENTS = 12
# By number of the department: days of the week, from, to.
OWN_HOURS = {0: (7, time(0), time(0)), 1: (5, time(7), time(15, 30))}


class World:
    """The hospital's people, random choices, and the agenda in order of time."""

    def __init__(self, *, first_day: date, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311  # shapes a simulation, guards nothing
        self._agenda: list[tuple[datetime, int, Life]] = []
        self._order = count()
        self._hire = count(10_000)
        self.desk = [self.hire(Role.FRONT_DESK) for __ in range(6)]
        self.agents = [self.hire(Role.CALLBACK_AGENT) for __ in range(2)]
        self.supervisors = [self.hire(Role.SUPERVISOR) for __ in range(3)]
        self.leaders = [self.hire(Role.LEADERSHIP) for __ in range(3)]
        self.departments = [self._found(number) for number in range(DEPARTMENTS)]
        self.nurses = {each.pk: list(each.members.all()) for each in self.departments}
        self.categories = [self._category(tier) for tier in (1, 2, 3)]
        self._send_on_leave(first_day)

    def hire(self, role: Role, *departments: Department) -> User:
        number = str(next(self._hire))
        user = User.objects.create(
            employee_number=number, name=f"员工{number}", roles=[role]
        )
        user.departments.set(departments)
        return user

    def plan(self, moment: datetime, life: Life) -> None:
        heappush(self._agenda, (self.off_beat(moment), next(self._order), life))

    def live_until(self, end: datetime) -> None:
        """Do step after step in order of time."""
        while self._agenda and self._agenda[0][0] < end:
            moment, __, life = heappop(self._agenda)
            with clock.at(moment):
                following = next(life, None)
            if following is not None:
                self.plan(max(following, moment + timedelta(seconds=60)), life)

    def off_beat(self, moment: datetime) -> datetime:
        """Nobody acts at the very moment of a tick: then the order is beyond doubt."""
        return moment.replace(second=self.rng.randint(1, 59), microsecond=0)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def soon(self, least: int, most: int) -> datetime:
        """Some minutes from now."""
        return clock.now() + timedelta(minutes=self.rng.randint(least, most))

    def office(self, days: int = 0) -> datetime:
        """In office hours, that many working days from now."""
        return office_time(self.rng, clock.now(), days)

    def _found(self, number: int) -> Department:
        """A department; the first never closes, the second has hours of its own."""
        campus = Campus.objects.get_or_create(
            code="main", defaults={"name_zh": "本部院区", "name_en": "Main campus"}
        )[0]
        department = Department.objects.create(
            code=f"D{number:02d}",
            name_zh=f"第{number}病区",
            name_en=f"Ward {number}",
            kind=Department.Kind.CLINICAL,
            campus=campus,
            supervising_leader=self.leaders[number % len(self.leaders)],
        )
        department.head = self.hire(Role.DEPARTMENT_HEAD, department)
        department.deputy = self.hire(Role.DEPARTMENT_HEAD, department)
        department.save(update_fields=["head", "deputy"])
        for __ in range(2):
            self.hire(Role.DEPARTMENT_STAFF, department)
        if number in OWN_HOURS:
            days, start, end = OWN_HOURS[number]
            for day in range(days):
                WorkingHours.objects.create(
                    department=department, weekday=day, start=start, end=end
                )
        return department

    @staticmethod
    def _category(tier: int) -> Category:
        heading = Category.objects.create(
            code=f"T{tier}", name_zh=f"大类{tier}", name_en=f"Heading {tier}"
        )
        return Category.objects.create(
            code=f"T{tier}.1",
            parent=heading,
            name_zh=f"小类{tier}",
            name_en=f"Category {tier}",
            suggested_tier=tier,
        )

    def _send_on_leave(self, first_day: date) -> None:
        """Some are away for a while; some of them have named a deputy."""
        heads = [each.head for each in self.departments[::4] if each.head]
        for number, person in enumerate([self.desk[0], self.agents[0], *heads]):
            person.leave_from = first_day + timedelta(days=5 + 40 * number)
            person.leave_until = person.leave_from + timedelta(days=12)
            person.deputy = self.desk[1] if person == self.desk[0] else None
            person.save()


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the hospital's day."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
