"""The measures of cohorts: rounds that came due in a month, apart from the stays."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.follow_ups.definitions import (
    CALLS,
    MEASURES,
    Counted,
    FollowUpMeasure,
)
from dashboards.measures.definitions import Card
from followups.models import State
from followups.services.cohorts.overview import COUNTED

_SOURCE = _("Members of the cohorts, their rounds and calls")
_PERIOD = _(
    "The month in which the round opened; of the running month what has opened so far. "
    "The figure of a month rises until the windows of its rounds have closed."
)
_DUE = _("Rounds that opened in the month, of all members.")
_NOT_COUNTED = _(
    "Rounds that must not be made: the person has died, left the cohort, or does not "
    "want to be called. They are counted apart."
)
_APART = _("Those that must not be made; every round is in one group only.")
_CARD = Card(numerator=_DUE, exclusions=_NOT_COUNTED, period=_PERIOD, source=_SOURCE)

ROUNDS = FollowUpMeasure(
    key="rounds",
    name=_("Rounds due"),
    icon="repeat",
    base=tuple(state.value for state in COUNTED),
    counted=Counted.ROUNDS,
    card=_CARD,
)

ROUNDS_REACHED = FollowUpMeasure(
    key="rounds-reached",
    name=pgettext_lazy("measure", "Rounds reached"),
    icon="user-check",
    base=ROUNDS.base,
    hits=(State.DONE.value,),
    hit_label=pgettext_lazy("measure", "Reached"),
    rest_label=_("Not reached"),
    counted=Counted.ROUNDS,
    higher_is_better=True,
    card=replace(
        _CARD,
        denominator=_DUE,
        numerator=_("Those in which the member or a relative was reached."),
    ),
)

ROUNDS_UNREACHABLE = FollowUpMeasure(
    key="rounds-not-reached",
    name=_("Tried in vain"),
    icon="phone",
    base=(State.UNREACHABLE.value,),
    counted=Counted.ROUNDS,
    card=replace(
        _CARD,
        numerator=_("Rounds in which somebody called, and nobody was reached."),
        exclusions=_APART,
    ),
)

ROUNDS_DECLINED = FollowUpMeasure(
    key="rounds-declined",
    name=pgettext_lazy("measure", "Declined"),
    icon="hand-stop",
    base=(State.DECLINED.value,),
    counted=Counted.ROUNDS,
    card=replace(
        _CARD,
        numerator=_("Rounds in which the member or a relative declined."),
        exclusions=_APART,
    ),
)

ROUNDS_MISSED = FollowUpMeasure(
    key="rounds-missed",
    name=pgettext_lazy("measure", "Missed"),
    icon="clock-exclamation",
    base=(State.MISSED.value,),
    counted=Counted.ROUNDS,
    card=replace(
        _CARD,
        numerator=_("Rounds that nobody tried before their window closed."),
        exclusions=_APART,
    ),
)

ROUNDS_OPEN = FollowUpMeasure(
    key="rounds-open",
    name=_("Still to be called"),
    icon="hourglass",
    base=(State.OPEN.value,),
    counted=Counted.ROUNDS,
    card=replace(
        _CARD,
        numerator=_("Rounds whose window is open and that have no outcome yet."),
        exclusions=_APART,
    ),
)

ROUNDS_STOPPED = FollowUpMeasure(
    key="rounds-stopped",
    name=_("Must not be called"),
    icon="ban",
    base=(State.STOPPED.value,),
    counted=Counted.ROUNDS,
    card=replace(
        _CARD,
        numerator=_(
            "Rounds that were planned and stopped: the person has died, left the "
            "cohort, was called often enough lately, or does not want to be called."
        ),
        exclusions=_("They are in no other figure of the cohorts."),
    ),
)

COHORT_CALLS = FollowUpMeasure(
    key="cohort-calls",
    name=_("Calls for cohorts"),
    icon="phone",
    base=CALLS.base,
    counted=Counted.COHORT_CALLS,
    card=Card(
        numerator=_("Calls that ended in the month and were for a round of a cohort."),
        exclusions=_(
            "Calls after discharge only. A call for a round and for a stay counts here "
            "and as a follow-up of the stay."
        ),
        period=_("The month of the call."),
        source=_("Calls of the callback room"),
    ),
)

OF_ROUNDS = (
    ROUNDS,
    ROUNDS_REACHED,
    ROUNDS_UNREACHABLE,
    ROUNDS_DECLINED,
    ROUNDS_MISSED,
    ROUNDS_OPEN,
    ROUNDS_STOPPED,
)
ALL_MEASURES = MEASURES | {each.key: each for each in (*OF_ROUNDS, COHORT_CALLS)}
