"""A message as the IT administrator may read it: its form, and nobody's particulars."""

import re

from followups.services.feed import hl7
from followups.services.feed.problems import NotUnderstood
from hospital.text import mask_name

HIDDEN = "•••"
MOST_SHOWN = 400  # segments
WIDEST = 120  # signs of a field
# The fields that tell nothing about a person; whatever is not named here is hidden.
SHOWN = {
    "MSH": frozenset({*range(1, 13), 15, 16, 18}),
    "EVN": frozenset({1, 2, 3, 4, 6}),
    "PID": frozenset({1, 3, 8, 15, 18, 29, 30}),
    "NK1": frozenset({1, 3}),
    "PV1": frozenset({1, 2, 3, 4, 10, 14, 19, 36, 44, 45, 50}),
    "DG1": frozenset({1, 2, 3, 5, 6, 15}),
    "PR1": frozenset({1, 2, 3, 5, 6}),
    "MRG": frozenset({1, 4, 5}),
}
# Of those, the ones in which Chinese is the name of a place or an illness.
WORDS = {
    "MSH": frozenset({3, 4, 5, 6}),
    "PV1": frozenset({3, 10}),
    "DG1": SHOWN["DG1"],
    "PR1": SHOWN["PR1"],
}
NAMES = frozenset({("PID", 5), ("NK1", 2), ("MRG", 7)})
_HAN = re.compile(r"[\u3400-\u9fff]")
# An identity card or a mobile number, wherever somebody has put it.
_TELLING = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


def show_masked(body: bytes) -> list[str]:
    """The segments, one a line; what could not be read is hidden whole."""
    try:
        text, codec = hl7.decode(body)
    except NotUnderstood:
        text, codec = body.decode("ascii", errors="replace"), "ascii"
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    separator = text[3] if text.startswith("MSH") and len(text) > 3 else "|"
    shown = [_mask_line(line, separator, codec) for line in lines[:MOST_SHOWN]]
    return shown + ["…"] * (len(lines) > MOST_SHOWN)


def _mask_line(line: str, separator: str, codec: str) -> str:
    name, *fields = line.split(separator)
    if name not in SHOWN:
        known_form = re.fullmatch(r"[A-Z][A-Z0-9]{2}", name)
        return f"{name}{separator}{HIDDEN}" if known_form and fields else HIDDEN
    first = 2 if name == "MSH" else 1
    masked = [
        _mask_field(text, name, number) for number, text in enumerate(fields, first)
    ]
    return separator.join([name, *masked])


def _mask_field(text: str, name: str, number: int) -> str:
    if text.strip() in ("", hl7.NULL):
        return text
    if (name, number) in NAMES:
        return mask_name(text.strip())
    if number not in SHOWN[name]:
        return HIDDEN
    # Where fields have slipped, a name may stand in the place of a code.
    is_name = _HAN.search(text) and number not in WORDS.get(name, ())
    if is_name or len(text) > WIDEST:
        return HIDDEN
    return _TELLING.sub(HIDDEN, text)
