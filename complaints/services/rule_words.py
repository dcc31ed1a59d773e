"""The rules of the clocks in words, for pages and digests."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import DeadlinePolicy, EscalationStep, Hours, Unit
from complaints.services.presets import WORKING_DAY, Rule, Step

HOUR = 60  # minutes


def say_amount(amount: int, unit: str) -> str:
    """5 working days; 168 hours by the clock."""
    if unit == Unit.WORKING_DAYS:
        text = ngettext("{count} working day", "{count} working days", amount)
    elif unit == Unit.WORKING_HOURS:
        text = ngettext("{count} working hour", "{count} working hours", amount)
    else:
        text = ngettext(
            "{count} hour by the clock", "{count} hours by the clock", amount
        )
    return text.format(count=amount)


def say_rule(rule: Rule | DeadlinePolicy | None) -> str:
    """How long, in one line; with several departments if that differs."""
    if rule is None or rule.amount is None:
        return _("does not run")
    text = say_amount(rule.amount, rule.unit)
    if rule.amount_several is None:
        return text
    several = say_amount(rule.amount_several, rule.unit)
    return _("{amount}, with several departments {several}").format(
        amount=text, several=several
    )


def say_basis(rule: Rule | DeadlinePolicy | None) -> str:
    """What the rule rests on; that of a shipped one in the reader's language."""
    return _(rule.basis) if rule is not None and rule.basis else ""


def say_step(step: Step, hours: str = Hours.OFFICE) -> str:
    """When a step is taken and what happens; `hours` are those its clock counts."""
    action = EscalationStep.Action(step.action).label
    return _("{moment}: {action}").format(moment=say_moment(step, hours), action=action)


def say_moment(step: Step, hours: str = Hours.OFFICE) -> str:
    if step.minutes is None:
        return _("at {share} of the time").format(share=f"{step.percent}%")
    if step.minutes == 0:
        return _("when the time is over")
    span = _say_minutes(abs(step.minutes), hours)
    if step.minutes < 0:
        return _("{span} before the due time").format(span=span)
    return _("{span} after the due time").format(span=span)


def _say_minutes(minutes: int, hours: str) -> str:
    if hours != Hours.ALWAYS and minutes % WORKING_DAY == 0:
        return say_amount(minutes // WORKING_DAY, Unit.WORKING_DAYS)
    # One hour and a half is more than one.
    many = 1 if minutes == HOUR else 2
    if hours == Hours.ALWAYS:
        text = ngettext("{count} hour", "{count} hours", many)
    else:
        text = ngettext("{count} working hour", "{count} working hours", many)
    return text.format(count=f"{minutes / HOUR:.2f}".rstrip("0").rstrip("."))
