"""What an ADT message tells: patient, stay and event, as facts of the feed."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from followups.models import Disposition, FeedKind, Patient
from followups.services.feed import adt_fields as fields
from followups.services.feed.facts import Told
from followups.services.feed.hl7 import Field, Message, Segment
from followups.services.feed.problems import NotUnderstood, Problem
from followups.services.importing import reasons
from followups.services.importing.departments import DepartmentFinder
from followups.services.importing.words import read_disposition, read_sex
from hospital import clock

EVENTS = frozenset(FeedKind)

# PV1-36. Table 0112 of HL7 and 离院方式 of the record's front page, as hospitals mix
# them; leading zeros do not count. Of two meanings the one that stops calls holds.
# Words are read as in lists of stays.
DISPOSITIONS = {
    "1": Disposition.HOME,
    "2": Disposition.TRANSFER,
    "3": Disposition.COMMUNITY,
    "4": Disposition.AGAINST_ADVICE,
    "5": Disposition.DECEASED,
    "6": Disposition.HOME,
    "7": Disposition.AGAINST_ADVICE,
    "8": Disposition.HOME,
    "9": Disposition.OTHER,
    "20": Disposition.DECEASED,
    "40": Disposition.DECEASED,
    "41": Disposition.DECEASED,
    "42": Disposition.DECEASED,
}
LANGUAGES = {
    name: language
    for language, names in {
        Patient.Language.MANDARIN: "ZH ZHO CHI CMN ZH-CN ZH_CN 汉语 中文 普通话",
        Patient.Language.CANTONESE: "YUE 粤语 广东话 白话",
        Patient.Language.MINNAN: "NAN 闽南语 闽南话",
        Patient.Language.MONGOLIAN: "MN MON 蒙语 蒙古语",
        Patient.Language.ENGLISH: "EN ENG EN-US EN-GB 英语",
    }.items()
    for name in names.split()
}
EMERGENCY = frozenset({"E", "急诊"})
TRUE, FALSE = frozenset({"Y", "1", "T", "是"}), frozenset({"N", "0", "F", "否"})
# DG1-6, the surest first.
DIAGNOSIS_TYPES = ("F", "W", "A")
# PR1-6: done for anaesthesia or to find out, not to treat.
NOT_SURGERY = frozenset({"A", "D"})
NUMBER_TYPES = ("MR", "PI")

NUMBER_LENGTH = 40
LENGTHS = {
    "name": 60,
    "relative": 60,
    "ward": 60,
    "doctor": 60,
    "diagnosis_code": 20,
    "diagnosis": 200,
}
LEEWAY = timedelta(days=1)  # clocks differ; a date alone may be tomorrow's elsewhere


def read_adt(message: Message) -> list[Told]:
    """The facts; none of an event that is not for us. Raises NotUnderstood."""
    kind = message.header.get(9)
    event = message.event
    if not kind:
        raise NotUnderstood(Problem.MISSING, "MSH-9")
    if kind != "ADT" or event not in EVENTS:
        return []
    told_at = _recorded_at(message)
    if event == FeedKind.MERGE:
        return list(_read_merges(message, told_at))
    return [_read_event(message, FeedKind(event), told_at)]


def _recorded_at(message: Message) -> datetime:
    told_at = _moment(message, ("EVN", 2)) or _moment(message, ("MSH", 7))
    if told_at is None:
        raise NotUnderstood(Problem.MISSING, "EVN-2")
    return told_at


def _read_event(message: Message, kind: FeedKind, told_at: datetime) -> Told:
    pid, visit = message.first("PID"), _visit_number(message)
    patient = _number(pid, 3, "PID")
    facts = _patient_facts(pid, message.all("NK1"))
    if visit:
        facts |= _stay_facts(message, kind, told_at)
    elif kind != FeedKind.UPDATE:
        raise NotUnderstood(Problem.MISSING, "PV1-19")
    elif _disposition(message.first("PV1")) == Disposition.DECEASED:
        facts["deceased"] = True
    return Told(
        kind=kind,
        patient=patient,
        visit=visit,
        recorded_at=told_at,
        key=_key(message),
        facts=facts,
        source=_source(message),
    )


def _read_merges(message: Message, told_at: datetime) -> Iterator[Told]:
    """Each MRG goes into the patient before it."""
    pid, count = Segment("PID"), 0
    for segment in message.segments:
        if segment.name == "PID":
            pid = segment
        if segment.name != "MRG":
            continue
        count += 1
        patient, away = _number(pid, 3, "PID"), _number(segment, 1, "MRG")
        if patient == away:
            raise NotUnderstood(Problem.SELF_MERGE)
        yield Told(
            kind=FeedKind.MERGE,
            patient=patient,
            merged_from=away,
            recorded_at=told_at,
            key=_key(message) if count == 1 else f"{_key(message)}:{count}",
            facts=_patient_facts(pid, []),
            source=_source(message),
        )
    if not count:
        _number(message.first("PID"), 3, "PID")
        raise NotUnderstood(Problem.MISSING, "MRG-1")


def _key(message: Message) -> str:
    return f"hl7:{message.sender}:{message.control_id}"


def _source(message: Message) -> str:
    return f"hl7:{message.sender}"[:100]


def _number(segment: Segment, number: int, name: str) -> str:
    """The number of the record among several, by the type of each."""
    where = f"{name}-{number}"
    found = [each for each in segment.repetitions(number) if each.get()]
    if not found:
        raise NotUnderstood(Problem.MISSING, where)
    best = min(found, key=_rank)
    return _short(fields.one_line(best.get()), where)


def _rank(number: Field) -> int:
    kind = number.get(5).upper()
    return NUMBER_TYPES.index(kind) if kind in NUMBER_TYPES else len(NUMBER_TYPES)


def _visit_number(message: Message) -> str:
    for name, number in (("PV1", 19), ("PV1", 50), ("PID", 18)):
        if text := fields.one_line(message.first(name).get(number)):
            return _short(text, f"{name}-{number}")
    return ""


def _short(text: str, where: str) -> str:
    if not text:
        raise NotUnderstood(Problem.MISSING, where)
    if len(text) > NUMBER_LENGTH:
        raise NotUnderstood(Problem.TOO_LONG, where)
    return text


def _patient_facts(pid: Segment, relatives: list[Segment]) -> dict[str, Any]:
    own = fields.read_phones([*pid.repetitions(13), *pid.repetitions(14)])
    facts: dict[str, Any] = {
        "name": fields.read_name(pid.repetitions(5), first=1),
        "sex": read_sex(pid.get(8)),
        "born_on": fields.read_day(pid.get(7)),
        "phone": own.first,
        "language": LANGUAGES.get(pid.get(15).upper()) or LANGUAGES.get(pid.get(15, 2)),
        "deceased": _deceased(pid),
    }
    for segment in relatives:
        phones = fields.read_phones(
            [*segment.repetitions(5), *segment.repetitions(6)], theirs=True
        )
        if phones.first or not facts.get("relative"):
            facts["relative"] = fields.read_name(segment.repetitions(2), first=1)
            facts["relative_phone"] = phones.first
        if phones.first:
            break
    facts["relative_phone"] = facts.get("relative_phone") or own.relative
    return _said(facts)


def _deceased(pid: Segment) -> bool | None:
    """A time of death is a death, whatever the mark beside it says."""
    mark = pid.get(30).upper()
    if pid.get(29) or mark in TRUE:
        return True
    return False if mark in FALSE else None


def _stay_facts(message: Message, kind: FeedKind, told_at: datetime) -> dict[str, Any]:
    pv1 = message.first("PV1")
    admission = pv1.get(4)
    code, text = _diagnosis(message.all("DG1"))
    facts: dict[str, Any] = {
        "department_id": _department(pv1),
        "ward": fields.one_line(" ".join(filter(None, _ward(pv1)))),
        "doctor": fields.read_name(pv1.repetitions(7), first=2),
        "diagnosis_code": code,
        "diagnosis": text,
        "was_emergency": admission.upper() in EMERGENCY if admission else None,
        "had_surgery": _had_surgery(message) or None,
        **_moments(message, kind, told_at),
    }
    if kind in (FeedKind.DISCHARGE, FeedKind.UPDATE):
        facts["disposition"] = _disposition(pv1)
    return _said(facts)


def _moments(
    message: Message, kind: FeedKind, told_at: datetime
) -> dict[str, str | None]:
    """When the stay began and ended, as far as this event may say."""
    if kind not in (FeedKind.ADMIT, FeedKind.DISCHARGE, FeedKind.UPDATE):
        return {}
    admitted = _moment(message, ("PV1", 44))
    discharged = None
    if kind == FeedKind.ADMIT:
        admitted = admitted or _moment(message, ("EVN", 6)) or told_at
    elif kind == FeedKind.DISCHARGE:
        discharged = _moment(message, ("PV1", 45))
        discharged = discharged or _moment(message, ("EVN", 6)) or told_at
    else:
        # Of somebody still in hospital some systems write the day that is planned.
        planned = fields.read_moment(message.first("PV1").get(45))
        discharged = planned if planned and planned <= clock.now() + LEEWAY else None
    return {
        "admitted_at": admitted.isoformat() if admitted else None,
        "discharged_at": discharged.isoformat() if discharged else None,
    }


def _moment(message: Message, place: tuple[str, int]) -> datetime | None:
    name, number = place
    text = message.first(name).get(number)
    if not text:
        return None
    moment = fields.read_moment(text)
    if moment is None:
        raise NotUnderstood(Problem.UNREADABLE, f"{name}-{number}")
    if moment > clock.now() + LEEWAY:
        raise NotUnderstood(Problem.IN_FUTURE, f"{name}-{number}")
    return moment


def _disposition(pv1: Segment) -> str | None:
    code = pv1.get(36)
    if not code:
        return None
    known = DISPOSITIONS.get(code.lstrip("0"))
    return known or read_disposition(code) or Disposition.OTHER


def _department(pv1: Segment) -> int | None:
    """Of our departments the one that is named first, by code, name or alias."""
    places = [(3, 1, 1), (3, 1, 2), (10, 1, 1), (10, 2, 1), (3, 9, 1)]
    named = [name for place in places if (name := pv1.get(*place))]
    if not named:
        return None
    finder = DepartmentFinder()
    for name in named:
        with suppress(reasons.Problem):
            return finder.find(name)
    return None


def _ward(pv1: Segment) -> list[str]:
    """Ward, room and bed; the ward's name rather than its code."""
    return [pv1.get(3, 1, 2) or pv1.get(3), pv1.get(3, 2), pv1.get(3, 3)]


def _diagnosis(found: list[Segment]) -> tuple[str, str]:
    """Code and words of the main diagnosis: the surest kind, then the first in rank."""
    if not found:
        return "", ""
    best = min(found, key=_diagnosis_rank)
    return best.get(3), best.get(4) or best.get(3, 2)


def _diagnosis_rank(segment: Segment) -> tuple[int, bool]:
    kind = segment.get(6).upper()
    known = kind in DIAGNOSIS_TYPES
    rank = DIAGNOSIS_TYPES.index(kind) if known else len(DIAGNOSIS_TYPES)
    return rank, segment.get(15).lstrip("0") != "1"


def _had_surgery(message: Message) -> bool:
    kinds = [segment.get(6).upper() for segment in message.all("PR1")]
    return any(kind not in NOT_SURGERY for kind in kinds)


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """Only what the message says, in the length that is kept."""
    cut = {
        name: fields.one_line(facts[name])[:length]
        for name, length in LENGTHS.items()
        if facts.get(name)
    }
    return {
        name: value for name, value in (facts | cut).items() if value not in (None, "")
    }
