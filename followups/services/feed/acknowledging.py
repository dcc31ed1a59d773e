"""The answer to a message: MSH turned round, MSA, and ERR when something is wrong."""

from collections.abc import Iterable
from uuid import uuid4

from django.utils import timezone

from followups.services.feed import hl7
from followups.services.feed.problems import NotUnderstood
from hospital import clock

ACCEPTED, ERROR, REJECTED = "AA", "AE", "AR"
ERR_WITH_FIELDS = "2.5"  # from this version on ERR says it in fields of its own
NOBODY = hl7.parse(f"MSH{hl7.DEFAULT_SEPARATORS}")


def acknowledge(message: hl7.Message, trouble: NotUnderstood | None = None) -> bytes:
    """The ACK, in the encoding of the message."""
    header, signs = message.header, message.separators
    version = header.get(12) or ERR_WITH_FIELDS
    kind = signs.component.join(part for part in ("ACK", message.event, "ACK") if part)
    sent_at = timezone.localtime(clock.now())
    msh = [
        signs.encoding,
        header.raw(5),
        header.raw(6),
        header.raw(3),
        header.raw(4),
        f"{sent_at:%Y%m%d%H%M%S%z}",
        "",
        kind,
        uuid4().hex[:20],
        header.raw(11) or "P",
        header.raw(12) or version,
        *[""] * 5,
        header.raw(18),
    ]
    code = ACCEPTED if trouble is None else REJECTED if trouble.is_refused else ERROR
    said = _escape(trouble.english, signs) if trouble else ""
    segments = [["MSH", *msh], ["MSA", code, header.raw(10), said]]
    if trouble is not None:
        segments.append(_error(trouble, said, version, signs))
    text = "".join(_line(segment, signs.field) for segment in segments)
    return text.encode(message.codec, errors="replace")


def _error(
    trouble: NotUnderstood, said: str, version: str, signs: hl7.Separators
) -> list[str]:
    number, meaning = trouble.code
    place = _place(trouble.where)
    if version < ERR_WITH_FIELDS:
        between = signs.subcomponent.strip("\0") or " "
        coded = between.join([number, meaning, "HL70357"])
        where = (place + ["", "", ""])[:3]
        return ["ERR", signs.component.join([*where, coded])]
    coded = signs.component.join([number, meaning, "HL70357"])
    return ["ERR", "", signs.component.join(place), coded, "E", "", "", "", said]


def _place(where: str) -> list[str]:
    """PV1-19 → segment, its number, the field."""
    name, __, number = where.partition("-")
    return [name, "1", number] if len(name) == 3 and number.isdecimal() else []


def _line(segment: Iterable[str], separator: str) -> str:
    return separator.join(segment).rstrip(separator) + "\r"


def _escape(text: str, signs: hl7.Separators) -> str:
    """Without the signs that have a meaning in this message."""
    meant = {signs.field, signs.component, signs.repetition, signs.subcomponent}
    return "".join(" " if sign in meant | {signs.escape} else sign for sign in text)
