"""What the person was promised: made, kept, or taken back with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from complaints.models import (
    Case,
    Clock,
    Deadline,
    Extension,
    Hours,
    Promise,
    Verb,
)
from complaints.permissions import CENTRE, can_end_promise, can_note
from complaints.services.lifecycle import lock_case, record
from complaints.services.timekeeping import require_near, timekeeper
from complaints.services.words import SHORT, fit_text, require_reason
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User

PROMISE_LENGTH = 300  # characters


@transaction.atomic
def make_promise(
    case: Case,
    *,
    actor: User,
    text: str,
    due_at: datetime,
    owner: User | None = None,
    revision: int | None = None,
) -> Promise:
    """Promise the person something by a moment; its owner is reminded and counted."""
    case = lock_case(case, actor, can_note, revision=revision)
    owner = owner or actor
    if not case.is_open:
        raise RuleViolation(_("The case has ended; reopen it first."))
    if not owner.has_role(*CENTRE) or not case.is_visible_to(owner, lookup=True):
        raise RuleViolation(_("This person may not work on the case."), field="owner")
    if due_at <= clock.now():
        raise RuleViolation(_("The promised time lies in the past."), field="due_at")
    require_near(due_at, field="due_at")
    text = fit_text(text, field="text", limit=PROMISE_LENGTH)
    if not text:
        raise RuleViolation(_("Write what was promised."), field="text")
    return _keep(case, actor=actor, owner=owner, text=text, due_at=due_at)


@transaction.atomic
def end_promise(
    promise: Promise, *, actor: User, kept: bool, note: str = ""
) -> Promise:
    """The promise was kept; or it is taken back, and says why."""
    case = lock_case(
        promise.case, actor, lambda user, case: can_end_promise(user, case, promise)
    )
    promise = case.promises.get(pk=promise.pk)
    if not promise.is_open:
        raise RuleViolation(_("This promise has ended already."))
    note = fit_text(note, field="note", limit=SHORT)
    if not kept:
        note = require_reason(note, field="note")
    now = clock.now()
    promise.ended_at, promise.ended_by = now, actor
    promise.is_kept, promise.note = kept, note
    promise.save()
    running = promise.deadlines.running()
    running.update(next_step_at=None, **{"met_at" if kept else "superseded_at": now})
    record(
        case,
        Verb.PROMISE_KEPT if kept else Verb.PROMISE_DROPPED,
        actor=actor,
        old={"promise": promise.text},
        note=note,
    )
    return promise


def keep_promise_to_tell(case: Case, extension: Extension, actor: User) -> None:
    """A granted extension must reach the person: the owner rings by tomorrow."""
    if case.is_anonymous:
        return  # the tracking page tells them
    keeper = timekeeper()
    due_at = keeper.close_of_business(clock.now(), 1, keeper.calendars.office)
    day = date_format(localtime(extension.until), "SHORT_DATE_FORMAT")
    text = _("Tell the person that the answer takes until {day}").format(day=day)
    _keep(case, actor=actor, owner=case.owner, text=text, due_at=due_at)


def drop_promises(case: Case, actor: User | None) -> None:
    """The locked case has ended: nobody waits for its promises any more."""
    case.promises.open().update(ended_at=clock.now(), ended_by=actor, is_kept=False)


def _keep(
    case: Case, *, actor: User, owner: User, text: str, due_at: datetime
) -> Promise:
    now = clock.now()
    promise = Promise.objects.create(
        case=case, owner=owner, text=text, due_at=due_at, made_by=actor, made_at=now
    )
    keeper = timekeeper()
    deadline = Deadline(
        case=case,
        promise=promise,
        clock=Clock.PROMISE,
        started_at=now,
        due_at=due_at,
        hours=Hours.OFFICE,
    )
    deadline.next_step_at = keeper.next_step_at(deadline, case)
    deadline.save(force_insert=True)
    record(
        case,
        Verb.PROMISED,
        actor=actor,
        new={"owner": owner.name, "due_at": due_at.isoformat()},
        note=text,
    )
    return promise
