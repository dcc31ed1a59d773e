"""What a version of a script holds: sections, questions, options, branches.

The content is plain JSON in the database; `read_content` is the one place that judges
it. Texts are bilingual: {"zh": …, "en": …}. A question is shown when every condition
of its `show_if` ({key of an earlier question: [values]}) holds.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hospital.exceptions import RuleViolation

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
VALUE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,4})?")
MOST_QUESTIONS = 80
MOST_OPTIONS = 12
MOST_LETTERS = 500
RED = "red"
YES, NO = "yes", "no"


class QuestionKind(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    INFORMATION = "information"  # is said, not asked


@dataclass(frozen=True)
class Text:
    """Words in both languages; as a string those of the reader."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "").startswith("zh") else self.en

    def as_json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Option:
    value: str
    text: Text
    score: int | None = None
    is_red: bool = False
    teaching: Text | None = None


@dataclass(frozen=True)
class Limits:
    """What a number may be, and from where on it is a red flag."""

    least: Decimal | None = None
    most: Decimal | None = None
    red_from: Decimal | None = None
    red_below: Decimal | None = None

    def is_red(self, value: Decimal) -> bool:
        return (self.red_from is not None and value >= self.red_from) or (
            self.red_below is not None and value < self.red_below
        )


@dataclass(frozen=True)
class Question:
    """`short` names the fact in an alert: "Chest pain"."""

    key: str
    kind: QuestionKind
    text: Text
    short: Text | None = None
    unit: Text | None = None
    teaching: Text | None = None
    is_required: bool = False
    options: tuple[Option, ...] = ()
    limits: Limits = Limits()
    show_if: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def option(self, value: str) -> Option | None:
        return next((each for each in self.options if each.value == value), None)

    def is_like(self, other: "Question") -> bool:
        """Whether one answer serves both."""
        mine = [option.value for option in self.options]
        return self.kind == other.kind and mine == [o.value for o in other.options]


@dataclass(frozen=True)
class Section:
    key: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Content:
    sections: tuple[Section, ...]

    @property
    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions


class ContentError(RuleViolation):
    """The content cannot be used; `errors` says where and why, all at once."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(" ".join(errors), field="content")
        self.errors = errors


def read_number(typed: str) -> Decimal | None:
    """A number as people type it, full-width digits and all; None if it is none."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    plain = plain.replace(",", ".").replace("。", ".")
    if not NUMBER.fullmatch(plain):
        return None
    return Decimal(plain)


def read_content(content: Any) -> Content:
    """The content as objects; raises ContentError with every fault found."""
    reader = _Reader()
    sections = tuple(
        reader.section(raw, at) for raw, at in reader.items(content, "sections", "")
    )
    if not sections and not reader.errors:
        reader.errors.append(_("A script needs at least one section."))
    if sum(len(section.questions) for section in sections) > MOST_QUESTIONS:
        reader.refuse("", _("at most {most} questions").format(most=MOST_QUESTIONS))
    if reader.errors:
        raise ContentError(reader.errors)
    return Content(sections)


