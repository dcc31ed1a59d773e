"""Keeping the contacts of people in step with the feed, the cohorts and the plans."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from followups.models import (
    Anchor,
    CohortMember,
    FollowUp,
    Patient,
    PlanVersion,
    State,
    Stay,
    StopReason,
    TouchPoint,
)
from followups.services.planning.wanted import (
    Due,
    Key,
    Person,
    due_of_member,
    due_of_stay,
)
from followups.services.writing import write_all
from hospital import clock
from hospital.contacts import find_refused, find_tired

# Stays that ended longer ago are history: nothing of theirs changes any more.
MEMORY = timedelta(days=400)
CHANGING = ["state", "stop_reason", "ended_at", "opens_at", "closes_at", "department"]
CHANGING += ["point", "mode", "priority"]
# As they stand in the row: comparing them reads no other record.
KEYS = {"department": "department_id", "point": "point_id"}
COMPARED = [KEYS.get(name, name) for name in CHANGING]

# What a follow-up belongs to: ("stay" or "member", its key).
Owner = tuple[str, int]


def sync_follow_ups(roots: Collection[int]) -> None:
    """Make the follow-ups of these people what the plans and the feed say now.

    Callers hold the patients' locks. What has an outcome is left alone.
    """
    versions = read_versions()
    people = list(_read_people(roots))
    existing = _read_existing(people)
    new: list[FollowUp] = []
    changed: list[FollowUp] = []
    for person in people:
        for row, is_new in _settle_person(person, versions, existing):
            (new if is_new else changed).append(row)
    FollowUp.objects.bulk_create(new)
    write_all(FollowUp, changed, CHANGING)


def _settle_person(
    person: Person,
    versions: list[PlanVersion],
    existing: dict[Owner, list[FollowUp]],
) -> Iterator[tuple[FollowUp, bool]]:
    """The rows to write for a person, each with whether it is new."""
    for stay in person.stays:
        rows = existing.get(("stay", stay.pk), [])
        wanted = due_of_stay(person, stay, versions)
        blank = FollowUp(
            patient_id=stay.patient_id, stay=stay, department_id=stay.department_id
        )
        yield from _settle(blank, wanted, rows)
    for member in person.members:
        rows = existing.get(("member", member.pk), [])
        wanted = due_of_member(person, member, versions, rows)
        blank = FollowUp(
            patient_id=member.patient_id,
            member=member,
            department_id=member.cohort.department_id,
        )
        yield from _settle(blank, wanted, rows)


def _settle(
    blank: FollowUp, wanted: Iterable[Due], rows: Iterable[FollowUp]
) -> Iterator[tuple[FollowUp, bool]]:
    now = clock.now()
    due_by_key = {due.key: due for due in wanted}
    known = {_key(row): row for row in rows}
    for key, due in due_by_key.items():
        row = known.get(key)
        if row is None:
            if due.closes_at > now and due.stop_reason in ("", StopReason.RESTING):
                yield _new(blank, due, now), True
        elif row.state in (State.OPEN, State.STOPPED) and _bring(row, blank, due, now):
            yield row, False
    for key, row in known.items():
        if key not in due_by_key and row.state == State.OPEN:
            _stop(row, _gone(row, blank), now)
            yield row, False


def _key(row: FollowUp) -> Key:
    return row.plan_id, row.point_key, row.round


def _new(blank: FollowUp, due: Due, now: datetime) -> FollowUp:
    point = due.point
    row = FollowUp(
        patient_id=blank.patient_id,
        stay=blank.stay,
        member=blank.member,
        department_id=blank.department_id,
        plan_id=point.version.plan_id,
        point=point,
        point_key=due.key[1],
        round=due.round,
        mode=point.mode,
        opens_at=due.opens_at,
        closes_at=due.closes_at,
        priority=point.priority,
    )
    if due.stop_reason:  # left out for the person's peace; the figures count it
        _stop(row, due.stop_reason, now)
    return row


def _bring(row: FollowUp, blank: FollowUp, due: Due, now: datetime) -> bool:
    """Bring an open or stopped row to what is wanted; whether it changed."""
    before = [getattr(row, name) for name in COMPARED]
    if row.opens_at != due.opens_at:  # else it may be open longer: they asked for it
        row.opens_at, row.closes_at = due.opens_at, due.closes_at
    elif row.point_id != due.point.pk:  # a newer version may keep it open longer
        row.closes_at = max(row.closes_at, due.closes_at)
    row.point_id, row.mode, row.priority = (
        due.point.pk,
        due.point.mode,
        due.point.priority,
    )
    row.department_id = blank.department_id
    is_asked_for = row.closes_at > due.closes_at
    if due.stop_reason == StopReason.RESTING and is_asked_for:
        return False
    if due.stop_reason:
        if row.state == State.OPEN or row.stop_reason != due.stop_reason:
            _stop(row, due.stop_reason, now)
    elif row.state == State.STOPPED and row.closes_at > now:
        row.state, row.stop_reason, row.ended_at = State.OPEN, "", None
    return before != [getattr(row, name) for name in COMPARED]


def _stop(row: FollowUp, reason: str, now: datetime) -> None:
    row.state, row.stop_reason, row.ended_at = State.STOPPED, reason, now


def _gone(row: FollowUp, blank: FollowUp) -> str:
    """Why a contact is wanted no more: there is nothing left to count it from."""
    stay = blank.stay
    if stay is not None and stay.cancelled:
        return StopReason.CANCELLED
    if (
        stay is not None
        and stay.discharged_at is None
        and row.point.anchor == Anchor.DISCHARGE
    ):
        return StopReason.NOT_DISCHARGED
    return StopReason.NOT_PLANNED


def read_versions() -> list[PlanVersion]:
    """All versions of the active plans, the oldest first, with their points."""
    versions = PlanVersion.objects.filter(plan__is_active=True)
    points = Prefetch("points", TouchPoint.objects.select_related("version"))
    return list(versions.order_by("number").prefetch_related(points, "departments"))


def _read_existing(people: Iterable[Person]) -> dict[Owner, list[FollowUp]]:
    stays = [stay.pk for person in people for stay in person.stays]
    members = [member.pk for person in people for member in person.members]
    existing: dict[Owner, list[FollowUp]] = {}
    for row in FollowUp.objects.filter(stay__in=stays):
        existing.setdefault(("stay", row.stay_id or 0), []).append(row)
    if members:
        recent = Q(state=State.OPEN) | Q(opens_at__gt=clock.now() - MEMORY)
        for row in FollowUp.objects.filter(recent, member__in=members):
            existing.setdefault(("member", row.member_id or 0), []).append(row)
    return existing


def _read_people(roots: Collection[int]) -> Iterator[Person]:
    since = clock.now() - MEMORY
    patients: dict[int, list[Patient]] = {root: [] for root in roots}
    records = Patient.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots))
    for patient in records.order_by("pk"):
        patients[patient.merged_into_id or patient.pk].append(patient)
    stays: dict[int, list[Stay]] = {root: [] for root in roots}
    root_of = {p.pk: root for root, group in patients.items() for p in group}
    recent = Q(discharged_at=None) | Q(discharged_at__gte=since)
    for stay in Stay.objects.filter(recent, patient__in=root_of).order_by("pk"):
        stays[root_of[stay.patient_id]].append(stay)
    members: dict[int, list[CohortMember]] = {root: [] for root in roots}
    memberships = CohortMember.objects.filter(patient__in=root_of)
    for member in memberships.select_related("cohort").order_by("pk"):
        members[root_of[member.patient_id]].append(member)
    phones = {phone for group in patients.values() for phone in phones_of(group)}
    refused, tired = frozenset(find_refused(phones)), find_tired(phones)
    for root in roots:
        rests = [tired[phone] for phone in phones_of(patients[root]) if phone in tired]
        rest = max(rests, default=None)
        yield Person(patients[root], stays[root], members[root], refused, rest)


def phones_of(patients: Iterable[Patient]) -> set[str]:
    """The numbers of the patients and of their relatives."""
    return {p.phone for p in patients} | {p.relative_phone for p in patients} - {""}
