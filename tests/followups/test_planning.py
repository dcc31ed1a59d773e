"""Which contacts a stay gets: plans fit, versions hold from their day on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from followups.models import (
    Anchor,
    FeedKind,
    FollowUp,
    Mode,
    Plan,
    PlanVersion,
    TouchPoint,
)
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.models import Department
from tests.followups.world import DAY, NOW, discharge, make_plan, patient, states


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def version_of(plan: Plan) -> PlanVersion:
    return plan.versions.latest("number")


def test_the_window_counts_from_the_discharge() -> None:
    make_plan(("first", 48, 24))
    stay = discharge("1", at=NOW - DAY)
    row = FollowUp.objects.get()
    assert (row.opens_at, row.closes_at) == (
        stay.discharged_at + timedelta(hours=48),  # type: ignore[operator]  # it is set
        stay.discharged_at + timedelta(hours=72),  # type: ignore[operator]  # as above
    )


def test_a_window_that_closed_before_we_knew_is_not_planned() -> None:
    make_plan(("first", 48, 24))
    discharge("1", at=NOW - 20 * DAY)
    assert FollowUp.objects.count() == 0


def test_the_same_news_twice_plans_nothing_twice() -> None:
    make_plan()
    for __ in range(2):
        discharge("1")
    assert FollowUp.objects.count() == 1


def test_a_plan_is_for_its_departments(
    department: Department, other_department: Department
) -> None:
    version_of(make_plan()).departments.add(department)
    discharge("1", department=department)
    discharge("2", department=other_department)
    discharge("3")
    assert [states(number) for number in "123"] == [["open"], [], []]


def test_a_plan_is_for_its_diagnoses() -> None:
    plan = make_plan()
    plan.versions.update(diagnosis_prefixes=["I50", "I11"])
    discharge("1", diagnosis_code="I50.900")
    discharge("2", diagnosis_code="J18.9")
    assert [states(number) for number in "12"] == [["open"], []]


def test_a_plan_is_for_its_ages_and_an_unknown_age_fits_none() -> None:
    plan = make_plan()
    plan.versions.update(least_age=65)
    discharge("1", born_on="1961-03-01")
    discharge("2", born_on="1961-03-20")
    discharge("3")
    assert [states(number) for number in "123"] == [["open"], [], []]


def test_a_plan_is_for_those_who_had_surgery() -> None:
    plan = make_plan()
    plan.versions.update(only_surgery=True)
    discharge("1", had_surgery=True)
    discharge("2")
    assert [states(number) for number in "12"] == [["open"], []]


def test_a_stay_keeps_the_version_in_force_when_it_ended() -> None:
    plan = make_plan(("first", 48, 24 * 7))
    newer = PlanVersion.objects.create(plan=plan, number=2, from_at=NOW - 2 * DAY)
    TouchPoint.objects.create(
        version=newer,
        key="early",
        anchor=Anchor.DISCHARGE,
        mode=Mode.CALL,
        after_hours=24,
        window_hours=24 * 7,
    )
    discharge("1", at=NOW - 3 * DAY)
    discharge("2", at=NOW - DAY)
    keys = FollowUp.objects.order_by("patient__number").values_list("point_key")
    assert [key for (key,) in keys] == ["first", "early"]


def test_an_inactive_plan_plans_nothing() -> None:
    plan = make_plan()
    plan.is_active = False
    plan.save()
    discharge("1")
    assert FollowUp.objects.count() == 0


def test_a_changed_discharge_moves_the_window() -> None:
    make_plan(("first", 48, 24 * 7))
    discharge("1", at=NOW - 3 * DAY)
    later = NOW - DAY
    take_over(
        [
            Told(
                kind=FeedKind.UPDATE,
                patient="1",
                visit="1",
                recorded_at=NOW,
                key="moved",
                facts={"discharged_at": later.isoformat()},
            )
        ]
    )
    assert FollowUp.objects.get().opens_at == later + 2 * DAY


def test_a_bedside_visit_ends_with_the_stay() -> None:
    plan = Plan.objects.create(code="visit", name_zh="访视", name_en="Visit")
    version = PlanVersion.objects.create(plan=plan, number=1, from_at=NOW - 90 * DAY)
    TouchPoint.objects.create(
        version=version,
        key="visit",
        anchor=Anchor.ADMISSION,
        mode=Mode.BEDSIDE,
        after_hours=24,
        window_hours=24 * 30,
    )
    admit = Told(
        kind=FeedKind.ADMIT,
        patient="1",
        visit="1",
        recorded_at=NOW - 2 * DAY,
        key="admit",
    )
    take_over([admit])
    assert states("1") == ["open"]
    discharge("1", at=NOW)
    row = FollowUp.objects.get()
    assert (row.state, row.stop_reason) == ("stopped", "left")


def test_what_has_an_outcome_is_left_alone() -> None:
    make_plan()
    discharge("1")
    FollowUp.objects.update(state="done", ended_at=NOW)
    discharge("1", at=NOW - DAY, disposition="deceased")
    assert (states("1"), patient("1").is_deceased) == (["done"], True)


def test_a_death_taken_back_with_the_discharge_opens_the_contacts_again() -> None:
    make_plan()
    discharge("1", disposition="deceased")
    cancel = Told(
        kind=FeedKind.CANCEL_DISCHARGE,
        patient="1",
        visit="1",
        recorded_at=NOW - timedelta(hours=2),
        key="cancel",
    )
    take_over([cancel])
    assert patient("1").is_deceased is False
    again = Told(
        kind=FeedKind.DISCHARGE,
        patient="1",
        visit="1",
        recorded_at=NOW - timedelta(hours=1),
        key="again",
        facts={"disposition": "home"},
    )
    take_over([again])
    assert states("1") == ["open"]
