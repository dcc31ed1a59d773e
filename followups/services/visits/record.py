"""Visits at the bed: what came of one, and which contacts it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.services import Voice, register_case
from followups.call_hours import day_part
from followups.models import (
    REACHED,
    Attempt,
    FollowUp,
    Mode,
    Outcome,
    Patient,
    State,
    StopReason,
)
from followups.services.alerts import raise_for_answers
from followups.services.calls.outcomes import NOTE_LENGTH
from followups.services.calls.queue import find_attempt
from followups.services.locking import lock_people
from followups.services.scripts.answers import Answers
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User
from hospital.text import clean_text

VISIT_OUTCOMES = (
    Outcome.REACHED_PATIENT,
    Outcome.REACHED_PROXY,
    Outcome.AWAY,
    Outcome.DECLINED,
    Outcome.LANGUAGE_BARRIER,
)
# After these the visit stays due: somebody may try again.
STAYS_DUE = (Outcome.AWAY, Outcome.LANGUAGE_BARRIER)
# A page that was open longer was forgotten overnight.
LONGEST_VISIT = timedelta(hours=12)


@dataclass(frozen=True)
class VisitResult:
    """What the visitor wrote down; voices are what became of it besides."""

    outcome: Outcome
    started_at: datetime | None = None
    note: str = ""
    submission: UUID | None = None
    answers: Answers | None = None
    voices: Sequence[Voice] = ()


@transaction.atomic
def record_visit(follow_up: FollowUp, *, visitor: User, result: VisitResult) -> Attempt:
    """Record what came of a visit and end the visits of the same stay that are due.

    The same submission again gives the attempt it made. Raises StaleRecord when
    somebody else was there before or the patient is to be visited no more.
    """
    if earlier := find_attempt(visitor, result.submission):
        return earlier
    patient = _lock_person(follow_up)
    if earlier := find_attempt(visitor, result.submission):
        return earlier
    mine = FollowUp.objects.visits_for(visitor).filter(pk=follow_up.pk)
    current = mine.select_for_update(no_key=True).first()
    if current is None:
        raise PermissionDenied
    _check(current, result)
    due = due_with(current)
    attempt = _keep(current, patient, visitor, result)
    attempt.follow_ups.set(due)
    if result.outcome not in STAYS_DUE:
        was_reached = result.outcome in REACHED
        state = State.DONE if was_reached else State.DECLINED
        due.update(state=state, ended_at=attempt.ended_at)
    return attempt


def due_with(follow_up: FollowUp) -> QuerySet[FollowUp]:
    """The visits of the same stay that are due: one talk at the bed is for all."""
    return due_visits(FollowUp.objects.filter(mode=Mode.BEDSIDE)).filter(
        stay=follow_up.stay_id, member=follow_up.member_id
    )


def due_visits(visits: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Those to be made now; what opens later today may be done on today's round."""
    return visits.filter(state=State.OPEN, opens_at__lt=day_ends())


def day_begins() -> datetime:
    return timezone.make_aware(datetime.combine(clock.today(), time()))


def day_ends() -> datetime:
    tomorrow = clock.today() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))


def say_why_over(follow_up: FollowUp) -> str:
    """Why nobody is to make this visit now; empty when it is due."""
    match follow_up.state:
        case State.OPEN if follow_up.opens_at >= day_ends():
            day = timezone.localtime(follow_up.opens_at)
            return _("This visit is not due before {day}.").format(
                day=f"{day:%Y-%m-%d}"
            )
        case State.OPEN:
            return ""
        case State.STOPPED:
            reason = StopReason(follow_up.stop_reason).label
            return _("This visit is not to be made any more: {reason}.").format(
                reason=reason
            )
        case State.DONE | State.DECLINED:
            return _say_who_was_there(follow_up)
    return _("The time for this visit is over.")


def _say_who_was_there(follow_up: FollowUp) -> str:
    last = follow_up.attempts.select_related("agent").order_by("-ended_at").first()
    if last is None:
        return _("This visit is recorded already.")
    return _("{person} has recorded this visit already, {time}.").format(
        person=last.agent.name,
        time=f"{timezone.localtime(last.ended_at):%Y-%m-%d %H:%M}",
    )


def _lock_person(follow_up: FollowUp) -> Patient:
    """The person, under the record that survives; both are held."""
    locked = {each.pk: each for each in lock_people([follow_up.patient_id])}
    patient = locked[follow_up.patient_id]
    return locked[patient.merged_into_id or patient.pk]


def _check(follow_up: FollowUp, result: VisitResult) -> None:
    if why := say_why_over(follow_up):
        raise StaleRecord(why)
    if result.outcome not in VISIT_OUTCOMES:
        raise RuleViolation(_("Choose what came of the visit."), field="outcome")
    if len(result.note) > NOTE_LENGTH:
        raise RuleViolation(_("Shorten the note."), field="note")
    if result.voices and result.outcome in STAYS_DUE:
        raise RuleViolation(
            _("A voice was heard: say with whom you talked."), field="outcome"
        )


def _keep(
    follow_up: FollowUp, patient: Patient, visitor: User, result: VisitResult
) -> Attempt:
    now = clock.now()
    since = result.started_at or now
    attempt = Attempt.objects.create(
        patient=patient,
        department_id=follow_up.department_id,
        agent=visitor,
        mode=Mode.BEDSIDE,
        started_at=since if now - LONGEST_VISIT < since <= now else now,
        ended_at=now,
        outcome=result.outcome,
        to_relative=result.outcome == Outcome.REACHED_PROXY,
        day_part=day_part(now) or "off",
        note=clean_text(result.note),
        submission=result.submission,
        script_version=result.answers.version if result.answers else None,
        answers=result.answers.as_json() if result.answers else [],
    )
    attempt.cases.set([register_case(each, actor=visitor) for each in result.voices])
    if result.answers:
        raise_for_answers(attempt, result.answers.flags)
    return attempt
