"""CSV files as they come: UTF-8 or GB18030, or both in one file, and stray quotes."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import IO

from followups.services.importing.reasons import NotReadable
from followups.services.importing.records import Record

DELIMITERS = ",;\t|，"
LONGEST_LINE = 1024 * 1024
MOST_LINES_OF_A_ROW = 20
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"


def detect_encoding(file: IO[bytes]) -> tuple[str, int]:
    """The encoding of most lines that tell one, and how many lines there are."""
    votes = {"utf-8": 0, "gb18030": 0}
    count = 0
    for raw in _raw_lines(file):
        count += 1
        if raw.isascii():
            continue
        for encoding in votes:
            if _decodes(raw, encoding):
                votes[encoding] += 1
                break
    return max(votes, key=lambda encoding: votes[encoding]), count


def detect_delimiter(file: IO[bytes], encoding: str) -> str:
    """The sign that parts most cells of the first lines."""
    lines = [
        _decode(raw, encoding)[0]
        for __, raw in zip(range(20), _raw_lines(file), strict=False)
    ]
    counts = {
        sign: max((line.count(sign) for line in lines), default=0)
        for sign in DELIMITERS
    }
    return max(DELIMITERS, key=lambda sign: counts[sign])


def read_records(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[Record]:
    """Every record with the number of its first line. Blank lines are left out."""
    waiting: deque[tuple[int, str, bool]] = deque()
    lines = _decoded_lines(file, encoding)
    while True:
        taken = _take_record(waiting, lines, delimiter)
        if taken is None:
            return
        if any(cell.strip() for cell in taken.cells if isinstance(cell, str)):
            yield taken


def _take_record(
    waiting: "deque[tuple[int, str, bool]]",
    lines: Iterator[tuple[int, str, bool]],
    delimiter: str,
) -> Record | None:
    """The next record; a quote never closed costs its own line only."""
    parts: list[tuple[int, str, bool]] = []
    while len(parts) < MOST_LINES_OF_A_ROW:
        part = waiting.popleft() if waiting else next(lines, None)
        if part is None:
            break
        parts.append(part)
        text = "".join(each[1] for each in parts)
        cells = _parse(text, delimiter)
        if cells is not None:
            foreign = any(each[2] for each in parts)
            return Record(parts[0][0], cells, is_foreign=foreign)
    if not parts:
        return None
    waiting.extendleft(reversed(parts[1:]))
    number, text, foreign = parts[0]
    cells = text.rstrip("\r\n").split(delimiter)
    return Record(number, cells, is_foreign=foreign, is_open=True)


def _parse(text: str, delimiter: str) -> list[str] | None:
    """The cells; None while a quotation mark is open."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as wrong:
        if "unexpected end of data" in str(wrong):
            return None
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _decoded_lines(file: IO[bytes], encoding: str) -> Iterator[tuple[int, str, bool]]:
    for number, raw in enumerate(_raw_lines(file), start=1):
        yield number, *_decode(raw, encoding)


def _decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """The line, and whether it is in UTF-8 unlike the file.

    GB18030 text is hardly ever valid UTF-8, so there a UTF-8 line can be told. Bytes
    that cannot be read become surrogates, which `cells.text_of` refuses.
    """
    if encoding != "utf-8" and not raw.isascii() and _decodes(raw, "utf-8"):
        return raw.decode("utf-8"), True
    return raw.decode(encoding, errors="surrogateescape"), False


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _raw_lines(file: IO[bytes]) -> Iterable[bytes]:
    """Lines with their ends, from the beginning; NotReadable for what is no text."""
    file.seek(0)
    first = True
    while raw := file.readline(LONGEST_LINE):
        if first:
            if raw.startswith(UTF_16):
                raise NotReadable("unicode_text")
            raw, first = raw.removeprefix(BOM), False
        if b"\0" in raw or len(raw) == LONGEST_LINE:
            raise NotReadable("not_text")
        yield raw
