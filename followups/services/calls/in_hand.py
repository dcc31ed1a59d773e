"""The call in hand: what is typed, the voices heard on it, and its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Case
from complaints.services import Voice, register_case
from followups.models import Attempt, Patient, QueuedCall
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import keep_claim
from hospital import clock
from hospital.exceptions import StaleRecord
from hospital.models import User

DRAFT_LENGTH = 40_000  # characters
# A talk that seems longer was left open overnight or was never begun.
LONGEST_TALK = timedelta(hours=12)

Words = Mapping[str, list[str]]


def find_call(agent: User, patient: int) -> QueuedCall | None:
    """The agent's call to this person; still theirs while nobody else took it."""
    mine = QueuedCall.objects.filter(patient=patient, claimed_by=agent)
    return mine.select_related("patient").first()


def started_at(row: QueuedCall) -> datetime:
    """When the person was handed to the agent."""
    now = clock.now()
    text = row.draft.get("started_at", "")
    since = datetime.fromisoformat(text) if text else now
    return since if now - LONGEST_TALK < since <= now else now


def kept_words(row: QueuedCall) -> dict[str, list[str]]:
    """What was typed before the browser died, by field."""
    words: dict[str, list[str]] = row.draft.get("fields", {})
    return words


@transaction.atomic
def keep_words(agent: User, patient: int, words: Words) -> bool:
    """Keep what is typed so far, and the claim with it; False when it was lost."""
    if not keep_claim(agent, patient):
        return False
    row = QueuedCall.objects.select_for_update(no_key=True).get(patient=patient)
    if sum(len(text) for texts in words.values() for text in texts) <= DRAFT_LENGTH:
        row.draft |= {"fields": dict(words)}
        row.save(update_fields=["draft"])
    return True


@transaction.atomic
def hear_voice(agent: User, patient: int, voice: Voice) -> Case:
    """Register a case from what is said on the call; the attempt will keep it.

    Raises StaleRecord when the call is no longer the agent's.
    """
    mine = QueuedCall.objects.filter(patient=patient, claimed_by=agent)
    row = mine.select_for_update(no_key=True).first()
    if row is None:
        raise lost_call()
    case = register_case(voice, actor=agent)
    heard = row.draft.get("cases", [])
    if case.pk not in heard:
        row.draft |= {"cases": [*heard, case.pk]}
        row.save(update_fields=["draft"])
    return case


def lost_call() -> StaleRecord:
    return StaleRecord(
        _("This call is no longer yours. Register the voice as a new case.")
    )


@transaction.atomic
def finish_call(patient: Patient, *, agent: User, result: CallResult) -> Attempt:
    """Record the outcome, with the cases that came of the call."""
    row = find_call(agent, patient.pk)
    heard = row.draft.get("cases", []) if row else []
    attempt = record_attempt(patient, agent=agent, result=result)
    if heard:
        attempt.cases.add(*heard)
    return attempt
