"""Reading HL7 v2 messages as they come: tolerant of form, strict about what is lost.

Pure functions. A message is its segments; a field is asked for by its number and, as in
the standard, by repetition, component and subcomponent, and what is absent is empty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from followups.services.feed.problems import NotUnderstood, Problem

UTF_8, GB18030 = "utf-8", "gb18030"
# Names of table 0211, and what senders write instead.
CHARSETS = {
    "UNICODE UTF-8": UTF_8,
    "UTF-8": UTF_8,
    "UTF8": UTF_8,
    "GB 18030-2000": GB18030,
    "GB 18030-2005": GB18030,
    "GB 18030-2022": GB18030,
    "GB 18030": GB18030,
    "GB18030": GB18030,
    "GB 2312-80": GB18030,
    "GB 2312": GB18030,
    "GB2312": GB18030,
    "GBK": GB18030,
    "CP936": GB18030,
}
# Written by engines that never asked which characters they send.
UNDECLARED = frozenset({"", "ASCII", "ISO IR6", "UNICODE"})

DEFAULT_SEPARATORS = "|^~\\&"
NULL = '""'  # "take the value back"; to us it is as good as absent
HEADER_LENGTH = 5_000  # bytes; what a first segment may have
MOST_LINES = 20_000

_BREAK = re.compile(r"[\r\n]+")
_BEFORE = b"\xef\xbb\xbf \t\r\n\0"
_HEX = re.compile(r"X(?:[0-9A-Fa-f]{2})+")
_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_BREAKS = {".br": "\n", ".BR": "\n", ".sp": "\n", ".SP": "\n"}


@dataclass(frozen=True)
class Separators:
    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding(self) -> str:
        """As MSH-2 names them."""
        signs = self.component + self.repetition + self.escape + self.subcomponent
        return signs.rstrip("\0")


@dataclass(frozen=True)
class Field:
    """One repetition of a field."""

    raw: str
    separators: Separators
    codec: str = UTF_8

    def get(self, component: int = 1, subcomponent: int = 1) -> str:
        """The text of a part, escapes resolved; absent and null are empty."""
        part = _nth(self.raw, self.separators.component, component)
        part = _nth(part, self.separators.subcomponent, subcomponent).strip()
        return "" if part == NULL else self._unescape(part)

    def parts(self) -> Iterator[str]:
        """All texts that are not empty, subcomponents apart."""
        for part in self.raw.split(self.separators.component):
            for piece in part.split(self.separators.subcomponent):
                if (text := piece.strip()) not in ("", NULL):
                    yield self._unescape(text)

    def _unescape(self, text: str) -> str:
        escape = self.separators.escape
        if escape not in text:
            return text
        pieces = text.split(escape)
        # Text and escape take turns; an escape that never ends is text.
        if len(pieces) % 2 == 0:
            pieces[-2:] = [escape.join(pieces[-2:])]
        for index in range(1, len(pieces), 2):
            pieces[index] = self._resolve(pieces[index])
        return "".join(pieces)

    def _resolve(self, code: str) -> str:
        signs = self.separators
        known = {
            "F": signs.field,
            "S": signs.component,
            "R": signs.repetition,
            "E": signs.escape,
            "T": signs.subcomponent,
            "H": "",
            "N": "",
        }
        if code in known:
            return known[code]
        if code in _BREAKS:
            return _BREAKS[code]
        if _HEX.fullmatch(code):
            return bytes.fromhex(code[1:]).decode(self.codec, errors="replace")
        # Local and character-set escapes have no text; what is no escape stays.
        if code[:1] in ("Z", "C", "M", "."):
            return ""
        return f"{signs.escape}{code}{signs.escape}"


@dataclass(frozen=True)
class Segment:
    name: str
    fields: tuple[str, ...] = ()  # the first is number 1
    separators: Separators = field(default_factory=Separators)
    codec: str = UTF_8

    def raw(self, number: int) -> str:
        return self.fields[number - 1] if number <= len(self.fields) else ""

    def repetitions(self, number: int) -> list[Field]:
        """The repetitions that say anything."""
        make = partial(Field, separators=self.separators, codec=self.codec)
        pieces = self.raw(number).split(self.separators.repetition)
        return [make(piece) for piece in pieces if piece.strip() not in ("", NULL)]

    def get(self, number: int, component: int = 1, subcomponent: int = 1) -> str:
        """A part of the first repetition."""
        found = self.repetitions(number)
        return found[0].get(component, subcomponent) if found else ""


@dataclass(frozen=True)
class Message:
    segments: tuple[Segment, ...]
    separators: Separators
    codec: str = UTF_8

    def all(self, name: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.name == name]

    def first(self, name: str) -> Segment:
        """The first segment of the name; absent ones are empty."""
        return next(
            (segment for segment in self.segments if segment.name == name),
            Segment(name),
        )

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def event(self) -> str:
        """Such as A03, from MSH-9 or the old EVN-1."""
        return self.header.get(9, 2) or self.first("EVN").get(1)

    @property
    def control_id(self) -> str:
        return self.header.get(10)

    @property
    def sender(self) -> str:
        return f"{_plain(self.header.raw(3))}|{_plain(self.header.raw(4))}"


def read(body: bytes) -> Message:
    """Decode and take apart. Raises NotUnderstood with what is wrong."""
    return parse(*decode(body))


def read_header(body: bytes) -> Message:
    """Only MSH of a message that cannot be read, byte by byte if it must be."""
    try:
        text, codec = decode(body)
    except NotUnderstood:
        text, codec = body.lstrip(_BEFORE).decode("latin-1"), "latin-1"
    return parse(_BREAK.split(text[:HEADER_LENGTH], maxsplit=1)[0], codec)


def decode(body: bytes) -> tuple[str, str]:
    """The text, and the codec it was in: as MSH-18 says, else UTF-8, else GB18030."""
    body = body.lstrip(_BEFORE)
    if not body.startswith(b"MSH"):
        raise NotUnderstood(Problem.NO_HEADER)
    declared = _declared_charset(body)
    if declared.upper() in UNDECLARED:
        for codec in (UTF_8, GB18030):
            if (text := _try(body, codec)) is not None:
                return text, codec
        raise NotUnderstood(Problem.NOT_DECODED, "UTF-8, GB18030")
    known = CHARSETS.get(declared.upper())
    if known is None:
        raise NotUnderstood(Problem.UNKNOWN_CHARSET, declared[:40])
    if (text := _try(body, known)) is None:
        raise NotUnderstood(Problem.NOT_DECODED, declared)
    return text, known


def parse(text: str, codec: str = UTF_8) -> Message:
    """The segments of a text that begins with MSH."""
    lines = [line for line in _BREAK.split(text.lstrip("\ufeff")) if line.strip("\0 ")]
    if not lines or not lines[0].startswith("MSH") or len(lines[0]) < 4:
        raise NotUnderstood(Problem.NO_HEADER)
    if len(lines) > MOST_LINES:
        raise NotUnderstood(Problem.TOO_MANY_SEGMENTS)
    separators = _read_separators(lines[0])
    joined = _join_text(lines, separators.field)
    segments = [_read_segment(line, separators, codec) for line in joined]
    if any(segment.name == "MSH" for segment in segments[1:]):
        raise NotUnderstood(Problem.TWO_MESSAGES)
    return Message(tuple(segments), separators, codec)


def _join_text(lines: list[str], separator: str) -> list[str]:
    """A line without a field belongs to the text before it, which had a line end."""
    joined: list[list[str]] = []
    for line in lines:
        if separator in line or not joined or _SEGMENT_NAME.fullmatch(line.strip()):
            joined.append([line])
        else:
            joined[-1].append(line)
    return ["\n".join(parts) for parts in joined]


def _declared_charset(body: bytes) -> str:
    """MSH-18. In GB18030 a separator may be half of a character: decode first."""
    line = re.split(rb"[\r\n]", body[:HEADER_LENGTH], maxsplit=1)[0]
    for codec in (UTF_8, GB18030, "latin-1"):
        text = _try(line, codec)
        if text is not None and len(text) > 3:
            header = _read_segment(text, _read_separators(text), codec)
            names = [each.get() for each in header.repetitions(18)]
            return next((n for n in names if n.upper() not in UNDECLARED), "")
    return ""


def _try(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _read_separators(line: str) -> Separators:
    """MSH-1 and MSH-2. What MSH-2 leaves out does not occur in the message."""
    sign = line[3]
    given = line[4:].split(sign, 1)[0][:4] or DEFAULT_SEPARATORS[1:]
    component, repetition, escape, subcomponent = [*given.ljust(4, "\0")]
    signs = (sign, component, repetition, escape, subcomponent)
    used = [each for each in signs if each != "\0"]
    if "\0" in given or len(set(used)) < len(used) or any(map(str.isalnum, used)):
        raise NotUnderstood(Problem.BAD_SEPARATORS)
    return Separators(*signs)


def _read_segment(line: str, separators: Separators, codec: str) -> Segment:
    name, *fields = line.lstrip().split(separators.field)
    if not _SEGMENT_NAME.fullmatch(name):
        raise NotUnderstood(Problem.BROKEN_SEGMENT, _describe(name))
    if name == "MSH":
        fields.insert(0, separators.field)
    return Segment(name, tuple(fields), separators, codec)


def _describe(name: str) -> str:
    """A name to report: never what may be somebody's."""
    return name if re.fullmatch(r"[A-Za-z0-9]{1,3}", name) else "?"


def _nth(text: str, separator: str, number: int) -> str:
    parts = text.split(separator)
    return parts[number - 1] if number <= len(parts) else ""


def _plain(text: str) -> str:
    return "" if text == NULL else text.strip()
