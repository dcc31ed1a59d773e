"""What a deadline rests on, and how long things took, in words for pages and API."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints.models import Deadline, Hours, Unit
from complaints.services.rule_words import say_amount

MINUTE = timedelta(minutes=1)


def say_time(time: timedelta) -> str:
    """Hours and minutes, so that the times of a sum can be added up."""
    hours, minutes = divmod(round(time / MINUTE), 60)
    if not hours:
        return _("{minutes} min").format(minutes=minutes)
    if not minutes:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)


def say_basis(basis: str) -> str:
    """The shipped bases are English source strings; the hospital's stay as they are."""
    return _(basis) if basis else ""


def explain_rule(deadline: Deadline) -> list[str]:
    """The rule behind a due time, in the order in which it is read aloud."""
    parts = []
    if deadline.amount is not None:
        parts.append(_say_amount_after(deadline))
        if deadline.unit != Unit.HOURS:
            parts.append(str(Hours(deadline.hours).label))
    elif deadline.promise_id is not None:
        parts.append(_("As it was promised to the person"))
    parts.append(say_basis(deadline.basis))
    if deadline.extended_until is not None:
        until = date_format(timezone.localtime(deadline.extended_until), "Y-m-d H:i")
        parts.append(_("more time granted until {moment}").format(moment=until))
    return [part for part in parts if part]


def _say_amount_after(deadline: Deadline) -> str:
    amount = say_amount(deadline.amount or 0, deadline.unit)
    if deadline.task is not None:
        if deadline.started_at <= deadline.task.opened_at:
            text = _("{amount} after the task was opened")
        else:
            text = _("{amount} after the work went to the department")
    elif deadline.case.reopened_count and (
        deadline.started_at > deadline.case.received_at
    ):
        text = _("{amount} after the case was reopened")
    else:
        text = _("{amount} after receipt")
    return text.format(amount=amount)


def find_next(old: Deadline, others: Iterable[Deadline]) -> Deadline | None:
    """The row that took the place of a superseded one."""
    followers = [
        each
        for each in others
        if each.pk > old.pk
        and (each.clock, each.task_id, each.promise_id, each.started_at)
        == (old.clock, old.task_id, old.promise_id, old.started_at)
    ]
    return min(followers, key=lambda each: each.pk, default=None)


def say_why_replaced(old: Deadline, new: Deadline | None) -> str:
    """Why the due time holds no more, told by what the next row says differently."""
    if new is None:
        return _("no longer waited for")
    if new.extended_until != old.extended_until:
        return _("more time was granted")
    if new.credited != old.credited:
        return _("paused, {time} given back").format(
            time=say_time(new.credited - old.credited)
        )
    if new.amount is not None and (new.amount, new.unit) != (old.amount, old.unit):
        return _("since then {amount}").format(amount=say_amount(new.amount, new.unit))
    return _("counted anew")
