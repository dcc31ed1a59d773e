"""Writing plans: versions that never change, and people who follow them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import (
    Cohort,
    CohortMember,
    FollowUp,
    Mode,
    Patient,
    Plan,
    PlanVersion,
    QueuedCall,
    Rhythm,
)
from followups.services.calls.queue import fill_queue
from followups.services.cohorts.membership import join_cohort
from followups.services.planning import upkeep
from followups.services.planning.content import (
    PlanSaid,
    PointSaid,
    read_prefixes,
    what_it_says,
)
from followups.services.planning.plans import create_plan, switch_plan, write_version
from followups.services.planning.upkeep import (
    find_left_out,
    follow_plans,
    follow_switch,
    follow_version,
)
from followups.services.planning.words import say_whom
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import Department, User
from tests.followups.plan_world import CALL, ROUND, Write, keys, writer
from tests.followups.world import DAY, NOW, discharge, make_plan, states
from tests.races import overlap


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def write(supervisor: User) -> Write:
    return writer(supervisor)


@pytest.fixture
def cohort(db: None) -> Cohort:
    return Cohort.objects.create(code="dialysis", name_zh="血透", name_en="Dialysis")


def member_of(cohort: Cohort, number: str, actor: User) -> CohortMember:
    patient = Patient.objects.create(number=number, phone=f"1390000{number:0>4}")
    return join_cohort(cohort, patient, actor=actor, joined_on=clock.today())


def test_a_new_plan_holds_for_stays_from_now_on(write: Write) -> None:
    version = write()
    discharge("1", at=NOW - timedelta(minutes=1))
    with clock.at(NOW + DAY):
        discharge("2", at=NOW + timedelta(minutes=1))
    assert (version.plan.code, version.number) == ("after-falls", 1)
    assert (states("1"), states("2")) == ([], ["open"])


def test_a_second_plan_of_the_same_name_has_an_address_of_its_own(
    write: Write,
) -> None:
    codes = [write().plan.code, write().plan.code, write(name="New").plan.code]
    assert codes == ["after-falls", "after-falls-2", "new-2"]
    assert write(name="跌倒").plan.code == "plan"


def test_a_change_is_a_new_version_and_the_old_one_stays_as_it_was(
    write: Write, supervisor: User, department: Department
) -> None:
    first = write(diagnosis_prefixes=("I50",))
    before = what_it_says(first)
    with clock.at(NOW + DAY):
        write(
            replace(CALL, after_hours=72, key=keys(first)[0]),
            plan=first.plan,
            departments=frozenset({department}),
        )
    second = first.plan.versions.latest("number")
    assert (second.number, second.from_at) == (2, NOW + DAY)
    assert (second.written_by, second.is_own) == (supervisor, True)
    assert what_it_says(PlanVersion.objects.get(pk=first.pk)) == before
    assert say_whom(second) == [department.name]


def test_an_edited_point_keeps_its_key_so_nobody_is_called_twice_for_it(
    write: Write,
) -> None:
    first = write()
    (key,) = keys(first)
    second = write(replace(CALL, after_hours=24, key=key), plan=first.plan)
    assert keys(second) == [key]


@pytest.mark.parametrize(
    "change", [{"rhythm": Rhythm.WEEK, "window_hours": 24}, {"rhythm": ""}]
)
def test_a_point_with_another_rhythm_is_another_point(
    write: Write, cohort: Cohort, change: dict[str, object]
) -> None:
    first = write(ROUND, cohort=cohort)
    (key,) = keys(first)
    changed = replace(ROUND, key=key, **change)  # type: ignore[arg-type]  # as above
    second = write(changed, plan=first.plan, cohort=cohort)
    assert keys(second) != [key]


def test_a_key_that_was_given_up_never_comes_back(write: Write) -> None:
    first = write(CALL, replace(CALL, after_hours=240))
    gone, kept = keys(first)
    write(replace(CALL, after_hours=240, key=kept), plan=first.plan)
    third = write(replace(CALL, after_hours=240, key=kept), CALL, plan=first.plan)
    assert gone not in keys(third)
    assert kept in keys(third)


def test_two_rows_do_not_share_a_key_even_if_the_form_says_so(write: Write) -> None:
    first = write()
    (key,) = keys(first)
    twice = (replace(CALL, key=key), replace(CALL, after_hours=240, key=key))
    assert len(set(keys(write(*twice, plan=first.plan)))) == 2


def test_a_key_of_no_point_of_the_plan_is_not_taken_over(write: Write) -> None:
    assert keys(write(replace(CALL, key="forged"))) == ["call-2d"]


def test_saying_the_same_again_writes_no_version(write: Write) -> None:
    first = write(CALL, replace(CALL, after_hours=30))
    points = reversed(what_it_says(first).points)
    assert write(*points, plan=first.plan, name="Renamed") is None
    first.plan.refresh_from_db()
    assert (first.plan.versions.count(), first.plan.name_en) == (1, "Renamed")


def test_who_read_an_older_version_is_told_and_nothing_is_overwritten(
    write: Write,
) -> None:
    first = write()
    write(replace(CALL, after_hours=72), plan=first.plan)
    with pytest.raises(StaleRecord):
        write(replace(CALL, after_hours=96), plan=first.plan, read=1)
    assert first.plan.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told(write: Write) -> None:
    first = write()

    def save(hours: int) -> PlanVersion:
        return write(replace(CALL, after_hours=hours), plan=first.plan, read=1)

    one, other = overlap(lambda: save(72), lambda: save(96))
    assert (one.number, type(other)) == (2, StaleRecord)
    assert first.plan.versions.count() == 2


def test_only_who_may_write_plans_writes_them(write: Write, agent: User) -> None:
    plan = write().plan
    said = PlanSaid((CALL,))
    names = {"name_zh": "一", "name_en": "One"}
    with pytest.raises(PermissionDenied):
        create_plan(actor=agent, said=said, **names)
    with pytest.raises(PermissionDenied):
        write_version(plan, actor=agent, read_number=1, said=said, **names)
    with pytest.raises(PermissionDenied):
        switch_plan(plan, actor=agent, is_active=False)


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ((), None),
        ((CALL,) * 2, "1.after"),
        (tuple(replace(CALL, after_hours=n) for n in range(21)), None),
        ((replace(CALL, mode=Mode.BEDSIDE),), "0.anchor"),
        ((ROUND,), "0.anchor"),
        ((replace(CALL, after_hours=366 * 24),), "0.after"),
        ((replace(CALL, window_hours=0),), "0.window"),
        ((replace(CALL, window_hours=61 * 24),), "0.window"),
        ((replace(CALL, priority=51),), "0.priority"),
    ],
)
def test_a_fault_of_a_point_names_its_row(
    write: Write, supervisor: User, points: tuple[PointSaid, ...], field: str | None
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        create_plan(
            actor=supervisor, name_zh="一", name_en="One", said=PlanSaid(points)
        )
    assert refusal.value.field == field
    assert not Plan.objects.exists()


def test_a_round_is_over_before_the_next_one_opens(
    write: Write, cohort: Cohort
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        write(replace(ROUND, rhythm=Rhythm.WEEK), cohort=cohort)
    assert refusal.value.field == "0.window"


def test_the_highest_age_is_not_below_the_lowest(write: Write) -> None:
    with pytest.raises(RuleViolation) as refusal:
        write(least_age=65, most_age=60)
    assert refusal.value.field == "most_age"


def test_diagnoses_are_read_as_people_type_them() -> None:
    assert read_prefixes(" i50，I11.0、Ｏ80;I50 ") == ("I50", "I11.0", "O80")
    assert read_prefixes("M17.x00 I") == ("M17.x00", "I")
    assert read_prefixes(" , ") == ()
    for wrong in ("50", "心衰", "I5O", "I50.%", "I50,II"):
        with pytest.raises(RuleViolation):
            read_prefixes(wrong)
    with pytest.raises(RuleViolation):
        read_prefixes(",".join(f"{a}{n:02}" for a in "ABC" for n in range(30)))


def test_switching_a_plan_off_stops_its_contacts_and_empties_the_queue(
    supervisor: User,
) -> None:
    plan, other = make_plan(), make_plan(code="other")
    discharge("1")
    FollowUp.objects.filter(plan=other).update(state="done", ended_at=NOW)
    fill_queue()
    follow_switch(switch_plan(plan, actor=supervisor, is_active=False))
    row = FollowUp.objects.get(plan=plan)
    assert (row.state, row.stop_reason) == ("stopped", "not_planned")
    assert FollowUp.objects.get(plan=other).state == "done"
    assert not QueuedCall.objects.exists()


def test_switching_it_on_again_opens_them_and_plans_those_who_left_meanwhile(
    supervisor: User,
) -> None:
    plan = make_plan()
    discharge("1")
    follow_switch(switch_plan(plan, actor=supervisor, is_active=False))
    discharge("2")
    discharge("3", disposition="deceased")
    discharge("4", at=NOW - 30 * DAY)
    follow_switch(switch_plan(plan, actor=supervisor, is_active=True))
    assert [states(number) for number in "1234"] == [["open"], ["open"], [], []]


def test_a_plan_is_switched_once(supervisor: User) -> None:
    plan = make_plan()
    with pytest.raises(RuleViolation):
        switch_plan(plan, actor=supervisor, is_active=True)
    switch_plan(plan, actor=supervisor, is_active=False)
    with pytest.raises(RuleViolation):
        switch_plan(plan, actor=supervisor, is_active=False)


def test_what_was_too_much_to_wait_for_follows_by_itself(
    supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    plan = make_plan()
    for number in "12345":
        discharge(number)
    switched = switch_plan(plan, actor=supervisor, is_active=False)
    assert follow_switch(switched, most=3) == 3
    assert FollowUp.objects.filter(state="open").count() == 2
    assert (follow_plans(), follow_plans()) == (2, 0)
    assert not FollowUp.objects.filter(state="open").exists()
    switched = switch_plan(plan, actor=supervisor, is_active=True)
    assert follow_switch(switched, most=1) == 1
    assert find_left_out() == 4
    assert FollowUp.objects.filter(state="open").count() == 5
    assert find_left_out() == 0


def test_a_plan_that_says_nothing_yet_holds_up_no_other() -> None:
    Plan.objects.create(code="empty", name_zh="空", name_en="Empty")
    make_plan()
    discharge("1")
    assert (follow_plans(), find_left_out()) == (0, 0)


def test_the_nightly_look_skips_stays_that_no_plan_can_mean(
    write: Write, department: Department, other_department: Department
) -> None:
    wanted = {"diagnosis_prefixes": ("I50", "I11")}
    write(departments=frozenset({department}), only_surgery=True, **wanted)
    with clock.at(NOW + DAY):
        facts: dict[str, Any] = {
            "at": NOW + DAY,
            "had_surgery": True,
            "diagnosis_code": "I50.9",
        }
        discharge("1", department=department, **facts)
        FollowUp.objects.all().delete()
        discharge("2", department=other_department, **facts)
        discharge("3", department=department, **facts | {"had_surgery": False})
        discharge("4", department=department, **facts | {"diagnosis_code": "J18"})
        assert find_left_out() == 1
    assert [states(number) for number in "1234"] == [["open"], [], [], []]


def test_a_new_version_holds_for_the_coming_rounds_at_once(
    write: Write, cohort: Cohort, supervisor: User
) -> None:
    first = write(ROUND, cohort=cohort)
    member_of(cohort, "1", supervisor)
    (key,) = keys(first)
    with clock.at(NOW + timedelta(minutes=5)):
        changed = replace(
            ROUND, mode=Mode.BEDSIDE, window_hours=480, priority=7, key=key
        )
        second = write(changed, plan=first.plan, cohort=cohort)
        assert follow_version(second.plan) == 1
        assert follow_plans() == 0
    rows = FollowUp.objects.order_by("round")
    assert [row.round for row in rows] == [0, 1]
    for row in rows:
        assert (row.point, row.mode, row.priority) == (
            second.points.get(),
            "bedside",
            7,
        )
        assert row.closes_at - row.opens_at == timedelta(hours=480)


def test_a_plan_for_another_cohort_lets_the_first_one_go(
    write: Write, cohort: Cohort, supervisor: User
) -> None:
    other = Cohort.objects.create(code="copd", name_zh="慢阻肺", name_en="COPD")
    first = write(ROUND, cohort=cohort)
    member_of(cohort, "1", supervisor)
    member_of(other, "2", supervisor)
    with clock.at(NOW + timedelta(minutes=5)):
        write(replace(ROUND, key=keys(first)[0]), plan=first.plan, cohort=other)
        assert follow_plans() == 2
    assert (set(states("1")), set(states("2"))) == ({"stopped"}, {"open"})


def test_a_cohort_plan_switched_on_again_plans_its_rounds(
    write: Write, cohort: Cohort, supervisor: User
) -> None:
    plan = write(ROUND, cohort=cohort).plan
    member_of(cohort, "1", supervisor)
    follow_switch(switch_plan(plan, actor=supervisor, is_active=False))
    assert set(states("1")) == {"stopped"}
    follow_switch(switch_plan(plan, actor=supervisor, is_active=True))
    assert set(states("1")) == {"open"}


def test_merged_records_follow_as_one_person(supervisor: User) -> None:
    plan = make_plan()
    stay = discharge("1")
    root = Patient.objects.create(number="0")
    stay.patient.merged_into = root
    stay.patient.save()
    follow_switch(switch_plan(plan, actor=supervisor, is_active=False))
    assert states("1") == ["stopped"]
