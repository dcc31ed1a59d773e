"""Whom the plans would contact when: the rules, asked about a stay that is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from followups.models import (
    CohortMember,
    Mode,
    Patient,
    PlanVersion,
    Stay,
    TouchPoint,
)
from followups.services.planning.sync import read_versions
from followups.services.planning.wanted import Due, Person, due_of_member, due_of_stay
from hospital import clock
from hospital.models import Department

HOUR = time(10)
DAY = timedelta(days=1)
NOBODY = 0  # the key of a record that is only imagined


@dataclass(frozen=True)
class Imagined:
    """A stay as the plans look at it."""

    department: Department | None = None
    diagnosis_code: str = ""
    age: int | None = None
    had_surgery: bool = False


@dataclass(frozen=True)
class Foreseen:
    """A contact; `shared` when it may be made in one call with one before."""

    due: Due
    shared: bool

    @property
    def point(self) -> TouchPoint:
        return self.due.point


def next_hour() -> datetime:
    """The coming 10:00: whatever is in force now holds for it."""
    now = timezone.localtime(clock.now())
    day = now.date() if now.time() < HOUR else now.date() + DAY
    return timezone.make_aware(datetime.combine(day, HOUR))


def foresee_stay(imagined: Imagined) -> list[Foreseen]:
    """All contacts by all plans after a discharge at the coming 10:00."""
    moment = next_hour()
    return _foresee(imagined, Stay(admitted_at=moment - 7 * DAY, discharged_at=moment))


def foresee_visits(imagined: Imagined) -> list[Foreseen]:
    """All contacts by all plans with one who is admitted at the coming 10:00."""
    return _foresee(imagined, Stay(admitted_at=next_hour()))


def _foresee(imagined: Imagined, stay: Stay) -> list[Foreseen]:
    person = _person(imagined, stay)
    wanted = due_of_stay(person, stay, read_versions())
    return _together(due for due in wanted if not due.stop_reason)


def foresee_member(version: PlanVersion) -> list[Foreseen]:
    """The rounds that are planned for one who joins the cohort today."""
    if version.cohort is None:
        return []
    patient = Patient(pk=NOBODY)
    member = CohortMember(
        pk=NOBODY, cohort=version.cohort, patient=patient, joined_on=clock.today()
    )
    person = Person([patient], [], [member])
    return _together(due_of_member(person, member, [version], []))


def _person(imagined: Imagined, stay: Stay) -> Person:
    patient = Patient(pk=NOBODY)
    if imagined.age is not None:
        day = (stay.discharged_at or stay.admitted_at or clock.now()).date()
        patient.born_on = day.replace(year=day.year - imagined.age, day=1)
    stay.pk, stay.patient = NOBODY, patient
    stay.department = imagined.department
    stay.diagnosis_code = imagined.diagnosis_code
    stay.had_surgery = imagined.had_surgery
    return Person([patient], [stay], [])


def _together(found: Iterable[Due]) -> list[Foreseen]:
    """In the order of time, with which calls lie within a day of an earlier one."""
    rows = []
    last: datetime | None = None
    for due in sorted(found, key=lambda each: (each.opens_at, each.key)):
        is_call = due.point.mode == Mode.CALL
        is_near = last is not None and due.opens_at - last < DAY
        rows.append(Foreseen(due, shared=is_call and is_near))
        if is_call and not is_near:
            last = due.opens_at
    return rows
