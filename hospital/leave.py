"""Who stands in for a person on leave."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from hospital.models import User

MOST_HOPS = 3


def stand_in_for(person: User, day: date) -> User:
    """Who does the person's work that day: the person if present; never nobody."""
    if is_present(person, day):
        return person
    return next(stand_ins(person, day), person)


def stand_ins(person: User, day: date) -> Iterator[User]:
    """Who may stand in, best first: the deputies, then those above a head.

    Everybody once, only people who are there that day, never the person.
    """
    seen = {person.pk}
    for other in chain(_deputies(person), _of_headed_departments(person)):
        if other.pk not in seen and is_present(other, day):
            yield other
        seen.add(other.pk)


def is_present(person: User, day: date) -> bool:
    return person.is_active and not person.is_on_leave(day)


def _deputies(person: User) -> Iterator[User]:
    """The deputy, the deputy's deputy, and so on for a few hops."""
    seen = {person.pk}
    for __ in range(MOST_HOPS):
        deputy = person.deputy
        if deputy is None or deputy.pk in seen:
            return
        seen.add(deputy.pk)
        yield deputy
        person = deputy


def _of_headed_departments(person: User) -> Iterator[User]:
    headed = person.headed_departments.active()
    for department in headed.select_related("deputy", "supervising_leader"):
        for other in (department.deputy, department.supervising_leader):
            if other is not None:
                yield other
