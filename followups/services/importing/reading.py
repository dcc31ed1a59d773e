"""From an uploaded file to its headings, and from those to its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from followups.models import Import
from followups.services.importing import csv_files, workbooks
from followups.services.importing.cells import Cell, Mark, shown
from followups.services.importing.mapping import count_known
from followups.services.importing.reasons import NotReadable
from followups.services.importing.records import Record

MOST_COLUMNS = 500
MOST_ROWS = 1_000_000
# Above the headings there may be a title, the period, who printed it.
ROWS_OF_A_HEAD = 20
SAMPLES = 3


@dataclass
class Inspection:
    """What a file is, found before anybody says what its columns mean."""

    kind: Import.Kind
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    has_formulas: bool = False
    counts_from_1904: bool = False
    rows_total: int = 0
    heading_row: int = 0
    headings: list[str] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)


def inspect(file: IO[bytes]) -> Inspection:
    """Look at the beginning and the size of a file; NotReadable with the reason."""
    found = look_at(file)
    if found.rows_total > MOST_ROWS:
        raise NotReadable("too_many_rows", most=MOST_ROWS)
    _find_headings(found, list(islice(read_records(file, found), 2 * ROWS_OF_A_HEAD)))
    return found


def look_at(file: IO[bytes]) -> Inspection:
    """What kind of file it is, before its headings are looked for."""
    file.seek(0)
    start = file.read(8)
    if not start:
        raise NotReadable("empty")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotReadable("old_workbook")
    return _inspect_workbook(file) if start.startswith(b"PK") else _inspect_csv(file)


def read_rows(file: IO[bytes], upload: Import) -> Iterator[Record]:
    """The rows below the headings."""
    width = len(upload.headings) + 1  # one more, to notice rows that are too long
    records = read_records(file, upload, width)
    return islice(records, upload.heading_row + 1, None)


def _inspect_csv(file: IO[bytes]) -> Inspection:
    encoding, lines = csv_files.detect_encoding(file)
    delimiter = csv_files.detect_delimiter(file, encoding)
    return Inspection(Import.Kind.CSV, encoding, delimiter, rows_total=lines)


def _inspect_workbook(file: IO[bytes]) -> Inspection:
    sheet = workbooks.look_into(file)
    return Inspection(
        Import.Kind.XLSX,
        sheet=sheet.title[:100],
        has_formulas=sheet.has_formulas,
        counts_from_1904=sheet.is_1904,
        rows_total=sheet.row_count,
    )


def read_records(
    file: IO[bytes], layout: Inspection | Import, width: int | None = None
) -> Iterator[Record]:
    """Every row of the file that holds something, headings and all."""
    if layout.kind == Import.Kind.XLSX:
        return workbooks.read_records(
            file, has_formulas=layout.has_formulas, width=width
        )
    return csv_files.read_records(file, layout.encoding, layout.delimiter)


def _find_headings(found: Inspection, records: Sequence[Record]) -> None:
    """The row with the most headings we know; else the first that is only words."""
    if not records:
        raise NotReadable("empty")
    head = [[shown(cell) for cell in record.cells] for record in records]
    index = max(range(len(head[:ROWS_OF_A_HEAD])), key=lambda i: count_known(head[i]))
    if count_known(head[index]) < 2:
        index = next((i for i, cells in enumerate(head) if _only_words(cells)), -1)
    if index < 0:
        raise NotReadable("no_headings")
    headings = head[index]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise NotReadable("too_many_columns", most=MOST_COLUMNS)
    below = head[index + 1 :]
    if not below:
        raise NotReadable("no_rows")
    found.heading_row = index
    found.headings = headings
    found.rows_total = max(found.rows_total - index - 1, len(below))
    found.samples = [_samples(below, column) for column in range(len(headings))]


def _only_words(cells: Sequence[str]) -> bool:
    """Whether a row could be headings: several words, none of them a number."""
    words = [cell for cell in cells if cell]
    return len(words) >= 3 and not any(
        sum(sign.isdigit() for sign in word) > 2 for word in words
    )


def _samples(rows: Sequence[Sequence[str]], column: int) -> list[str]:
    """The first different cells of a column that hold something."""
    cells = (row[column] for row in rows if column < len(row) and row[column])
    return list(islice(dict.fromkeys(cells), SAMPLES))


def value_at(cells: Sequence[Cell], column: int) -> Cell:
    return cells[column] if column < len(cells) else None


def is_filled(cell: Cell) -> bool:
    return cell is not None and cell is not Mark.NO_VALUE and bool(str(cell).strip())
