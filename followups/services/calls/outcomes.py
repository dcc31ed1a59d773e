"""What came of a call: contacts end, or the person is tried again by rule."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from followups.call_hours import day_part, next_call_time
from followups.models import (
    CALL_OUTCOMES,
    NOT_REACHED,
    REACHED,
    Attempt,
    FeedKind,
    FollowUp,
    Mode,
    Outcome,
    Patient,
    QueuedCall,
    State,
)
from followups.services.alerts import raise_for_answers
from followups.services.calls.queue import find_attempt, refresh_queue
from followups.services.feed.facts import Told, take_over
from followups.services.feed.folding import HEARD
from followups.services.scripts.answers import Answers
from hospital import clock
from hospital.contacts import find_refused, note_contact, refuse_contact
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import ContactMade, User
from hospital.text import clean_text, normalise_phone

MOST_ATTEMPTS = 3
LEAST_PARTS = 2  # of the day
LEAST_DAYS = 2
NOTE_LENGTH = 5_000  # characters
LATEST_CALL = timedelta(days=60)


@dataclass(frozen=True)
class CallResult:
    """What the agent wrote down."""

    outcome: Outcome
    started_at: datetime
    note: str = ""
    call_at: datetime | None = None
    do_not_call: bool = False
    submission: UUID | None = None
    answers: Answers | None = None
    check_up_told: date | None = None


@transaction.atomic
def record_attempt(patient: Patient, *, agent: User, result: CallResult) -> Attempt:
    """Record the outcome of the call in hand and decide what happens next.

    The same submission again gives the attempt it made. Raises StaleRecord when the
    claim was lost, RuleViolation with the field that is wrong.
    """
    if earlier := find_attempt(agent, result.submission):
        return earlier
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    row = QueuedCall.objects.select_for_update().filter(patient=patient).first()
    if earlier := find_attempt(agent, result.submission):
        return earlier
    _check(row, agent, result)
    assert row is not None  # noqa: S101  # _check refuses a call that is not in hand
    due = list(_due_of(patient))
    attempt = _keep(row, patient, due, agent, result)
    if result.outcome in (*REACHED, Outcome.DECLINED):
        note_contact(attempt.dialled, ContactMade.Means.CALL)
    if result.outcome in REACHED:
        _end(due, State.DONE)
    elif result.outcome == Outcome.DECLINED:
        _decline(patient, due, attempt, is_for_good=result.do_not_call)
    elif result.outcome == Outcome.DECEASED:
        _tell_death(patient, attempt)
    else:
        _try_again(row, patient, due, result)
    refresh_queue({patient.pk})
    return attempt


@transaction.atomic
def correct_number(
    patient: Patient, *, actor: User, phone: str, is_relative: bool = False
) -> Patient:
    """The ward has found the number: the person goes back into the queue."""
    if not QueuedCall.objects.needing_number_for(actor).filter(patient=patient):
        raise PermissionDenied
    phone = normalise_phone(phone)
    if not phone:
        raise RuleViolation(_("Enter the telephone number."), field="phone")
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    name = "relative_phone" if is_relative else "phone"
    told = Told(
        kind=FeedKind.UPDATE,
        patient=patient.number,
        recorded_at=clock.now(),
        key=f"corrected:{uuid4()}",
        facts={name: phone},
        source=f"user:{actor.pk}",
    )
    take_over([told])
    QueuedCall.objects.filter(patient=patient).update(
        needs_number=False, use_relative=is_relative, ready_at=clock.now()
    )
    patient.refresh_from_db()
    return patient


def _check(row: QueuedCall | None, agent: User, result: CallResult) -> None:
    if row is None or row.claimed_by_id != agent.pk:
        raise StaleRecord(_("This call is no longer yours; take the next one."))
    if result.outcome not in CALL_OUTCOMES:
        raise RuleViolation(_("Choose what came of the call."), field="outcome")
    if len(result.note) > NOTE_LENGTH:
        raise RuleViolation(_("Shorten the note."), field="note")
    if result.outcome != Outcome.CALL_LATER:
        return
    now = clock.now()
    if result.call_at is None or result.call_at <= now:
        raise RuleViolation(_("Say when the person is to be called."), field="call_at")
    if result.call_at > now + LATEST_CALL:
        raise RuleViolation(_("Choose a time within two months."), field="call_at")


def _due_of(patient: Patient) -> list[FollowUp]:
    mine = FollowUp.objects.filter(
        patient__in=[patient, *patient.merged_from.all()],
        state=State.OPEN,
        mode=Mode.CALL,
        opens_at__lte=clock.now(),
    )
    return list(mine.select_for_update(no_key=True).order_by("pk"))


def _keep(
    row: QueuedCall,
    patient: Patient,
    due: list[FollowUp],
    agent: User,
    result: CallResult,
) -> Attempt:
    now = clock.now()
    attempt = Attempt.objects.create(
        patient=patient,
        department=row.department,
        agent=agent,
        started_at=min(result.started_at, now),
        ended_at=now,
        outcome=result.outcome,
        dialled=patient.relative_phone if row.use_relative else patient.phone,
        to_relative=row.use_relative,
        day_part=day_part(now) or "off",
        note=clean_text(result.note),
        submission=result.submission,
        script_version=result.answers.version if result.answers else None,
        answers=result.answers.as_json() if result.answers else [],
        check_up_told=result.check_up_told if result.outcome in REACHED else None,
    )
    attempt.follow_ups.set(due)
    if result.answers:
        raise_for_answers(attempt, result.answers.flags)
    return attempt


def _end(due: list[FollowUp], state: State) -> None:
    for follow_up in due:
        follow_up.state, follow_up.ended_at = state, clock.now()
    FollowUp.objects.bulk_update(due, ["state", "ended_at"])


def _decline(
    patient: Patient, due: list[FollowUp], attempt: Attempt, *, is_for_good: bool
) -> None:
    _end(due, State.DECLINED)
    if is_for_good:
        refuse_contact(attempt.dialled, noted_by=attempt.agent)
        patient.do_not_call = True
        patient.save(update_fields=["do_not_call"])
        # Everything else that is planned for them stops as well.
        told = Told(
            kind=FeedKind.UPDATE,
            patient=patient.number,
            recorded_at=clock.now(),
            key=f"do-not-call:{uuid4()}",
            source=HEARD,
        )
        take_over([told])


def _tell_death(patient: Patient, attempt: Attempt) -> None:
    """A death heard on the telephone is a fact like one from the feed."""
    told = Told(
        kind=FeedKind.UPDATE,
        patient=patient.number,
        recorded_at=clock.now(),
        key=f"call:{attempt.pk}",
        facts={"deceased": True},
        source=HEARD,
    )
    take_over([told])


def _try_again(
    row: QueuedCall, patient: Patient, due: list[FollowUp], result: CallResult
) -> None:
    now = clock.now()
    row.claimed_by = row.claimed_until = None
    row.is_timed = False
    if result.outcome == Outcome.CALL_LATER and result.call_at is not None:
        row.ready_at, row.is_timed, row.assigned_to = result.call_at, True, None
        _open_until(due, result.call_at)
    elif result.outcome == Outcome.WRONG_NUMBER:
        row.needs_number = True
    elif result.outcome in NOT_REACHED:
        row.attempts += 1
        if not _may_try_again(row, patient):
            _end(due, State.UNREACHABLE)
            return
        row.ready_at = _next_time(patient, now)
    row.draft = {}
    row.save()


def _open_until(due: list[FollowUp], moment: datetime) -> None:
    """What the person asked for is kept, even after the window would have closed."""
    for follow_up in due:
        follow_up.closes_at = max(follow_up.closes_at, moment + timedelta(days=1))
    FollowUp.objects.bulk_update(due, ["closes_at"])


def _may_try_again(row: QueuedCall, patient: Patient) -> bool:
    """Three attempts in two parts of the day on two days; then the relative's turn."""
    tried = _tried(patient, to_relative=row.use_relative)
    parts = {attempt.day_part for attempt in tried}
    days = {timezone.localdate(attempt.ended_at) for attempt in tried}
    enough = len(tried) >= MOST_ATTEMPTS
    if not (enough and len(parts) >= LEAST_PARTS and len(days) >= LEAST_DAYS):
        return True
    other = patient.relative_phone
    if other and not row.use_relative and not find_refused([other]):
        row.use_relative = True
        return True
    return False


def _next_time(patient: Patient, now: datetime) -> datetime:
    """Another part of the day; after two tries on one day another day."""
    today = timezone.localdate(now)
    tried = _tried(patient)
    last_parts = frozenset(attempt.day_part for attempt in tried[:2])
    on_today = [a for a in tried if timezone.localdate(a.ended_at) == today]
    return next_call_time(now, avoid=last_parts, on_other_day=len(on_today) >= 2)


def _tried(patient: Patient, *, to_relative: bool | None = None) -> list[Attempt]:
    """Tries without success since somebody was last reached, the newest first."""
    attempts = Attempt.objects.filter(patient=patient, mode=Mode.CALL)
    reached = attempts.filter(outcome__in=REACHED).order_by("-pk").first()
    if reached is not None:
        attempts = attempts.filter(pk__gt=reached.pk)
    attempts = attempts.filter(outcome__in=NOT_REACHED)
    if to_relative is not None:
        attempts = attempts.filter(to_relative=to_relative)
    return list(attempts.order_by("-pk"))
