"""The rows that need correcting, as a CSV file that can be imported again."""

import csv
from collections.abc import Iterator, Sequence

from django.utils.translation import pgettext

from followups.models import Import, ImportRow, Verdict
from followups.services.importing.cells import shown
from followups.services.importing.reading import read_rows
from followups.services.importing.reasons import from_json

# With the mark at the beginning Excel sees that this is UTF-8.
BOM = "\ufeff"
# A spreadsheet would take such a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_errors(upload: Import) -> Iterator[str]:
    """Line by line: why, then the cells as they stand in the file.

    File and rows are read side by side, both by line, so the memory stays small.
    """
    line = _Line()
    head = [
        pgettext("column of a CSV file", "line"),
        pgettext("column of a CSV file", "what is wrong"),
    ]
    yield BOM + line.write([*head, *upload.headings])
    wrong = upload.rows.filter(verdict=Verdict.ERROR).order_by("line", "pk").iterator()
    row = next(wrong, None)
    if row is None:
        return
    with upload.file.open("rb") as file:
        for record in read_rows(file, upload):
            if row is not None and record.line == row.line:
                cells = [shown(cell) for cell in record.cells]
                yield line.write([str(row.line), why(row), *cells])
                row = next(wrong, None)
            if row is None:
                return


def why(row: ImportRow) -> str:
    return " ".join(reason.words for reason in from_json(row.reasons))


def guard(cell: str) -> str:
    """An apostrophe before what would be a formula; the import takes it off again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


class _Line:
    """What csv.writer writes to, to be had back as text."""

    def __init__(self) -> None:
        self._writer = csv.writer(self)
        self._text = ""

    def write(self, cells: Sequence[str] | str) -> str:
        if isinstance(cells, str):  # from the writer
            self._text = cells
        else:
            self._writer.writerow([guard(cell) for cell in cells])
        return self._text
