"""The hospital's own days as a CSV file: day, works, name."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hospital.services import OwnDay
from hospital.text import clean_text
from hospital.years import FIRST_YEAR, LAST_YEAR

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 1000
LONGEST_NAME = 60
DELIMITERS = ",;\t，"
ON = {
    *("works", "work", "working", "on", "yes", "y", "true", "1"),
    *("是", "班", "上班", "工作", "工作日", "补班"),
}
OFF = {
    *("off", "holiday", "no", "n", "false", "0"),
    *("否", "休", "休息", "放假", "休假", "休息日", "假"),
}
HEADER = frozenset(["day", "date", "日期", "日", "days"])
# A spreadsheet would take such a name for a formula.
FORMULA = ("=", "+", "-", "@")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?")


class NotACalendar(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class Row:
    """One line of the file: the day it names, or what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    own: OwnDay | None = None
    error: str = ""


def read_file(raw: bytes) -> list[Row]:
    """The rows of an uploaded file, in UTF-8 or GB18030."""
    if len(raw) > MOST_BYTES:
        raise NotACalendar(_("The file is larger than 5 MB."))
    if raw.startswith(b"PK") or raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotACalendar(
            _("This is a workbook, not a CSV file. Save it as CSV first.")
        )
    return read_text(_decode(raw))


def read_text(text: str) -> list[Row]:
    lines = _read_lines(text)
    rows: list[Row] = []
    first_lines: dict[date, int] = {}
    for number, cells in lines:
        if not rows and cells[0].lower() in HEADER:
            continue
        if len(rows) == MOST_ROWS:
            raise NotACalendar(
                _("The file has more than {count} days.").format(count=MOST_ROWS)
            )
        rows.append(_read_row(number, cells, first_lines))
    if not rows:
        raise NotACalendar(_("The file names no day."))
    return rows


def write_text(days: Iterable[OwnDay]) -> str:
    """A file that `read_file` reads back, in the reader's language."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            pgettext("column of a CSV file", "day"),
            pgettext("column of a CSV file", "works"),
            pgettext("column of a CSV file", "name"),
        ]
    )
    on, off = (
        pgettext("day in a CSV file", "works"),
        pgettext("day in a CSV file", "off"),
    )
    for own in days:
        writer.writerow([own.day.isoformat(), on if own.works else off, own.name])
    return out.getvalue()


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotACalendar(
        _("This is not a text file in UTF-8 or GB18030. Save it as CSV first.")
    )


def _read_lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Lines that hold something, with their numbers as an editor shows them."""
    start = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=start.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for cells in reader:
            cleaned = tuple(clean_text(cell) for cell in cells)
            if any(cleaned):
                yield reader.line_num, cleaned
    except csv.Error:
        raise NotACalendar(
            _("Line {line} is not a line of a CSV file.").format(line=reader.line_num)
        ) from None


def _read_row(line: int, cells: tuple[str, ...], first_lines: dict[date, int]) -> Row:
    shown = tuple(cell[:LONGEST_NAME] for cell in cells[:3])
    try:
        day = read_day(cells[0])
        if day in first_lines:
            raise ValueError(
                _("This day is already in line {line}.").format(line=first_lines[day])
            )
        first_lines[day] = line
        works = _read_works(cells[1] if len(cells) > 1 else "")
        name = check_name(cells[2] if len(cells) > 2 else "")
    except ValueError as wrong:
        return Row(line, shown, error=str(wrong))
    return Row(line, shown, own=OwnDay(day, works, name))


def read_day(text: str) -> date:
    """A day such as 2026-10-01, 2026/10/1 or 2026年10月1日; ValueError in words."""
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if match is None:
            raise ValueError
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError(
            _("“{text}” is not a day such as 2026-10-01.").format(text=text[:40])
        ) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(
            _("The year is not between {first} and {last}.").format(
                first=FIRST_YEAR, last=LAST_YEAR
            )
        )
    return day


def check_name(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise ValueError(
            _("The name is longer than {count} characters.").format(count=LONGEST_NAME)
        )
    if name.startswith(FORMULA):
        raise ValueError(_("A name does not begin with =, +, - or @."))
    return name


def _read_works(text: str) -> bool:
    word = unicodedata.normalize("NFKC", text).lower()
    if word in ON:
        return True
    if word in OFF:
        return False
    if not word:
        raise ValueError(_("It is not said whether the day works: “works” or “off”."))
    raise ValueError(_("“{word}” is neither “works” nor “off”.").format(word=text[:40]))
