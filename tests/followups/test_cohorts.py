"""Who is in a cohort, and the rounds that follow from it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import (
    Anchor,
    CohortMember,
    FeedKind,
    FollowUp,
    Outcome,
    Plan,
    PlanVersion,
    QueuedCall,
    State,
    TouchPoint,
)
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call, close_windows, fill_queue
from followups.services.cohorts import membership
from followups.services.cohorts.membership import leave_cohort, plan_rounds, save_cohort
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.contacts import refuse_contact
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from tests.dashboards.follow_up_world import die
from tests.followups.cohort_world import join, make_cohort, make_patient, rounds
from tests.followups.world import DAY, NOW, discharge, make_plan, patient, states

TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def call(agent: User, outcome: Outcome, **more: object) -> QueuedCall | None:
    """The next call of the agent, with this outcome."""
    fill_queue()
    row = claim_next_call(agent)
    if row is not None:
        result = CallResult(outcome, started_at=clock.now(), **more)  # type: ignore[arg-type]  # fields of it
        record_attempt(row.patient, agent=agent, result=result)
    return row


def test_joining_plans_the_current_and_the_coming_round_once(supervisor: User) -> None:
    join(make_cohort(), "1", supervisor)
    assert rounds("1") == [(0, "03-10", "open"), (1, "04-10", "open")]
    assert QueuedCall.objects.get().patient == patient("1")


def test_rounds_are_counted_from_the_day_of_joining_however_long_ago(
    supervisor: User,
) -> None:
    join(make_cohort(), "1", supervisor, on=date(2023, 1, 31))
    join(make_cohort("other"), "2", supervisor, on=date(2023, 3, 5))
    assert rounds("1") == [(38, "03-31", "open")]
    assert rounds("2") == [(36, "03-05", "open"), (37, "04-05", "open")]


def test_joining_twice_is_joining_once(supervisor: User) -> None:
    cohort = make_cohort()
    first = join(cohort, "1", supervisor, on=TODAY - 3 * DAY)
    assert join(cohort, "1", supervisor) == first
    assert CohortMember.objects.get().joined_on == TODAY - 3 * DAY


def test_nobody_joins_tomorrow_nor_after_death(supervisor: User) -> None:
    cohort = make_cohort()
    with pytest.raises(RuleViolation) as tomorrow:
        join(cohort, "1", supervisor, on=TODAY + DAY)
    make_patient("2", is_deceased=True)
    with pytest.raises(RuleViolation) as dead:
        join(cohort, "2", supervisor)
    assert (tomorrow.value.field, dead.value.field) == ("joined_on", "number")
    assert CohortMember.objects.count() == 0


def test_only_managers_of_cohorts_say_who_is_in(
    supervisor: User, quality_admin: User, agent: User, head: User
) -> None:
    cohort = make_cohort()
    join(cohort, "1", quality_admin)
    for other in (agent, head):
        with pytest.raises(PermissionDenied):
            join(cohort, "2", other)
        with pytest.raises(PermissionDenied):
            leave_cohort(
                CohortMember.objects.get(), actor=other, left_on=TODAY, why="转院"
            )
        with pytest.raises(PermissionDenied):
            save_cohort(cohort, actor=other, name_zh="", name_en="", department=None)


def test_leaving_stops_what_is_open_and_coming_back_is_a_new_row(
    supervisor: User,
) -> None:
    cohort = make_cohort()
    member = join(cohort, "1", supervisor, on=TODAY - 5 * DAY)
    left = leave_cohort(member, actor=supervisor, left_on=TODAY, why=" 肾移植 ")
    assert (left.left_on, left.why_left) == (TODAY, "肾移植")
    found = FollowUp.objects.values_list("state", "stop_reason")
    assert set(found) == {("stopped", "left_cohort")}
    assert QueuedCall.objects.count() == 0
    again = join(cohort, "1", supervisor)
    assert again.pk != member.pk
    assert FollowUp.objects.filter(member=again, state=State.OPEN).count() == 2
    stopped = FollowUp.objects.filter(member=member, state=State.STOPPED)
    assert stopped.count() == 2


def test_leaving_twice_keeps_the_first_day_and_reason(supervisor: User) -> None:
    member = join(make_cohort(), "1", supervisor, on=TODAY - 9 * DAY)
    leave_cohort(member, actor=supervisor, left_on=TODAY - DAY, why="转院")
    again = leave_cohort(member, actor=supervisor, left_on=TODAY, why="其他")
    assert (again.left_on, again.why_left) == (TODAY - DAY, "转院")


@pytest.mark.parametrize(
    ("left_on", "why", "field"),
    [
        (TODAY - 2 * DAY, "转院", "left_on"),
        (TODAY + DAY, "转院", "left_on"),
        (TODAY, " ", "why"),
    ],
)
def test_leaving_needs_a_day_that_can_be_and_a_reason(
    supervisor: User, left_on: date, why: str, field: str
) -> None:
    member = join(make_cohort(), "1", supervisor, on=TODAY - DAY)
    with pytest.raises(RuleViolation) as refused:
        leave_cohort(member, actor=supervisor, left_on=left_on, why=why)
    assert refused.value.field == field
    assert CohortMember.objects.get().left_on is None


def test_death_and_a_refusal_stop_the_rounds(supervisor: User, agent: User) -> None:
    cohort = make_cohort()
    for number in ("1", "2", "3"):
        join(cohort, number, supervisor)
    die("1")
    refuse_contact("13700000002")
    with clock.at(NOW + 40 * DAY):
        plan_rounds()
    reasons = FollowUp.objects.order_by("patient__number", "round")
    assert list(
        reasons.values_list("patient__number", "stop_reason").filter(round=1)
    ) == [("1", "deceased"), ("2", "do_not_call"), ("3", "")]


def test_who_wants_no_calls_any_more_gets_none(supervisor: User, agent: User) -> None:
    join(make_cohort(), "1", supervisor)
    call(agent, Outcome.DECLINED, do_not_call=True)
    assert rounds("1") == [(0, "03-10", "declined"), (1, "04-10", "stopped")]
    with clock.at(NOW + 60 * DAY):
        plan_rounds()
        assert fill_queue() == 0
    assert len(rounds("1")) == 2


def test_a_missed_round_ends_and_the_next_one_comes(
    supervisor: User, agent: User
) -> None:
    cohort = make_cohort()
    join(cohort, "1", supervisor, on=TODAY)
    join(cohort, "2", supervisor, on=TODAY - DAY)
    first = call(agent, Outcome.NO_ANSWER)
    assert first is not None
    missed = {"1": "2", "2": "1"}[first.patient.number]
    with clock.at(NOW + 12 * DAY):
        close_windows()
        assert [row[2] for row in rounds(first.patient.number)] == [
            "unreachable",
            "open",
        ]
        assert [row[2] for row in rounds(missed)] == ["missed", "open"]
        assert QueuedCall.objects.count() == 0
    with clock.at(NOW + 31 * DAY):
        plan_rounds()
        fill_queue()
        assert QueuedCall.objects.count() == 2
        assert rounds("1")[1:] == [(1, "04-10", "open"), (2, "05-10", "open")]


def test_planning_again_changes_nothing(supervisor: User) -> None:
    join(make_cohort(), "1", supervisor)
    with clock.at(NOW + 8 * DAY):
        assert plan_rounds() == 1
        assert plan_rounds() == 0
    assert [row[0] for row in rounds("1")] == [0, 1]


def test_planning_goes_through_everybody_in_batches(
    supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = make_cohort()
    for number in range(1, 6):
        join(cohort, str(number), supervisor)
    monkeypatch.setattr(membership, "BATCH", 2)
    with clock.at(NOW + 25 * DAY):
        assert plan_rounds() == 5
        assert plan_rounds() == 0
    assert FollowUp.objects.filter(round=2).count() == 5


def test_after_an_outage_of_months_only_live_rounds_are_made(supervisor: User) -> None:
    join(make_cohort(), "1", supervisor)
    with clock.at(NOW + 100 * DAY):
        close_windows()
        plan_rounds()
    assert rounds("1") == [
        (0, "03-10", "missed"),
        (1, "04-10", "missed"),
        (3, "06-10", "open"),
        (4, "07-10", "open"),
    ]


def test_two_records_that_prove_to_be_one_person_are_called_once(
    supervisor: User, agent: User
) -> None:
    cohort = make_cohort()
    for number in ("1", "2"):
        join(cohort, number, supervisor)
    merge("2", into="1")
    assert [row.patient.number for row in QueuedCall.objects.all()] == ["1"]
    assert FollowUp.objects.filter(state=State.OPEN).count() == 2
    call(agent, Outcome.REACHED_PATIENT)
    with clock.at(NOW + 31 * DAY):
        plan_rounds()
        fill_queue()
    assert FollowUp.objects.filter(round=1, state=State.OPEN).count() == 1
    member = join(cohort, "2", supervisor)
    leave_cohort(member, actor=supervisor, left_on=TODAY, why="转院")
    assert CohortMember.objects.present().count() == 0


def test_who_is_merged_into_a_member_joins_no_second_time(supervisor: User) -> None:
    cohort = make_cohort()
    first = join(cohort, "1", supervisor)
    make_patient("2")
    merge("2", into="1")
    assert join(cohort, "2", supervisor) == first


def test_a_call_after_discharge_and_a_round_are_one_call(
    supervisor: User, agent: User
) -> None:
    make_plan()
    discharge("1")
    join(make_cohort(), "1", supervisor)
    assert QueuedCall.objects.count() == 1
    call(agent, Outcome.REACHED_PATIENT)
    assert states("1") == ["done", "done", "open"]


def test_a_promised_time_beyond_the_window_is_kept(
    supervisor: User, agent: User
) -> None:
    join(make_cohort(), "1", supervisor, on=TODAY - 9 * DAY)
    promised = NOW + 4 * DAY
    call(agent, Outcome.CALL_LATER, call_at=promised)
    with clock.at(NOW + 3 * DAY):
        CohortMember.objects.update(planned_until=clock.now())
        assert plan_rounds() == 1
        close_windows()
        assert QueuedCall.objects.get().ready_at == promised
        assert rounds("1")[0] == (0, "03-01", "open")


def test_a_cohort_that_is_closed_is_called_no_more_and_opened_again_it_is(
    supervisor: User,
) -> None:
    cohort = make_cohort()
    join(cohort, "1", supervisor)
    names = {"name_zh": "血透", "name_en": "Dialysis", "department": None}
    save_cohort(cohort, actor=supervisor, **names, is_active=False)  # type: ignore[arg-type]  # names and none
    assert plan_rounds() == 1
    assert QueuedCall.objects.count() == 0
    assert {row[2] for row in rounds("1")} == {"stopped"}
    save_cohort(cohort, actor=supervisor, **names, is_active=True)  # type: ignore[arg-type]  # as above
    plan_rounds()
    assert {row[2] for row in rounds("1")} == {"open"}
    assert QueuedCall.objects.count() == 1


def test_another_department_takes_over_what_is_open(
    supervisor: User, department: Department
) -> None:
    cohort = make_cohort()
    join(cohort, "1", supervisor)
    save_cohort(
        cohort, actor=supervisor, name_zh="甲", name_en="A", department=department
    )
    plan_rounds()
    assert QueuedCall.objects.get().department == department


def test_a_new_cohort_gets_a_code_of_its_own(supervisor: User) -> None:
    codes = [
        save_cohort(
            None, actor=supervisor, name_zh="甲", name_en=name, department=None
        ).code
        for name in ("New", "Heart failure", "Heart failure", "慢阻肺")
    ]
    assert codes == ["new-2", "heart-failure", "heart-failure-2", "cohort"]


def test_a_new_version_of_the_plan_holds_for_the_rounds_to_come(
    supervisor: User,
) -> None:
    join(make_cohort(), "1", supervisor)
    plan = PlanVersion.objects.get().plan
    with clock.at(NOW + 5 * DAY):
        write_version(plan, 2, "week")
        plan_rounds()
        opened = [row[1] for row in rounds("1") if row[2] == "open"]
    assert opened[:3] == ["03-17", "03-24", "03-31"]


def test_a_slower_rhythm_does_not_take_old_rounds_for_new_ones(
    supervisor: User, agent: User
) -> None:
    cohort = make_cohort(rhythm="week", window=5 * 24)
    join(cohort, "1", supervisor)
    plan = PlanVersion.objects.get().plan
    for week in range(6):
        with clock.at(NOW + 7 * week * DAY):
            plan_rounds()
            call(agent, Outcome.REACHED_PATIENT)
    with clock.at(NOW + 38 * DAY):
        write_version(plan, 2, "month")
        plan_rounds()
    opened = [row for row in rounds("1") if row[2] == "open"]
    assert opened == [(2, "05-10", "open")]


def write_version(plan: Plan, number: int, rhythm: str) -> None:
    """The plan says another rhythm from now on."""
    version = PlanVersion.objects.create(
        plan=plan,
        number=number,
        cohort=plan.versions.get(number=1).cohort,
        from_at=clock.now(),
    )
    TouchPoint.objects.create(
        version=version,
        key="round",
        anchor=Anchor.JOINING,
        rhythm=rhythm,
        after_hours=0,
        window_hours=5 * 24,
    )
    CohortMember.objects.update(planned_until=clock.now())


def merge(number: str, *, into: str) -> None:
    told = Told(
        kind=FeedKind.MERGE,
        patient=into,
        merged_from=number,
        recorded_at=clock.now() + timedelta(seconds=1),
        key=f"merge:{number}",
    )
    take_over([told])
