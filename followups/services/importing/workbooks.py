"""Excel workbooks (.xlsx), read row by row."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from followups.services.importing.cells import Cell, Mark
from followups.services.importing.reasons import NotReadable
from followups.services.importing.records import Record

MOST_BYTES_INSIDE = 1024 * 1024 * 1024
MOST_BYTES_OF_TEXT = 128 * 1024 * 1024
CHUNK = 1024 * 1024
FORMULA = (b"<f>", b"<f ")
ROW = (b"<row ", b"<row>")
DAMAGED = (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, SyntaxError)


@dataclass(frozen=True)
class Sheet:
    """What can be told of the sheet without reading its cells."""

    title: str
    is_1904: bool
    row_count: int
    has_formulas: bool


def look_into(file: IO[bytes]) -> Sheet:
    """The sheet that holds the list: the one open when the workbook was saved."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
        with closing(_open(file, data_only=True)) as book:
            sheet = book.active
            path = sheet._worksheet_path  # nothing public tells it
            title, is_1904 = sheet.title, book.epoch == CALENDAR_MAC_1904
        with zipfile.ZipFile(file) as archive, archive.open(path) as raw:
            row_count, has_formulas = _scan(raw)
    except DAMAGED as wrong:
        raise NotReadable("not_a_workbook") from wrong
    except AttributeError as wrong:  # a sheet of charts has no cells
        raise NotReadable("empty") from wrong
    return Sheet(title, is_1904, row_count, has_formulas)


def read_records(
    file: IO[bytes], *, has_formulas: bool, width: int | None = None
) -> Iterator[Record]:
    """Every row that holds something, up to `width` columns."""
    try:
        with closing(_open(file, data_only=True)) as book:
            values = _rows(book.active, width)
            if not has_formulas:
                yield from _number(values)
                return
            with closing(_open(file, data_only=False)) as formulas:
                beside = map(_beside, values, _rows(formulas.active, width))
                yield from _number(beside)
    except DAMAGED as wrong:
        raise NotReadable("not_a_workbook") from wrong


def _number(rows: Iterator[tuple[Cell, ...]]) -> Iterator[Record]:
    for line in count(1):
        with warnings.catch_warnings():  # about cells that we judge ourselves
            warnings.simplefilter("ignore")
            cells = next(rows, None)
        if cells is None:
            return
        if any(cell not in (None, "") for cell in cells):
            yield Record(line, cells)


def _rows(sheet: Any, width: int | None) -> Iterator[tuple[Cell, ...]]:
    # What the file says of its size is often wrong.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Cell, ...]] = sheet.iter_rows(max_col=width, values_only=True)
    return rows


def _beside(values: tuple[Cell, ...], formulas: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The values; where a formula has none stored, the mark for that."""
    return tuple(
        Mark.NO_VALUE if value is None and formula is not None else value
        for value, formula in zip(values, formulas, strict=False)
    )


def _open(file: IO[bytes], *, data_only: bool) -> Any:
    file.seek(0)
    with warnings.catch_warnings():  # about styles and other parts nobody reads here
        warnings.simplefilter("ignore")
        return load_workbook(file, read_only=True, data_only=data_only)


def _check_size(archive: zipfile.ZipFile) -> None:
    """All texts of a workbook are held in memory, the rows are not."""
    for part in archive.infolist():
        is_text = part.filename.lower().endswith("sharedstrings.xml")
        if part.file_size > (MOST_BYTES_OF_TEXT if is_text else MOST_BYTES_INSIDE):
            raise NotReadable("too_large_inside")


def _scan(raw: IO[bytes]) -> tuple[int, bool]:
    """How many rows the sheet has, and whether one of its cells is a formula."""
    rows, has_formulas, tail = 0, False, b""
    while chunk := raw.read(CHUNK):
        text = tail + chunk
        has_formulas = has_formulas or any(sign in text for sign in FORMULA)
        rows += sum(text.count(sign) for sign in ROW)
        tail = text[-4:]  # too short to hold a whole sign that was counted
    return rows, has_formulas
