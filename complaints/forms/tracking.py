"""What a person without an account enters to follow their case."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import CleanCharField

_GROUPS = re.compile(r"[A-Z0-9]{4}")


def read_code(typed: str) -> str:
    """The code as it is kept, however it was typed: small, full-width, undashed."""
    letters = re.sub(
        r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", typed[:100]).upper()
    )
    return "-".join(_GROUPS.findall(letters)) if len(letters) == 12 else ""


class TrackForm(forms.Form):
    code = CleanCharField(
        label=_("Tracking code"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "XXXX-XXXX-XXXX",
            }
        ),
        error_messages={"required": _("Enter the code from your slip.")},
    )

    def clean_code(self) -> str:
        typed: Any = self.cleaned_data["code"]
        return read_code(typed)
