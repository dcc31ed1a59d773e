"""The measures of follow-ups, each with the card that explains it.

docs/measures.md says the same in words; keep the three together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.follow_ups.fates import (
    DONE_FATES,
    EFFECTIVE,
    EXCLUDED_FATES,
    FATES,
    REFUSED,
    TRIED_FATES,
    UNTRIED_FATES,
)
from dashboards.measures.definitions import Card, Part
from dashboards.measures.figures import Count
from followups.models import REACHED, Outcome


class Counted(Enum):
    """What is counted, by which word, the date that puts it in a month, its people."""

    STAYS = ("fate", "discharged_at", (), False)
    CALLS = ("outcome", "ended_at", ("agent",), False)
    ROUNDS = ("state", "opens_at", ("member__cohort",), True)
    COHORT_CALLS = ("outcome", "ended_at", ("agent",), True)

    def __init__(
        self, word: str, date: str, people: tuple[str, ...], of_cohorts: bool
    ) -> None:
        self.word = word
        self.date = date
        self.people = people
        self.of_cohorts = of_cohorts

    @property
    def is_calls(self) -> bool:
        return self.word == "outcome"


@dataclass(frozen=True)
class FollowUpMeasure:
    """A count of records by their word, or the share of `hits` in `base`."""

    key: str
    name: str | Promise
    icon: str
    base: Collection[str]
    card: Card
    hits: Collection[str] | None = None
    hit_label: Promise | None = None
    rest_label: Promise | None = None
    counted: Counted = Counted.STAYS
    higher_is_better: bool | None = None
    is_monthly: bool = True
    grows: bool = True
    tells_answers: bool = False

    @property
    def is_rate(self) -> bool:
        return self.hits is not None

    def only(self, reason: str) -> FollowUpMeasure:
        """The same of one word alone."""
        return replace(self, name=FATES[reason], base=(reason,))

    def condition(self, part: Part) -> Q:
        words = set(self.base)
        if self.hits is not None and part is Part.NUMERATOR:
            words &= set(self.hits)
        elif self.hits is not None and part is Part.REST:
            words -= set(self.hits)
        return Q(**{f"{self.counted.word}__in": words})

    def count(self, counts: Mapping[str, int]) -> Count:
        base = sum(counts.get(word, 0) for word in self.base)
        hits = sum(counts.get(word, 0) for word in self.hits or ())
        return Count(base, hits)


ALL = tuple(FATES)
ELIGIBLE = tuple(fate for fate in FATES if fate not in EXCLUDED_FATES)
ATTEMPTED = (*DONE_FATES, REFUSED, *TRIED_FATES)

_PERIOD = _(
    "The month of discharge. The figure of a month rises until the windows of its "
    "contacts have closed."
)
_CANCELLED = _("Stays whose admission was cancelled, and stays not ended yet.")
_EXCLUDED = _(
    "Stays whose contacts must not be made: the patient has died, was transferred to "
    "another hospital, was readmitted, or does not want to be called. A stay that was "
    "contacted all the same stays in."
)
_SOURCE = _("Stays of the discharge feed, their contacts and calls")

DISCHARGED = FollowUpMeasure(
    key="discharged",
    name=pgettext_lazy("measure", "Discharged"),
    icon="building-hospital",
    base=ALL,
    card=Card(
        numerator=_("Every stay that ended in the month, each once."),
        exclusions=_CANCELLED,
        period=_("The month of discharge."),
        source=_("Stays of the discharge feed"),
    ),
)

RATIO = FollowUpMeasure(
    key="ratio",
    name=_("Follow-up ratio"),
    icon="target",
    base=ALL,
    hits=DONE_FATES,
    hit_label=_("Followed up"),
    rest_label=_("Not followed up"),
    higher_is_better=True,
    card=Card(
        denominator=_(
            "All stays that ended in the month (official indicator 21 of 2023)."
        ),
        numerator=_(
            "Those with at least one follow-up after discharge: the patient or a "
            "relative was reached, or visited. Several follow-ups of a stay count once."
        ),
        exclusions=_(
            "Cancelled admissions. Nobody else: patients who died or were transferred "
            "stay in the denominator. Visits during the stay do not count."
        ),
        period=_PERIOD,
        source=_SOURCE,
    ),
)

ELIGIBLE_RATIO = FollowUpMeasure(
    key="eligible-ratio",
    name=_("Ratio of those who may be called"),
    icon="shield-check",
    base=ELIGIBLE,
    hits=DONE_FATES,
    hit_label=_("Followed up"),
    rest_label=_("Not followed up"),
    higher_is_better=True,
    card=Card(
        denominator=_("Stays that ended in the month and may be followed up."),
        numerator=_("Those with at least one follow-up after discharge."),
        exclusions=_EXCLUDED,
        period=_PERIOD,
        source=_SOURCE,
    ),
)

ATTEMPTED_RATE = FollowUpMeasure(
    key="attempted",
    name=pgettext_lazy("measure", "Attempted"),
    icon="phone",
    base=ELIGIBLE,
    hits=ATTEMPTED,
    hit_label=pgettext_lazy("measure", "Attempted"),
    rest_label=_("Not attempted"),
    higher_is_better=True,
    card=Card(
        denominator=_("Stays that ended in the month and may be followed up."),
        numerator=_(
            "Those for which somebody called or visited at least once, whatever came "
            "of it."
        ),
        exclusions=_EXCLUDED,
        period=_PERIOD,
        source=_SOURCE,
    ),
)

REACHED_RATE = FollowUpMeasure(
    key="reached",
    name=pgettext_lazy("measure", "Reached"),
    icon="user-check",
    base=ATTEMPTED,
    hits=DONE_FATES,
    hit_label=pgettext_lazy("measure", "Reached"),
    rest_label=pgettext_lazy("measure", "Not reached or refused"),
    higher_is_better=True,
    card=Card(
        denominator=_("Stays for which somebody called or visited at least once."),
        numerator=_(
            "Those in which the patient or a relative was reached and a follow-up done."
        ),
        exclusions=_("Stays that nobody has tried, and those that must not be called."),
        period=_PERIOD,
        source=_SOURCE,
    ),
)

EFFECTIVE_RATE = FollowUpMeasure(
    key="effective",
    name=pgettext_lazy("measure", "Effective"),
    icon="clipboard-check",
    base=DONE_FATES,
    hits=(EFFECTIVE,),
    hit_label=pgettext_lazy("measure", "Effective"),
    rest_label=_("Reached, but no answers"),
    higher_is_better=True,
    card=Card(
        denominator=_("Stays with at least one follow-up after discharge."),
        numerator=_(
            "Those with a follow-up in which the questions of the script were "
            "answered. A visit, or a contact without a script, is effective when done."
        ),
        exclusions=_("Stays in which nobody was reached."),
        period=_PERIOD,
        source=_SOURCE,
    ),
)

_STATE = _("The latest state of the stay's contacts; every stay is in one group only.")

NOT_REACHED = FollowUpMeasure(
    key="not-reached",
    name=_("Tried, nobody reached"),
    icon="phone",
    base=TRIED_FATES,
    card=Card(
        numerator=_(
            "Stays for which somebody called in vain, by the outcome of the last call. "
            "Some are still being tried."
        ),
        exclusions=_("Stays that refused, and those that must not be called."),
        period=_PERIOD,
        source=_STATE,
    ),
)

REFUSED_COUNT = FollowUpMeasure(
    key="refused",
    name=_("Refused on the telephone"),
    icon="hand-stop",
    base=(REFUSED,),
    card=Card(
        numerator=_("Stays whose patient or relative declined when called."),
        exclusions=_(
            "Those who had said before that they do not want to be called; they must "
            "not be called."
        ),
        period=_PERIOD,
        source=_STATE,
    ),
)

EXCLUDED = FollowUpMeasure(
    key="excluded",
    name=_("Must not be called"),
    icon="ban",
    base=EXCLUDED_FATES,
    card=Card(
        numerator=_("Stays all of whose contacts were stopped, by the reason."),
        exclusions=_(
            "Stays that were contacted, tried, or missed before the reason arose."
        ),
        period=_PERIOD,
        source=_STATE,
    ),
)

UNTRIED = FollowUpMeasure(
    key="untried",
    name=_("Not tried"),
    icon="hourglass",
    base=UNTRIED_FATES,
    card=Card(
        numerator=_(
            "Stays that nobody called or visited: still to be called, forgotten until "
            "the window closed, or without a planned contact."
        ),
        exclusions=_("Those that must not be called."),
        period=_PERIOD,
        source=_STATE,
    ),
)

_ALL_CALLS = _("Calls that ended in the month, whenever the stay ended.")
_CALLS_CARD = Card(
    denominator=_ALL_CALLS,
    numerator=_("Those in which the patient or a relative was reached."),
    exclusions=_(
        "Visits at the bedside. A call for several contacts of a person counts once. "
        "Calls for cohorts are in, and are counted apart as well."
    ),
    period=_("The month of the call."),
    source=_("Calls of the callback room"),
)

CALLS = FollowUpMeasure(
    key="calls",
    name=pgettext_lazy("measure", "Calls"),
    icon="phone",
    base=tuple(Outcome.values),
    counted=Counted.CALLS,
    card=replace(_CALLS_CARD, denominator=None, numerator=_ALL_CALLS),
)

CALLS_REACHED = FollowUpMeasure(
    key="calls-reached",
    name=_("Somebody reached"),
    icon="phone",
    base=tuple(Outcome.values),
    hits=tuple(outcome.value for outcome in REACHED),
    hit_label=pgettext_lazy("measure", "Reached"),
    rest_label=_("Not reached"),
    counted=Counted.CALLS,
    card=_CALLS_CARD,
    higher_is_better=True,
)

MONTHLY = (
    DISCHARGED,
    RATIO,
    ELIGIBLE_RATIO,
    ATTEMPTED_RATE,
    REACHED_RATE,
    EFFECTIVE_RATE,
)
GROUPS = (NOT_REACHED, REFUSED_COUNT, EXCLUDED, UNTRIED)
OF_CALLS = (CALLS, CALLS_REACHED)
MEASURES = {each.key: each for each in (*MONTHLY, *GROUPS, *OF_CALLS)}
