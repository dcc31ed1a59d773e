"""Which contacts a stay must have by the plans, kept in step with the feed."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from followups.models import (
    Anchor,
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
from hospital import clock

# Stays that ended longer ago are history: nothing of theirs changes any more.
MEMORY = timedelta(days=400)


@dataclass(frozen=True)
class Person:
    """A patient with all merged records: one person to call."""

    patients: list[Patient]
    stays: list[Stay]

    @property
    def is_deceased(self) -> bool:
        return any(patient.is_deceased for patient in self.patients)

    @property
    def refuses_calls(self) -> bool:
        return any(patient.do_not_call for patient in self.patients)

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
    """A contact a stay should have: open in its window, or stopped for a reason."""

    point: TouchPoint
    opens_at: datetime
    stop_reason: str

    @property
    def closes_at(self) -> datetime:
        return self.opens_at + timedelta(hours=self.point.window_hours)


def sync_follow_ups(roots: Collection[int]) -> None:
    """Make the follow-ups of these people what the plans and the feed say now.

    Callers hold the patients' locks. What has an outcome is left alone.
    """
    versions = _read_versions()
    people = list(_read_people(roots))
    stays = [stay for person in people for stay in person.stays]
    existing: dict[int, dict[tuple[int, str], FollowUp]] = {s.pk: {} for s in stays}
    for row in FollowUp.objects.filter(stay__in=stays):
        existing[row.stay_id][row.plan_id, row.point_key] = row
    new: list[FollowUp] = []
    changed: list[FollowUp] = []
    for person in people:
        for stay in person.stays:
            for row, is_new in _settle(person, stay, versions, existing[stay.pk]):
                (new if is_new else changed).append(row)
    FollowUp.objects.bulk_create(new)
    fields = ["state", "stop_reason", "ended_at", "opens_at", "closes_at", "department"]
    FollowUp.objects.bulk_update(changed, fields)


def due_of(
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
                    yield Due(point, opens_at, stop_reason(point, stay, person))


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


def fits(version: PlanVersion, stay: Stay, person: Person) -> bool:
    """Whether the plan is for a stay like this."""
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


def _in_force(
    versions: Iterable[PlanVersion], moment: datetime
) -> Iterable[PlanVersion]:
    """Of each plan the version that held at the moment the contact counts from."""
    found: dict[int, PlanVersion] = {}
    for version in versions:  # the oldest first
        if version.from_at <= moment:
            found[version.plan_id] = version
    return found.values()


def _settle(
    person: Person,
    stay: Stay,
    versions: list[PlanVersion],
    existing: dict[tuple[int, str], FollowUp],
) -> Iterator[tuple[FollowUp, bool]]:
    """The rows to write for a stay, each with whether it is new."""
    now = clock.now()
    wanted = {
        (due.point.version.plan_id, due.point.key): due
        for due in due_of(person, stay, versions)
    }
    for key, due in wanted.items():
        row = existing.get(key)
        if row is None:
            if not due.stop_reason and due.closes_at > now:
                yield _new(stay, due), True
        elif row.state in (State.OPEN, State.STOPPED) and _bring(row, stay, due, now):
            yield row, False
    for key, row in existing.items():
        if key not in wanted and row.state == State.OPEN:
            _stop(row, _gone(row, stay), now)
            yield row, False


def _new(stay: Stay, due: Due) -> FollowUp:
    point = due.point
    return FollowUp(
        patient_id=stay.patient_id,
        stay=stay,
        plan_id=point.version.plan_id,
        point=point,
        point_key=point.key,
        department_id=stay.department_id,
        mode=point.mode,
        opens_at=due.opens_at,
        closes_at=due.closes_at,
        priority=point.priority,
    )


def _bring(row: FollowUp, stay: Stay, due: Due, now: datetime) -> bool:
    """Bring an open or stopped row to what is wanted; whether it changed."""
    before = (row.state, row.stop_reason, row.opens_at, row.department_id)
    row.opens_at, row.closes_at = due.opens_at, due.closes_at
    row.department_id = stay.department_id
    if due.stop_reason:
        if row.state == State.OPEN or row.stop_reason != due.stop_reason:
            _stop(row, due.stop_reason, now)
    elif row.state == State.STOPPED and due.closes_at > now:
        row.state, row.stop_reason, row.ended_at = State.OPEN, "", None
    return before != (row.state, row.stop_reason, row.opens_at, row.department_id)


def _stop(row: FollowUp, reason: str, now: datetime) -> None:
    row.state, row.stop_reason, row.ended_at = State.STOPPED, reason, now


def _gone(row: FollowUp, stay: Stay) -> str:
    """Why a contact is wanted no more: there is nothing left to count it from."""
    if stay.cancelled:
        return StopReason.CANCELLED
    if stay.discharged_at is None and row.point.anchor == Anchor.DISCHARGE:
        return StopReason.NOT_DISCHARGED
    return StopReason.NOT_PLANNED


def _read_versions() -> list[PlanVersion]:
    """All versions of the active plans, the oldest first, with their points."""
    versions = PlanVersion.objects.filter(plan__is_active=True)
    points = Prefetch("points", TouchPoint.objects.select_related("version"))
    return list(versions.order_by("number").prefetch_related(points, "departments"))


def _read_people(roots: Collection[int]) -> Iterator[Person]:
    since = clock.now() - MEMORY
    patients: dict[int, list[Patient]] = {root: [] for root in roots}
    members = Patient.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots))
    for patient in members.order_by("pk"):
        patients[patient.merged_into_id or patient.pk].append(patient)
    stays: dict[int, list[Stay]] = {root: [] for root in roots}
    root_of = {p.pk: root for root, group in patients.items() for p in group}
    recent = Q(discharged_at=None) | Q(discharged_at__gte=since)
    for stay in Stay.objects.filter(recent, patient__in=root_of).order_by("pk"):
        stays[root_of[stay.patient_id]].append(stay)
    for root in roots:
        yield Person(patients[root], stays[root])
