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
    Cohort,
    FeedKind,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    Script,
    TouchPoint,
)
from followups.services.cohorts.membership import join_cohort
from followups.services.feed.facts import Told, take_over
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
    Plan.objects.exclude(code__in=["admission", "dialysis"]).update(is_active=False)
    _profile(AGENT, daily_target=20, languages=[Patient.Language.MONGOLIAN])
    caller = _profile(NEUROLOGY_AGENT, daily_target=40)
    neurology = Department.objects.get(code=NEUROLOGY)
    caller.departments.set([neurology])
    _plan("e2e-neurology", neurology, Script.objects.get(code="general"))
    cardiology = Department.objects.get(code="XNK")
    _plan("e2e", cardiology, None)
    _discharge_ten(cardiology)
    _admit_one(neurology)
    _begin_dialysis()


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


def _admit_one(department: Department) -> None:
    """Somebody came to neurology yesterday; a visit at the bed is due."""
    came_at = clock.now() - timedelta(hours=30)
    told = Told(
        kind=FeedKind.ADMIT,
        patient="E2E-bed",
        visit="1",
        recorded_at=came_at,
        key="e2e:bed",
        facts={
            "name": "欧阳春",
            "sex": "female",
            "born_on": "1948-06-02",
            "department_id": department.pk,
            "ward": "2病区17床",
            "doctor": "王医生",
            "diagnosis": "脑梗死",
            "admitted_at": came_at.isoformat(),
        },
    )
    take_over([told])


def _begin_dialysis() -> None:
    now = clock.now()
    told = Told(
        kind=FeedKind.UPDATE,
        patient="E2E-dialysis",
        recorded_at=now,
        key="e2e:dialysis",
        facts={"name": "司马平", "phone": "19900004001"},
    )
    take_over([told])
    join_cohort(
        Cohort.objects.get(code="dialysis"),
        Patient.objects.get(number="E2E-dialysis"),
        actor=User.objects.get(employee_number="1021"),
        joined_on=clock.today(),
    )
