"""Keys of sections, questions and answers: made from the words, then never changed.

Answers are kept under the key of their question, and scripts that are asked on one
call share the questions of the same key. So a new key must not be one under which
something else was ever asked.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import count

from django.utils.text import slugify

from followups.models import ScriptVersion
from followups.script_content import Raw
from hospital.text import initials

LONGEST = 34  # a key has at most 40 signs, and a number may follow
Words = tuple[str, str]
Known = Mapping[str, Collection[Words]]


def make_key(
    words: Mapping[str, str],
    taken: Collection[str],
    known: Known | None = None,
    *,
    wording: Mapping[str, str] | None = None,
) -> str:
    """A key that is not taken, and that stands for no other wording in `known`."""
    stem = slugify(words.get("en", "")) or initials(words.get("zh", ""))
    stem = re.sub(r"[^a-z0-9]+", "_", stem.lower()).lstrip("_0123456789")
    stem = stem[:LONGEST].strip("_") or "part"
    same = {_plain(wording or words)}
    for number in count(1):
        key = stem if number == 1 else f"{stem}_{number}"
        if key not in taken and set((known or {}).get(key, same)) == same:
            return key
    raise AssertionError  # pragma: no cover  # `count` has no end


def find_known_words() -> tuple[Known, Known]:
    """What every key of a section and of a question ever stood for, in all scripts."""
    titles: dict[str, set[Words]] = defaultdict(set)
    wordings: dict[str, set[Words]] = defaultdict(set)
    for content in ScriptVersion.objects.values_list("content", flat=True).iterator():
        for section in content.get("sections", []):
            titles[section["key"]].add(_plain(section["title"]))
            for raw in section["questions"]:
                wordings[raw["key"]].add(_plain(raw["text"]))
    return titles, wordings


def words_of(raw: Raw) -> Mapping[str, str]:
    """What a question's key is made from."""
    return raw.get("short") or raw["text"]


def _plain(words: Mapping[str, str]) -> Words:
    return words.get("zh", "").strip(), words.get("en", "").strip()
