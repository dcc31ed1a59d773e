"""A round of a cohort in the agent's hand: no stay, no LACE, the cohort instead."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from followups.models import Anchor, Cohort, QueuedCall
from followups.services.planning.presets import load_plans
from followups.services.scripts.questionnaires import find_questionnaire
from hospital import clock
from hospital.models import Department, User
from tests.followups.calling import take
from tests.followups.cohort_world import join, make_patient
from tests.followups.world import NOW, discharge, make_plan, patient

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        load_plans()
        yield


@pytest.fixture
def dialysis(department: Department) -> Cohort:
    cohort = Cohort.objects.get(code="dialysis")
    cohort.department = department
    cohort.save()
    return cohort


def test_the_page_names_the_cohort_and_since_when_instead_of_a_stay(
    dialysis: Cohort, supervisor: User, agent: User, english: SignIn
) -> None:
    make_patient("1", name="张三丰")
    join(dialysis, "1", supervisor, on=date(2025, 3, 5))
    html = take(english(agent))
    assert "张三丰" in html
    assert "Dialysis patients · Cardiology" in html
    assert "<dt>Member since</dt><dd>2025-03-05</dd>" in html
    assert "Dialysis · Every month" in html
    assert "LACE" not in html
    assert "Have you missed a session this month?" in html


def test_a_stay_and_a_cohort_are_both_shown_with_the_risk_of_the_stay(
    dialysis: Cohort, supervisor: User, agent: User, english: SignIn
) -> None:
    make_plan(code="own")
    discharge("1", was_emergency=True, charlson=4, emergency_visits=4, name="张三丰")
    join(dialysis, "1", supervisor)
    html = take(english(agent))
    assert ("LACE" in html, "Member since" in html) == (True, True)
    reasons = dict(QueuedCall.objects.get().reasons)
    assert reasons["risk_high"] == 30


def test_a_round_has_the_priority_of_its_plan_and_no_risk(
    dialysis: Cohort, supervisor: User
) -> None:
    join(dialysis, "1", supervisor)
    assert QueuedCall.objects.get().reasons == [["plan", 10]]


def test_a_chronic_patient_is_asked_the_chronic_script_first_after_four_weeks(
    supervisor: User, agent: User, english: SignIn
) -> None:
    chronic = Cohort.objects.get(code="chronic")
    make_patient("1")
    join(chronic, "1", supervisor, on=date(2026, 2, 9))
    opens = [
        (each.point_key, f"{each.opens_at.astimezone():%m-%d}")
        for each in patient("1").follow_ups.filter(point__anchor=Anchor.JOINING)
    ]
    assert opens == [("month", "03-09")]
    found = find_questionnaire(patient("1"))
    assert found is not None
    assert found.version.script.code == "chronic"
    assert "Chronic disease · 28 days after joining" in take(english(agent))
