"""Choosing a file, saying what its columns mean, and which departments it names."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from followups.models import Import
from followups.services.importing.departments import DepartmentFinder
from followups.services.importing.targets import LABELS, REQUIRED
from followups.services.importing.uploading import LONGEST_NUMBER
from hospital.forms import TypeAheadSelect
from hospital.models import Department


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("List of stays"),
        help_text=_("CSV (UTF-8 or GB18030) or Excel (.xlsx), at most 100 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,text/csv"}),
    )


class ColumnsForm(forms.Form):
    """What each column of the file means; `columns` is meaning → column."""

    number_length = forms.IntegerField(
        label=_("Digits of a patient number"),
        required=False,
        min_value=1,
        max_value=LONGEST_NUMBER,
        help_text=_(
            "Shorter numbers are filled with the zeros that Excel takes away. Left "
            "empty, numbers stay as they are."
        ),
    )
    columns: dict[str, int]

    def __init__(self, *args: Any, upload: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.initial["number_length"] = upload.number_length
        meanings = {column: key for key, column in upload.columns.items()}
        choices = [("", _("not used")), *LABELS.items()]
        for index, heading in enumerate(upload.headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading or _("without a heading"),
                required=False,
                choices=choices,
                initial=meanings.get(index, ""),
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each column with its first cells."""
        return [
            {"field": self[f"column_{index}"], "samples": samples, "number": index + 1}
            for index, samples in enumerate(self.upload.samples)
        ]

    @property
    def used(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["field"].value()]

    @property
    def unused(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if not line["field"].value()]

    def clean(self) -> dict[str, Any]:
        self.columns = {}
        for index in range(len(self.upload.headings)):
            key = self.cleaned_data.get(f"column_{index}")
            if not key:
                continue
            if key in self.columns:
                self.add_error(
                    f"column_{index}",
                    _("Column {number} already means this.").format(
                        number=self.columns[key] + 1
                    ),
                )
            self.columns[key] = index
        missing = [str(LABELS[key]) for key in REQUIRED if key not in self.columns]
        if missing:
            raise ValidationError(
                _("No column is said to be: {column}.").format(
                    column=", ".join(missing)
                )
            )
        return self.cleaned_data


class DepartmentsForm(forms.Form):
    """For each name we do not know, which department it is; some may stay open."""

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        finder = DepartmentFinder()
        for index, name in enumerate(names):
            self.fields[f"name_{index}"] = forms.ModelChoiceField(
                Department.objects.active(),
                label=name,
                required=False,
                initial=finder.suggest(name),
                widget=TypeAheadSelect(),
                empty_label=_("leave open"),
            )

    @property
    def chosen(self) -> dict[str, Department]:
        found = {
            name: self.cleaned_data.get(f"name_{index}")
            for index, name in enumerate(self.names)
        }
        return {name: department for name, department in found.items() if department}

    def clean(self) -> dict[str, Any]:
        if not self.chosen:
            raise ValidationError(_("Choose a department for at least one name."))
        return self.cleaned_data
