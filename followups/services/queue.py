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
from followups.services.priority import rate
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User

CLAIM = timedelta(minutes=20)
# Nobody is rung again so soon after a talk, unless they asked for it.
REST = timedelta(hours=20)
BATCH = 500


def fill_queue() -> int:
    """Queue the people whose contacts have become due; how many were looked at."""
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
    theirs = Q(patient__in=roots) | Q(patient__merged_into__in=roots)
    due.filter(theirs).update(queued_at=now)
    refresh_queue(roots)
    return len(roots)


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
    theirs = Q(patient__in=roots) | Q(patient__merged_into__in=roots)
    tried = Exists(Attempt.objects.filter(follow_ups=OuterRef("pk")))
    closing = over.filter(theirs)
    count = closing.filter(tried).update(state=State.UNREACHABLE, ended_at=now)
    count += closing.filter(~tried).update(state=State.MISSED, ended_at=now)
    refresh_queue(roots)
    return count


def refresh_queue(roots: Collection[int]) -> None:
    """Make the rows of these people what their open contacts say; none: no row."""
    now = clock.now()
    open_now = FollowUp.objects.filter(
        Q(patient__in=roots) | Q(patient__merged_into__in=roots),
        state=State.OPEN,
        mode=Mode.CALL,
        opens_at__lte=now,
    )
    due: dict[int, list[FollowUp]] = {}
    for row in open_now.select_related("patient", "stay").order_by("closes_at"):
        root = row.patient.merged_into_id or row.patient_id
        due.setdefault(root, []).append(row)
    gone = Q(patient__in=set(roots) - due.keys())
    gone |= Q(patient__merged_into__in=roots)
    QueuedCall.objects.filter(gone).delete()
    if due:
        _write_rows(due, now)


def _write_rows(due: dict[int, list[FollowUp]], now: datetime) -> None:
    known = QueuedCall.objects.select_for_update(no_key=True).in_bulk(due)
    people = Patient.objects.in_bulk(due)
    complaining = _with_open_case(people.values())
    wrong = _wrong_numbers(row.pk for row in known.values() if row.needs_number)
    rest = dict(
        Attempt.objects.filter(
            patient__in=due, outcome__in=REACHED, ended_at__gt=now - REST
        ).values_list("patient", "ended_at")
    )
    new, changed = [], []
    for key, follow_ups in due.items():
        row = known.get(key)
        if row is None:
            row = QueuedCall(patient_id=key, ready_at=rest.get(key, now - REST) + REST)
            new.append(row)
        else:
            changed.append(row)
        _describe(row, people[key], follow_ups, now, key in complaining)
        _find_number(row, people[key], wrong.get(key, set()))
    QueuedCall.objects.bulk_create(new, ignore_conflicts=True)
    fields = ["department", "language", "priority", "reasons", "closes_at"]
    fields += ["needs_number", "use_relative"]
    QueuedCall.objects.bulk_update(changed, fields)


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


@transaction.atomic
def claim_next_call(agent: User) -> QueuedCall | None:
    """Hand the agent one person to call; the one already in hand comes first.

    None when nobody is to be called now. Raises RuleViolation in quiet hours.
    """
    if not can_call(agent):
        raise PermissionDenied
    now = clock.now()
    if (held := find_claimed(agent)) is not None:
        return _claim(held, agent, now)
    if not day_part(now):
        raise RuleViolation(
            _("Nobody is called at this hour. Calls go on at {time}.").format(
                time=f"{next_call_time(now).astimezone():%H:%M}"
            )
        )
    ready = QueuedCall.objects.ready(now).filter(suits(agent))
    ordered = ready.order_by("-priority", "closes_at", "patient")
    first = ordered.select_for_update(skip_locked=True, no_key=True).first()
    return None if first is None else _claim(first, agent, now)


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


def _claim(row: QueuedCall, agent: User, now: datetime) -> QueuedCall:
    if row.claimed_by_id != agent.pk:
        row.draft = {"started_at": now.isoformat()}
    elif row.claimed_until is None or row.claimed_until <= now:
        # Taken up again: the words are still there, the talk begins anew.
        row.draft |= {"started_at": now.isoformat()}
    row.claimed_by, row.claimed_until = agent, now + CLAIM
    row.save(update_fields=["claimed_by", "claimed_until", "draft"])
    return row


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
