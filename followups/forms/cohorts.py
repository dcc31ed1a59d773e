"""What is typed about cohorts and their members."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import CleanCharField
from complaints.forms.intake import PhoneField
from followups.models import Cohort
from followups.services.cohorts.lists import Line
from hospital import clock
from hospital.models import Department


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class CohortForm(forms.Form):
    name_zh = CleanCharField(label=_("Chinese name"), max_length=80)
    name_en = CleanCharField(label=_("English name"), max_length=120)
    department = forms.ModelChoiceField(
        Department.objects.active(),
        label=_("Department"),
        required=False,
        widget=forms.Select(
            attrs={
                "data-combobox": reverse_lazy("hospital:department_options"),
                "data-placeholder": _("Name, code or first letters"),
            }
        ),
        help_text=_("It sees the members and answers their clinical alerts."),
    )
    is_active = forms.BooleanField(
        label=_("Its members are called"), required=False, initial=True
    )

    def __init__(self, *args: Any, cohort: Cohort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cohort is not None:
            for name in self.fields:
                self.initial[name] = getattr(cohort, name)


class MemberForm(forms.Form):
    """One person by hand; name and phone only where nobody knows them yet."""

    number = CleanCharField(label=_("Patient number"), max_length=40)
    joined_on = forms.DateField(
        label=_("Joined on"), initial=clock.today, widget=DayInput()
    )
    name = CleanCharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("Only if nobody with this number is known yet."),
    )
    phone = PhoneField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )

    def read_line(self) -> Line:
        return Line(**self.cleaned_data)


class LeaveForm(forms.Form):
    left_on = forms.DateField(
        label=_("Last day"), initial=clock.today, widget=DayInput()
    )
    why = CleanCharField(
        label=_("Why they leave"),
        max_length=200,
        error_messages={"required": _("Say why they leave.")},
    )


class MemberListForm(forms.Form):
    file = forms.FileField(
        label=_("List of members"),
        help_text=_(
            "CSV (UTF-8 or GB18030) or Excel (.xlsx), at most 5,000 rows. Columns: "
            "patient number, and if known name, phone and day of joining."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,text/csv"}),
    )
