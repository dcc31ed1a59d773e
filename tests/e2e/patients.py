"""Patients to ring, for the browser tests: they speak Mongolian, as does one agent.

So whatever else the demo hospital has in its queue, these are this agent's calls.
"""

from datetime import timedelta

from django.core.management import call_command

from followups.models import (
    AgentProfile,
    Anchor,
    FeedKind,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    TouchPoint,
)
from followups.services.feed import Told, take_over
from hospital import clock
from hospital.models import Department, User

AGENT = "1012"
NAMES = (
    *("巴雅尔", "其其格", "苏日娜", "图雅", "阿木尔"),
    *("萨仁", "宝音", "呼和", "敖登", "塔娜"),
)
DAY = timedelta(days=1)


def discharge_patients() -> None:
    """Ten people left cardiology three days ago; a call is due."""
    agent = User.objects.get(employee_number=AGENT)
    language = Patient.Language.MONGOLIAN
    AgentProfile.objects.create(user=agent, languages=[language], daily_target=20)
    call_command("load_plans", verbosity=0)
    Plan.objects.update(is_active=False)  # theirs alone counts, and has no script
    plan = Plan.objects.create(
        code="e2e", name_zh="出院随访", name_en="After discharge"
    )
    now = clock.now()
    version = PlanVersion.objects.create(plan=plan, number=1, from_at=now - 30 * DAY)
    department = Department.objects.get(code="XNK")
    version.departments.set([department])
    TouchPoint.objects.create(
        version=version,
        key="day-2",
        anchor=Anchor.DISCHARGE,
        mode=Mode.CALL,
        after_hours=48,
        window_hours=24 * 7,
    )
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
                    "language": language,
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
