"""The rules as they hold now, laid out for the page that sets them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from complaints.models import AppliedRules, Clock, DeadlinePolicy, Hours, Tier, Unit
from complaints.services.policies import SET_BY_RULE, Policies
from complaints.services.presets import PRESETS, Preset, Rule, Step
from complaints.services.rule_words import say_basis, say_rule, say_step


@dataclass(frozen=True)
class Cell:
    """How long one clock runs for one tier, and what happens on the way."""

    clock: Clock
    tier: Tier
    rule: Rule | None
    steps: tuple[str, ...]
    has_own_steps: bool

    @property
    def runs(self) -> bool:
        return self.rule is not None and self.rule.amount is not None

    @property
    def words(self) -> str:
        return say_rule(self.rule)

    @property
    def hours(self) -> str:
        return str(Hours(self.rule.hours).label) if self.rule else ""

    @property
    def basis(self) -> str:
        return say_basis(self.rule)


@dataclass(frozen=True)
class Change:
    """What adopting a preset would do to one clock and tier."""

    clock: Clock
    tier: Tier
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One clock, a cell for each tier."""

    clock: Clock
    cells: list[Cell]


def lay_out(policies: Policies) -> list[Line]:
    """Every clock; the promise has steps only: its due time is named."""
    return [
        Line(clock, [_cell(policies, clock, tier) for tier in Tier]) for clock in Clock
    ]


def _cell(policies: Policies, clock: Clock, tier: Tier) -> Cell:
    rule = policies.look_up(clock, tier=tier)
    steps = policies.steps(clock, tier)
    return Cell(
        clock,
        tier,
        rule,
        tuple(say_step(step, hours_counted(rule)) for step in in_order(steps)),
        any(step.is_own for step in steps),
    )


def in_order(steps: list[Step]) -> list[Step]:
    """As they come on a clock: percents, then before, at and after the due time."""
    return sorted(
        steps, key=lambda s: (s.minutes is not None, s.minutes or s.percent or 0)
    )


def hours_counted(rule: Rule | None) -> str:
    """The hours that a clock of this rule counts its steps in."""
    if rule is None:
        return Hours.OFFICE
    return Hours.ALWAYS if rule.unit == Unit.HOURS else rule.hours


def changes_by(preset: Preset, policies: Policies) -> Iterator[Change]:
    """What would change if the preset were adopted."""
    shipped = Policies((), (), preset=preset)
    for clock in SET_BY_RULE:
        for tier in Tier:
            old = policies.look_up(clock, tier=tier)
            new = shipped.look_up(clock, tier=tier)
            if _meaning(old) != _meaning(new):
                yield Change(Clock(clock), tier, say_rule(old), say_rule(new))


@dataclass(frozen=True)
class SpecialRule:
    """A rule of the hospital that no cell of the table shows."""

    policy: DeadlinePolicy

    @property
    def label(self) -> str:
        """Which cases it is for."""
        policy = self.policy
        said = [policy.get_clock_display()]
        said += [policy.get_kind_display()] if policy.kind else []
        said += [policy.get_source_display()] if policy.source else []
        return " · ".join([*map(str, said), self._tier])

    @property
    def words(self) -> str:
        return say_rule(self.policy)

    @property
    def basis(self) -> str:
        return say_basis(self.policy)

    @property
    def _tier(self) -> str:
        tier = self.policy.tier
        return _("Every tier") if tier is None else str(Tier(tier).label)


def special_rules() -> list[SpecialRule]:
    """The rules for some kinds and sources, or for every tier at once."""
    rows = DeadlinePolicy.objects.all()
    special = [row for row in rows if row.kind or row.source or row.tier is None]
    return [SpecialRule(row) for row in special]


def adopted_preset(policies: Policies) -> Preset | None:
    """The preset that holds unchanged; None where the hospital has its own rules."""
    if any(rule.kind or rule.source for rule in policies.rules if rule.is_own):
        return None
    for preset in PRESETS.values():
        if not any(changes_by(preset, policies)):
            return preset
    return None


def read_progress() -> AppliedRules | None:
    """How far the open cases follow the rules; None before the first time."""
    return AppliedRules.objects.filter(pk=1).first()


def _meaning(rule: Rule | None) -> tuple[object, ...] | None:
    """What a reader would notice of a rule."""
    if rule is None or rule.amount is None:
        return None
    return rule.amount, rule.amount_several, rule.unit, rule.hours
