"""Editing a draft part by part, and what it changes told in words."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.utils import translation

from followups.models import ScriptVersion
from followups.script_content import read_content
from followups.services.scripts import drafts, outline
from followups.services.scripts.builder import Builder
from followups.services.scripts.changes import list_changes
from followups.services.scripts.outline import DOWN, UP, Part, PartKind
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from tests.followups.script_world import (
    CHEST_PAIN,
    FAREWELL,
    FEVER,
    PAIN,
    TEMPERATURE,
    WISH,
    content,
    text,
    yes_no,
)
from tests.followups.world import NOW

CHILLS = yes_no("chills", "您有没有寒战？", "Do you have chills?")
CHILLS_RAW = {key: value for key, value in CHILLS.items() if key != "key"}


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW), translation.override("en"):
        yield


def question(key: str) -> Part:
    return Part(PartKind.QUESTION, key)


def section(key: str) -> Part:
    return Part(PartKind.SECTION, key)


def test_moved_above_its_question_a_branch_is_a_fault() -> None:
    raw = content()
    outline.move_part(raw, question("temperature"), UP)
    assert outline.needed_by(raw, section("health")) == []
    draft = ScriptVersion(content=raw)
    (fault,) = Builder(drafts.Sheet(draft, None)).faults
    assert fault.part == question("temperature")


def test_a_copied_section_keeps_its_branches_to_itself() -> None:
    raw = content(FEVER, TEMPERATURE, PAIN)
    part = outline.copy_part(raw, section("health"))
    copied = raw["sections"][1]
    assert part == section(copied["key"]) == section("health_2")
    asked = {each["key"]: each for each in copied["questions"]}
    assert list(asked) == [
        "have_you_had_a_fever",
        "temperature_2",
        "how_bad_is_the_pain",
    ]
    assert asked["temperature_2"]["show_if"] == {"have_you_had_a_fever": ["yes"]}


def test_a_question_moves_on_into_the_next_section() -> None:
    raw = content(FEVER, WISH)
    raw["sections"] += content(PAIN, key="more")["sections"]

    def laid_out() -> list[list[str]]:
        return [[q["key"] for q in s["questions"]] for s in raw["sections"]]

    outline.move_part(raw, question("wish"), DOWN)
    assert laid_out() == [["fever"], ["wish", "pain"]]
    outline.move_part(raw, question("wish"), UP)
    outline.move_part(raw, question("wish"), UP)
    outline.move_part(raw, question("wish"), UP)
    assert laid_out() == [["wish", "fever"], ["pain"]]
    outline.move_part(raw, section("more"), UP)
    outline.move_part(raw, section("more"), UP)
    assert laid_out() == [["pain"], ["wish", "fever"]]


@pytest.mark.parametrize(
    "edit",
    [
        lambda raw: outline.move_part(raw, question("gone"), UP),
        lambda raw: outline.copy_part(raw, section("gone")),
        lambda raw: outline.delete_part(raw, question("gone")),
    ],
)
def test_what_is_gone_is_not_moved_copied_or_deleted(edit: Any) -> None:
    with pytest.raises(StaleRecord):
        edit(content())


def test_what_comes_back_finds_a_place_or_is_told_there_is_none() -> None:
    assert outline.needed_by(content(), question("gone")) == []
    raw = content(FEVER)
    outline.put_section(raw, "health", text("新", "New"))
    outline.put_section(raw, "lost", text("旧", "Lost"))
    assert [each["title"]["en"] for each in raw["sections"]] == ["New", "Lost"]
    assert outline.delete_part(raw, section("lost")) is None
    outline.delete_part(raw, section("health"))
    with pytest.raises(RuleViolation, match="Add a section first"):
        outline.put_question(raw, "fever", CHILLS_RAW)


def test_a_new_wording_of_the_other_language_is_shown_in_it() -> None:
    def reworded(**changes: str) -> tuple[str, str]:
        raw = deepcopy(WISH) | {"text": WISH["text"] | changes}  # type: ignore[operator]  # a dict
        old, new = (read_content(content(each)) for each in (WISH, raw))
        (change,) = list_changes(old, new)
        return change.words, change.before

    assert reworded(zh="还有吗？") == ("还有吗？", "还有什么要说？")
    assert reworded(zh="还有吗？", en="More?") == ("More?", "Anything else?")
    with translation.override("zh-hans"):
        assert reworded(en="More?") == ("More?", "Anything else?")


def test_what_a_draft_changes_is_told_in_words() -> None:
    pain = deepcopy(PAIN) | {"teaching": text("休息", "Rest"), "required": True}
    pain["options"][0]["flag"] = "red"  # type: ignore[index]  # a list
    after = content(PAIN, CHEST_PAIN | {"text": text("胸痛吗", "Any chest pain?")})
    after["sections"][0]["title"] = text("身体", "Body")
    after["sections"] += content(FAREWELL, CHILLS, key="end")["sections"]
    after["sections"][0]["questions"][0] = pain
    read = Builder(drafts.Sheet(ScriptVersion(content=after), None)).read
    before = content(CHEST_PAIN, PAIN, WISH, FAREWELL)
    before["sections"] += content(FEVER, key="old")["sections"]
    old = Builder(drafts.Sheet(ScriptVersion(content=before), None)).read
    assert read is not None
    assert old is not None
    told = [(str(c.label), c.words, c.before) for c in list_changes(old, read)]
    assert told == [
        ("Reworded", "Body", "Health"),
        ("Added", "Section: Health", ""),
        ("Removed", "Section: Health", ""),
        (
            "Changed",
            "“How bad is the pain?”: red flags · teaching text · "
            "whether it must be answered",
            "",
        ),
        ("Reworded", "Any chest pain?", "Do you have chest pain?"),
        ("Added", "Do you have chills?", ""),
        ("Removed", "Anything else?", ""),
        ("Removed", "Have you had a fever?", ""),
        ("Moved", "“Get well soon.” stands in another section.", ""),
        ("Moved", "The questions stand in another order.", ""),
    ]
    swapped = deepcopy(before)
    swapped["sections"].reverse()
    turned = Builder(drafts.Sheet(ScriptVersion(content=swapped), None)).read
    assert turned is not None
    words = [change.words for change in list_changes(old, turned)]
    assert words[0] == "The sections stand in another order."
