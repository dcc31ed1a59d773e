"""What is typed about time limits; whether a rule may stand the services decide."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.forms.fields import CleanCharField
from complaints.models import (
    TASK_CLOCKS,
    Clock,
    DeadlinePolicy,
    EscalationStep,
    Hours,
    Kind,
    Source,
    Tier,
    Unit,
)
from complaints.services.foresight import Imagined
from complaints.services.policies import SET_BY_RULE
from complaints.services.presets import Rule, Step
from complaints.services.rule_checks import BASIS_LENGTH
from complaints.services.rule_words import say_basis
from hospital import clock

MOST_YEARS = timedelta(days=2 * 366)
MOST_STEPS = 12
SPARE_ROWS = 2
MINUTES_AN_HOUR = 60


class RuleForm(forms.Form):
    """How long one clock runs, or that it does not."""

    runs = forms.BooleanField(
        label=gettext_lazy("This clock runs"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-shows": "#rule-amounts"}),
    )
    amount = forms.IntegerField(label=gettext_lazy("How long"), min_value=1)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=Unit.choices)
    amount_several = forms.IntegerField(
        label=gettext_lazy("With several departments"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Empty: as with one."),
    )
    hours = forms.ChoiceField(label=gettext_lazy("Whose hours"), choices=Hours.choices)
    basis = CleanCharField(
        label=gettext_lazy("Basis"),
        required=False,
        max_length=BASIS_LENGTH,
        help_text=gettext_lazy("The rule or decision it rests on."),
    )

    def __init__(self, *args: Any, which: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and not self.data.get("runs"):
            self.fields["amount"].required = False
        if which in TASK_CLOCKS:
            del self.fields["amount_several"]
        elif which:
            choices = [c for c in Hours.choices if c[0] != Hours.DEPARTMENT]
            self.fields["hours"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("runs"):
            return data | {"amount": None, "amount_several": None}
        return data

    @staticmethod
    def initial_of(rule: Rule | DeadlinePolicy | None) -> dict[str, Any]:
        """The rule that holds; the basis of a shipped one is not that of its change."""
        if rule is None:
            return {"runs": False, "unit": Unit.WORKING_DAYS, "hours": Hours.OFFICE}
        return {
            "runs": rule.amount is not None,
            "amount": rule.amount,
            "amount_several": rule.amount_several,
            "unit": rule.unit,
            "hours": rule.hours,
            "basis": say_basis(rule) if getattr(rule, "is_own", True) else "",
        }


class SpecialRuleForm(RuleForm):
    """A rule for some kind or source only."""

    clock = forms.ChoiceField(
        label=gettext_lazy("Clock"),
        choices=[(each, Clock(each).label) for each in SET_BY_RULE],
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("Tier"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("Every tier")), *Tier.choices],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *Kind.choices],
    )
    source = forms.ChoiceField(
        label=pgettext_lazy("who speaks", "Source"),
        required=False,
        choices=[("", gettext_lazy("All sources")), *Source.choices],
    )
    field_order = ("clock", "tier", "kind", "source")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("kind") or data.get("source")):
            self.add_error(
                "kind", _("Choose a kind or a source; the table has the rest.")
            )
        return data

    @staticmethod
    def initial_of(rule: Rule | DeadlinePolicy | None) -> dict[str, Any]:
        initial = RuleForm.initial_of(rule)
        if rule is None:
            return initial | {"runs": True}
        names = ("clock", "tier", "kind", "source")
        return initial | {name: getattr(rule, name) for name in names}


class PreviewForm(forms.Form):
    """The case that the preview imagines."""

    tier = forms.TypedChoiceField(
        label=gettext_lazy("Tier"), coerce=int, choices=Tier.choices
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    source = forms.ChoiceField(
        label=pgettext_lazy("who speaks", "Source"), choices=Source.choices
    )
    received_at = forms.DateTimeField(
        label=gettext_lazy("Received at"),
        required=False,
        help_text=gettext_lazy("Empty: now."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    several = forms.BooleanField(
        label=gettext_lazy("About several departments"), required=False
    )

    USUAL = {"tier": Tier.COMPLEX, "kind": Kind.COMPLAINT, "source": Source.PATIENT}

    def clean_received_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["received_at"]
        if moment is not None and abs(moment - clock.now()) > MOST_YEARS:
            raise ValidationError(_("Choose a time within two years from now."))
        return moment

    @property
    def imagined(self) -> Imagined:
        data = self.cleaned_data
        return Imagined(
            tier=data["tier"],
            kind=data["kind"],
            source=data["source"],
            received_at=data["received_at"] or clock.now(),
            several=data["several"],
        )


class When(TextChoices):
    """On which side of the due time a step lies."""

    PERCENT = "percent", gettext_lazy("at … per cent")
    BEFORE = "before", gettext_lazy("… working hours before")
    DUE = "due", gettext_lazy("when the time is over")
    AFTER = "after", gettext_lazy("… working hours after")


class StepsForm(forms.Form):
    """The steps of a clock and tier, a row each; a row without an action is none."""

    def __init__(
        self, *args: Any, which: str, tier: int, steps: list[Step], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.which, self.tier = which, tier
        self.length = min(len(steps) + SPARE_ROWS, MOST_STEPS)
        if self.is_bound:
            self.length = MOST_STEPS
        for number in range(self.length):
            self._add_row(number, steps[number] if number < len(steps) else None)

    def _add_row(self, number: int, step: Step | None) -> None:
        row = _("Step {number}").format(number=number + 1)
        actions = [("", _("no step")), *EscalationStep.Action.choices]
        when, count = _split(step)
        self.fields[f"when_{number}"] = forms.ChoiceField(
            label=_("{row}: when").format(row=row),
            choices=When.choices,
            initial=when,
            required=False,
        )
        self.fields[f"count_{number}"] = forms.DecimalField(
            label=_("{row}: how many").format(row=row),
            initial=count,
            required=False,
            min_value=0,
            max_value=500,
            decimal_places=1,
            widget=forms.NumberInput(attrs={"step": "0.5"}),
        )
        self.fields[f"action_{number}"] = forms.ChoiceField(
            label=_("{row}: what happens").format(row=row),
            choices=actions,
            initial=step.action if step else "",
            required=False,
        )

    @property
    def rows(self) -> list[tuple[forms.BoundField, ...]]:
        """The rows to show: after a refusal those that were sent."""
        names = ("when", "count", "action")
        return [
            tuple(self[f"{name}_{number}"] for name in names)
            for number in range(self.length)
            if not self.is_bound or f"action_{number}" in self.data
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.errors:
            return data
        steps = list(self._read(data))
        if not steps and not self.errors:
            self.add_error(
                None, _("Keep at least one step, or go back to the shipped ones.")
            )
        return {"steps": steps}

    def _read(self, data: dict[str, Any]) -> Iterator[EscalationStep]:
        for number in range(self.length):
            action, when = data[f"action_{number}"], data[f"when_{number}"]
            count = data[f"count_{number}"]
            if not action:
                continue
            if count is None and when != When.DUE:
                self.add_error(f"count_{number}", _("Say how many."))
                continue
            step = EscalationStep(clock=self.which, tier=self.tier, action=action)
            if when == When.PERCENT:
                step.percent = int(count)
            else:
                sign = {When.BEFORE: -1, When.AFTER: 1}.get(when, 0)
                step.minutes = sign * round((count or 0) * MINUTES_AN_HOUR)
            yield step


def _split(step: Step | None) -> tuple[str, object]:
    """A step as its row shows it: on which side, and how many."""
    if step is None:
        return When.AFTER, None
    if step.minutes is None:
        return When.PERCENT, step.percent
    if step.minutes == 0:
        return When.DUE, None
    when = When.BEFORE if step.minutes < 0 else When.AFTER
    return when, f"{abs(step.minutes) / MINUTES_AN_HOUR:g}"
