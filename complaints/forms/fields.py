"""Fields that read what people type."""

from typing import Any

from django import forms

from hospital.text import clean_text


class CleanCharField(forms.CharField):
    """Text without control characters, which nobody sees and no list can show."""

    def to_python(self, value: Any) -> str:
        return super().to_python(clean_text(str(value or ""))) or ""
