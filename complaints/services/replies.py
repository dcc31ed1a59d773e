"""The answer to the person who spoke, and what they say of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Case, Reply, Satisfaction, Status, Verb
from complaints.permissions import can_handle
from complaints.services import clocks
from complaints.services.lifecycle import lock_case, move_case, record
from complaints.services.routing import start_work
from complaints.services.telling import tell
from complaints.services.words import LONG, SHORT, fit_text
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Topic


@transaction.atomic
def reply_to_person(
    case: Case,
    *,
    actor: User,
    method: str = "",
    text: str = "",
    at: datetime | None = None,
    impossible: str = "",
    revision: int | None = None,
) -> Reply:
    """Record what the person was told, when and how; or why nobody could be told.

    While a task is open the reply is an interim one: it meets the feedback clock
    (article 29 asks for the situation or the opinion) but the case stays in progress.
    """
    case = lock_case(case, actor, can_handle, revision=revision)
    return keep_reply(
        case, actor, method=method, text=text, at=at, impossible=impossible
    )


def keep_reply(
    case: Case,
    actor: User,
    *,
    method: str,
    text: str,
    at: datetime | None = None,
    impossible: str = "",
) -> Reply:
    """`reply_to_person` on a locked case."""
    at = at or clock.now()
    text = fit_text(text, field="text", limit=LONG)
    if not impossible and not method:
        raise RuleViolation(_("Say how the person was told."), field="method")
    if not impossible and not text:
        raise RuleViolation(_("Write what the person was told."), field="text")
    if at > clock.now():
        raise RuleViolation(_("The time of the reply lies in the future."), field="at")
    if at < case.received_at:
        raise RuleViolation(
            _("The time of the reply lies before the receipt."), field="at"
        )
    feedback = clocks.find_feedback(case)
    if feedback is not None and feedback.is_running and at < feedback.started_at:
        raise RuleViolation(
            _("The time of the reply lies before the case was reopened."), field="at"
        )
    final = not case.tasks.open().exists()
    if case.status != Status.REPLIED:
        start_work(case, actor=actor)
    reply = Reply.objects.create(
        case=case,
        round=case.reopened_count,
        by=actor,
        at=at,
        method="" if impossible else method,
        text=text,
        impossible=impossible,
        is_final=final,
    )
    how = {"method": str(reply.method), "impossible": str(impossible), "final": final}
    if final and case.status != Status.REPLIED:
        move_case(
            case,
            Status.REPLIED,
            actor=actor,
            verb=Verb.REPLIED,
            note=text,
            details=how,
        )
    else:
        record(case, Verb.REPLIED, actor=actor, new=how, note=text)
    clocks.meet_case_clocks(case, clocks.ANSWERED, at)
    return reply


@transaction.atomic
def record_satisfaction(
    case: Case,
    *,
    actor: User,
    score: int | None = None,
    not_asked: str = "",
    comment: str = "",
    revision: int | None = None,
) -> Satisfaction:
    """Write down the person's verdict as they gave it, or why they were not asked."""
    case = lock_case(case, actor, can_handle, revision=revision)
    if (score is None) == (not not_asked):
        raise RuleViolation(
            _("Record the person's answer, or why they were not asked."), field="score"
        )
    return keep_satisfaction(
        case, actor, score=score, not_asked=not_asked, comment=comment
    )


@transaction.atomic
def rate_case(case: Case, *, score: int, comment: str = "") -> Satisfaction:
    """The person answers on the tracking page, holding the code; nobody else acts."""
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    satisfaction = keep_satisfaction(case, None, score=score, comment=comment)
    tell(case, [case.owner], Topic.CASE_RATED)
    return satisfaction


def keep_satisfaction(
    case: Case,
    actor: User | None,
    *,
    score: int | None,
    not_asked: str = "",
    comment: str = "",
) -> Satisfaction:
    """One answer per round; a reason for not asking gives way to an answer."""
    if case.status not in (Status.REPLIED, Status.CLOSED):
        raise RuleViolation(_("Satisfaction is asked after the reply."))
    if score is not None and score not in Satisfaction.Score:
        raise RuleViolation(_("Choose one of the five steps."), field="score")
    given = case.satisfactions.filter(round=case.reopened_count).first()
    if given is not None and (given.score is not None or score is None):
        raise RuleViolation(_("The answer for this case is already on record."))
    satisfaction = given or Satisfaction(case=case, round=case.reopened_count)
    satisfaction.score = score
    satisfaction.not_asked = not_asked
    satisfaction.comment = fit_text(comment, field="comment", limit=SHORT)
    satisfaction.at = clock.now()
    satisfaction.recorded_by = actor
    satisfaction.save()
    record(
        case,
        Verb.RATED,
        actor=actor,
        new={"score": score, "not_asked": str(not_asked)},
        note=satisfaction.comment,
    )
    return satisfaction
