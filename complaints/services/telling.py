"""Telling colleagues about a case, through the same gate as every other door."""

from collections.abc import Iterable
from typing import Any

from complaints.models import Case, RectificationTask, Tier
from hospital.models import User
from notifications.models import Topic
from notifications.services import notify


def tell(
    case: Case,
    people: Iterable[User | None],
    topic: Topic,
    *,
    skip: User | None = None,
    task: RectificationTask | None = None,
    **params: Any,
) -> None:
    """Notify those of the people who may see the case; nobody is told what they did."""
    recipients = [
        person
        for person in people
        if person is not None and person != skip and _may_know(person, case, task)
    ]
    path = (task or case).get_absolute_url()
    urgent = case.tier == Tier.MAJOR
    notify(recipients, topic, path=path, urgent=urgent, number=case.number, **params)


def _may_know(person: User, case: Case, task: RectificationTask | None) -> bool:
    if task is not None and task.concerns(person):
        return task.is_visible_to(person)
    return case.is_visible_to(person)
