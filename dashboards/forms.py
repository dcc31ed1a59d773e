"""What can be chosen on the pages of figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Kind
from dashboards.measures import Month

MONTHS_OFFERED = 12


class MonthForm(forms.Form):
    month = forms.CharField(
        label=gettext_lazy("Month"), required=False, widget=forms.Select
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [Month.current().earlier(back) for back in range(MONTHS_OFFERED)]
        chosen = Month.parse(self.data.get("month", ""))
        if chosen and chosen not in months:
            months.append(chosen)
        choices = [(str(month), month.label) for month in months]
        self.fields["month"].widget = forms.Select(choices=choices)

    def clean_month(self) -> Month:
        text = self.cleaned_data["month"]
        if not text:
            return Month.current()
        month = Month.parse(text)
        if month is None:
            raise forms.ValidationError(
                _("There are no figures of “{month}”; this month is shown.").format(
                    month=text
                )
            )
        return month

    @property
    def chosen_month(self) -> Month:
        """This month where the input is wrong."""
        self.is_valid()
        return self.cleaned_data.get("month") or Month.current()


class FiguresForm(MonthForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *Kind.choices],
    )

    @property
    def chosen(self) -> tuple[Month, str]:
        """The month and the kind; this month and all kinds where the input is wrong."""
        return self.chosen_month, self.cleaned_data.get("kind", "")
