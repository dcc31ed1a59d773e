"""A case's history in words: what each event says to the person who reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints.merges import name_other
from complaints.models import (
    Case,
    CaseEvent,
    Channel,
    Clock,
    DeclineGround,
    Kind,
    Pause,
    RectificationTask,
    Reply,
    Satisfaction,
    Tier,
    Verb,
)
from hospital.models import User

# How an event says that the clock did it, nobody else.
BY_CLOCK = "clock"
# Verb → icon and tone; what a department did and what the centre did look alike.
LOOKS: dict[str, tuple[str, str]] = {
    Verb.REGISTERED: ("plus", "blue"),
    Verb.ACCEPTED: ("user-check", "blue"),
    Verb.STARTED: ("player-play", "blue"),
    Verb.DECLINED: ("ban", "grey"),
    Verb.HANDOVER_OFFERED: ("arrows-exchange", "teal"),
    Verb.HANDOVER_ACCEPTED: ("user-check", "teal"),
    Verb.HANDOVER_REFUSED: ("user-x", "amber"),
    Verb.HANDOVER_DROPPED: ("arrow-back-up", "grey"),
    Verb.TIER_SET: ("flag", "amber"),
    Verb.CONVERTED: ("switch-horizontal", "grey"),
    Verb.NOTED: ("note", "grey"),
    Verb.TASK_OPENED: ("clipboard-plus", "blue"),
    Verb.TASK_ACKNOWLEDGED: ("user-check", "blue"),
    Verb.TASK_PLANNED: ("list-check", "blue"),
    Verb.TASK_SUBMITTED: ("send", "teal"),
    Verb.TASK_RETURNED: ("arrow-back-up", "amber"),
    Verb.TASK_VERIFIED: ("clipboard-check", "green"),
    Verb.TASK_REFUSED: ("clipboard-x", "red"),
    Verb.TASK_REASSIGNED: ("gavel", "amber"),
    Verb.TASK_CANCELLED: ("ban", "grey"),
    Verb.CONTACT_RELEASED: ("lock-open", "amber"),
    Verb.REPLIED: ("message-circle", "teal"),
    Verb.RATED: ("star", "green"),
    Verb.CLOSED: ("circle-check", "green"),
    Verb.WITHDRAWN: ("arrow-back-up", "grey"),
    Verb.MERGED: ("git-merge", "grey"),
    Verb.REOPENED: ("repeat", "amber"),
    Verb.PAUSED: ("player-pause", "amber"),
    Verb.RESUMED: ("player-play", "blue"),
    Verb.EXTENSION_ASKED: ("hourglass", "amber"),
    Verb.EXTENSION_GRANTED: ("hourglass", "green"),
    Verb.EXTENSION_REFUSED: ("hourglass", "red"),
    Verb.PROMISED: ("calendar-time", "teal"),
    Verb.PROMISE_KEPT: ("circle-check", "green"),
    Verb.PROMISE_DROPPED: ("arrow-back-up", "grey"),
}


@dataclass(frozen=True)
class Line:
    """One event as the timeline shows it."""

    icon: str
    tone: str
    who: str
    what: str
    moment: datetime
    note: str
    mine: bool
    task: RectificationTask | None


def timeline_of(case: Case, reader: User) -> list[Line]:
    """The part of the case's history that concerns the reader, oldest first."""
    events = case.events.for_reader(reader).select_related("actor", "task__department")
    return [describe(event, reader) for event in events.order_by("seq")]


def events_since(case: Case, revision: int, reader: User) -> list[Line]:
    """What happened to the case after the reader read that revision."""
    events = case.events.for_reader(reader).filter(seq__gt=revision)
    events = events.select_related("actor", "task__department")
    return [describe(event, reader) for event in events.order_by("seq")]


def describe(event: CaseEvent, reader: User) -> Line:
    icon, tone = LOOKS[event.verb]
    if event.verb == Verb.RATED and (event.new.get("score") or 5) <= 2:
        tone = "red"
    return Line(
        icon=icon,
        tone=tone,
        who=_who(event),
        what=_what(event, reader),
        moment=event.at,
        note=event.note,
        mine=event.actor_id == reader.pk,
        task=event.task,
    )


def _who(event: CaseEvent) -> str:
    if event.actor is not None:
        return event.actor.name
    if event.new.get("by") == BY_CLOCK:
        return _("The clock")
    return _("The person") if event.verb == Verb.RATED else _("The system")


def _what(event: CaseEvent, reader: User) -> str:
    if event.verb == Verb.MERGED:
        return _say_merged(event, reader)
    say = SENTENCES.get(event.verb)
    if say is not None:
        return say(event)
    return event.get_verb_display()


def _label(choices: type, value: object, otherwise: object = "") -> str:
    """The word for a value the history kept, also when the list lost it since."""
    return str(dict(choices.choices).get(value, otherwise or value))  # type: ignore[attr-defined]  # Choices


