"""The hospital's own time limits: who sets them, what is refused, what follows."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from complaints import services
from complaints.models import (
    AppliedRules,
    Case,
    Clock,
    DeadlinePolicy,
    EscalationStep,
    Hours,
    Kind,
    RectificationTask,
    Tier,
    Unit,
)
from complaints.services.policies import Policies
from complaints.services.presets import ENGLAND, PRESET_STEPS, PRESETS
from complaints.services.rule_changes import apply_rule_changes
from complaints.services.rule_table import adopted_preset, changes_by
from complaints.services.timekeeping import timekeeper
from hospital import clock
from hospital.calendars import current_token
from hospital.models import User
from hospital.services import OwnDay, set_days
from tests.complaints.policy_world import (
    SHANGHAI,
    due_times,
    policy,
    step,
)

MONDAY = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
Action = EscalationStep.Action


def test_a_saved_rule_moves_open_due_times_and_the_old_ones_stay_on_record(
    new_case: Callable[..., Case], supervisor: User
) -> None:
    with clock.at(MONDAY):
        case = new_case()
        assert due_times(case) == [("11-09 18:00", "running")]
        services.save_policy(policy(amount=3), actor=supervisor)
        apply_rule_changes()
        assert due_times(case) == [
            ("11-09 18:00", "superseded"),
            ("11-05 18:00", "running"),
        ]
        applied = AppliedRules.objects.get()
        assert (applied.token, applied.finished_at) == (current_token(), MONDAY)
        services.drop_policy(DeadlinePolicy.objects.get(), actor=supervisor)
        apply_rule_changes()
        assert due_times(case)[-1] == ("11-09 18:00", "running")
        assert len(due_times(case)) == 3


def test_a_day_off_of_the_hospital_moves_open_due_times(
    new_case: Callable[..., Case], supervisor: User, it_admin: User
) -> None:
    with clock.at(MONDAY):
        case = new_case()
        set_days([OwnDay(date(2026, 11, 6), False, "院庆")], actor=it_admin)
        apply_rule_changes()
        assert due_times(case) == [
            ("11-09 18:00", "superseded"),
            ("11-10 18:00", "running"),
        ]


def test_a_clock_that_is_switched_on_starts_for_open_cases_from_receipt(
    new_case: Callable[..., Case], supervisor: User
) -> None:
    with clock.at(MONDAY):
        case = new_case()
        first = policy(Clock.FIRST_CONTACT, amount=4, unit=Unit.WORKING_HOURS)
        services.save_policy(first, actor=supervisor)
        apply_rule_changes()
        assert due_times(case, Clock.FIRST_CONTACT) == [("11-02 15:00", "running")]


@pytest.mark.parametrize("which", ["acknowledge", "first_contact", "feedback"])
def test_a_clock_switched_on_does_not_ask_for_what_is_done(
    case: Case, front_desk: User, which: str
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    case.deadlines.filter(clock=which).delete()
    DeadlinePolicy.objects.create(clock=which, amount=1)
    apply_rule_changes()
    assert not case.deadlines.filter(clock=which).exists()


def test_a_clock_that_is_switched_off_is_no_longer_waited_for(
    new_case: Callable[..., Case], supervisor: User
) -> None:
    with clock.at(MONDAY):
        case = new_case()
        services.save_policy(policy(Clock.ACKNOWLEDGE, amount=None), actor=supervisor)
        apply_rule_changes()
    assert due_times(case, Clock.ACKNOWLEDGE) == [("11-04 18:00", "superseded")]


def test_the_rules_of_tasks_follow_unless_a_person_chose_the_time(
    task: RectificationTask, supervisor: User
) -> None:
    old = task.due_at
    rule = policy(Clock.RECTIFY, amount=9, hours=Hours.DEPARTMENT)
    services.save_policy(rule, actor=supervisor)
    apply_rule_changes()
    task.refresh_from_db()
    assert task.due_at > old
    assert [row.state for row in task.deadlines.filter(clock=Clock.RECTIFY)] == [
        "superseded",
        "running",
    ]


def test_only_supervisors_and_the_quality_administrator_set_rules(
    front_desk: User, leader: User, it_admin: User, quality_admin: User
) -> None:
    for person in (front_desk, leader, it_admin):
        with pytest.raises(PermissionDenied):
            services.save_policy(policy(), actor=person)
        with pytest.raises(PermissionDenied):
            services.save_steps(Clock.FEEDBACK, Tier.MINOR, [], actor=person)
        with pytest.raises(PermissionDenied):
            services.adopt_preset("england", actor=person)
    services.save_policy(policy(), actor=quality_admin)
    own = DeadlinePolicy.objects.get()
    with pytest.raises(PermissionDenied):
        services.drop_policy(own, actor=leader)


def test_a_rule_for_a_kind_goes_before_the_one_for_all(
    new_case: Callable[..., Case], supervisor: User
) -> None:
    services.save_policy(policy(amount=3), actor=supervisor)
    rule = policy(tier=None, kind=Kind.PRAISE, amount=10)
    services.save_policy(rule, actor=supervisor)
    with clock.at(MONDAY):
        assert due_times(new_case(kind=Kind.PRAISE)) == [("11-16 18:00", "running")]
        assert due_times(new_case()) == [("11-05 18:00", "running")]


@pytest.mark.parametrize("name", PRESETS)
def test_an_adopted_preset_holds_and_is_known_again(
    supervisor: User, name: str
) -> None:
    services.save_policy(policy(kind=Kind.PRAISE), actor=supervisor)
    services.adopt_preset(name, actor=supervisor)
    policies = timekeeper().policies
    assert adopted_preset(policies) is PRESETS[name]
    assert list(changes_by(PRESETS[name], policies)) == []
    for preset in PRESETS.values():
        shipped = Policies((), (), preset=preset)
        same = list(changes_by(preset, policies)) == []
        assert same == (preset is PRESETS[name]), shipped


def test_england_acknowledges_within_three_working_days_whatever_the_tier(
    new_case: Callable[..., Case], supervisor: User
) -> None:
    services.adopt_preset(ENGLAND.name, actor=supervisor)
    with clock.at(MONDAY):
        case = new_case()
        assert due_times(case, Clock.ACKNOWLEDGE) == [("11-05 18:00", "running")]
    tiers = DeadlinePolicy.objects.filter(clock=Clock.ACKNOWLEDGE)
    assert [(row.tier, row.amount) for row in tiers] == [(1, 3), (2, 3), (3, 3)]
    services.adopt_preset("china", actor=supervisor)
    assert DeadlinePolicy.objects.count() == 0


def test_own_steps_replace_the_shipped_ones_of_their_clock_and_tier(
    supervisor: User,
) -> None:
    steps = [step(Action.TELL_OWNER, percent=70), step(Action.RAISE_TIER, minutes=960)]
    services.save_steps(Clock.FEEDBACK, Tier.MINOR, steps, actor=supervisor)
    policies = timekeeper().policies
    assert [s.key for s in policies.steps(Clock.FEEDBACK, Tier.MINOR)] == [
        "tell_owner@70%",
        "raise_tier@960m",
    ]
    shipped = [s for s in PRESET_STEPS if (s.clock, s.tier) == (Clock.FEEDBACK, 2)]
    assert policies.steps(Clock.FEEDBACK, Tier.COMPLEX) == shipped
    services.save_steps(Clock.FEEDBACK, Tier.MINOR, [], actor=supervisor)
    again = timekeeper().policies.steps(Clock.FEEDBACK, Tier.MINOR)
    assert all(not each.is_own for each in again)
