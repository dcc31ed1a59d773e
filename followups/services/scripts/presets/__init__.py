"""The scripts a hospital starts with, one TOML file each, in Chinese and English.

The files are shorter than the content they stand for: an option is a list [value,
Chinese, English, score, "red"], a yes-or-no question has its options by itself, and
`same` takes a question or a section over from general.toml.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from followups.script_content import NO, RED, YES

Raw = dict[str, Any]

FOLDER = Path(__file__).resolve().parent
GENERAL = "general"
WORDS = {
    "be": {YES: ("是", "Yes"), NO: ("否", "No")},
    "have": {YES: ("有", "Yes"), NO: ("没有", "No")},
}
KEPT = ("key", "kind", "required", "least", "most", "red_from", "red_below")


@dataclass(frozen=True)
class ScriptPreset:
    code: str
    name_zh: str
    name_en: str
    content: Raw


@cache
def read_presets() -> Mapping[str, ScriptPreset]:
    """Every shipped script by its code."""
    files = [tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")]
    general = next(raw for raw in files if raw["code"] == GENERAL)
    presets = (
        ScriptPreset(
            raw["code"],
            raw["zh"],
            raw["en"],
            {"sections": [_section(each, general) for each in raw["sections"]]},
        )
        for raw in files
    )
    return {preset.code: preset for preset in sorted(presets, key=lambda p: p.code)}


def _section(raw: Raw, general: Raw) -> Raw:
    if "same" in raw:
        sections = general["sections"]
        raw = next(each for each in sections if each["key"] == raw["same"])
    questions = [_question(each, general) for each in raw["ask"]]
    title = {"zh": raw["zh"], "en": raw["en"]}
    return {"key": raw["key"], "title": title, "questions": questions}


def _question(raw: Raw, general: Raw) -> Raw:
    if "same" in raw:
        asked = (ask for section in general["sections"] for ask in section["ask"])
        raw = next(ask for ask in asked if ask.get("key") == raw["same"])
    question = {name: raw[name] for name in KEPT if name in raw}
    question["text"] = {"zh": raw["zh"], "en": raw["en"]}
    both = {"short": raw.get("short"), "unit": raw.get("unit")}
    for name, words in (both | {"teaching": raw.get("says")}).items():
        if words:
            question[name] = _text(words)
    options = list(_options(raw))
    if options:
        question["options"] = options
    if "if" in raw:
        question["show_if"] = raw["if"]
    return question


def _options(raw: Raw) -> Iterator[Raw]:
    found = raw.get("options", [])
    if raw["kind"] == "yes_no":
        words = WORDS[raw.get("words", "be")]
        found = [[value, *words[value]] for value in (YES, NO)]
    for value, zh, en, *more in found:
        option = {"value": value, "text": {"zh": zh, "en": en}}
        if more:
            option["score"] = more[0]
        if RED in more or raw.get("red") == value:
            option["flag"] = RED
        if value in raw.get("teaching", {}):
            option["teaching"] = _text(raw["teaching"][value])
        yield option


def _text(words: list[str]) -> dict[str, str]:
    zh, en = words
    return {"zh": zh, "en": en}
