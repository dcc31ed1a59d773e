"""Whom plans would contact when, and plans in words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from followups.models import Anchor, Cohort, Mode
from followups.services.planning.content import PointSaid
from followups.services.planning.preview import (
    Imagined,
    foresee_member,
    foresee_stay,
    foresee_visits,
)
from followups.services.planning.words import draw, find_meetings, say_whom
from hospital import clock
from hospital.models import Department, User
from tests.followups.plan_world import CALL, ROUND, Write, writer
from tests.followups.world import DAY, NOW


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def write(supervisor: User) -> Write:
    return writer(supervisor)


@pytest.fixture
def cohort(db: None) -> Cohort:
    return Cohort.objects.create(code="dialysis", name_zh="血透", name_en="Dialysis")


def test_the_preview_is_what_the_plans_would_do(
    write: Write, department: Department
) -> None:
    write(CALL, replace(CALL, after_hours=240), departments=frozenset({department}))
    write(replace(CALL, after_hours=60), least_age=60, only_surgery=True)
    imagined = Imagined(department, "I50", age=60, had_surgery=True)
    moment = NOW + timedelta(minutes=30)  # the coming 10:00
    found = [
        (each.due.opens_at - moment, each.shared) for each in foresee_stay(imagined)
    ]
    assert found == [
        (timedelta(hours=48), False),
        (timedelta(hours=60), True),
        (timedelta(hours=240), False),
    ]
    assert [e.due.opens_at - moment for e in foresee_stay(Imagined(department))] == [
        timedelta(hours=48),
        timedelta(hours=240),
    ]
    with clock.at(NOW + timedelta(hours=2)):  # the next morning's
        (first, *__) = foresee_stay(Imagined(department))
    assert first.due.opens_at == moment + 3 * DAY


def test_the_preview_of_a_cohort_shows_the_coming_rounds(
    write: Write, cohort: Cohort
) -> None:
    version = write(ROUND, cohort=cohort)
    days = [
        timezone.localdate(each.due.opens_at).isoformat()
        for each in foresee_member(version)
    ]
    assert days == ["2026-03-10", "2026-04-10"]
    assert foresee_member(write()) == []


def test_calls_of_two_plans_within_a_day_are_pointed_out(
    write: Write, department: Department, other_department: Department, cohort: Cohort
) -> None:
    first = write(diagnosis_prefixes=("I50",), departments=frozenset({department}))
    near = write(replace(CALL, after_hours=60), name="Near", most_age=70)
    write(replace(CALL, after_hours=73), name="Far")
    write(name="Elsewhere", departments=frozenset({other_department}))
    write(name="Other illness", diagnosis_prefixes=("J",))
    part = write(name="Part of it", diagnosis_prefixes=("I50.1", "K"))
    assert [each.other for each in find_meetings(first)] == [near.plan, part.plan]
    young = write(name="Young", least_age=71)
    assert near.plan not in [each.other for each in find_meetings(young)]
    assert find_meetings(write(ROUND, cohort=cohort)) == []


@pytest.mark.usefixtures("in_english")
def test_for_whom_a_plan_is_reads_as_words(
    write: Write, department: Department, cohort: Cohort
) -> None:
    assert say_whom(write()) == ["All stays"]
    assert say_whom(write(ROUND, cohort=cohort)) == ["Members of: Dialysis"]
    assert say_whom(
        write(
            departments=frozenset({department}),
            diagnosis_prefixes=("I50", "I11"),
            least_age=18,
            only_surgery=True,
        )
    ) == [
        "Cardiology",
        "Diagnosis I50, I11",
        "18 years and older",
        "Only after surgery",
    ]
    assert say_whom(write(most_age=14)) == ["Up to 14 years"]
    assert say_whom(write(least_age=14, most_age=18)) == ["14 to 18 years"]


def test_a_visit_at_the_bedside_is_foreseen_for_who_is_still_there(
    write: Write,
) -> None:
    write(CALL, PointSaid(Anchor.ADMISSION, Mode.BEDSIDE, 24, 48))
    (visit,) = foresee_visits(Imagined())
    assert (visit.point.mode, visit.due.opens_at) == (
        "bedside",
        NOW + timedelta(minutes=30) + DAY,
    )
    assert [each.point.mode for each in foresee_stay(Imagined())] == ["call"]


@pytest.mark.usefixtures("in_english")
def test_the_picture_follows_the_time(write: Write, cohort: Cohort) -> None:
    visit = PointSaid(Anchor.ADMISSION, Mode.BEDSIDE, 0, 48)
    hours = replace(CALL, after_hours=30)
    lines = draw(write(replace(CALL, after_hours=240), hours, visit))
    assert [
        (line.start, [(dot.when, dot.since, dot.lasts) for dot in line.dots])
        for line in lines
    ] == [
        ("Admission", [("day 0", "at admission", "2 days")]),
        (
            "Discharge",
            [
                ("after 30 h", "30 hours after discharge", "4 days"),
                ("day 10", "10 days after discharge", "4 days"),
            ],
        ),
    ]
    (line,) = draw(write(ROUND, cohort=cohort))
    assert [(dot.when, dot.since) for dot in line.dots] == [
        ("Every month", "on the day of joining")
    ]
