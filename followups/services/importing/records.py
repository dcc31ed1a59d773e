"""A row of a file, before anybody knows what its cells mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from followups.services.importing.cells import Cell


@dataclass(frozen=True)
class Record:
    """The cells of a row and the number of its first line, as an editor shows it."""

    line: int
    cells: Sequence[Cell]
    is_foreign: bool = False  # in another encoding than the file
    is_open: bool = False  # a quotation mark is never closed
