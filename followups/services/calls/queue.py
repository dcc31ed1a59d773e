"""The queue: whom to call now, one person to one agent at a time.

A person has one row, however many contacts are due. Claims are taken with SKIP LOCKED
and run out by themselves; there is nothing to unlock.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from complaints.models import Case
from followups.call_hours import day_part, next_call_time
from followups.models import (
    REACHED,
    AgentProfile,
    Attempt,
    FollowUp,
    Mode,
    Outcome,
    Patient,
    QueuedCall,
    State,
)
from followups.permissions import can_call
from followups.services.calls.claiming import CLAIM, claim
from followups.services.calls.priority import rate
from followups.services.planning.sync import phones_of, sync_follow_ups
from followups.services.supervision.assigning import release_assignments
from followups.services.writing import write_all
from hospital import clock
from hospital.contacts import find_refused, find_tired
from hospital.exceptions import RuleViolation
from hospital.models import User

# Nobody is rung again so soon after a talk, unless they asked for it.
REST = timedelta(hours=20)
BATCH = 500


def fill_queue() -> int:
    """Queue the people whose contacts have become due; how many were looked at."""
    release_assignments()
    count = 0
    while people := _fill_batch():
        count += people
    return count


@transaction.atomic
def _fill_batch() -> int:
    now = clock.now()
    due = FollowUp.objects.filter(
        state=State.OPEN, mode=Mode.CALL, queued_at=None, opens_at__lte=now
    )
    root = Coalesce("patient__merged_into", "patient")
    wanted = due.order_by("opens_at").values_list(root, flat=True)[:BATCH]
    # Every writer of follow-ups and queue holds the patient first.
    people = Patient.objects.filter(pk__in=set(wanted)).order_by("number")
    locked = people.select_for_update(skip_locked=True, no_key=True)
    roots = set(locked.values_list("pk", flat=True))
    records = _records_of(roots)
    due.filter(patient__in=records).update(queued_at=now)
    _leave_in_peace(records)
    refresh_queue(roots)
    return len(roots)


def _records_of(roots: Collection[int]) -> set[int]:
    """The people and the records merged into them.

    Asked for apart: together with the follow-ups PostgreSQL would read them all.
    """
    theirs = Q(pk__in=roots) | Q(merged_into__in=roots)
    return set(Patient.objects.filter(theirs).values_list("pk", flat=True))


def _leave_in_peace(records: Collection[int]) -> None:
    """Stop the contacts of those who refused, or were contacted so often, meanwhile."""
    people = Patient.objects.filter(pk__in=records)
    phones = phones_of(people)
    held = find_refused(phones) | find_tired(phones).keys()
    if held:
        affected = people.filter(Q(phone__in=held) | Q(relative_phone__in=held))
        sync_follow_ups({p.merged_into_id or p.pk for p in affected})


def close_windows() -> int:
    """End the contacts whose window has closed without an outcome; how many."""
    count = 0
    while closed := _close_batch():
        count += closed
    return count


@transaction.atomic
def _close_batch() -> int:
    """Tried in vain is not the same as never tried: the two are counted apart."""
    now = clock.now()
    over = FollowUp.objects.filter(state=State.OPEN, closes_at__lte=now)
    root = Coalesce("patient__merged_into", "patient")
    in_hand = QueuedCall.objects.filter(claimed_until__gt=now).values("patient")
    free = over.exclude(patient__in=in_hand).exclude(patient__merged_into__in=in_hand)
    wanted = free.order_by("closes_at").values_list(root, flat=True)[:BATCH]
    people = Patient.objects.filter(pk__in=set(wanted)).order_by("number")
    locked = people.select_for_update(skip_locked=True, no_key=True)
    roots = set(locked.values_list("pk", flat=True))
    tried = Exists(Attempt.objects.filter(follow_ups=OuterRef("pk")))
    closing = over.filter(patient__in=_records_of(roots))
    count = closing.filter(tried).update(state=State.UNREACHABLE, ended_at=now)
    count += closing.filter(~tried).update(state=State.MISSED, ended_at=now)
    refresh_queue(roots)
    return count


def refresh_queue(roots: Collection[int]) -> None:
    """Make the rows of these people what their open contacts say; none: no row."""
    now = clock.now()
    records = _records_of(roots)
    open_now = FollowUp.objects.filter(
        patient__in=records,
        state=State.OPEN,
        mode=Mode.CALL,
        opens_at__lte=now,
    )
    due: dict[int, list[FollowUp]] = {}
    for row in open_now.select_related("patient", "stay").order_by("closes_at"):
        root = row.patient.merged_into_id or row.patient_id
        due.setdefault(root, []).append(row)
    QueuedCall.objects.filter(patient__in=records - due.keys()).delete()
    if due:
        _write_rows(due, now)


def _write_rows(due: dict[int, list[FollowUp]], now: datetime) -> None:
    known = QueuedCall.objects.select_for_update(no_key=True).in_bulk(due)
    people = Patient.objects.in_bulk(due)
    complaining = _with_open_case(people.values())
    wrong = _wrong_numbers(row.pk for row in known.values() if row.needs_number)
    rest = dict(
        Attempt.objects.filter(
            patient__in=due,
            mode=Mode.CALL,
            outcome__in=REACHED,
            ended_at__gt=now - REST,
        ).values_list("patient", "ended_at")
    )
    new, changed = [], []
    tired = find_tired(phones_of(people.values()))
    for key, follow_ups in due.items():
        row = known.get(key)
        if row is None:
            rested = tired.get(people[key].phone, now)
            since = max(rested, rest.get(key, now - REST) + REST)
            row = QueuedCall(patient_id=key, ready_at=since)
            new.append(row)
        else:
            changed.append(row)
        _describe(row, people[key], follow_ups, now, key in complaining)
        _find_number(row, people[key], wrong.get(key, set()))
    QueuedCall.objects.bulk_create(new, ignore_conflicts=True)
    fields = ["department", "language", "priority", "reasons", "closes_at"]
    fields += ["needs_number", "use_relative"]
    write_all(QueuedCall, changed, fields)


def _describe(
    row: QueuedCall,
    patient: Patient,
    follow_ups: list[FollowUp],
    now: datetime,
    has_open_case: bool,
) -> None:
    priority = rate(
        follow_ups,
        now,
        attempts=row.attempts,
        has_open_case=has_open_case,
        is_timed=row.is_timed,
    )
    row.priority, row.reasons = priority.points, priority.parts
    row.closes_at = follow_ups[0].closes_at
    row.department_id = follow_ups[0].department_id
    row.language = patient.language


def _find_number(row: QueuedCall, patient: Patient, wrong: set[str]) -> None:
    """Without a number, or with one known to be wrong, the ward has to find one."""
    if not patient.phone and patient.relative_phone:
        row.use_relative = True
    number = patient.relative_phone if row.use_relative else patient.phone
    row.needs_number = not number or number in wrong


def _wrong_numbers(patients: Iterable[int]) -> dict[int, set[str]]:
    """The numbers that turned out to be somebody else's."""
    wrong: dict[int, set[str]] = {}
    calls = Attempt.objects.filter(
        patient__in=list(patients), outcome=Outcome.WRONG_NUMBER
    )
    for patient, dialled in calls.values_list("patient", "dialled"):
        wrong.setdefault(patient, set()).add(dialled)
    return wrong


