"""Lists of members as departments keep them: CSV or Excel, headings in any order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from followups.services.importing.cells import (
    EXCEL_EPOCH,
    Cell,
    plain_text,
    read_identifier,
    read_moment,
    read_phones,
    shown,
    text_of,
)
from followups.services.importing.mapping import plain, usual_number_length
from followups.services.importing.reading import (
    ROWS_OF_A_HEAD,
    is_filled,
    look_at,
    read_records,
    value_at,
)
from followups.services.importing.reasons import NotReadable, Problem, Reason
from followups.services.importing.records import Record
from followups.services.importing.rows import SUMS
from followups.services.importing.targets import TARGETS
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.text import clean_text, mask_name

MOST_ROWS = 5_000
MOST_BYTES = 5 * 1024 * 1024
LONGEST_NUMBER, LONGEST_NAME = 40, 60
FIRST_YEAR = 1950
FORMULA = ("=", "+", "-", "@")
_KNOWN = {target.key: target.names for target in TARGETS}
HEADINGS = {
    "patient": (*_KNOWN["patient"], "透析号", "会员编号"),
    "name": _KNOWN["name"],
    "phone": _KNOWN["phone"],
    "joined_on": (
        *("入组日期", "入组时间", "加入日期", "入队日期", "纳入日期", "建档日期"),
        *("首次透析日期", "开始透析日期", "登记日期", "joinedon", "joined", "since"),
        *("joindate", "dateofjoining"),
    ),
}


@dataclass(frozen=True)
class Line:
    """What a row, or a form, says of one person; `reasons` speak for or against it."""

    number: str
    joined_on: date
    name: str = ""
    phone: str = ""
    relative_phone: str = ""
    row: int = 0
    reasons: tuple[Reason, ...] = ()

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def has_errors(self) -> bool:
        return any(reason.is_error for reason in self.reasons)


def read_list(file: IO[bytes], size: int) -> list[Line]:
    """All rows below the headings. RuleViolation where the file cannot be used."""
    try:
        if size > MOST_BYTES:
            raise NotReadable("too_large", most=MOST_BYTES // 1024 // 1024)
        lines = list(_read(file))
        if not lines:
            raise NotReadable("no_rows")
    except NotReadable as wrong:
        raise RuleViolation(wrong.reason.words, field="file") from wrong
    return lines


def _read(file: IO[bytes]) -> Iterator[Line]:
    layout = look_at(file)
    epoch = CALENDAR_MAC_1904 if layout.counts_from_1904 else EXCEL_EPOCH
    digits = usual_number_length()
    records = read_records(file, layout)
    columns, width = _find_columns(islice(records, ROWS_OF_A_HEAD))
    for count, record in enumerate(records):
        if count >= MOST_ROWS:
            raise NotReadable("too_many_rows", most=MOST_ROWS)
        if not _is_sum(record, columns):
            yield _Row(record, columns, width, epoch, digits).read()


def _find_columns(head: Iterator[Record]) -> tuple[dict[str, int], int]:
    """Of the row that names the patient's number: the columns, and how many there are.

    What stands above it, such as a title, is left out.
    """
    for record in head:
        names = [plain(shown(cell)) for cell in record.cells]
        found = {
            key: names.index(name)
            for key, known in HEADINGS.items()
            for name in reversed(known)
            if name in names
        }
        if "patient" in found:
            return found, max(i for i, name in enumerate(names) if name) + 1
    raise RuleViolation(
        _("No column of patient numbers was found; its heading may be “病案号”."),
        field="file",
    )


def _is_sum(record: Record, columns: dict[str, int]) -> bool:
    """Rows of sums and headings repeated on the next sheet of paper are nobody."""
    number = plain(shown(value_at(record.cells, columns["patient"])))
    if number in HEADINGS["patient"]:
        return True
    filled = [cell for cell in record.cells if is_filled(cell)]
    is_number = any(sign.isdigit() for sign in number)
    return not is_number and any(plain(shown(c)).startswith(SUMS) for c in filled[:2])


class _Row:
    """One row being read; each cell that cannot be used leaves its reason."""

    def __init__(
        self,
        record: Record,
        columns: dict[str, int],
        width: int,
        epoch: Any,
        digits: int | None,
    ) -> None:
        self.record, self.columns, self.width = record, columns, width
        self.epoch, self.digits = epoch, digits
        self.reasons: list[Reason] = []

    def read(self) -> Line:
        if self.record.is_open:
            self._say("open_quote")
        if any(is_filled(cell) for cell in self._cells[self.width :]):
            self._say("too_many_cells", most=self.width)
        line = Line(
            number=self._cell("patient", self._number, ""),
            name=self._cell("name", self._name, ""),
            joined_on=self._cell("joined_on", self._day, clock.today()),
            row=self.record.line,
        )
        own, relative = self._cell("phone", self._phones, ("", ""))
        reasons = tuple(self.reasons)
        return replace(line, phone=own, relative_phone=relative, reasons=reasons)

    @property
    def _cells(self) -> Sequence[Cell]:
        return self.record.cells

    def _say(self, code: str, **params: Any) -> None:
        self.reasons.append(Reason(code, params))

    def _cell(self, key: str, read: Callable[[Cell], Any], otherwise: Any) -> Any:
        column = self.columns.get(key)
        if column is None:
            return otherwise
        try:
            return read(value_at(self._cells, column))
        except Problem as problem:
            label = _("Joined on") if key == "joined_on" else key
            self._say(problem.reason.code, column=label, **problem.reason.params)
            return otherwise

    def _number(self, cell: Cell) -> str:
        number = read_identifier(cell, LONGEST_NUMBER)
        if not number:
            raise Problem("missing")
        _refuse_formula(number)
        if self.digits and number.isdigit() and len(number) < self.digits:
            number = number.zfill(self.digits)
            self._say("zeros_added", text=number)
        return number

    def _name(self, cell: Cell) -> str:
        name = " ".join(text_of(cell).split())
        _refuse_formula(name)
        if len(name) > LONGEST_NAME:
            raise Problem("too_long", most=LONGEST_NAME)
        return name

    def _day(self, cell: Cell) -> date:
        text = plain_text(cell)
        if not text:
            return clock.today()
        day = read_moment(cell, self.epoch)[0].date()
        if day > clock.today():
            raise Problem("in_future", text=text[:40])
        if day.year < FIRST_YEAR:
            raise Problem("year", text=text[:40])
        return day

    def _phones(self, cell: Cell) -> tuple[str, str]:
        own, relative, __ = read_phones(cell)
        return own, relative


def _refuse_formula(text: str) -> None:
    if text.startswith(FORMULA):
        raise Problem("looks_like_formula", text=clean_text(text)[:40])
