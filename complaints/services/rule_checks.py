"""Which rules and steps a hospital may set: the sentences a refusal is told in."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from complaints.models import (
    TASK_CLOCKS,
    Clock,
    DeadlinePolicy,
    EscalationStep,
    Hours,
    Tier,
    Unit,
)
from complaints.services.words import fit_text
from hospital.exceptions import RuleViolation

Action = EscalationStep.Action
BASIS_LENGTH = 200  # characters
# A year: what counts longer is a slip of the finger.
MOST = {Unit.WORKING_DAYS: 250, Unit.WORKING_HOURS: 2000, Unit.HOURS: 8760}
MOST_MINUTES = 500 * 60


def check_policy(policy: DeadlinePolicy) -> None:
    """Refuse a rule that could not be counted; tidy what does not apply."""
    if policy.clock == Clock.PROMISE or policy.clock not in Clock:
        raise RuleViolation(_("No rule sets how long this clock runs."), field="clock")
    if policy.unit not in Unit:
        raise RuleViolation(_("Choose what is counted."), field="unit")
    policy.basis = fit_text(policy.basis, field="basis", limit=BASIS_LENGTH)
    is_task = policy.clock in TASK_CLOCKS
    if policy.unit == Unit.HOURS:
        policy.hours = Hours.ALWAYS
    if policy.hours not in Hours or (policy.hours == Hours.DEPARTMENT and not is_task):
        raise RuleViolation(
            _("Only the clocks of tasks count a department's own hours."),
            field="hours",
        )
    if is_task or policy.amount is None:
        policy.amount_several = None
    _check_amount(policy.amount, policy.unit, "amount")
    _check_amount(policy.amount_several, policy.unit, "amount_several")
    if (policy.amount_several or policy.amount or 0) < (policy.amount or 0):
        raise RuleViolation(
            _("Several departments need at least as long as one."),
            field="amount_several",
        )


def _check_amount(amount: int | None, unit: str, field: str) -> None:
    most = MOST[Unit(unit)]
    if amount is not None and not 1 <= amount <= most:
        raise RuleViolation(
            _("Choose a number from 1 to {most}.").format(most=most), field=field
        )


def check_steps(clock: str, tier: int, steps: Sequence[EscalationStep]) -> None:
    """Refuse steps that would reach nobody, come twice or lead nowhere."""
    seen = set()
    for step in steps:
        _check_moment(step)
        _check_action(step.action, clock, tier)
        key = (step.action, step.percent, step.minutes)
        if key in seen:
            raise RuleViolation(
                _("“{action}” stands twice at the same moment.").format(
                    action=step.get_action_display()
                )
            )
        seen.add(key)


def _check_moment(step: EscalationStep) -> None:
    if step.percent is not None and step.minutes is None:
        if not 1 <= step.percent <= 99:
            raise RuleViolation(_("A step comes at 1 to 99 per cent of the time."))
    elif step.minutes is None or step.percent is not None:
        raise RuleViolation(_("Say when each step comes."))
    elif abs(step.minutes) > MOST_MINUTES:
        raise RuleViolation(
            _(
                "A step comes at most {hours} hours before or after the due time."
            ).format(hours=MOST_MINUTES // 60)
        )


def _check_action(action: str, clock: str, tier: int) -> None:
    major = tier == Tier.MAJOR
    if action not in Action:
        raise RuleViolation(_("Say what happens at each step."))
    if action == Action.TELL_LEADERSHIP and not major:
        raise RuleViolation(_("The leadership reads only cases of tier 3."))
    if action == Action.TELL_LEADER and not (major or clock in TASK_CLOCKS):
        raise RuleViolation(
            _("The supervising leader is told of tasks and of cases of tier 3 only.")
        )
    if action == Action.RAISE_TIER and major:
        raise RuleViolation(_("Tier 3 is the highest: it cannot be raised."))
    if action == Action.RAISE_TIER and clock == Clock.PROMISE:
        raise RuleViolation(_("A promise does not raise the tier of its case."))
