"""Rules and steps that may not stand, and the sentences that say so."""

from typing import Any

import pytest
from django.utils import translation

from complaints import services
from complaints.models import (
    Clock,
    DeadlinePolicy,
    EscalationStep,
    Hours,
    Tier,
    Unit,
)
from complaints.services.presets import PRESET_STEPS, Step
from hospital.exceptions import RuleViolation
from hospital.models import User
from tests.complaints.policy_world import policy, step

Action = EscalationStep.Action


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"clock": "promise"}, "No rule sets how long this clock runs.", "clock"),
        ({"clock": "coffee"}, "No rule sets how long this clock runs.", "clock"),
        ({"unit": "weeks"}, "Choose what is counted.", "unit"),
        ({"amount": 0}, "Choose a number from 1 to 250.", "amount"),
        ({"amount": 251}, "Choose a number from 1 to 250.", "amount"),
        (
            {"amount": 8761, "unit": Unit.HOURS},
            "Choose a number from 1 to 8760.",
            "amount",
        ),
        (
            {"amount_several": 300},
            "Choose a number from 1 to 250.",
            "amount_several",
        ),
        (
            {"amount_several": 6},
            "Several departments need at least as long as one.",
            "amount_several",
        ),
        (
            {"hours": Hours.DEPARTMENT},
            "Only the clocks of tasks count a department's own hours.",
            "hours",
        ),
        (
            {"hours": "night"},
            "Only the clocks of tasks count a department's own hours.",
            "hours",
        ),
        (
            {"basis": "甲" * 201},
            "Shorten the text to 200 characters; it has 201.",
            "basis",
        ),
    ],
)
def test_a_rule_that_could_not_be_counted_is_refused(
    supervisor: User, changes: dict[str, Any], sentence: str, field: str
) -> None:
    which = changes.pop("clock", Clock.FEEDBACK)
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        services.save_policy(policy(which, **changes), actor=supervisor)
    assert (refusal.value.message, refusal.value.field) == (sentence, field)
    assert DeadlinePolicy.objects.count() == 0


def test_what_does_not_apply_to_a_rule_is_left_out(supervisor: User) -> None:
    rule = policy(Clock.RECTIFY, amount=48, amount_several=60, unit=Unit.HOURS)
    services.save_policy(rule, actor=supervisor)
    own = DeadlinePolicy.objects.get()
    assert (own.amount, own.amount_several, own.hours) == (48, None, Hours.ALWAYS)


def test_a_second_rule_for_the_same_cases_is_refused(supervisor: User) -> None:
    services.save_policy(policy(), actor=supervisor)
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        services.save_policy(policy(amount=9), actor=supervisor)
    assert refusal.value.message == (
        "There is a rule for this already; change that one."
    )


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([("tell_owner", 0, None)], "A step comes at 1 to 99 per cent of the time."),
        ([("tell_owner", 100, None)], "A step comes at 1 to 99 per cent of the time."),
        ([("tell_owner", None, None)], "Say when each step comes."),
        ([("tell_owner", 5, 5)], "Say when each step comes."),
        (
            [("tell_owner", None, 30_001)],
            "A step comes at most 500 hours before or after the due time.",
        ),
        ([("sing", 50, None)], "Say what happens at each step."),
        (
            [("tell_leadership", 50, None)],
            "The leadership reads only cases of tier 3.",
        ),
        (
            [("tell_leader", 50, None)],
            "The supervising leader is told of tasks and of cases of tier 3 only.",
        ),
        (
            [("tell_owner", 50, None), ("tell_owner", 50, None)],
            "“remind the owner” stands twice at the same moment.",
        ),
    ],
)
def test_steps_that_would_reach_nobody_or_come_twice_are_refused(
    supervisor: User, steps: list[tuple[str, int | None, int | None]], sentence: str
) -> None:
    rows = [
        EscalationStep(clock="feedback", tier=1, action=a, percent=p, minutes=m)
        for a, p, m in steps
    ]
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        services.save_steps(Clock.FEEDBACK, Tier.MINOR, rows, actor=supervisor)
    assert refusal.value.message == sentence
    assert EscalationStep.objects.count() == 0


@pytest.mark.parametrize(
    ("which", "tier", "action", "sentence"),
    [
        (
            Clock.FEEDBACK,
            Tier.MAJOR,
            Action.RAISE_TIER,
            "Tier 3 is the highest: it cannot be raised.",
        ),
        (
            Clock.PROMISE,
            Tier.MINOR,
            Action.RAISE_TIER,
            "A promise does not raise the tier of its case.",
        ),
        (Clock.FEEDBACK, Tier.MAJOR, Action.TELL_LEADERSHIP, None),
        (Clock.FEEDBACK, Tier.MAJOR, Action.TELL_LEADER, None),
        (Clock.RECTIFY, Tier.MINOR, Action.TELL_LEADER, None),
    ],
)
def test_who_is_told_must_be_able_to_read_it(
    supervisor: User, which: Clock, tier: Tier, action: Action, sentence: str | None
) -> None:
    rows = [EscalationStep(clock=which, tier=tier, action=action, minutes=0)]
    if sentence is None:
        services.save_steps(which, tier, rows, actor=supervisor)
        assert EscalationStep.objects.get().action == action
        return
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        services.save_steps(which, tier, rows, actor=supervisor)
    assert refusal.value.message == sentence


def test_every_shipped_step_and_rule_would_pass_the_checks(supervisor: User) -> None:
    groups: dict[tuple[str, int], list[Step]] = {}
    for each in PRESET_STEPS:
        groups.setdefault((each.clock, each.tier), []).append(each)
    for (which, tier), steps in groups.items():
        rows = [
            EscalationStep(
                clock=which,
                tier=tier,
                action=each.action,
                percent=each.percent,
                minutes=each.minutes,
            )
            for each in steps
        ]
        services.save_steps(which, tier, rows, actor=supervisor)
    assert EscalationStep.objects.count() == len(PRESET_STEPS)


def test_rules_and_steps_have_names_for_logs() -> None:
    with translation.override("en"):
        assert str(policy()) == "Feedback to the person 1"
        assert str(policy(tier=None)) == "Feedback to the person *"
        named = str(step(Action.RAISE_TIER, minutes=0))
        assert named == "Feedback to the person 1 raise the tier"
