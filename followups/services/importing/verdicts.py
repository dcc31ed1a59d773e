"""What one row says: its facts, and every reason against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from followups.models import Disposition
from followups.services.importing import words
from followups.services.importing.cells import (
    EXCEL_EPOCH,
    Cell,
    plain_text,
    read_identifier,
    read_moment,
    read_phones,
    text_of,
)
from followups.services.importing.departments import DepartmentFinder
from followups.services.importing.reasons import Problem, Reason

LONGEST = {
    "name": 60,
    "relative": 60,
    "ward": 60,
    "doctor": 60,
    "diagnosis": 200,
    "diagnosis_code": 20,
    "check_up_at": 100,
}
LONGEST_NUMBER = 40
FIRST_STAY_YEAR, FIRST_BIRTH_YEAR = 1980, 1880
# A check-up is not planned farther ahead.
LAST_CHECK_UP = timedelta(days=5 * 366)
MOST = {"charlson": 40, "emergency_visits": 200}
# A discharge without a time of day: about when people go home.
NOON = time(12)
Values = Mapping[str, Cell]


@dataclass(frozen=True)
class Context:
    """What rows are judged against."""

    departments: DepartmentFinder
    now: datetime
    number_length: int | None = None
    epoch: datetime = EXCEL_EPOCH


@dataclass
class Draft:
    """A row being understood."""

    context: Context
    patient: str = ""
    visit: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return any(reason.is_error for reason in self.reasons)

    @property
    def has_warnings(self) -> bool:
        return any(reason.is_warning for reason in self.reasons)

    def say(self, code: str, **params: Any) -> None:
        self.reasons.append(Reason(code, params))


def judge(values: Values, context: Context) -> Draft:
    """Everything the row says by the meanings of its cells."""
    draft = Draft(context)
    for key, read in READERS.items():
        if key not in values:
            continue
        try:
            read(draft, key, values[key])
        except Problem as problem:
            params = {"column": key, **problem.reason.params}
            draft.reasons.append(Reason(problem.reason.code, params))
    for key, value in (("patient", draft.patient), ("visit", draft.visit)):
        if not value and not _told_of(draft, key):
            draft.say("missing", column=key)
    _check_stay(draft)
    return draft


def _told_of(draft: Draft, key: str) -> bool:
    return any(each.params.get("column") == key for each in draft.reasons)


def _patient(draft: Draft, key: str, value: Cell) -> None:
    number = read_identifier(value, LONGEST_NUMBER)
    length = draft.context.number_length
    if length and number.isdigit() and len(number) < length:
        number = number.zfill(length)
        draft.say("zeros_added", text=number)
    draft.patient = number


def _visit(draft: Draft, key: str, value: Cell) -> None:
    """“第2次” and “2” are the same visit."""
    number = read_identifier(value, LONGEST_NUMBER)
    inner = number.removeprefix("第").removesuffix("次").removesuffix("次住院")
    draft.visit = inner or number


def _text(draft: Draft, key: str, value: Cell) -> None:
    text = " ".join(text_of(value).split())
    if len(text) > LONGEST[key]:
        text = text[: LONGEST[key]]
        draft.say("shortened", column=key, most=LONGEST[key])
    if text:
        draft.facts[key] = text


def _bed(draft: Draft, key: str, value: Cell) -> None:
    """Ward and bed are one field; the ward was read before."""
    bed = " ".join(text_of(value).split())
    together = " ".join(part for part in (draft.facts.get("ward"), bed) if part)
    if together:
        _text(draft, "ward", together)


def _diagnosis_code(draft: Draft, key: str, value: Cell) -> None:
    """The first of several codes: the main diagnosis."""
    codes = plain_text(value).upper().replace("、", ",").replace(";", ",").split(",")
    _text(draft, key, codes[0])


def _sex(draft: Draft, key: str, value: Cell) -> None:
    text = plain_text(value)
    sex = words.read_sex(text)
    if sex is not None:
        draft.facts[key] = str(sex)
    elif text:
        draft.say("unknown_word", column=key, text=text[:40])


def _born_on(draft: Draft, key: str, value: Cell) -> None:
    """A wrong birthday is no reason to call nobody."""
    text = plain_text(value)
    if not text:
        return
    try:
        born = read_moment(value, draft.context.epoch)[0].date()
    except Problem:
        born = date.max
    if born.year >= FIRST_BIRTH_YEAR and born <= _today(draft):
        draft.facts[key] = born.isoformat()
    else:
        draft.say("birth_left_out", column=key, text=text[:40])


def _phone(draft: Draft, key: str, value: Cell) -> None:
    own, relative, more = _read_phones(draft, key, value)
    if own:
        draft.facts["phone"] = own
    if relative:
        draft.facts["relative_phone"] = relative
    if more:
        draft.say("phones_left_out", column=key)


def _relative_phone(draft: Draft, key: str, value: Cell) -> None:
    own, relative, __ = _read_phones(draft, key, value)
    if own or relative:
        draft.facts["relative_phone"] = relative or own


def _read_phones(draft: Draft, key: str, value: Cell) -> tuple[str, str, bool]:
    """A phone that cannot be read leaves the patient on the find-the-number list."""
    try:
        return read_phones(value)
    except Problem as problem:
        if problem.reason.code != "phone_left_out":
            raise
        draft.say("phone_left_out", column=key, **problem.reason.params)
        return "", "", False


def _department(draft: Draft, key: str, value: Cell) -> None:
    text = text_of(value)
    if text:
        draft.facts["department_id"] = draft.context.departments.find(text)
    else:
        draft.say("no_department")


def _moment(draft: Draft, key: str, value: Cell) -> None:
    text = plain_text(value)
    if not text:
        return
    naive, has_time = read_moment(value, draft.context.epoch)
    if naive.year < FIRST_STAY_YEAR:
        raise Problem("year", text=text[:40])
    if not has_time and key == "discharged_at":
        naive = datetime.combine(naive, NOON)
    moment = timezone.make_aware(naive)
    later = moment > draft.context.now if has_time else naive.date() > _today(draft)
    if later:
        raise Problem("in_future", text=text[:40])
    admitted = draft.facts.get("admitted_at")
    if not has_time and key == "discharged_at" and admitted:
        same_day = datetime.fromisoformat(admitted)
        if timezone.localdate(same_day) == naive.date():
            moment = max(moment, same_day)
    draft.facts[key] = moment.isoformat()


def _disposition(draft: Draft, key: str, value: Cell) -> None:
    text = plain_text(value)
    if not text:
        return
    disposition = words.read_disposition(text)
    if disposition is None:
        draft.say("unknown_disposition", column=key, text=text[:40])
    draft.facts[key] = str(disposition or Disposition.OTHER)


def _surgery(draft: Draft, key: str, value: Cell) -> None:
    text = plain_text(value)
    if text:
        draft.facts[key] = words.read_surgery(text)


def _emergency(draft: Draft, key: str, value: Cell) -> None:
    _yes_or_no(draft, key, value, words.read_emergency)


def _refuses(draft: Draft, key: str, value: Cell) -> None:
    _yes_or_no(draft, key, value, words.read_yes)


def _yes_or_no(
    draft: Draft, key: str, value: Cell, read: Callable[[str], bool | None]
) -> None:
    text = plain_text(value)
    said = read(text) if text else None
    if said is not None:
        draft.facts[key] = said
    elif text:
        draft.say("unknown_word", column=key, text=text[:40])


def _count(draft: Draft, key: str, value: Cell) -> None:
    """What is not known stays unknown, never zero."""
    text = plain_text(value).removesuffix(".0")
    if text.isascii() and text.isdigit() and int(text[:6]) <= MOST[key]:
        draft.facts[key] = int(text)
    elif text:
        draft.say("unknown_word", column=key, text=text[:40])


def _check_up_on(draft: Draft, key: str, value: Cell) -> None:
    """A wrong day of the check-up is no reason to call nobody."""
    text = plain_text(value)
    if not text:
        return
    try:
        day = read_moment(value, draft.context.epoch)[0].date()
    except Problem:
        day = date.max
    if day.year >= FIRST_STAY_YEAR and day - _today(draft) <= LAST_CHECK_UP:
        draft.facts[key] = day.isoformat()
    else:
        draft.say("check_up_left_out", column=key, text=text[:40])


def _check_stay(draft: Draft) -> None:
    admitted, discharged = (
        draft.facts.get(name) for name in ("admitted_at", "discharged_at")
    )
    if not admitted and not discharged:
        if not any(_told_of(draft, key) for key in ("admitted_at", "discharged_at")):
            draft.say("no_dates")
    elif admitted and discharged:
        length = datetime.fromisoformat(discharged) - datetime.fromisoformat(admitted)
        if length < timedelta():
            draft.say("discharged_first")


def _today(draft: Draft) -> date:
    return timezone.localdate(draft.context.now)


# In this order: the bed follows the ward, the discharge the admission.
READERS: dict[str, Callable[[Draft, str, Cell], None]] = {
    "patient": _patient,
    "visit": _visit,
    "name": _text,
    "sex": _sex,
    "born_on": _born_on,
    "phone": _phone,
    "relative": _text,
    "relative_phone": _relative_phone,
    "department": _department,
    "ward": _text,
    "bed": _bed,
    "doctor": _text,
    "admitted_at": _moment,
    "discharged_at": _moment,
    "disposition": _disposition,
    "diagnosis_code": _diagnosis_code,
    "diagnosis": _text,
    "had_surgery": _surgery,
    "was_emergency": _emergency,
    "charlson": _count,
    "emergency_visits": _count,
    "refuses_calls": _refuses,
    "check_up_on": _check_up_on,
    "check_up_at": _text,
}
