"""Which rule and which steps hold for a case: the hospital's own, else the preset's."""

from functools import lru_cache
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from complaints.models import (
    CASE_CLOCKS,
    TASK_CLOCKS,
    Case,
    DeadlinePolicy,
    EscalationStep,
    Tier,
)
from complaints.permissions import can_set_policies
from complaints.services.presets import (
    CHINA,
    PRESET_STEPS,
    PRESETS,
    Preset,
    Rule,
    Step,
)
from complaints.services.rule_checks import check_policy, check_steps
from hospital.exceptions import RuleViolation
from hospital.models import User

SET_BY_RULE = (*CASE_CLOCKS, *TASK_CLOCKS)  # the due time of a promise is named


class Policies:
    """All rules at one moment."""

    def __init__(
        self,
        own_rules: tuple[Rule, ...],
        own_steps: tuple[Step, ...],
        *,
        preset: Preset = CHINA,
    ) -> None:
        self.rules = own_rules + preset.rules
        self._steps: dict[tuple[str, int], list[Step]] = {}
        replaced = {(step.clock, step.tier) for step in own_steps}
        kept = [s for s in PRESET_STEPS if (s.clock, s.tier) not in replaced]
        for step in (*own_steps, *kept):
            self._steps.setdefault((step.clock, step.tier), []).append(step)

    def find(self, clock: str, case: Case) -> Rule | None:
        """The rule for this clock of the case; None when no such clock runs."""
        return self.find_for(clock, tier=case.tier, kind=case.kind, source=case.source)

    def find_for(self, clock: str, *, tier: int, kind: str, source: str) -> Rule | None:
        """The rule that runs the clock; None when the rules leave it out."""
        rule = self.look_up(clock, tier=tier, kind=kind, source=source)
        return rule if rule and rule.amount is not None else None

    def look_up(
        self, clock: str, *, tier: int, kind: str = "", source: str = ""
    ) -> Rule | None:
        """The hospital's rules go first; among equals the one that says most wins.

        Unlike `find_for` it also gives the rule by which a clock does not run.
        """
        fitting = [
            rule
            for rule in self.rules
            if rule.clock == clock
            and rule.tier in (None, tier)
            and rule.kind in ("", kind)
            and rule.source in ("", source)
        ]
        return max(fitting, key=_weight, default=None)

    def steps(self, clock: str, tier: int) -> list[Step]:
        return self._steps.get((clock, tier), [])


def _weight(rule: Rule) -> tuple[bool, bool, bool, bool]:
    return rule.is_own, bool(rule.source), bool(rule.kind), rule.tier is not None


@lru_cache(maxsize=4)
def load_policies(token: UUID) -> Policies:
    """The rules as they stand; the token changes with every write to their tables."""
    rules = tuple(
        Rule(
            clock=row.clock,
            amount=row.amount,
            amount_several=row.amount_several,
            unit=row.unit,
            hours=row.hours,
            tier=row.tier,
            kind=row.kind,
            source=row.source,
            basis=row.basis,
            is_own=True,
        )
        for row in DeadlinePolicy.objects.all()
    )
    steps = tuple(
        Step(row.clock, row.tier, row.action, row.percent, row.minutes, is_own=True)
        for row in EscalationStep.objects.all()
    )
    return Policies(rules, steps)


@transaction.atomic
def adopt_preset(name: str, *, actor: User) -> None:
    """Make the preset's rules the hospital's own, in place of those it had."""
    _require_right(actor)
    DeadlinePolicy.objects.all().delete()
    preset = PRESETS[name]
    if preset is CHINA:  # it holds wherever the hospital says nothing
        return
    shipped = Policies((), (), preset=preset)
    DeadlinePolicy.objects.bulk_create(
        DeadlinePolicy(
            clock=rule.clock,
            amount=rule.amount,
            amount_several=rule.amount_several,
            unit=rule.unit,
            hours=rule.hours,
            tier=tier,
            basis=rule.basis,
        )
        for clock in SET_BY_RULE
        for tier in Tier.values
        if (rule := shipped.look_up(clock, tier=tier))
    )


@transaction.atomic
def save_policy(policy: DeadlinePolicy, *, actor: User) -> None:
    """Keep one rule of the hospital; open deadlines follow within a minute."""
    _require_right(actor)
    check_policy(policy)
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError:
        raise RuleViolation(
            _("There is a rule for this already; change that one.")
        ) from None


@transaction.atomic
def drop_policy(policy: DeadlinePolicy, *, actor: User) -> None:
    """Give up the hospital's rule: the preset's holds again."""
    _require_right(actor)
    policy.delete()


@transaction.atomic
def save_steps(
    clock: str, tier: int, steps: list[EscalationStep], *, actor: User
) -> None:
    """Replace the hospital's steps of a clock and tier; none: the preset's hold."""
    _require_right(actor)
    check_steps(clock, tier, steps)
    EscalationStep.objects.filter(clock=clock, tier=tier).delete()
    EscalationStep.objects.bulk_create(steps)


def _require_right(actor: User) -> None:
    if not can_set_policies(actor):
        raise PermissionDenied
