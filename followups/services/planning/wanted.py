"""Which contacts the plans want for a person, and why one must not be. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.utils import timezone

from followups.models import (
    Anchor,
    CohortMember,
    Disposition,
    FollowUp,
    Mode,
    Patient,
    PlanVersion,
    State,
    Stay,
    StopReason,
    TouchPoint,
)
from followups.rhythm import nth_round, rounds_between
from hospital import clock

# Rounds of cohorts are planned so far ahead.
HORIZON = timedelta(days=40)

# Of a plan the point, and which round of it.
Key = tuple[int, str, int]


@dataclass(frozen=True)
class Person:
    """A patient with all merged records: one person to call."""

    patients: list[Patient]
    stays: list[Stay]
    members: list[CohortMember]
    refused_phones: frozenset[str] = frozenset()
    rests_until: datetime | None = None

    @property
    def is_deceased(self) -> bool:
        return any(patient.is_deceased for patient in self.patients)

    @property
    def refuses_calls(self) -> bool:
        return any(
            patient.do_not_call
            or (patient.phone or patient.relative_phone) in self.refused_phones
            for patient in self.patients
        )

    def is_in_twice(self, member: CohortMember) -> bool:
        """Whether another of their merged records is in the cohort since earlier."""
        return any(
            other.pk < member.pk
            and other.cohort_id == member.cohort_id
            and other.left_on is None
            for other in self.members
        )

    def was_readmitted(self, stay: Stay) -> bool:
        """Whether a later stay began after this one had ended."""
        return any(
            other.pk != stay.pk
            and not other.cancelled
            and other.admitted_at is not None
            and stay.discharged_at is not None
            and other.admitted_at >= stay.discharged_at
            for other in self.stays
        )


@dataclass(frozen=True)
class Due:
    """A contact a person should have: open in its window, or stopped for a reason."""

    point: TouchPoint
    opens_at: datetime
    stop_reason: str
    round: int = 0

    @property
    def closes_at(self) -> datetime:
        return self.opens_at + timedelta(hours=self.point.window_hours)

    @property
    def key(self) -> Key:
        return self.point.version.plan_id, key_of(self.point), self.round


def due_of_stay(
    person: Person, stay: Stay, versions: Iterable[PlanVersion]
) -> Iterator[Due]:
    """All contacts the plans want for the stay, with why one must not be."""
    anchors = {Anchor.ADMISSION: stay.admitted_at, Anchor.DISCHARGE: stay.discharged_at}
    for anchor, moment in anchors.items():
        if moment is None:
            continue
        for version in _in_force(versions, moment):
            if not fits(version, stay, person):
                continue
            for point in version.points.all():
                if point.anchor == anchor:
                    opens_at = moment + timedelta(hours=point.after_hours)
                    why = stop_reason(point, stay, person)
                    yield _spare(Due(point, opens_at, why), person)


def due_of_member(
    person: Person,
    member: CohortMember,
    versions: Iterable[PlanVersion],
    existing: Iterable[FollowUp],
) -> Iterator[Due]:
    """The rounds from now to the horizon, and those that are open already."""
    if person.is_in_twice(member):
        return
    now = clock.now()
    numbers: dict[tuple[int, str], set[int]] = {}
    for each in existing:
        if each.state == State.OPEN or each.closes_at > now:
            numbers.setdefault((each.plan_id, each.point_key), set()).add(each.round)
    for version in _in_force(versions, now):
        if version.cohort_id != member.cohort_id or not member.cohort.is_active:
            continue
        for point in version.points.all():
            start = _start_of(member, point)
            window = timedelta(hours=point.window_hours)
            coming = rounds_between(start, point.rhythm, now - window, now + HORIZON)
            known = numbers.get((version.plan_id, key_of(point)), set())
            for number in sorted(known | {number for number, __ in coming}):
                opens_at = nth_round(start, point.rhythm, number)
                why = _why_not_member(point, member, person, opens_at)
                yield _spare(Due(point, opens_at, why, number), person)


def key_of(point: TouchPoint) -> str:
    """With the rhythm: rounds are counted anew when it becomes another one."""
    return f"{point.key[:29]}-{point.rhythm}" if point.rhythm else point.key


def stop_reason(point: TouchPoint, stay: Stay, person: Person) -> str:
    """Why nobody may make this contact; empty when it may be made."""
    if stay.cancelled:
        return StopReason.CANCELLED
    if person.is_deceased or stay.disposition == Disposition.DECEASED:
        return StopReason.DECEASED
    if point.anchor == Anchor.ADMISSION:
        return StopReason.LEFT if stay.discharged_at is not None else ""
    if stay.disposition == Disposition.TRANSFER:
        return StopReason.TRANSFERRED
    if point.mode == Mode.CALL and (stay.refuses_calls or person.refuses_calls):
        return StopReason.DO_NOT_CALL
    return StopReason.READMITTED if person.was_readmitted(stay) else ""


def _spare(due: Due, person: Person) -> Due:
    """Leave out a call whose whole window lies in the person's rest."""
    rest = person.rests_until
    if due.stop_reason or rest is None or due.point.mode != Mode.CALL:
        return due
    is_left_out = due.closes_at <= rest
    return replace(due, stop_reason=StopReason.RESTING) if is_left_out else due


def fits(version: PlanVersion, stay: Stay, person: Person) -> bool:
    """Whether the plan is for a stay like this."""
    if version.cohort_id is not None:
        return False
    departments = {department.pk for department in version.departments.all()}
    if departments and stay.department_id not in departments:
        return False
    prefixes = version.diagnosis_prefixes
    if prefixes and not stay.diagnosis_code.startswith(tuple(prefixes)):
        return False
    if version.only_surgery and not stay.had_surgery:
        return False
    if version.least_age is None and version.most_age is None:
        return True
    moment = stay.discharged_at or stay.admitted_at
    own = next(p for p in person.patients if p.pk == stay.patient_id)
    age = own.age_on(moment.date()) if moment else None
    if age is None:
        return False
    return (version.least_age or 0) <= age <= (version.most_age or 200)


def _start_of(member: CohortMember, point: TouchPoint) -> datetime:
    """The first contact with a member: so many hours after the day of joining."""
    joined = timezone.make_aware(datetime.combine(member.joined_on, time()))
    return joined + timedelta(hours=point.after_hours)


def _why_not_member(
    point: TouchPoint, member: CohortMember, person: Person, opens_at: datetime
) -> str:
    if person.is_deceased:
        return StopReason.DECEASED
    if member.left_on is not None and (
        member.left_on <= clock.today() or timezone.localdate(opens_at) > member.left_on
    ):
        return StopReason.LEFT_COHORT
    if point.mode == Mode.CALL and person.refuses_calls:
        return StopReason.DO_NOT_CALL
    return ""


def _in_force(
    versions: Iterable[PlanVersion], moment: datetime
) -> Iterable[PlanVersion]:
    """Of each plan the version that held at the moment the contact counts from."""
    found: dict[int, PlanVersion] = {}
    for version in versions:  # the oldest first
        if version.from_at <= moment:
            found[version.plan_id] = version
    return found.values()
