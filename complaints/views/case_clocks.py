"""What the page of one case shows of time: clocks, pauses, promises, who held it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.models import (
    CASE_CLOCKS,
    DUE_SOON,
    Case,
    Clock,
    Deadline,
    Extension,
    Pause,
    Promise,
)
from complaints.permissions import can_end_promise, can_see_ledger
from complaints.services import Ledger, paused_time, read_ledger
from complaints.services.clock_words import (
    find_next,
    say_basis,
    say_time,
    say_why_replaced,
)
from hospital import clock
from hospital.models import User

# Departments take these in turn; the same class draws the bar and its legend.
DEPARTMENT_TONES = 4


@dataclass(frozen=True)
class ClockLine:
    """One deadline as a bar: how much of its time is gone."""

    deadline: Deadline
    percent: int
    tone: str
    basis: str = ""
    given_back: str = ""
    why_replaced: str = ""
    why_url: str = ""


@dataclass(frozen=True)
class PauseLine:
    pause: Pause
    so_far: str


@dataclass(frozen=True)
class PromiseLine:
    promise: Promise
    may_end: bool
    why_url: str


@dataclass(frozen=True)
class ShareLine:
    """A holder's part of the bar; x and width are percents as SVG reads them."""

    words: str
    time: str
    percent: int
    look: str
    x: str
    width: str


class Reasons:
    """The addresses where the due times of a case explain themselves to the reader."""

    def __init__(self, case: Case, user: User) -> None:
        self._number = case.number
        readable = Deadline.objects.filter(case=case).for_reader(user)
        self._open_to = set(readable.values_list("pk", flat=True))

    def url(self, deadline: Deadline | None) -> str:
        if deadline is None or deadline.pk not in self._open_to:
            return ""
        return reverse("complaints:explain_deadline", args=[self._number, deadline.pk])


def describe_clocks(case: Case, user: User, *, sees_all: bool) -> dict[str, Any]:
    """Everything the parts of the page about time need, selected."""
    reasons = Reasons(case, user)
    own = [each for each in case.deadlines.all() if each.clock in CASE_CLOCKS]
    lines = clock_lines(own, reasons)
    return {
        "clocks": [line for line in lines if line.deadline.superseded_at is None],
        "old_clocks": [line for line in lines if line.deadline.superseded_at],
        "pause": open_pause(case.pauses.all(), None) if sees_all else None,
        "extension": _asked_extension(case) if sees_all else None,
        "promises": _promise_lines(case, user, reasons) if sees_all else [],
        "ended_promises": [each for each in case.promises.all() if each.ended_at],
        "ledger": describe_ledger(read_ledger(case))
        if can_see_ledger(user, case)
        else None,
        "task_reasons": {
            each.task_id: reasons.url(each)
            for each in case.deadlines.all()
            if each.clock == Clock.RECTIFY and each.superseded_at is None
        },
    }


def clock_lines(deadlines: Iterable[Deadline], reasons: Reasons) -> list[ClockLine]:
    """The clocks as bars, those that run first."""
    now = clock.now()
    deadlines = list(deadlines)
    lines = [
        ClockLine(
            each,
            _percent_gone(each, now),
            _tone(each, now),
            basis=say_basis(each.basis),
            given_back=say_time(each.credited) if each.credited else "",
            why_replaced=say_why_replaced(each, find_next(each, deadlines))
            if each.superseded_at
            else "",
            why_url=reasons.url(each),
        )
        for each in deadlines
    ]
    return sorted(lines, key=lambda line: not line.deadline.is_running)


def _percent_gone(deadline: Deadline, now: datetime) -> int:
    whole = max(deadline.due_at - deadline.started_at, timedelta(seconds=1))
    gone = (deadline.met_at or deadline.paused_at or now) - deadline.started_at
    return max(0, min(100, round(100 * (gone / whole))))


def _tone(deadline: Deadline, now: datetime) -> str:
    if deadline.is_over:
        return "red"
    if deadline.is_paused:
        return "grey"
    if deadline.is_running and deadline.due_at - now < DUE_SOON:
        return "amber"
    return "green"


def open_pause(pauses: Iterable[Pause], task_id: int | None) -> PauseLine | None:
    """The pause that is on now: of the task, or of the case itself."""
    for pause in pauses:
        if pause.resumed_at is None and pause.task_id == task_id:
            return PauseLine(pause, say_time(paused_time(pause)))
    return None


def _asked_extension(case: Case) -> Extension | None:
    asked = case.extensions.all()
    return next((each for each in asked if each.decided_at is None), None)


def _promise_lines(case: Case, user: User, reasons: Reasons) -> list[PromiseLine]:
    clocks = {each.promise_id: each for each in case.deadlines.all()}
    return [
        PromiseLine(
            promise,
            promise.is_open and can_end_promise(user, case, promise),
            reasons.url(clocks.get(promise.pk)),
        )
        for promise in case.promises.all()
    ]


def describe_ledger(ledger: Ledger) -> dict[str, Any]:
    """The bar of who held the case: its parts lie side by side, the longest first."""
    shares: list[ShareLine] = []
    x, departments = 0.0, 0
    for share in ledger.shares:
        look = share.holder
        if share.department is not None:
            look = f"department-{departments % DEPARTMENT_TONES}"
            departments += 1
        shares.append(
            ShareLine(
                words=share.department.name
                if share.department
                else say_holder(share.holder),
                time=say_time(share.time),
                percent=round(share.percent),
                look=look,
                x=f"{x:.2f}",
                width=f"{share.percent:.2f}",
            )
        )
        x += share.percent
    return {
        "shares": shares,
        "whole": say_time(ledger.whole),
        "changes": ledger.changes,
        "refusals": ledger.refusals,
    }


def say_holder(holder: str) -> str:
    words = {
        "centre": _("Patient service centre"),
        Pause.WaitsFor.PERSON: _("Waiting for the person"),
        Pause.WaitsFor.OUTSIDE: _("Waiting for somebody outside"),
    }
    return words.get(holder, holder)
