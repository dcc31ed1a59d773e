"""What the page of one case shows to one person."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.forms.cases import NoteForm
from complaints.merges import find_other
from complaints.models import Case, Kind, RectificationTask, Status
from complaints.permissions import (
    CENTRE,
    can_handle,
    can_reveal_contact,
    can_see_named_staff,
)
from complaints.services import case_choices, closing_obstacles, task_choices
from complaints.views.case_clocks import describe_clocks
from complaints.views.timeline import timeline_of
from hospital.models import Role, User

PRESSES = ("accept", "resume")  # one press, nothing to fill in
ENDED_TASK = ("verified", "cancelled")


@dataclass(frozen=True)
class Look:
    """How an action's button looks; the key works on the page."""

    label: Promise
    icon: str
    key: str = ""
    is_danger: bool = False


# In the order in which a case is usually worked on; the later ones stand in a menu.
WORK = {
    "accept": Look(_("Accept"), "user-check", "a"),
    "open_task": Look(_("Open a task"), "clipboard-plus", "t"),
    "reply": Look(_("Reply"), "message-circle", "r"),
    "resume": Look(_("Let the clock run"), "player-play", "p"),
    "satisfaction": Look(_("Satisfaction"), "mood-smile", "s"),
    "close": Look(_("Close the case"), "circle-check", "c"),
    "reopen": Look(_("Reopen"), "repeat", "o"),
}
MENU = {
    "handover": Look(_("Hand over"), "arrows-exchange", "h"),
    "tier": Look(_("Set the tier"), "flag", "g"),
    "convert": Look(_("Convert the kind"), "switch-horizontal", "k"),
    "promise": Look(_("Promise the person something"), "calendar-time", "m"),
    "pause": Look(_("Stop the clock"), "player-pause", "p"),
    "extension": Look(_("Ask for more time"), "hourglass", "e"),
    "merge": Look(_("Merge into another case"), "git-merge"),
    "withdraw": Look(_("The person withdraws"), "arrow-back-up"),
    "decline": Look(_("Decline"), "ban", is_danger=True),
}


@dataclass(frozen=True)
class Button:
    name: str
    url: str
    look: Look
    is_primary: bool = False
    is_press: bool = False


@dataclass(frozen=True)
class TaskLine:
    task: RectificationTask
    is_linked: bool
    choices: list[str]
    why_url: str


def describe_page(case: Case, user: User) -> dict[str, Any]:
    """Everything complaints/cases/detail.html needs, selected."""
    choices = case_choices(case, user)
    handles = can_handle(user, case) and case.is_open
    obstacles = list(closing_obstacles(case)) if handles else []
    sees_all = user.has_role(*CENTRE, Role.LEADERSHIP)
    clocks = describe_clocks(case, user, sees_all=sees_all)
    return {
        "case": case,
        "contact": getattr(case, "contact", None),
        "may_reveal": can_reveal_contact(user, case),
        "sees_named": can_see_named_staff(user, case),
        "sees_all": sees_all,
        "handles": handles,
        "obstacles": obstacles,
        "work": _buttons(case, WORK, choices, obstacles),
        "menu_actions": _buttons(case, MENU, choices, obstacles),
        "composer": _composer(case, user, choices),
        "handover": _waiting_handover(case) if sees_all else None,
        "answers_handover": "answer_handover" in choices,
        "timeline": timeline_of(case, user),
        "tasks": _task_lines(case, user, clocks["task_reasons"], sees_all=sees_all),
        "satisfaction": _this_round(case),
        "merged_into": find_other(case.merged_into_id, user),
        "merged_cases": Case.objects.visible_to(user, lookup=True).filter(
            merged_into=case
        ),
        "looks": _looks(case, user),
        "decides_extension": "decide_extension" in choices,
    } | clocks


def find_next(case: Case) -> str:
    """The sensible next step on the way to a closed case; empty while others act."""
    if case.status in (Status.RECEIVED, Status.REOPENED):
        return "accept"
    if case.status == Status.REPLIED:
        return "close" if _this_round(case) else "satisfaction"
    states = [task.status for task in case.tasks.all()]
    if not states and case.kind == Kind.COMPLAINT:
        return "open_task"
    return "reply" if all(state in ENDED_TASK for state in states) else ""


def _buttons(
    case: Case, looks: dict[str, Look], choices: list[str], obstacles: list[str]
) -> list[Button]:
    primary = find_next(case)
    buttons = [
        Button(
            name,
            reverse(f"complaints:{name}", args=[case.number]),
            look,
            is_primary=name == primary,
            is_press=name in PRESSES or (name == "close" and not obstacles),
        )
        for name, look in looks.items()
        if name in choices
    ]
    return sorted(buttons, key=lambda button: not button.is_primary)


def _composer(case: Case, user: User, choices: list[str]) -> dict[str, Any] | None:
    """The part of the page that writes; opens with the note."""
    if "note" not in choices:
        return None
    return {
        "form": NoteForm(case=case, user=user, auto_id="composer_%s"),
        "may_reply": "reply" in choices,
        "may_promise": "promise" in choices,
    }


def _waiting_handover(case: Case) -> Any:
    offers = case.handovers.all()
    return next((offer for offer in offers if offer.answered_at is None), None)


def _this_round(case: Case) -> Any:
    given = case.satisfactions.all()
    return next((s for s in given if s.round == case.reopened_count), None)


def _task_lines(
    case: Case, user: User, reasons: dict[int, str], *, sees_all: bool
) -> list[TaskLine]:
    """All tasks for the centre, a department's own for it; links where they open."""
    visible = RectificationTask.objects.visible_to(user).filter(case=case)
    opens = set(visible.values_list("pk", flat=True))
    paused = {p.task_id for p in case.pauses.all() if p.resumed_at is None}
    for task in case.tasks.all():
        task.is_paused = task.pk in paused
    return [
        TaskLine(
            task,
            task.pk in opens,
            task_choices(task, user),
            reasons.get(task.pk, ""),
        )
        for task in case.tasks.all()
        if sees_all or task.pk in opens
    ]


def _looks(case: Case, user: User) -> Any:
    """Who looked at the case lately; told to supervisors."""
    if not user.has_role(Role.SUPERVISOR):
        return []
    return case.access_logs.select_related("user")[:10]
