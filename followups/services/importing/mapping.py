"""Columns and their meanings: guessed from the headings, remembered, used again."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from followups.models import ColumnMapping, Patient
from followups.services.importing.targets import TARGETS
from hospital import clock

# Meaning → column, counted from zero.
Columns = Mapping[str, int]

SAMPLE = 500
MOSTLY = 0.9
_NOISE = re.compile(r"[\s_\-./:：*＊'\"“”()（）\[\]【】#]+")
_MEANINGS: dict[str, str] = {}
for _target in TARGETS:
    for _name in _target.names:
        _MEANINGS.setdefault(_name, _target.key)


def plain(heading: str) -> str:
    """A heading without case, width, spaces and signs: “ICD-10 编码*” → icd10编码."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading)).lower()


def count_known(cells: Sequence[str]) -> int:
    """How many of the cells are headings we know."""
    return len({plain(cell) for cell in cells} & _MEANINGS.keys())


def guess(headings: Sequence[str]) -> dict[str, int]:
    """For each meaning the column whose heading names it best, each column once."""
    plains = [plain(heading) for heading in headings]
    found: dict[str, int] = {}
    for target in TARGETS:
        for name in target.names:
            if name in plains and plains.index(name) not in found.values():
                found[target.key] = plains.index(name)
                break
    return found


def propose(headings: Sequence[str]) -> tuple[dict[str, int], int | None, bool]:
    """Columns, length of patient numbers, and whether they are those of last time."""
    kept = ColumnMapping.objects.filter(fingerprint=fingerprint(headings)).first()
    if kept is not None:
        return dict(kept.columns), kept.number_length, True
    return guess(headings), usual_number_length(), False


def remember(
    headings: Sequence[str], columns: Columns, number_length: int | None
) -> None:
    ColumnMapping.objects.update_or_create(
        fingerprint=fingerprint(headings),
        defaults={
            "columns": dict(columns),
            "number_length": number_length,
            "used_at": clock.now(),
        },
    )


def fingerprint(headings: Sequence[str]) -> str:
    together = "\x1f".join(plain(heading) for heading in headings)
    return hashlib.sha256(together.encode()).hexdigest()


def usual_number_length() -> int | None:
    """How many digits the hospital's patient numbers have, if they mostly agree.

    Only worth knowing where some begin with zero: those are the ones Excel cuts.
    """
    latest = Patient.objects.order_by("-pk").values_list("number", flat=True)[:SAMPLE]
    numbers = [number for number in latest if number.isdigit()]
    if not any(number.startswith("0") for number in numbers):
        return None
    length, count = Counter(map(len, numbers)).most_common(1)[0]
    return length if count >= MOSTLY * len(numbers) else None
