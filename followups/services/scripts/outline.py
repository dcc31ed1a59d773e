"""Editing what a draft of a script holds, as raw JSON: put, move, copy, delete.

The functions change the content they are given. What they leave may have faults, such
as a branch without its question; a draft may have them until it is published.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from followups.script_content import MOST_QUESTIONS, Raw
from followups.services.scripts.keys import Known, make_key, words_of
from hospital.exceptions import RuleViolation, StaleRecord

MOST_SECTIONS = 40
UP, DOWN = -1, 1


class PartKind(StrEnum):
    SECTION = "section"
    QUESTION = "question"


@dataclass(frozen=True)
class Part:
    """A section or a question of a script."""

    kind: PartKind
    key: str


def empty_content() -> Raw:
    return {"sections": []}


def all_questions(content: Raw) -> Iterator[Raw]:
    for section in content["sections"]:
        yield from section["questions"]


def find_part(content: Raw, part: Part) -> Raw | None:
    found = (
        content["sections"] if part.kind == PartKind.SECTION else all_questions(content)
    )
    return next((raw for raw in found if raw["key"] == part.key), None)


def find_section_of(content: Raw, part: Part) -> Raw | None:
    """The section itself, or the one that holds the question."""
    if part.kind == PartKind.SECTION:
        return find_part(content, part)
    for section in content["sections"]:
        if any(raw["key"] == part.key for raw in section["questions"]):
            return section
    return None


def add_section(content: Raw, title: Raw, known: Known) -> Part:
    if len(content["sections"]) >= MOST_SECTIONS:
        words = _("A script has at most {most} sections.")
        raise RuleViolation(words.format(most=MOST_SECTIONS))
    key = make_key(title, _keys(content["sections"]), known)
    content["sections"].append({"key": key, "title": title, "questions": []})
    return Part(PartKind.SECTION, key)


def add_question(content: Raw, section: str, raw: Raw, known: Known) -> Part:
    """Add it as the last of the section."""
    holder = _get(content, Part(PartKind.SECTION, section))
    _make_room(content, 1)
    taken = _question_keys(content)
    key = make_key(words_of(raw), taken, known, wording=raw["text"])
    holder["questions"].append({"key": key} | raw)
    return Part(PartKind.QUESTION, key)


def put_section(content: Raw, key: str, title: Raw) -> Part:
    """Give the section its title; one that was deleted meanwhile comes back."""
    part = Part(PartKind.SECTION, key)
    section = find_part(content, part)
    if section is None:
        content["sections"].append({"key": key, "title": title, "questions": []})
    else:
        section["title"] = title
    return part


def put_question(content: Raw, key: str, raw: Raw) -> Part:
    """Replace the question; one that was deleted meanwhile comes back as the last."""
    part = Part(PartKind.QUESTION, key)
    before = find_part(content, part)
    if before is not None:
        before.clear()
        before.update({"key": key} | raw)
    elif content["sections"]:
        _make_room(content, 1)
        content["sections"][-1]["questions"].append({"key": key} | raw)
    else:
        raise RuleViolation(_("Add a section first."))
    return part


def move_part(content: Raw, part: Part, step: int) -> Part:
    """One place up or down; a question goes on into the next section."""
    holder = find_section_of(content, part)
    if holder is None:
        raise gone()
    sections = content["sections"]
    if part.kind == PartKind.SECTION:
        _shift(sections, sections.index(holder), step)
        return part
    asked = holder["questions"]
    at = next(number for number, raw in enumerate(asked) if raw["key"] == part.key)
    if 0 <= at + step < len(asked):
        _shift(asked, at, step)
        return part
    beside = sections.index(holder) + step
    if 0 <= beside < len(sections):
        other = sections[beside]["questions"]
        other.insert(0 if step == DOWN else len(other), asked.pop(at))
    return part


def copy_part(content: Raw, part: Part) -> Part:
    """A copy behind the part; branches inside a copied section follow the copies."""
    holder = find_section_of(content, part)
    if holder is None:
        raise gone()
    taken = _question_keys(content)
    if part.kind == PartKind.QUESTION:
        _make_room(content, 1)
        asked = holder["questions"]
        at = next(number for number, raw in enumerate(asked) if raw["key"] == part.key)
        twin = deepcopy(asked[at])
        twin["key"] = make_key(words_of(twin), taken)
        asked.insert(at + 1, twin)
        return Part(PartKind.QUESTION, twin["key"])
    _make_room(content, len(holder["questions"]))
    twin = deepcopy(holder)
    twin["key"] = make_key(twin["title"], _keys(content["sections"]))
    renamed: dict[str, str] = {}
    for raw in twin["questions"]:
        renamed[raw["key"]] = make_key(words_of(raw), taken | set(renamed.values()))
        raw["key"] = renamed[raw["key"]]
        branch = raw.get("show_if") or {}
        if branch:
            raw["show_if"] = {renamed.get(k, k): v for k, v in branch.items()}
    content["sections"].insert(content["sections"].index(holder) + 1, twin)
    return Part(PartKind.SECTION, twin["key"])


def delete_part(content: Raw, part: Part) -> Part | None:
    """Take the part out; gives what stands in its place, to go on from there."""
    holder = find_section_of(content, part)
    if holder is None:
        raise gone()
    if part.kind == PartKind.SECTION:
        content["sections"].remove(holder)
        return None
    holder["questions"] = [r for r in holder["questions"] if r["key"] != part.key]
    return Part(PartKind.SECTION, holder["key"])


def needed_by(content: Raw, part: Part) -> list[Raw]:
    """The questions that stay and whose branch asks for the part."""
    found = find_part(content, part)
    if found is None:
        return []
    lost = _keys(found["questions"]) if part.kind == PartKind.SECTION else {part.key}
    return [
        raw
        for raw in all_questions(content)
        if raw["key"] not in lost and lost & set(raw.get("show_if") or {})
    ]


def gone() -> StaleRecord:
    return StaleRecord(_("Somebody else deleted this meanwhile."))


def _get(content: Raw, part: Part) -> Raw:
    found = find_part(content, part)
    if found is None:
        raise gone()
    return found


def _make_room(content: Raw, more: int) -> None:
    if sum(1 for _each in all_questions(content)) + more > MOST_QUESTIONS:
        words = _("A script has at most {most} questions.")
        raise RuleViolation(words.format(most=MOST_QUESTIONS))


def _shift(items: list[Any], at: int, step: int) -> None:
    if 0 <= at + step < len(items):
        items.insert(at + step, items.pop(at))


def _keys(items: list[Raw]) -> set[str]:
    return {raw["key"] for raw in items}


def _question_keys(content: Raw) -> set[str]:
    return {raw["key"] for raw in all_questions(content)}
