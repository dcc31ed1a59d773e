"""Reading single cells, as hospitals' systems and Excel write them."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from enum import Enum

from django.utils import timezone

from followups.services.importing.reasons import Problem
from hospital.text import clean_text, normalise_phone


class Mark(Enum):
    """Cells of a workbook that hold no value."""

    NO_VALUE = "formula without a stored value"


Cell = str | int | float | bool | date | datetime | time | timedelta | Mark | None

FIRST_YEAR, LAST_YEAR = 1850, 2200
EXACT_DIGITS = 15  # what Excel keeps of a number
SHOWN = 40
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # days in files have no zone
SERIALS = range(1, 110_000)
# What guards against formulas: an apostrophe before, or ="00123" to keep the zeros.
_GUARD = re.compile(r"^'(?=[=+\-@])")
_AS_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})?(?:\.\d+)?秒?)?分?"
    r")?"
)
_OFFSET = re.compile(r"T\d\d:?\d\d.*(?:Z|[+-]\d\d:?\d\d)$")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?: ?(\d\d):?(\d\d):?(\d\d)?)?")
_NUMBER = re.compile(r"\+?\(?\d[\d\-() ]{4,}\d")
_BETWEEN = re.compile(r"[/、,;|\n或]+")
_RELATIVE = re.compile(
    "家属|家人|亲属|联系人|儿|子|女|配偶|妻|夫|爱人|父|母|爸|妈|兄|弟|姐|妹|孙|媳|婿"
    "|relative|family|son|daughter|wife|husband",
    re.IGNORECASE,
)
_SELF = re.compile("本人|患者|病人|自己|self|patient", re.IGNORECASE)


def text_of(value: Cell) -> str:
    """The cell as text; Problem where it holds no text that could be trusted."""
    if value is None:
        return ""
    if value is Mark.NO_VALUE:
        raise Problem("formula_unknown")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        value = int(value)
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise Problem("undecodable")
        text = clean_text(_GUARD.sub("", value))
        if text in _ERRORS:
            raise Problem("formula_error", text=text)
        as_text = _AS_TEXT.match(text)
        return as_text[1].strip() if as_text else text
    return str(value)


def plain_text(value: Cell) -> str:
    """`text_of` in half-width signs, for words and numbers that are compared."""
    return unicodedata.normalize("NFKC", text_of(value)).strip()


def shown(value: Cell) -> str:
    """The cell for a person to recognise it, whatever it holds."""
    if value is None or value is Mark.NO_VALUE:
        return ""
    return clean_text(_SURROGATE.sub("\ufffd", str(value)))[:200]


def read_identifier(value: Cell, most: int) -> str:
    """A number that names something: no digit may be lost."""
    text = "".join(plain_text(value).split())
    if isinstance(value, str) and re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    was_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    cut = was_number and len(text.lstrip("-")) > EXACT_DIGITS
    if cut or _SCIENTIFIC.match(text):
        raise Problem("cut_number", text=text[:SHOWN])
    if len(text) > most:
        raise Problem("too_long", most=most)
    return text


def read_moment(value: Cell, epoch: datetime = EXCEL_EPOCH) -> tuple[datetime, bool]:
    """A naive moment, and whether it tells the time of day."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0), value.time() != time()
    if isinstance(value, date):
        return datetime.combine(value, time()), False
    text = plain_text(value)
    if re.fullmatch(r"\d{4,6}(?:\.\d+)?", text) and int(float(text)) in SERIALS:
        moment = epoch + timedelta(seconds=round(float(text) * 86400))
        return moment, moment.time() != time()
    if _OFFSET.search(text):
        return _read_offset(text)
    match = _MOMENT.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise Problem("not_a_moment", text=text[:SHOWN])
    numbers = [int(part) for part in match.groups() if part]
    try:
        moment = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001  # as above
    except ValueError:
        raise Problem("not_a_moment", text=text[:SHOWN]) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Problem("year", text=text[:SHOWN])
    return moment, match[4] is not None


def _read_offset(text: str) -> tuple[datetime, bool]:
    """ISO 8601 with an offset, as the hospital's clocks show it."""
    try:
        moment = timezone.localtime(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Problem("not_a_moment", text=text[:SHOWN]) from None
    return moment.replace(tzinfo=None, microsecond=0), True


def read_phones(value: Cell) -> tuple[str, str, bool]:
    """The patient's number, the relative's, and whether there were more.

    “138…(本人)/139…(儿子)”: by the words; without words the first is the patient's.
    """
    text = plain_text(value)
    if _SCIENTIFIC.match(text):
        raise Problem("cut_number", text=text[:SHOWN])
    own, relative, rest = "", "", []
    for words, number in _numbers(text):
        if _SELF.search(words) and not own:
            own = number
        elif _RELATIVE.search(words) and not _SELF.search(words) and not relative:
            relative = number
        else:
            rest.append(number)
    if rest and not own:
        own = rest.pop(0)
    if rest and not relative:
        relative = rest.pop(0)
    if text and not own and not relative:
        raise Problem("phone_left_out", text=text[:SHOWN])
    return own, relative, bool(rest)


def _numbers(text: str) -> list[tuple[str, str]]:
    """Each number of the cell with the words beside it."""
    found = []
    for part in _BETWEEN.split(text):
        matches = list(_NUMBER.finditer(part))
        if len(matches) == 1:
            words = _NUMBER.sub(" ", part)
            found.append((words, normalise_phone(matches[0][0])[:30]))
            continue
        end = 0
        for match in matches:
            number = normalise_phone(match[0])[:30]
            found.append((part[end : match.start()], number))
            end = match.end()
    return found
