"""What can be said about a row or a file. Kept as a code, told in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from followups.services.importing.targets import LABELS

ERRORS: dict[str, Promise] = {
    "missing": _("{column}: the cell is empty."),
    "no_dates": _("Neither the day of admission nor the day of discharge is known."),
    "not_a_moment": _("{column}: “{text}” is not a day such as 2026-10-01."),
    "year": _("{column}: the year of “{text}” cannot be right."),
    "cut_number": _(
        "{column}: Excel has cut the number to {text}, the last digits are lost. "
        "Format the column as text and enter the number again."
    ),
    "too_long": _("{column}: longer than {most} characters."),
    "undecodable": _("{column}: signs that are not in the encoding of the file."),
    "formula_error": _("{column}: the formula gives the error {text}."),
    "formula_unknown": _(
        "{column}: a formula without a stored value. Open the workbook in Excel, save "
        "it and choose it again."
    ),
    "discharged_first": _("The discharge is before the admission."),
    "in_future": _("{column}: “{text}” lies in the future."),
    "unknown_department": _("There is no department “{text}”."),
    "unknown_department_near": _(
        "There is no department “{text}”. Is it one of these: {near}?"
    ),
    "too_many_cells": _(
        "The row has more cells than there are headings ({most}): a separator within "
        "a cell, perhaps."
    ),
    "open_quote": _("A quotation mark is opened and never closed."),
    "contradicts": _("Line {line} tells something else about the same visit."),
    "unknown_field": _("There is no field “{text}”."),
    "not_an_object": _("This is not an object with fields."),
    "not_a_value": _("{column}: neither a text nor a number."),
    "refused": _("The database refused the row."),
    "looks_like_formula": _("{column}: “{text}” looks like a formula."),
    "unknown_patient": _("Nobody with this number is known yet: the name is needed."),
    "other_name": _("The patient with this number has another name."),
    "patient_died": _("The patient has died."),
}
WARNINGS: dict[str, Promise] = {
    "zeros_added": _("Leading zeros were added to the patient number: {text}."),
    "unknown_disposition": _("{column}: “{text}” is not known; taken as “Other”."),
    "unknown_word": _("{column}: “{text}” is not known and was left out."),
    "birth_left_out": _("{column}: “{text}” was left out, it is not a birthday."),
    "check_up_left_out": _(
        "{column}: “{text}” was left out, it is not a day in the coming years."
    ),
    "phone_left_out": _("{column}: “{text}” is not a phone number and was left out."),
    "phones_left_out": _("{column}: more than two numbers, the others were left out."),
    "shortened": _("{column}: longer than {most} characters and was shortened."),
    "no_department": _("No department is named."),
    "no_phone": _("No phone is known; the department will have to find it."),
    "other_encoding": _("The row is in UTF-8, unlike the rest of the file."),
    "still_discharged": _(
        "The stay has ended already; an empty cell takes no discharge back."
    ),
}
NOTES: dict[str, Promise] = {
    "subtotal": _("A row of sums, not a stay."),
    "heading_again": _("The headings once more."),
    "twice": _("The same as line {line}."),
    "member_already": _("Is a member since {day}."),
    "same_person": _("The same patient as in line {line}."),
}
FAILURES: dict[str, Promise] = {
    "empty": _("The file is empty."),
    "no_rows": _("Below the headings there is no row."),
    "no_headings": _(
        "No row of headings was found. The first row should name the columns, such as "
        "病案号, 住院次数, 出院日期."
    ),
    "old_workbook": _(
        "This is a workbook of an old Excel (.xls). Open it in Excel, choose “Save as” "
        "and “Excel workbook (*.xlsx)”, and choose that file."
    ),
    "not_a_workbook": _("The workbook cannot be opened: it is damaged or protected."),
    "too_large_inside": _("The workbook holds too much; split the list."),
    "not_text": _("This is not a text file in UTF-8 or GB18030. Save it as CSV UTF-8."),
    "unicode_text": _(
        "This is “Unicode text” (UTF-16). Choose “Save as” and “CSV UTF-8”."
    ),
    "too_many_columns": _("The file has more than {most} columns."),
    "too_many_rows": _("The file has more than {most} rows."),
    "too_large": _("The file is larger than {most} MB."),
    "file_gone": _("The uploaded file is no longer there. Choose it again."),
    "broke_off": _(
        "The work broke off several times. Nothing is half done; try again or ask the "
        "administrator to look into the log."
    ),
}
WORDS = ERRORS | WARNINGS | NOTES | FAILURES


@dataclass(frozen=True)
class Reason:
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.code in ERRORS

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS

    @property
    def words(self) -> str:
        """The sentence, in the reader's language."""
        params = dict(self.params)
        if "column" in params:
            params["column"] = LABELS.get(params["column"], params["column"])
        return str(WORDS[self.code]).format(**params)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params)}


class Problem(Exception):
    """A cell that cannot be used, with the reason."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, params)


class NotReadable(Problem):
    """The file as a whole cannot be used."""


def from_json(kept: Iterable[Mapping[str, Any]]) -> list[Reason]:
    return [Reason(each["code"], each["params"]) for each in kept]
