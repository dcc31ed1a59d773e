from django import forms
from django.utils.translation import gettext_lazy as _

MOST_LETTERS = 5_000


class CloseAlertForm(forms.Form):
    done = forms.CharField(
        label=_("What was done for the patient"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RaiseAlertForm(forms.Form):
    note = forms.CharField(
        label=_("What is the matter"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