class _Reader:
    """Reads the JSON piece by piece and gathers what is wrong with it."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.seen: dict[str, Question] = {}
        self.sections: set[str] = set()

    def refuse(self, at: str, why: str) -> None:
        self.errors.append(f"{at or _('Script')}: {why}.")

    def items(self, raw: Any, name: str, at: str) -> Iterator[tuple[dict, str]]:
        """The objects of a list, each with the words that say where it stands."""
        found = raw.get(name) if isinstance(raw, dict) else None
        if not isinstance(found, list):
            self.refuse(at, _("“{name}” must be a list").format(name=name))
            return
        for number, each in enumerate(found, 1):
            key = each.get("key") or each.get("value") if isinstance(each, dict) else ""
            place = f"{at} › {key or number}" if at else str(key or number)
            if isinstance(each, dict):
                yield each, place
            else:
                self.refuse(place, _("must be an object"))

    def section(self, raw: dict, at: str) -> Section:
        key = self.key(raw, at, KEY)
        if key in self.sections:
            self.refuse(at, _("the key is used twice"))
        self.sections.add(key)
        title = self.text(raw, "title", at)
        questions = [
            self.question(each, place)
            for each, place in self.items(raw, "questions", at)
        ]
        if not questions:
            self.refuse(at, _("a section needs a question"))
        return Section(key, title, tuple(questions))

    def question(self, raw: dict, at: str) -> Question:
        question = Question(
            key=self.key(raw, at, KEY),
            kind=self.kind(raw, at),
            text=self.text(raw, "text", at),
            short=self.optional_text(raw, "short", at),
            unit=self.optional_text(raw, "unit", at),
            teaching=self.optional_text(raw, "teaching", at),
            is_required=self.flag(raw, "required", at),
            options=tuple(self.options(raw, at)),
            limits=self.limits(raw, at),
            show_if=self.show_if(raw, at),
        )
        if question.key in self.seen:
            self.refuse(at, _("the key is used twice"))
        self.seen[question.key] = question
        return question

    def kind(self, raw: dict, at: str) -> QuestionKind:
        try:
            return QuestionKind(raw.get("kind", ""))
        except ValueError:
            self.refuse(at, _("the kind of question is not known"))
            return QuestionKind.INFORMATION

    def options(self, raw: dict, at: str) -> Iterator[Option]:
        kind = raw.get("kind")
        if kind not in (QuestionKind.YES_NO, QuestionKind.CHOICE):
            if raw.get("options") and kind in list(QuestionKind):
                self.refuse(at, _("only questions with a choice have options"))
            return
        found = [self.option(each, p) for each, p in self.items(raw, "options", at)]
        values = [option.value for option in found]
        if kind == QuestionKind.YES_NO and sorted(values) != [NO, YES]:
            self.refuse(at, _("a yes-or-no question has the options yes and no"))
        if not 2 <= len(found) <= MOST_OPTIONS:
            words = _("between two and {most} options").format(most=MOST_OPTIONS)
            self.refuse(at, words)
        if len(set(values)) != len(values):
            self.refuse(at, _("two options have the same value"))
        yield from found

    def option(self, raw: dict, at: str) -> Option:
        score = raw.get("score")
        if score is not None and (isinstance(score, bool) or type(score) is not int):
            self.refuse(at, _("the score must be a whole number"))
            score = None
        if raw.get("flag", "") not in ("", RED):
            self.refuse(at, _("the flag must be “red” or empty"))
        return Option(
            value=self.key(raw, at, VALUE, name="value"),
            text=self.text(raw, "text", at),
            score=score,
            is_red=raw.get("flag") == RED,
            teaching=self.optional_text(raw, "teaching", at),
        )

    def limits(self, raw: dict, at: str) -> Limits:
        names = ("least", "most", "red_from", "red_below")
        limits = Limits(**{name: self.number(raw, name, at) for name in names})
        given = [name for name in names if raw.get(name) is not None]
        if given and raw.get("kind") != QuestionKind.NUMBER:
            self.refuse(at, _("only numbers have limits"))
        if None not in (limits.least, limits.most) and limits.least > limits.most:  # type: ignore[operator]  # neither is None
            self.refuse(at, _("the least is above the most"))
        return limits

    def number(self, raw: dict, name: str, at: str) -> Decimal | None:
        value = raw.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, bool):
                raise InvalidOperation
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.refuse(at, _("“{name}” must be a number").format(name=name))
            return None
        return number

    def show_if(self, raw: dict, at: str) -> dict[str, tuple[str, ...]]:
        wanted = raw.get("show_if") or {}
        if not isinstance(wanted, dict):
            self.refuse(at, _("“{name}” must be an object").format(name="show_if"))
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for key, values in wanted.items():
            asked = self.seen.get(key)
            if asked is None or not asked.options:
                words = _("the branch asks for “{key}”, which is no earlier choice")
                self.refuse(at, words.format(key=key))
            elif not isinstance(values, list) or not values:
                self.refuse(
                    at, _("the branch must list values of “{key}”").format(key=key)
                )
            elif any(asked.option(str(value)) is None for value in values):
                words = _("the branch asks for a value that “{key}” does not have")
                self.refuse(at, words.format(key=key))
            else:
                found[key] = tuple(str(value) for value in values)
        return found

    def key(self, raw: dict, at: str, pattern: re.Pattern, name: str = "key") -> str:
        key = raw.get(name)
        if not isinstance(key, str) or not pattern.fullmatch(key):
            words = _("“{name}” must be made of small letters, digits and _")
            self.refuse(at, words.format(name=name))
            return ""
        return key

    def flag(self, raw: dict, name: str, at: str) -> bool:
        value = raw.get(name, False)
        if not isinstance(value, bool):
            self.refuse(at, _("“{name}” must be true or false").format(name=name))
        return value is True

    def text(self, raw: dict, name: str, at: str) -> Text:
        text = self.optional_text(raw, name, at)
        if text is None:
            self.refuse(at, _("“{name}” is missing").format(name=name))
            return Text("", "")
        return text

    def optional_text(self, raw: dict, name: str, at: str) -> Text | None:
        value = raw.get(name)
        if value is None:
            return None
        both = value if isinstance(value, dict) else {}
        found = [both.get(code) for code in ("zh", "en")]
        words = [w for w in found if isinstance(w, str) and w.strip()]
        if len(words) != len(found):
            text = _("“{name}” needs Chinese and English words").format(name=name)
            self.refuse(at, text)
            return Text("", "")
        if any(len(w) > MOST_LETTERS for w in words):
            text = _("“{name}” is longer than {most} letters")
            self.refuse(at, text.format(name=name, most=MOST_LETTERS))
        return Text(*words)
