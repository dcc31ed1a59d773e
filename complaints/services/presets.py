"""The shipped rules: how long each clock runs, with the source each rests on.

Facts: NHC Order No. 3 (2019), article 29, as hospital rules quote it (feedback within
five working days of receipt, ten when several departments are involved); for England SI
2009/309, regulations 13 and 14; for the USA 42 CFR 482.13(a)(2) with its guidance
A-0122. What no law says is marked as this product's proposal and the hospital edits it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from complaints.models import Clock, EscalationStep, Hours, Tier, Unit

WORKING_DAY = 480  # working minutes of the usual office day


@dataclass(frozen=True)
class Rule:
    """How long a clock runs for the cases it fits; empty fields fit any."""

    clock: str
    amount: int | None
    amount_several: int | None = None
    unit: str = Unit.WORKING_DAYS
    hours: str = Hours.OFFICE
    tier: int | None = None
    kind: str = ""
    source: str = ""
    basis: str = ""  # English; translated where it is shown
    is_own: bool = False

    def amount_for(self, *, several: bool) -> int | None:
        if several and self.amount_several is not None:
            return self.amount_several
        return self.amount


@dataclass(frozen=True)
class Step:
    """What happens at a percent of the time, or minutes after (before) the due time."""

    clock: str
    tier: int
    action: str
    percent: int | None = None
    minutes: int | None = None
    is_own: bool = False

    @property
    def key(self) -> str:
        """What marks the step as taken on a deadline."""
        moment = f"{self.percent}%" if self.minutes is None else f"{self.minutes}m"
        return f"{self.action}@{moment}"

    @property
    def is_late(self) -> bool:
        """Whether it comes when the time is over."""
        return self.minutes is not None and self.minutes >= 0


@dataclass(frozen=True)
class Preset:
    """A set of rules a hospital may adopt as a whole."""

    name: str
    label: LazyText
    source: str  # English; translated where it is shown
    rules: tuple[Rule, ...]

    @property
    def source_words(self) -> str:
        return gettext(self.source)


Action = EscalationStep.Action
ORDER_3 = gettext_noop("NHC Order No. 3 (2019), article 29")
OURS = gettext_noop("Proposed by this product")
SI_2009 = gettext_noop("SI 2009/309, regulation 13")
SI_2009_14 = gettext_noop("SI 2009/309, regulation 14: proposed at 30 working days")
CMS = gettext_noop("42 CFR 482.13(a)(2), guidance A-0122")

_task_rules = (
    Rule(Clock.TASK_ACKNOWLEDGE, 1, hours=Hours.DEPARTMENT, basis=OURS),
    Rule(Clock.RECTIFY, 3, hours=Hours.DEPARTMENT, basis=OURS),
    Rule(Clock.RECTIFY, 2, hours=Hours.DEPARTMENT, tier=Tier.MAJOR, basis=OURS),
)

CHINA = Preset(
    "china",
    _("China"),
    ORDER_3,
    (
        Rule(Clock.ACKNOWLEDGE, 2, basis=OURS),
        Rule(Clock.ACKNOWLEDGE, 1, tier=Tier.COMPLEX, basis=OURS),
        Rule(Clock.ACKNOWLEDGE, 1, tier=Tier.MAJOR, basis=OURS),
        Rule(Clock.FEEDBACK, 5, 10, basis=ORDER_3),
        Rule(Clock.FEEDBACK, 3, 5, tier=Tier.MAJOR, basis=OURS),
        *_task_rules,
    ),
)
ENGLAND = Preset(
    "england",
    _("England (NHS)"),
    SI_2009,
    (
        Rule(Clock.ACKNOWLEDGE, 3, basis=SI_2009),
        Rule(Clock.FEEDBACK, 30, basis=SI_2009_14),
        *_task_rules,
    ),
)
USA = Preset(
    "usa",
    _("USA (CMS)"),
    CMS,
    (
        Rule(Clock.ACKNOWLEDGE, 1, basis=OURS),
        Rule(Clock.FEEDBACK, 168, unit=Unit.HOURS, hours=Hours.ALWAYS, basis=CMS),
        *_task_rules,
    ),
)
PRESETS = {preset.name: preset for preset in (CHINA, ENGLAND, USA)}


def _steps(clock: str, *steps: tuple[str, int | None, int | None]) -> Iterator[Step]:
    for tier in Tier.values:
        for action, percent, minutes in steps:
            yield Step(clock, tier, action, percent, minutes)


# (action, percent of the time, minutes from the due time)
PRESET_STEPS = (
    *_steps(
        Clock.ACKNOWLEDGE,
        (Action.TELL_OWNER, 50, None),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_SUPERVISOR, None, 0),
    ),
    *_steps(
        Clock.FIRST_CONTACT,
        (Action.TELL_OWNER, 50, None),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_SUPERVISOR, None, 0),
    ),
    *_steps(
        Clock.FEEDBACK,
        (Action.TELL_OWNER, 60, None),
        (Action.TELL_OWNER, 80, None),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_SUPERVISOR, None, 0),
    ),
    # A day after the other, so that nobody's case stays minor for being late.
    Step(Clock.FEEDBACK, Tier.MINOR, Action.RAISE_TIER, minutes=WORKING_DAY),
    Step(Clock.FEEDBACK, Tier.COMPLEX, Action.RAISE_TIER, minutes=2 * WORKING_DAY),
    Step(Clock.FEEDBACK, Tier.MAJOR, Action.TELL_SUPERVISOR, percent=60),
    Step(Clock.FEEDBACK, Tier.MAJOR, Action.TELL_LEADERSHIP, minutes=0),
    *_steps(
        Clock.RESOLVE,
        (Action.TELL_OWNER, 80, None),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_SUPERVISOR, None, 0),
    ),
    *_steps(
        Clock.TASK_ACKNOWLEDGE,
        (Action.TELL_OWNER, 50, None),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_HEAD, None, 0),
        (Action.TELL_SUPERVISOR, None, WORKING_DAY // 2),
    ),
    *_steps(
        Clock.RECTIFY,
        (Action.TELL_OWNER, 60, None),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_HEAD, None, 0),
        (Action.TELL_SUPERVISOR, None, 0),
        (Action.TELL_LEADER, None, WORKING_DAY),
    ),
    *_steps(
        Clock.PROMISE,
        (Action.TELL_OWNER, None, -60),
        (Action.TELL_OWNER, None, 0),
        (Action.TELL_SUPERVISOR, None, WORKING_DAY // 2),
    ),
)
