"""Invented patients of the demo hospital: who they are and what they had."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from django.utils import timezone

from complaints.demo.stories import invent_name
from followups.models import FeedKind
from followups.services.feed.facts import Told
from hospital.models import Department

# Department, diagnosis code, diagnosis, surgery, weight.
ILLNESSES = (
    ("XNK", "I50.900", "心力衰竭", False, 6),
    ("XNK", "I20.000", "不稳定型心绞痛", False, 5),
    ("XNK", "I48.900", "心房颤动", False, 3),
    ("GK", "S72.000", "股骨颈骨折", True, 5),
    ("GK", "M17.900", "膝关节骨性关节炎", True, 4),
    ("SJNK", "I63.900", "脑梗死", False, 5),
    ("XHK", "K25.900", "胃溃疡", False, 4),
    ("PWK", "K80.000", "胆囊结石伴急性胆囊炎", True, 3),
    ("FCK", "O80.000", "顺产", False, 4),
    ("FCK", "O82.000", "剖宫产", True, 3),
    ("EK", "J18.000", "支气管肺炎", False, 4),
    ("HXK", "J44.100", "慢性阻塞性肺疾病急性加重", False, 4),
)
LANGUAGES = ("zh",) * 17 + ("nan", "yue", "en")


@dataclass(frozen=True)
class Illness:
    department: Department
    code: str
    name: str
    surgery: bool


def read_illnesses(
    departments: dict[str, Department],
) -> tuple[list[Illness], list[int]]:
    """The illnesses of departments that exist, and how often each comes."""
    known = [row for row in ILLNESSES if row[0] in departments]
    illnesses = [Illness(departments[c], code, n, s) for c, code, n, s, __ in known]
    return illnesses, [row[4] for row in known]


def invent_stay(
    rng: Random, number: int, illness: Illness, discharged_at: datetime
) -> list[Told]:
    """The messages of one stay: the admission, and the discharge days later."""
    days = rng.choice((2, 3, 4, 5, 6, 8, 10, 15))
    admitted_at = discharged_at - timedelta(days=days, hours=rng.randint(0, 6))
    patient, visit = f"{600000 + number}", str(rng.choice((1, 1, 1, 2, 3)))
    key = f"demo:{uuid4()}"
    discharge = {
        "discharged_at": discharged_at.isoformat(),
        "disposition": rng.choice(("home",) * 18 + ("transfer", "deceased")),
    }
    if rng.random() < 0.6:  # the rest were told by word of mouth only
        day = timezone.localdate(discharged_at) + timedelta(
            days=rng.choice((7, 14, 28))
        )
        discharge |= {
            "check_up_on": day.isoformat(),
            "check_up_at": f"{illness.department.name_zh}门诊",
        }
    facts = invent_facts(rng, number, illness, admitted_at)
    return [
        Told(FeedKind.ADMIT, patient, admitted_at, f"{key}:in", visit, facts=facts),
        Told(
            FeedKind.DISCHARGE,
            patient,
            discharged_at,
            f"{key}:out",
            visit,
            facts=discharge,
        ),
    ]


def invent_admission(
    rng: Random, number: int, illness: Illness, admitted_at: datetime
) -> Told:
    """Somebody comes into hospital and is still there."""
    facts = invent_facts(rng, number, illness, admitted_at)
    key = f"demo:{uuid4()}:in"
    return Told(
        FeedKind.ADMIT, f"{600000 + number}", admitted_at, key, "1", facts=facts
    )


def invent_facts(
    rng: Random, number: int, illness: Illness, admitted_at: datetime
) -> dict[str, Any]:
    """What is known of the patient on the day of admission."""
    age = _age(rng, illness)
    facts: dict[str, Any] = {
        "name": invent_name(rng),
        "sex": "female" if illness.code.startswith("O") else _sex(rng),
        "born_on": (admitted_at - timedelta(days=365 * age + 90)).date().isoformat(),
        "phone": f"199{number:08d}",
        "language": rng.choice(LANGUAGES),
        "department_id": illness.department.pk,
        "ward": f"{rng.randint(1, 4)}病区{rng.randint(1, 48)}床",
        "doctor": invent_name(rng),
        "diagnosis_code": illness.code,
        "diagnosis": illness.name,
        "had_surgery": illness.surgery,
        "was_emergency": rng.random() < 0.4,
        "admitted_at": admitted_at.isoformat(),
    }
    if rng.random() < 0.5:
        facts |= {"relative": invent_name(rng), "relative_phone": f"198{number:08d}"}
    if rng.random() < 0.8:  # the rest the record system does not tell
        facts |= {"charlson": rng.choice((0, 0, 1, 1, 2, 3, 4))}
        facts |= {"emergency_visits": rng.choice((0, 0, 0, 1, 2))}
    return facts


def _sex(rng: Random) -> str:
    return rng.choice(("male", "female"))


def _age(rng: Random, illness: Illness) -> int:
    if illness.code.startswith("O"):
        return rng.randint(21, 39)
    return (
        rng.randint(2, 11) if illness.department.code == "EK" else rng.randint(38, 86)
    )
