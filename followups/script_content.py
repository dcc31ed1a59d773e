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

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from hospital.exceptions import RuleViolation

Raw = dict[str, Any]
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
VALUE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,4})?")
MOST_QUESTIONS = 80
MOST_OPTIONS = 12
MOST_LETTERS = 500
RED = "red"
YES, NO = "yes", "no"
NAMES = {
    "sections": gettext_lazy("sections"),
    "questions": gettext_lazy("questions"),
    "options": gettext_lazy("options"),
    "title": gettext_lazy("title"),
    "text": gettext_lazy("wording"),
    "short": gettext_lazy("short name"),
    "unit": gettext_lazy("unit"),
    "teaching": gettext_lazy("teaching text"),
    "required": gettext_lazy("required"),
    "show_if": gettext_lazy("branch"),
    "least": pgettext_lazy("of a number", "least"),
    "most": pgettext_lazy("of a number", "most"),
    "red_from": gettext_lazy("red flag from"),
    "red_below": gettext_lazy("red flag below"),
}


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


@dataclass(frozen=True)
class Fault:
    """What is wrong; `section` and `question` count from 0 where it stands."""

    at: str
    why: str
    section: int | None = None
    question: int | None = None

    def __str__(self) -> str:
        return f"{self.at}: {self.why}."


class ContentError(RuleViolation):
    """The content cannot be used; `faults` says where and why, all at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.errors = [str(fault) for fault in faults]
        super().__init__(" ".join(self.errors), field="content")


def read_number(typed: str) -> Decimal | None:
    """A number as people type it, full-width digits and all; None if it is none."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    plain = plain.replace(",", ".").replace("。", ".")
    if not NUMBER.fullmatch(plain):
        return None
    return Decimal(plain)


def find_names(content: Any) -> dict[str, str]:
    """What people call each question, by its key; the content may have faults."""
    sections = content.get("sections") if isinstance(content, dict) else None
    names: dict[str, str] = {}
    for section in sections if isinstance(sections, list) else []:
        asked = section.get("questions") if isinstance(section, dict) else None
        for raw in asked if isinstance(asked, list) else []:
            if isinstance(raw, dict) and isinstance(raw.get("key"), str):
                names[raw["key"]] = name_of(raw) or raw["key"]
    return names


def name_of(raw: dict) -> str:
    """The short name, the wording or the title in the reader's language, if any."""
    for name in ("short", "text", "title"):
        words = raw.get(name)
        if isinstance(words, dict):
            both = [str(words.get(code) or "").strip() for code in ("zh", "en")]
            found = str(Text(*both)) or "".join(both)
            if found:
                return found
    return ""


def read_content(content: Any) -> Content:
    """The content as objects; raises ContentError with every fault found."""
    reader = _Reader(content)
    sections = tuple(
        reader.section(raw, at) for raw, at in reader.items(content, "sections", "")
    )
    reader.place = (None, None)
    if not sections and not reader.faults:
        reader.refuse("", _("at least one section is needed"))
    if sum(len(section.questions) for section in sections) > MOST_QUESTIONS:
        reader.refuse("", _("at most {most} questions").format(most=MOST_QUESTIONS))
    if reader.faults:
        raise ContentError(reader.faults)
    return Content(sections)


class _Reader:
    """Reads the JSON piece by piece and gathers what is wrong with it."""

    def __init__(self, content: Any) -> None:
        self.faults: list[Fault] = []
        self.seen: dict[str, Question] = {}
        self.sections: set[str] = set()
        self.names = find_names(content)
        self.index = 0
        self.place: tuple[int | None, int | None] = (None, None)

    def refuse(self, at: str, why: str) -> None:
        self.faults.append(Fault(at or _("Script"), why, *self.place))

    def items(self, raw: Any, name: str, at: str) -> Iterator[tuple[dict, str]]:
        """The objects of a list, each with the words that say where it stands."""
        found = raw.get(name) if isinstance(raw, dict) else None
        if not isinstance(found, list):
            words = _("“{name}” must be a list").format(name=NAMES[name])
            self.refuse(at, words)
            return
        for number, each in enumerate(found, 1):
            self.index = number - 1
            key = each.get("key") or each.get("value") if isinstance(each, dict) else ""
            place = f"{at} › {key or number}" if at else str(key or number)
            if isinstance(each, dict):
                yield each, place
            else:
                self.refuse(place, _("must be an object"))

    def section(self, raw: dict, at: str) -> Section:
        here = self.place = (self.index, None)
        key = self.key(raw, at, KEY)
        if key in self.sections:
            self.refuse(at, _("the key is used twice"))
        self.sections.add(key)
        title = self.text(raw, "title", at)
        questions = [
            self.question(each, place)
            for each, place in self.items(raw, "questions", at)
        ]
        self.place = here
        if not questions:
            self.refuse(at, _("a section needs a question"))
        return Section(key, title, tuple(questions))

    def question(self, raw: dict, at: str) -> Question:
        self.place = (self.place[0], self.index)
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
            words = _("“{name}” must be a number").format(name=NAMES[name])
            self.refuse(at, words)
            return None
        return number

    def show_if(self, raw: dict, at: str) -> dict[str, tuple[str, ...]]:
        wanted = raw.get("show_if") or {}
        if not isinstance(wanted, dict):
            words = _("“{name}” must be an object").format(name=NAMES["show_if"])
            self.refuse(at, words)
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for key, values in wanted.items():
            asked, name = self.seen.get(key), self.names.get(key, key)
            if asked is None or not asked.options:
                words = _("the branch asks for “{name}”, which is no earlier choice")
            elif not isinstance(values, list) or not values:
                words = _("the branch must list answers of “{name}”")
            elif any(asked.option(str(value)) is None for value in values):
                words = _("the branch asks for an answer that “{name}” does not have")
            else:
                found[key] = tuple(str(value) for value in values)
                continue
            self.refuse(at, words.format(name=name))
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
            words = _("“{name}” must be true or false").format(name=NAMES[name])
            self.refuse(at, words)
        return value is True

    def text(self, raw: dict, name: str, at: str) -> Text:
        text = self.optional_text(raw, name, at)
        if text is None:
            self.refuse(at, _("“{name}” is missing").format(name=NAMES[name]))
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
            text = _("“{name}” needs Chinese and English words")
            self.refuse(at, text.format(name=NAMES[name]))
            return Text("", "")
        if any(len(w) > MOST_LETTERS for w in words):
            text = _("“{name}” is longer than {most} letters")
            self.refuse(at, text.format(name=NAMES[name], most=MOST_LETTERS))
        return Text(*words)