def _with_open_case(patients: Iterable[Patient]) -> set[int]:
    """People whose telephone number stands in an open case."""
    by_phone: dict[str, list[int]] = {}
    for patient in patients:
        for phone in {patient.phone, patient.relative_phone} - {""}:
            by_phone.setdefault(phone, []).append(patient.pk)
    cases = Case.objects.open().filter(contact__phone__in=by_phone)
    phones = cases.values_list("contact__phone", flat=True)
    return {key for phone in phones for key in by_phone[phone]}


def claim_next_call(agent: User) -> QueuedCall | None:
    """Hand the agent one person to call; the one already in hand comes first.

    None when nobody is to be called now. Raises RuleViolation in quiet hours.
    """
    if not can_call(agent):
        raise PermissionDenied
    now = clock.now()
    is_quiet = not day_part(now)
    row = claim(agent, now, takes_new=not is_quiet)
    if row is None and is_quiet:
        raise RuleViolation(
            _("Nobody is called at this hour. Calls go on at {time}.").format(
                time=f"{next_call_time(now).astimezone():%H:%M}"
            )
        )
    return row


def find_claimed(agent: User) -> QueuedCall | None:
    """The person the agent has in hand."""
    held = QueuedCall.objects.filter(claimed_by=agent, claimed_until__gt=clock.now())
    return held.select_related("patient").first()


@transaction.atomic
def keep_claim(agent: User, patient: int) -> bool:
    """The page is still open: the claim runs on. False when it was lost."""
    now = clock.now()
    held = QueuedCall.objects.filter(
        patient=patient, claimed_by=agent, claimed_until__gt=now
    )
    return bool(held.update(claimed_until=now + CLAIM))


@transaction.atomic
def give_back(agent: User, patient: int) -> None:
    """Put the person back without a call."""
    held = QueuedCall.objects.filter(patient=patient, claimed_by=agent)
    held.update(claimed_by=None, claimed_until=None, draft={})


def find_attempt(agent: User, submission: UUID | None) -> Attempt | None:
    """The attempt that the agent's form with this token has recorded already."""
    if submission is None:
        return None
    return Attempt.objects.filter(agent=agent, submission=submission).first()


def suits(agent: User) -> Q:
    """What the agent may take: theirs or nobody's, and within their skills."""
    may = Q(assigned_to=None) | Q(assigned_to=agent)
    profile = AgentProfile.objects.filter(user=agent).first()
    if profile is None:
        return may
    if profile.languages:
        may &= Q(language__in=profile.languages)
    departments = [department.pk for department in profile.departments.all()]
    return may & Q(department__in=departments) if departments else may
