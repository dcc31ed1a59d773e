"""What the rules would make of a case that came in at some moment; nothing is kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import Case, Clock, Unit
from complaints.services.clocks import new_deadline
from complaints.services.policies import SET_BY_RULE
from complaints.services.presets import Rule
from complaints.services.rule_table import hours_counted
from complaints.services.rule_words import say_amount, say_step
from complaints.services.timekeeping import Timekeeper
from hospital.day_notes import DayKind, why_off
from hospital.working_time import WorkingCalendar

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Imagined:
    """A case as the preview describes it."""

    tier: int
    kind: str
    source: str
    received_at: datetime
    several: bool = False


@dataclass(frozen=True)
class ForeseenStep:
    at: datetime
    words: str


@dataclass(frozen=True)
class Foreseen:
    """One clock of the imagined case; without a rule it does not run."""

    clock: str
    rule: Rule | None
    due_at: datetime | None = None
    sum: str = ""
    steps: tuple[ForeseenStep, ...] = ()

    @property
    def label(self) -> str:
        return str(Clock(self.clock).label)


def foresee_case(keeper: Timekeeper, case: Imagined) -> Iterator[Foreseen]:
    """Each clock of the case, and of a task opened at the same moment."""
    for clock in SET_BY_RULE:
        rule = keeper.policies.find_for(
            clock, tier=case.tier, kind=case.kind, source=case.source
        )
        yield foresee_rule(keeper, case, clock, rule)


def foresee_rule(
    keeper: Timekeeper, case: Imagined, clock: str, rule: Rule | None
) -> Foreseen:
    """The same by one rule, which need not be kept yet."""
    if rule is None:
        return Foreseen(clock, None)
    due_at = keeper.due_by(rule, case.received_at, several=case.several)
    like = Case(tier=case.tier, kind=case.kind, source=case.source)
    deadline = new_deadline(
        like, clock, case.received_at, due_at, rule, several=case.several
    )
    hours = hours_counted(rule)
    return Foreseen(
        clock,
        rule,
        due_at,
        _say_sum(keeper, rule, case, due_at),
        tuple(
            ForeseenStep(at, say_step(step, hours))
            for at, step in keeper.steps(deadline, like)
        ),
    )


def _say_sum(keeper: Timekeeper, rule: Rule, case: Imagined, due_at: datetime) -> str:
    """The arithmetic in a few words: what was counted, and which days were not."""
    amount = rule.amount_for(several=case.several) or 0
    said = [say_amount(amount, rule.unit)]
    if rule.unit == Unit.HOURS:
        return said[0]
    calendar = keeper.calendar(rule.hours, None)
    if rule.unit == Unit.WORKING_DAYS:
        said[0] = _("{amount} from the day after receipt").format(amount=said[0])
        calendar = keeper.calendars.office  # whose days are counted
    said += _say_days(case.received_at, due_at, calendar)
    return _("; ").join(said)


def _say_days(
    started_at: datetime, due_at: datetime, calendar: WorkingCalendar
) -> list[str]:
    """Which days in between are not counted, and which weekends are."""
    day, last = timezone.localdate(started_at), timezone.localdate(due_at)
    kinds: Counter[str] = Counter()
    while (day := day + DAY) <= last:
        kinds[why_off(day, calendar).kind] += 1
    off = [
        text.format(count=kinds[kind])
        for kind, text in (
            (
                DayKind.WEEKEND,
                ngettext(
                    "{count} weekend day", "{count} weekend days", kinds["weekend"]
                ),
            ),
            (
                DayKind.HOLIDAY,
                ngettext("{count} holiday", "{count} holidays", kinds["holiday"]),
            ),
            (
                DayKind.OWN_OFF,
                ngettext(
                    "{count} day off of the hospital",
                    "{count} days off of the hospital",
                    kinds["own_off"],
                ),
            ),
        )
        if kinds[kind]
    ]
    said = []
    if off:
        said.append(_("not counted: {days}").format(days=_(", ").join(off)))
    made_up = kinds[DayKind.MAKE_UP] + kinds[DayKind.OWN_WORKING]
    if made_up:
        text = ngettext(
            "with {count} make-up working day",
            "with {count} make-up working days",
            made_up,
        )
        said.append(text.format(count=made_up))
    return said
