"""Data types of HL7 as hospitals fill them: names, times, telephone numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from django.utils.timezone import make_aware

from followups.services.feed.hl7 import Field
from followups.services.importing import cells, reasons
from hospital.text import clean_text

FIRST_YEAR = 1900

_MOMENT = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})"
    r"(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d{1,6})?)?)?"
    r"\s*(?:([+-])(\d{2}):?(\d{2})|(Z))?"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
# XTN.2 and XTN.3 of what nobody rings up.
_NO_PHONE = frozenset({"NET", "INTERNET", "X.400", "FX", "MD", "BP", "TDD"})


@dataclass(frozen=True)
class Phones:
    """The first number of the person, and the first said to be a relative's."""

    first: str = ""
    relative: str = ""


def one_line(text: str) -> str:
    """Without control characters and line ends."""
    return " ".join(clean_text(text).split())


def read_moment(text: str) -> datetime | None:
    """A point in time; without an offset in the hospital's zone. None: unreadable."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    *numbers, sign, hours, minutes, utc = found.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in numbers)
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # made aware below
        if sign or utc:
            ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            offset = timezone(-ahead if sign == "-" else ahead)
            moment = moment.replace(tzinfo=offset)
        else:
            moment = make_aware(moment)
    except ValueError:
        return None
    return moment if year >= FIRST_YEAR else None


def read_day(text: str) -> str:
    """A whole date as ISO; empty when the message knows only the year, or nonsense."""
    digits = re.sub(r"[-/.]", "", text.strip())[:8]
    try:
        day = date.fromisoformat(digits) if len(digits) == 8 else None
    except ValueError:
        return ""
    return day.isoformat() if day and day.year >= FIRST_YEAR else ""


def read_name(names: list[Field], *, first: int) -> str:
    """A name from XPN (`first` is 1) or XCN (2); of several spellings the Chinese."""
    written = [_join_name(name, first) for name in names]
    chinese = [name for name in written if _HAN.search(name)]
    return next(iter([*chinese, *filter(None, written)]), "")


def _join_name(name: Field, first: int) -> str:
    family, given, middle = (one_line(name.get(first + part)) for part in range(3))
    if _HAN.search(family + given):
        return family + given
    return " ".join(filter(None, [given, middle, family]))


def read_phones(numbers: Iterable[Field], *, theirs: bool = False) -> Phones:
    """Numbers out of XTN fields, also several in one, also with words beside them.

    `theirs`: whatever word stands there, the number is the person's own.
    """
    first = relative = ""
    for number in numbers:
        try:
            own, others, __ = cells.read_phones(_written(number))
        except reasons.Problem:  # words, no number
            continue
        if theirs:
            own, others = own or others, ""
        first, relative = first or own, relative or others
    return Phones(first, relative)


def _written(number: Field) -> str:
    if {number.get(2).upper(), number.get(3).upper()} & _NO_PHONE:
        return ""
    if text := number.get(1) or number.get(12):
        return text
    return number.get(6) + number.get(7)