def _say_registered(event: CaseEvent) -> str:
    return _("registered the case ({kind}, {channel})").format(
        kind=_label(Kind, event.new.get("kind")),
        channel=_label(Channel, event.new.get("channel")),
    )


def _say_declined(event: CaseEvent) -> str:
    return _("declined the case: {ground}").format(
        ground=_label(DeclineGround, event.new.get("decline_ground"))
    )


def _say_tier(event: CaseEvent) -> str:
    text = _("changed “{old}” to “{new}”")
    if event.new.get("by") == BY_CLOCK:
        text = _("raised “{old}” to “{new}” because time ran out")
    return text.format(
        old=_label(Tier, event.old.get("tier")), new=_label(Tier, event.new.get("tier"))
    )


def _say_paused(event: CaseEvent) -> str:
    if event.new.get("waits_for") == Pause.WaitsFor.PERSON:
        return _("stopped the clock: we wait for the person")
    return _("stopped the clock: we wait for somebody outside")


def _say_asked(event: CaseEvent) -> str:
    return _("asked for more time for “{clock}”, until {moment}").format(
        **_clock_and_moment(event)
    )


def _say_granted(event: CaseEvent) -> str:
    return _("granted more time for “{clock}”, until {moment}").format(
        **_clock_and_moment(event)
    )


def _say_refused_time(event: CaseEvent) -> str:
    return _("refused more time for “{clock}”, until {moment}").format(
        **_clock_and_moment(event)
    )


def _clock_and_moment(event: CaseEvent) -> dict[str, str]:
    return {
        "clock": _label(Clock, event.new.get("clock")),
        "moment": _moment(event.new["due_at"]),
    }


def _moment(kept: str) -> str:
    """A moment as the history keeps it, in local time."""
    moment = timezone.localtime(datetime.fromisoformat(kept))
    return date_format(moment, "Y-m-d H:i")


def _say_promised(event: CaseEvent) -> str:
    return _("promised the person, by {moment} ({owner})").format(
        moment=_moment(event.new["due_at"]), owner=event.new.get("owner", "")
    )


def _say_kept(event: CaseEvent) -> str:
    return _("kept the promise: {words}").format(words=event.old.get("promise", ""))


def _say_taken_back(event: CaseEvent) -> str:
    return _("took the promise back: {words}").format(
        words=event.old.get("promise", "")
    )


def _say_converted(event: CaseEvent) -> str:
    return _("turned “{old}” into “{new}”").format(
        old=_label(Kind, event.old.get("kind")), new=_label(Kind, event.new.get("kind"))
    )


def _say_offered(event: CaseEvent) -> str:
    return _("offered the case to {person}").format(person=event.new.get("to", ""))


def _say_replied(event: CaseEvent) -> str:
    if event.new.get("impossible"):
        return _("could not reply: {reason}").format(
            reason=_label(Reply.Impossible, event.new["impossible"])
        )
    method = _label(Reply.Method, event.new.get("method"))
    if event.new.get("final"):
        return _("replied to the person ({method})").format(method=method)
    return _("gave an interim reply ({method})").format(method=method)


def _say_rated(event: CaseEvent) -> str:
    if event.new.get("not_asked"):
        return _("did not ask for satisfaction: {reason}").format(
            reason=_label(Satisfaction.NotAsked, event.new["not_asked"])
        )
    score = _label(Satisfaction.Score, event.new.get("score"))
    if event.actor_id is None:
        return _("answered: {score}").format(score=score)
    return _("recorded the person's answer: {score}").format(score=score)


def _say_merged(event: CaseEvent, reader: User) -> str:
    """With the number of the other case where the reader may look it up."""
    if "from" in event.new:
        if number := name_other(event, "from", reader):
            return _("merged {number} into this case").format(number=number)
        return _("merged another case into this one")
    if number := name_other(event, "merged_into", reader):
        return _("merged the case into {number}").format(number=number)
    return _("merged the case into another")


SENTENCES: dict[str, Callable[[CaseEvent], str]] = {
    Verb.REGISTERED: _say_registered,
    Verb.DECLINED: _say_declined,
    Verb.TIER_SET: _say_tier,
    Verb.CONVERTED: _say_converted,
    Verb.HANDOVER_OFFERED: _say_offered,
    Verb.REPLIED: _say_replied,
    Verb.RATED: _say_rated,
    Verb.PAUSED: _say_paused,
    Verb.EXTENSION_ASKED: _say_asked,
    Verb.EXTENSION_GRANTED: _say_granted,
    Verb.EXTENSION_REFUSED: _say_refused_time,
    Verb.PROMISED: _say_promised,
    Verb.PROMISE_KEPT: _say_kept,
    Verb.PROMISE_DROPPED: _say_taken_back,
}
