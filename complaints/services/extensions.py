"""More time: asked by the owner, decided by a supervisor, told to the person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Case, Clock, Deadline, Extension, Verb
from complaints.permissions import can_ask_extension, can_decide_extension
from complaints.services.clocks import refresh_due
from complaints.services.due_times import replace_deadline
from complaints.services.lifecycle import lock_case, record
from complaints.services.promises import keep_promise_to_tell
from complaints.services.telling import tell
from complaints.services.timekeeping import require_near, timekeeper
from complaints.services.words import SHORT, fit_text, require_reason
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Role, User
from notifications.models import Topic

# What the person who spoke waits for; only then is there anything to tell them.
TOLD_TO_PERSON = (Clock.FEEDBACK, Clock.RESOLVE)


@transaction.atomic
def ask_extension(
    case: Case,
    *,
    actor: User,
    deadline: Deadline,
    until: datetime,
    reason: str,
    words: str = "",
    revision: int | None = None,
) -> Extension:
    """Ask for more time on a running clock of the case; supervisors are told.

    `words` are for the person, who reads them on the tracking page once granted.
    """
    case = lock_case(case, actor, can_ask_extension, revision=revision)
    deadline = case.deadlines.select_related("task").get(pk=deadline.pk)
    reason = require_reason(reason, limit=SHORT)
    words = fit_text(words, field="words", limit=SHORT)
    if not deadline.is_running or deadline.clock == Clock.PROMISE:
        raise RuleViolation(_("This clock does not run any more."), field="deadline")
    if until <= max(deadline.due_at, clock.now()):
        raise RuleViolation(
            _("Choose a time after the one that holds now."), field="until"
        )
    require_near(until, field="until")
    if deadline.clock in TOLD_TO_PERSON and not words:
        raise RuleViolation(_("Write what the person is told."), field="words")
    if deadline.extensions.filter(decided_at=None).exists():
        raise RuleViolation(_("More time was asked for already."))
    extension = Extension.objects.create(
        case=case,
        deadline=deadline,
        until=until,
        reason=reason,
        words=words,
        asked_by=actor,
        asked_at=clock.now(),
    )
    record(
        case,
        Verb.EXTENSION_ASKED,
        actor=actor,
        task=deadline.task,
        old={"due_at": deadline.due_at.isoformat()},
        new={"clock": deadline.clock, "due_at": until.isoformat()},
        note=reason,
    )
    supervisors = User.objects.active().with_role(Role.SUPERVISOR)
    tell(case, supervisors, Topic.EXTENSION_ASKED, skip=actor, person=actor.name)
    return extension


@transaction.atomic
def decide_extension(
    extension: Extension, *, actor: User, granted: bool, answer: str = ""
) -> Extension:
    """Grant the time, which supersedes the deadline, or refuse it with a reason."""
    case = lock_case(extension.case, actor, can_decide_extension)
    extension = case.extensions.select_related("deadline__task", "asked_by").get(
        pk=extension.pk
    )
    if extension.decided_at is not None:
        raise RuleViolation(_("This request was already decided."))
    answer = fit_text(answer, field="answer", limit=SHORT)
    if not granted:
        answer = require_reason(answer, field="answer")
    old = extension.deadline
    if granted:
        _grant(case, extension, actor)
    extension.decided_by = actor
    extension.decided_at = clock.now()
    extension.granted = granted
    extension.answer = answer
    extension.save()
    record(
        case,
        Verb.EXTENSION_GRANTED if granted else Verb.EXTENSION_REFUSED,
        actor=actor,
        task=old.task,
        old={"due_at": old.due_at.isoformat()},
        new={"clock": old.clock, "due_at": extension.until.isoformat()},
        note=answer,
    )
    topic = Topic.EXTENSION_GRANTED if granted else Topic.EXTENSION_REFUSED
    tell(case, [extension.asked_by], topic, skip=actor)
    return extension


def _grant(case: Case, extension: Extension, actor: User) -> None:
    running = extension.deadline.clock
    now_running = case.deadlines.running().select_related("task")
    deadline = now_running.filter(
        clock=running, task=extension.deadline.task, promise=None
    ).first()
    if deadline is None:
        raise RuleViolation(_("This clock does not run any more."))
    if extension.until <= max(deadline.due_at, clock.now()):
        raise RuleViolation(_("The time asked for is no longer later; ask anew."))
    keeper = timekeeper()
    replace_deadline(
        keeper,
        case,
        deadline,
        due_at=extension.until,
        extended_until=extension.until,
    )
    if running in TOLD_TO_PERSON:
        refresh_due(case)
        keep_promise_to_tell(case, extension, actor)
