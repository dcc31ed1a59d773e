"""What the builder page shows: the outline with its faults, and a preview."""

from collections import defaultdict
from collections.abc import Iterator
from copy import copy, deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from followups.models import ScriptVersion
from followups.script_content import (
    RED,
    Content,
    ContentError,
    Fault,
    QuestionKind,
    Raw,
    Text,
    find_names,
    name_of,
    read_content,
)
from followups.services.scripts.changes import Change, list_changes
from followups.services.scripts.drafts import Sheet
from followups.services.scripts.outline import Part, PartKind
from followups.services.scripts.questionnaires import Questionnaire, build_questionnaire

TEXTS = ("title", "text", "short", "unit", "teaching")


@dataclass(frozen=True)
class Line:
    """A section or a question in the outline."""

    part: Part
    name: str
    is_marked: bool
    faults: tuple[Fault, ...] = ()
    kind: QuestionKind | None = None
    is_red: bool = False
    has_branch: bool = False
    lines: tuple["Line", ...] = ()


@dataclass(frozen=True)
class FaultLine:
    """A fault with the name of its part, None when it is about the whole."""

    why: str
    name: str
    part: Part | None


class Builder:
    """A draft laid out for the page; `part` is the one that is being written."""

    def __init__(self, sheet: Sheet, part: Part | None = None) -> None:
        self.sheet = sheet
        self.content: Raw = sheet.content
        self.part = part

    @cached_property
    def read(self) -> Content | None:
        """The draft as it would be published; None while it has faults."""
        return None if self.found else read_content(self.content)

    @cached_property
    def found(self) -> list[Fault]:
        return _faults_of(self.content)

    @cached_property
    def outline(self) -> list[Line]:
        by_place: dict[tuple[int | None, int | None], list[Fault]] = defaultdict(list)
        for fault in self.found:
            by_place[fault.section, fault.question].append(fault)
        lines = []
        for at, section in enumerate(self.content["sections"]):
            part = Part(PartKind.SECTION, section["key"])
            asked = tuple(
                self._line(raw, tuple(by_place[at, number]))
                for number, raw in enumerate(section["questions"])
            )
            lines.append(
                Line(
                    part,
                    name_of(section) or section["key"],
                    part == self.part,
                    tuple(by_place[at, None]),
                    lines=asked,
                )
            )
        return lines

    @property
    def faults(self) -> Iterator[FaultLine]:
        """What must be mended before the draft is published."""
        for fault in self.found:
            raw, part = self._place_of(fault)
            yield FaultLine(fault.why, name_of(raw) if raw else "", part)

    @property
    def changes(self) -> list[Change]:
        """What is new against the newest version; nothing to tell for a first one."""
        if self.sheet.newest is None or self.read is None:
            return []
        return list_changes(read_content(self.sheet.newest.content), self.read)

    @cached_property
    def preview(self) -> Questionnaire | None:
        """The call as the agent will see it, without the parts that have faults."""
        version = self.sheet.draft or self.sheet.newest
        content = _readable(self.content)
        if version is None or not content["sections"]:
            return None
        shown: ScriptVersion = copy(version)
        shown.content = content
        return build_questionnaire([shown])

    def _line(self, raw: Raw, faults: tuple[Fault, ...]) -> Line:
        part = Part(PartKind.QUESTION, raw["key"])
        limits = (raw.get("red_from"), raw.get("red_below"))
        flags = [each.get("flag") for each in raw.get("options", [])]
        return Line(
            part,
            name_of(raw) or raw["key"],
            part == self.part,
            faults,
            QuestionKind(raw["kind"]),
            RED in flags or limits != (None, None),
            bool(raw.get("show_if")),
        )

    def _place_of(self, fault: Fault) -> tuple[Raw | None, Part | None]:
        if fault.section is None:
            return None, None
        section = self.content["sections"][fault.section]
        if fault.question is None:
            return section, Part(PartKind.SECTION, section["key"])
        raw = section["questions"][fault.question]
        return raw, Part(PartKind.QUESTION, raw["key"])


def answers_before(content: Raw, place: Part) -> Iterator[tuple[str, list[Any]]]:
    """What a branch may ask for: of each choice before the question its answers.

    With a section, of each choice before its end.
    """
    names = find_names(content)
    for section in content["sections"]:
        for raw in section["questions"]:
            if place == Part(PartKind.QUESTION, raw["key"]):
                return
            answers = [
                (f"{raw['key']}:{each['value']}", name_of(each) or each["value"])
                for each in raw.get("options", [])
            ]
            if answers:
                yield names[raw["key"]], answers
        if place == Part(PartKind.SECTION, section["key"]):
            return


def _faults_of(content: Raw) -> list[Fault]:
    try:
        read_content(content)
    except ContentError as refusal:
        return refusal.faults
    return []


def _readable(content: Raw) -> Raw:
    """The content without what cannot be read; words of one language serve for both."""
    kept: Raw = {"sections": [_filled(raw) for raw in deepcopy(content["sections"])]}
    while kept["sections"] and (faults := _faults_of(kept)):
        bad = {(fault.section, fault.question) for fault in faults}
        kept["sections"] = [
            section
            | {
                "questions": [
                    raw
                    for number, raw in enumerate(section["questions"])
                    if (at, number) not in bad
                ]
            }
            for at, section in enumerate(kept["sections"])
            if (at, None) not in bad
        ]
        if (None, None) in bad:
            return {"sections": []}
    return kept


def _filled(raw: Raw) -> Raw:
    for name in TEXTS:
        words = raw.get(name)
        if words:
            zh, en = words.get("zh", ""), words.get("en", "")
            raw[name] = Text(zh or en, en or zh).as_json()
    for each in [*raw.get("questions", []), *raw.get("options", [])]:
        _filled(each)
    return raw
