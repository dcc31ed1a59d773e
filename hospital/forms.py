"""What forms of every app are made of."""

from typing import Any

from django import forms


class TypeAheadSelect(forms.Select):
    """A select searched in the browser by words and by pinyin initials.

    The initials come from the records of a ModelChoiceField (`initials`).
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-combobox": ""} | (attrs or {}))

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        record = getattr(option["value"], "instance", None)
        if record is not None:
            option["attrs"]["data-keys"] = record.initials
        return option
