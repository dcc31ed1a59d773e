"""Patients to ring, for the browser tests.

Some speak Mongolian, as does one agent; another agent calls for neurology alone. So
each has calls of their own, whatever else the demo hospital has in its queue.
"""

from datetime import timedelta
from typing import Any

from django.core.management import call_command

from followups.models import (
    AgentProfile,
    Anchor,
    FeedKind,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    Script,
    TouchPoint,
)
from followups.services.feed import Told, take_over
from hospital import clock
from hospital.models import Department, User

AGENT, NEUROLOGY_AGENT = "1012", "1011"
NEUROLOGY = "SJNK"
NAMES = (
    *("巴雅尔", "其其格", "苏日娜", "图雅", "阿木尔"),
    *("萨仁", "宝音", "呼和", "敖登", "塔娜"),
)
DAY = timedelta(days=1)


def prepare_calls() -> None:
    """Plans of two departments alone count; of one the patients are there already."""
    call_command("load_plans", verbosity=0)
    Plan.objects.update(is_active=False)
    _profile(AGENT, daily_target=20, languages=[Patient.Language.MONGOLIAN])
    caller = _profile(NEUROLOGY_AGENT, daily_target=40)
    neurology = Department.objects.get(code=NEUROLOGY)
    caller.departments.set([neurology])
    _plan("e2e-neurology", neurology, Script.objects.get(code="general"))
    cardiology = Department.objects.get(code="XNK")
    _plan("e2e", cardiology, None)
    _discharge_ten(cardiology)


def _profile(number: str, **skills: Any) -> AgentProfile:
    agent = User.objects.get(employee_number=number)
    return AgentProfile.objects.create(user=agent, **skills)


def _plan(code: str, department: Department, script: Script | None) -> None:
    """One call, due two days after the discharge."""
    names = {"name_zh": "出院随访", "name_en": "After discharge"}
    plan = Plan.objects.create(code=code, **names)
    since = clock.now() - 30 * DAY
    version = PlanVersion.objects.create(plan=plan, number=1, from_at=since)
    version.departments.set([department])
    TouchPoint.objects.create(
        version=version,
        key="day-2",
        anchor=Anchor.DISCHARGE,
        mode=Mode.CALL,
        after_hours=48,
        window_hours=24 * 7,
        script=script,
    )


def _discharge_ten(department: Department) -> None:
    """Ten people left cardiology three days ago; a call is due."""
    now = clock.now()
    take_over(
        [
            Told(
                kind=FeedKind.DISCHARGE,
                patient=f"E2E-{number}",
                visit="1",
                recorded_at=now - 3 * DAY,
                key=f"e2e:{number}",
                facts={
                    "name": name,
                    "sex": "female",
                    "born_on": "1959-01-15",
                    "phone": f"199000020{number:02d}",
                    "relative": f"{name}之女",
                    "relative_phone": f"199000030{number:02d}",
                    "language": Patient.Language.MONGOLIAN,
                    "department_id": department.pk,
                    "ward": "3 病区 12 床",
                    "doctor": "王医生",
                    "diagnosis_code": "I50.9",
                    "diagnosis": "心力衰竭",
                    "disposition": "home",
                    "was_emergency": True,
                    "admitted_at": (now - 10 * DAY).isoformat(),
                },
            )
            for number, name in enumerate(NAMES)
        ]
    )
