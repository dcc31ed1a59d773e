"""What the builder of scripts reads: names, sections, questions and their answers."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms.fields import CleanCharField
from followups.script_content import (
    MOST_LETTERS,
    MOST_OPTIONS,
    NO,
    RED,
    YES,
    QuestionKind,
    Raw,
    read_number,
)
from followups.services.scripts.keys import make_key

KINDS = {
    QuestionKind.YES_NO: _("Yes or no"),
    QuestionKind.CHOICE: pgettext_lazy("kind of question", "Choice"),
    QuestionKind.NUMBER: pgettext_lazy("kind of question", "Number"),
    QuestionKind.TEXT: pgettext_lazy("kind of question", "Text"),
    QuestionKind.INFORMATION: _("To be said"),
}
CHOICES = (QuestionKind.YES_NO, QuestionKind.CHOICE)
YES_NO_WORDS = {YES: {"zh": "是", "en": "Yes"}, NO: {"zh": "否", "en": "No"}}
LIMITS = ("least", "most", "red_from", "red_below")
# Of each earlier question with a choice its name, and its answers: (value, words).
BranchChoices = Iterable[tuple[str, list[tuple[str, str]]]]


def _words(label: Any, *, rows: int = 0, most: int = MOST_LETTERS) -> CleanCharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return CleanCharField(label=label, required=False, max_length=most, widget=widget)


def _both(data: dict[str, Any], name: str) -> Raw | None:
    """The words in both languages; None when there are none at all."""
    both = {code: data.get(f"{name}_{code}", "") for code in ("zh", "en")}
    return both if any(both.values()) else None


class NamesForm(forms.Form):
    """What people call a script."""

    name_zh = CleanCharField(label=_("Chinese name"), max_length=80)
    name_en = CleanCharField(label=_("English name"), max_length=120)


class NewScriptForm(NamesForm):
    code = forms.CharField(
        label=_("code"),
        required=False,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                _("Small letters, digits and hyphens."),
            )
        ],
        help_text=_("Made from the English name if it is left empty."),
    )


class SectionForm(forms.Form):
    title_zh = _words(_("Chinese title"), most=80)
    title_en = _words(_("English title"), most=120)

    @staticmethod
    def initial_of(raw: Raw | None) -> Raw:
        title = (raw or {}).get("title") or {}
        return {f"title_{code}": title.get(code, "") for code in ("zh", "en")}

    def clean(self) -> dict[str, Any]:
        if not self.errors and _both(self.cleaned_data, "title") is None:
            self.add_error("title_zh", _("Enter a title, in one language at least."))
        return self.cleaned_data

    @property
    def title(self) -> Raw:
        return _both(self.cleaned_data, "title") or {}


class OptionForm(forms.Form):
    """One answer to choose; a row without anything is no answer."""

    index: int
    value = forms.RegexField(
        r"^[a-z0-9][a-z0-9_]{0,39}$", required=False, widget=forms.HiddenInput
    )
    text_zh = _words(_("In Chinese"))
    text_en = _words(_("In English"))
    score = forms.IntegerField(
        label=pgettext_lazy("of an answer", "Score"),
        required=False,
        min_value=-99,
        max_value=99,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    is_red = forms.BooleanField(label=_("Red flag"), required=False)
    teaching_zh = _words(_("Teaching text in Chinese"), rows=2)
    teaching_en = _words(_("Teaching text in English"), rows=2)

    @staticmethod
    def initial_of(raw: Raw) -> Raw:
        initial = {"value": raw["value"], "score": raw.get("score")}
        initial["is_red"] = raw.get("flag") == RED
        for name in ("text", "teaching"):
            words = raw.get(name) or {}
            initial |= {f"{name}_{code}": words.get(code, "") for code in ("zh", "en")}
        return initial

    @property
    def is_blank(self) -> bool:
        values = {name: self[name].value() for name in self.fields if name != "value"}
        return all(each in (None, "", False) for each in values.values())

    @property
    def has_teaching(self) -> bool:
        return any(self[name].value() for name in ("teaching_zh", "teaching_en"))

    def as_raw(self, value: str) -> Raw:
        data = self.cleaned_data
        raw: Raw = {"value": value, "text": _both(data, "text")}
        if raw["text"] is None:
            raw["text"] = dict(YES_NO_WORDS.get(value, {}))
        if data["score"] is not None:
            raw["score"] = data["score"]
        if data["is_red"]:
            raw["flag"] = RED
        teaching = _both(data, "teaching")
        return raw | ({"teaching": teaching} if teaching else {})


class QuestionForm(forms.Form):
    """One question with its answers, limits and branch, whatever its kind.

    What the chosen kind does not have is not read.
    """

    kind = forms.ChoiceField(
        label=_("Kind"), choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    text_zh = _words(_("Wording in Chinese"), rows=2)
    text_en = _words(_("Wording in English"), rows=2)
    short_zh = _words(_("Short name in Chinese"), most=80)
    short_en = _words(_("Short name in English"), most=120)
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)
    unit_zh = _words(_("Unit in Chinese"), most=20)
    unit_en = _words(_("Unit in English"), most=20)
    least = _words(pgettext_lazy("of a number", "Least"), most=12)
    most = _words(pgettext_lazy("of a number", "Most"), most=12)
    red_from = _words(_("Red flag from"), most=12)
    red_below = _words(_("Red flag below"), most=12)
    teaching_zh = _words(_("Teaching text in Chinese"), rows=2)
    teaching_en = _words(_("Teaching text in English"), rows=2)
    show_if = forms.MultipleChoiceField(
        label=_("Ask only after these answers"),
        required=False,
        widget=forms.SelectMultiple(attrs={"data-combobox": ""}),
        help_text=_(
            "Of one question any of the answers; of several questions one of each."
        ),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        raw: Raw | None,
        branches: BranchChoices,
        names: dict[str, str],
    ) -> None:
        """`raw` is the question as it is now; `names` what the questions are called."""
        super().__init__(data, initial=self._initial_of(raw or {}))
        options = (raw or {}).get("options", [])
        self.rows = list(self._read_rows(data, options))
        field = self.fields["show_if"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # declared so
        field.choices = list(self._offer(branches, names))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and _both(data, "text") is None:
            self.add_error("text_zh", _("Enter the words, in one language at least."))
        kind = data.get("kind")
        if kind == QuestionKind.NUMBER:
            self._clean_limits()
        if kind in CHOICES:
            rows = [self._is_answer(row, kind) for row in self._used_rows(kind)]
            if not all(rows):
                raise ValidationError(_("Please correct the marked answers."))
            if len(rows) < 2:
                raise ValidationError(_("Give at least two answers to choose from."))
        return data

    def as_raw(self) -> Raw:
        """The question as the content holds it, without its key."""
        data = self.cleaned_data
        kind = data["kind"]
        raw: Raw = {"kind": kind, "text": _both(data, "text")}
        names = ["short", "teaching"] + ["unit"] * (kind == QuestionKind.NUMBER)
        for name in names:
            words = _both(data, name)
            if words:
                raw[name] = words
        if data["is_required"] and kind != QuestionKind.INFORMATION:
            raw["required"] = True
        if kind in CHOICES:
            raw["options"] = list(self._options(kind))
        if kind == QuestionKind.NUMBER:
            numbers = {name: data[name] for name in LIMITS}
            raw |= {k: _plain(v) for k, v in numbers.items() if v is not None}
        branch: dict[str, list[str]] = {}
        for chosen in data["show_if"]:
            key, __, value = chosen.partition(":")
            branch.setdefault(key, []).append(value)
        return raw | ({"show_if": branch} if branch else {})

    @staticmethod
    def _initial_of(raw: Raw) -> Raw:
        initial: Raw = {"kind": raw.get("kind", QuestionKind.YES_NO)}
        initial["is_required"] = raw.get("required", not raw)
        for name in ("text", "short", "unit", "teaching"):
            words = raw.get(name) or {}
            initial |= {f"{name}_{code}": words.get(code, "") for code in ("zh", "en")}
        initial |= {name: raw.get(name) for name in LIMITS}
        branch = raw.get("show_if") or {}
        initial["show_if"] = [f"{key}:{v}" for key in branch for v in branch[key]]
        return initial

    @staticmethod
    def _read_rows(data: QueryDict | None, options: list[Raw]) -> Iterator[OptionForm]:
        """The answers in the order of the page, then blank rows to add some."""
        order = [str(number) for number in range(MOST_OPTIONS)]
        if data is not None:
            sent = dict.fromkeys(data.getlist("option"))
            order = [each for each in sent if each in order]
        for number in map(int, order):
            raw = options[number] if number < len(options) else None
            initial = OptionForm.initial_of(raw) if raw else {}
            row = OptionForm(data, prefix=f"option-{number}", initial=initial)
            row.index = number
            yield row

    @staticmethod
    def _is_answer(row: OptionForm, kind: str) -> bool:
        is_named = kind == QuestionKind.YES_NO  # "yes" and "no" are words enough
        if row.is_valid() and not is_named and _both(row.cleaned_data, "text") is None:
            row.add_error("text_zh", _("Enter the words, in one language at least."))
        return row.is_valid()

    def _used_rows(self, kind: str) -> list[OptionForm]:
        if kind == QuestionKind.YES_NO:
            return self.rows[:2]
        return [row for row in self.rows if not row.is_blank]

    def _options(self, kind: str) -> Iterator[Raw]:
        rows = self._used_rows(kind)
        values = [row.cleaned_data["value"] for row in rows]
        if kind == QuestionKind.YES_NO:
            if sorted(values) != sorted((YES, NO)):
                values = [YES, NO]
            for row, value in zip(rows, values, strict=True):
                yield row.as_raw(value)
            return
        taken: set[str] = set(filter(None, values))
        for row, value in zip(rows, values, strict=True):
            raw = row.as_raw(value)
            if not value:
                raw["value"] = make_key(raw["text"], taken)
                taken.add(raw["value"])
            yield raw

    def _clean_limits(self) -> None:
        data = self.cleaned_data
        for name in LIMITS:
            typed = data.get(name)
            data[name] = read_number(typed) if typed else None
            if typed and data[name] is None:
                self.add_error(name, _("Enter a number."))
        least, most = data.get("least"), data.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("The least is above the most."))

    def _offer(
        self, branches: BranchChoices, names: dict[str, str]
    ) -> Iterator[tuple[str, str]]:
        known: set[str] = set()
        for name, answers in branches:
            known.update(value for value, __ in answers)
            yield from ((value, f"{name}: {words}") for value, words in answers)
        lost = [each for each in self.initial["show_if"] if each not in known]
        for each in lost:
            key, __, value = each.partition(":")
            words = _("%(question)s: %(answer)s (not asked before this)")
            said = {"question": names.get(key, key), "answer": value}
            yield each, str(words) % said


def _plain(number: Decimal) -> int | float:
    """As JSON holds it."""
    return json.loads(f"{number:f}")
