"""What forms of every app are made of, and the forms of the working calendar."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hospital.calendar_csv import (
    LONGEST_NAME,
    MOST_BYTES,
    NotACalendar,
    Row,
    check_name,
    read_file,
    read_text,
)
from hospital.calendars import AROUND_THE_CLOCK, Week
from hospital.hours import read_slots, write_slots
from hospital.models import Weekday
from hospital.services import OwnDay
from hospital.text import clean_text


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


class DayForm(forms.Form):
    """Whether a day follows the statutory calendar or the hospital's own word."""

    class Word(TextChoices):
        STATUTORY = "statutory", _("As in the statutory calendar")
        WORKS = "works", _("Works")
        OFF = "off", _("Off")

    word = forms.ChoiceField(
        label=_("This day"), choices=Word.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=pgettext_lazy("of a day", "Name"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("Such as “Anniversary of the hospital”."),
    )

    def clean_name(self) -> str:
        try:
            return check_name(clean_text(self.cleaned_data["name"]))
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


class DaysFileForm(forms.Form):
    """The file of the hospital's own days, read into rows with a verdict each."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: day, works, name. In UTF-8 or GB18030, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    rows: list[Row]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB."))
        try:
            self.rows = read_file(file.read())
        except NotACalendar as wrong:
            raise ValidationError(str(wrong)) from None
        return file


class DaysForm(forms.Form):
    """The previewed days, sent back to be saved: all of them or none."""

    text = forms.CharField(widget=forms.HiddenInput, max_length=MOST_BYTES)
    days: list[OwnDay]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            rows = read_text(text)
        except NotACalendar as wrong:
            raise ValidationError(str(wrong)) from None
        self.days = [row.own for row in rows if row.own is not None]
        if len(self.days) < len(rows):
            raise ValidationError(_("Nothing was saved: correct the marked rows."))
        return text


class HoursForm(forms.Form):
    """The hours of a week, a line a weekday; of a department also whose they are."""

    class Kind(TextChoices):
        OFFICE = "office", _("The office hours of the hospital")
        OWN = "own", _("Own hours")
        ALWAYS = "always", _("Around the clock, also on holidays")

    kind = forms.ChoiceField(
        label=_("Working hours"), choices=Kind.choices, widget=forms.RadioSelect
    )
    alike = forms.BooleanField(label=_("Tuesday to Friday as Monday"), required=False)

    def __init__(
        self,
        *args: Any,
        week: Week | None,
        usual: Week,
        is_office: bool = False,
        **kwargs: Any,
    ) -> None:
        """`week` is what is kept now, None for the office hours; `usual` those."""
        super().__init__(*args, **kwargs)
        if is_office:
            del self.fields["kind"]
        else:
            self.initial["kind"] = self._kind_of(week)
        shown = usual if week is None or week == AROUND_THE_CLOCK else week
        for weekday, label in Weekday.choices:
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=label,
                required=False,
                max_length=120,
                initial=write_slots(shown[weekday]),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self[f"day_{weekday}"] for weekday in Weekday.values]

    @property
    def week(self) -> Week:
        """The week as typed; empty for the office hours of the hospital."""
        kind = self.cleaned_data.get("kind", self.Kind.OWN)
        if kind == self.Kind.ALWAYS:
            return AROUND_THE_CLOCK
        if kind == self.Kind.OFFICE:
            return ((),) * 7
        return tuple(self.cleaned_data[f"day_{weekday}"] for weekday in Weekday.values)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("kind", self.Kind.OWN) != self.Kind.OWN:
            return data
        for weekday in Weekday.values:
            name = f"day_{weekday}"
            source = "day_0" if data.get("alike") and 1 <= weekday <= 4 else name
            try:
                data[name] = read_slots(self._typed(source))
            except ValidationError as wrong:
                if source == name:
                    self.add_error(name, wrong)
        if not self.errors and not any(self.week):
            self.add_error(
                None, _("A week without any working hours: no due time would come.")
            )
        return data

    def _typed(self, name: str) -> str:
        return clean_text(self.data.get(self.add_prefix(name), ""))[:120]

    def _kind_of(self, week: Week | None) -> str:
        if week is None:
            return self.Kind.OFFICE
        return self.Kind.ALWAYS if week == AROUND_THE_CLOCK else self.Kind.OWN
