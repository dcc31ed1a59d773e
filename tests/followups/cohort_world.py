"""A cohort with a monthly plan, and people to take in."""

from datetime import date

from followups.models import (
    Anchor,
    Cohort,
    CohortMember,
    FollowUp,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    Rhythm,
    TouchPoint,
)
from followups.services.cohorts.membership import join_cohort
from hospital import clock
from hospital.models import Department, User
from tests.followups.world import DAY, NOW


def make_cohort(
    code: str = "dialysis",
    *,
    department: Department | None = None,
    rhythm: str = Rhythm.MONTH,
    window: int = 10 * 24,
    after: int = 0,
) -> Cohort:
    """With a plan whose one contact comes back."""
    cohort = Cohort.objects.create(
        code=code,
        name_zh="血透患者",
        name_en="Dialysis patients",
        department=department,
    )
    plan = Plan.objects.create(code=code, name_zh="血透", name_en="Dialysis")
    version = PlanVersion.objects.create(
        plan=plan, number=1, from_at=NOW - 400 * DAY, cohort=cohort
    )
    TouchPoint.objects.create(
        version=version,
        key="round",
        anchor=Anchor.JOINING,
        mode=Mode.CALL,
        rhythm=rhythm,
        after_hours=after,
        window_hours=window,
        priority=10,
    )
    return cohort


def make_patient(number: str, **facts: object) -> Patient:
    known = {"name": f"患者{number}", "phone": f"137{int(number):08d}"} | facts
    return Patient.objects.create(number=number, **known)


def join(
    cohort: Cohort, number: str, actor: User, *, on: date | None = None
) -> CohortMember:
    found = Patient.objects.filter(number=number).first() or make_patient(number)
    return join_cohort(cohort, found, actor=actor, joined_on=on or clock.today())


def rounds(number: str) -> list[tuple[int, str, str]]:
    """Number, day and state of the rounds of a person."""
    rows = FollowUp.objects.filter(patient__number=number, member__isnull=False)
    return [
        (row.round, f"{row.opens_at.astimezone():%m-%d}", row.state)
        for row in rows.order_by("opens_at")
    ]
