"""The measures: their conditions in code, and beside it the card that explains them.

docs/measures.md says the same in words; keep the three together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import ENDED, Deadline, Satisfaction, Status, Verb
from dashboards.measures.periods import Month
from dashboards.measures.scope import Source

HANDLED = (Status.REPLIED, Status.CLOSED, Status.DECLINED)
SET_ASIDE = (Status.WITHDRAWN, Status.MERGED)


class Part(StrEnum):
    """Which of the rows behind a rate."""

    DENOMINATOR = "denominator"
    NUMERATOR = "numerator"
    REST = "rest"


@dataclass(frozen=True)
class Card:
    """What a measure counts, in words. A count has no denominator."""

    numerator: Promise
    exclusions: Promise
    period: Promise
    source: Promise
    denominator: Promise | None = None


@dataclass(frozen=True)
class Measure:
    """A count of rows, or with `hit` the share of them that meet it."""

    key: str
    name: Promise
    icon: str
    source: Source
    counted: Callable[[datetime], Q]
    card: Card
    hit: Q | None = None
    hit_label: Promise | None = None
    rest_label: Promise | None = None
    is_monthly: bool = True
    higher_is_better: bool | None = None
    # Whether the figure of the running month is bound to rise until its end.
    grows: bool = True

    @property
    def is_rate(self) -> bool:
        return self.hit is not None

    @property
    def tells_answers(self) -> bool:
        """Whether its parts tell what single persons answered."""
        return self.source is Source.ANSWERS

    def condition(
        self, now: datetime, month: Month | None, part: Part = Part.DENOMINATOR
    ) -> Q:
        """The rows counted: of the month, or of all time; all, the hits or the rest."""
        condition = self.counted(now)
        if self.is_monthly and month is not None:
            date = self.source.date
            condition &= Q(**{f"{date}__gte": month.start, f"{date}__lt": month.end})
        if self.hit is not None and part is Part.NUMERATOR:
            condition &= self.hit
        if self.hit is not None and part is Part.REST:
            condition &= ~self.hit
        return condition


def _is_due_feedback(now: datetime) -> Q:
    """Feedback clocks that were met, ran out, or were stopped after running out.

    A clock stopped in time (the case was withdrawn or merged) promised nothing any
    more; one replaced by a clock with the same start is counted through that one.
    """
    replaced = Deadline.objects.filter(
        case=OuterRef("case"),
        clock=OuterRef("clock"),
        started_at=OuterRef("started_at"),
        pk__gt=OuterRef("pk"),
    )
    return (
        Q(met_at__isnull=False)
        | Q(superseded_at=None, due_at__lt=now)
        | (Q(superseded_at__gt=F("due_at")) & Q(~Exists(replaced)))
    )


def _is_due_promise(now: datetime) -> Q:
    """Promises that were kept, ran out, or ended in another way after running out.

    One taken back in time, or whose case ended before, was broken to nobody.
    """
    ran_out = Q(ended_at=None, due_at__lt=now)
    return Q(is_kept=True) | ran_out | Q(is_kept=False, ended_at__gt=F("due_at"))


RECEIVED = Measure(
    key="received",
    name=pgettext_lazy("measure", "Received"),
    icon="inbox",
    source=Source.CASES,
    counted=lambda now: Q(received_at__isnull=False),
    card=Card(
        numerator=_("Every case received, of all kinds and through all channels."),
        exclusions=_(
            "None. Withdrawn and merged cases were voices too and stay in; they are "
            "also shown apart."
        ),
        period=_(
            "The month of receipt, which may be earlier than the day of entry. A case "
            "entered late is added to the month it was received in."
        ),
        source=_("Register of cases, time of receipt"),
    ),
)

HANDLED_RATE = Measure(
    key="handled",
    name=_("Handling rate"),
    icon="clipboard-check",
    source=Source.CASES,
    counted=lambda now: ~Q(status__in=SET_ASIDE),
    hit=Q(status__in=HANDLED),
    hit_label=_("Handled"),
    rest_label=_("Not yet handled"),
    higher_is_better=True,
    card=Card(
        numerator=_(
            "Of these, the cases with a final reply to the person (or with the reason "
            "why nobody could be told), and the declined cases whose person was told "
            "the ground."
        ),
        denominator=_("Cases received in the month."),
        exclusions=_(
            "Withdrawn and merged cases. A reopened case, or one that went back to "
            "work after its reply, is not handled until it is replied to again."
        ),
        period=_(
            "The month of receipt, however long the handling takes; the rate of a "
            "month still rises while its cases are worked on."
        ),
        source=_("Register of cases, present state"),
    ),
)

ON_TIME = Measure(
    key="on-time",
    name=_("On-time rate"),
    icon="clock",
    source=Source.DEADLINES,
    counted=_is_due_feedback,
    hit=Q(met_at__lte=F("due_at")),
    hit_label=_("On time"),
    rest_label=_("Late or not given"),
    higher_is_better=True,
    grows=False,
    card=Card(
        numerator=_("Of these, the times feedback was given by the due time."),
        denominator=_(
            "Times feedback to the person fell due in the month and is either given "
            "or over time, cases still open included."
        ),
        exclusions=_(
            "Feedback that is not due yet and not given. Cases withdrawn or merged "
            "before the due time; after it they count as late. A due time replaced by "
            "a new one counts once, by the new one. A reopened case promises feedback "
            "once more and counts once more."
        ),
        period=_("The month in which feedback was due."),
        source=_("Feedback clocks of the cases"),
    ),
)

SATISFACTION = Measure(
    key="satisfaction",
    name=_("Satisfaction rate"),
    icon="mood-smile",
    source=Source.ANSWERS,
    counted=lambda now: Q(score__isnull=False),
    hit=Q(score__gte=Satisfaction.SATISFIED_FROM),
    hit_label=_("Satisfied"),
    rest_label=_("Not satisfied"),
    higher_is_better=True,
    grows=False,
    card=Card(
        numerator=_("Of these, the answers “satisfied” and “very satisfied”."),
        denominator=_("Answers given in the month by the persons who spoke."),
        exclusions=_(
            "Cases in which the person was not asked or did not answer; they are shown "
            "apart with the reason. “Neither satisfied nor dissatisfied” is an answer "
            "and stays in the denominator."
        ),
        period=_("The month of the answer."),
        source=_("Satisfaction answers; one for each round of a case"),
    ),
)

PROMISES_KEPT = Measure(
    key="promises-kept",
    name=_("Promises kept"),
    icon="calendar-time",
    source=Source.PROMISES,
    counted=_is_due_promise,
    hit=Q(is_kept=True, ended_at__lte=F("due_at")),
    hit_label=_("Kept in time"),
    rest_label=_("Late or broken"),
    higher_is_better=True,
    grows=False,
    card=Card(
        numerator=_("Of these, the promises kept by the promised time."),
        denominator=_(
            "Promises to the persons who spoke that fell due in the month and are kept "
            "or over time."
        ),
        exclusions=_(
            "Promises that are not due and not kept yet; those taken back before their "
            "time, and those of cases that ended before it."
        ),
        period=_("The month of the promised time."),
        source=_("Promises noted in the cases"),
    ),
)

OPEN = Measure(
    key="open",
    name=_("Open now"),
    icon="progress",
    source=Source.CASES,
    counted=lambda now: ~Q(status__in=ENDED),
    is_monthly=False,
    higher_is_better=False,
    card=Card(
        numerator=_(
            "Cases that are not closed, declined, withdrawn or merged at this moment."
        ),
        exclusions=_("None; cases of all months are counted."),
        period=_("This moment, whichever month is shown."),
        source=_("Register of cases, present state"),
    ),
)

OVERDUE = Measure(
    key="overdue",
    name=_("Overdue now"),
    icon="alert-triangle",
    source=Source.CASES,
    counted=lambda now: ~Q(status__in=ENDED) & Q(due_at__lt=now),
    is_monthly=False,
    higher_is_better=False,
    card=Card(
        numerator=_(
            "Open cases whose next clock has run out: not accepted in time, or no "
            "feedback to the person in time."
        ),
        exclusions=_("Tasks of departments; their clocks are on the task pages."),
        period=_("This moment, whichever month is shown."),
        source=_("Register of cases and their clocks"),
    ),
)

REOPENED = Measure(
    key="reopened",
    name=_("Reopened"),
    icon="repeat",
    source=Source.EVENTS,
    counted=lambda now: Q(verb=Verb.REOPENED),
    higher_is_better=False,
    card=Card(
        numerator=_("Times an ended case was taken up again."),
        exclusions=_("None. A case reopened twice counts twice."),
        period=_("The month of the reopening."),
        source=_("Timelines of the cases"),
    ),
)

CONVERTED = Measure(
    key="converted",
    name=_("Converted"),
    icon="arrows-exchange",
    source=Source.EVENTS,
    counted=lambda now: Q(verb=Verb.CONVERTED),
    card=Card(
        numerator=_(
            "Times a case became one of another kind, for example a complaint that "
            "talking solved and that became an enquiry."
        ),
        exclusions=_("None. A case converted twice counts twice."),
        period=_("The month of the conversion."),
        source=_("Timelines of the cases"),
    ),
)

EXTENDED = Measure(
    key="extended",
    name=_("More time granted"),
    icon="hourglass",
    source=Source.EVENTS,
    counted=lambda now: Q(verb=Verb.EXTENSION_GRANTED),
    higher_is_better=False,
    card=Card(
        numerator=_("Times a supervisor granted more time on a clock of a case."),
        exclusions=_("Requests that were refused or wait for an answer."),
        period=_("The month of the decision."),
        source=_("Timelines of the cases"),
    ),
)

NOT_ASKED = Measure(
    key="not-asked",
    name=_("Not asked"),
    icon="mood-empty",
    source=Source.ANSWERS,
    counted=lambda now: Q(score__isnull=True),
    card=Card(
        numerator=_("Cases in which satisfaction was not asked or not answered."),
        exclusions=_("Cases in which the person answered later after all."),
        period=_("The month in which the reason was recorded."),
        source=_("Satisfaction answers; one for each round of a case"),
    ),
)

SET_APART = Measure(
    key="set-apart",
    name=_("Withdrawn or merged"),
    icon="git-merge",
    source=Source.CASES,
    counted=lambda now: Q(status__in=SET_ASIDE),
    card=Card(
        numerator=_("Cases received in the month that were withdrawn or merged."),
        exclusions=_("None."),
        period=_("The month of receipt."),
        source=_("Register of cases, present state"),
    ),
)

MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        RECEIVED,
        HANDLED_RATE,
        ON_TIME,
        SATISFACTION,
        PROMISES_KEPT,
        OPEN,
        OVERDUE,
        REOPENED,
        CONVERTED,
        EXTENDED,
        NOT_ASKED,
        SET_APART,
    )
}
