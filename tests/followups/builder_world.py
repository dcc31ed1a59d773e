"""What the builder of scripts is sent, and where."""

from typing import Any

from django.urls import reverse

from followups.models import Script
from followups.services.scripts import drafts, outline
from followups.services.scripts.outline import Part, PartKind


def url(name: str, *args: str) -> str:
    return reverse(f"followups:{name}", args=["short", *args])


def question_url(key: str) -> str:
    return url("script_part", "question", key)


def raw_of(script: Script, key: str) -> dict[str, Any] | None:
    found = drafts.read_sheet(script).content
    return outline.find_part(found, Part(PartKind.QUESTION, key))


def revision_of(script: Script, key: str = "") -> str:
    part = Part(PartKind.QUESTION, key) if key else None
    return drafts.read_sheet(script).revision(part)


def words(**more: Any) -> dict[str, Any]:
    """A question as the form sends it."""
    return {"kind": "text", "text_zh": "还有吗？", "text_en": "More?"} | more


def answer(number: int, zh: str, en: str, **more: Any) -> dict[str, Any]:
    row = {"text_zh": zh, "text_en": en} | more
    return {f"option-{number}-{name}": value for name, value in row.items()}
