"""Presets, rules for a source, and steps: changed in dialogs of the page."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import (
    Clock,
    DeadlinePolicy,
    EscalationStep,
    Kind,
    Source,
    Tier,
    Unit,
)
from hospital.models import User
from tests.complaints.policy_world import (
    RULE,
    errors,
    rule_url,
    saved,
)

English = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_a_rule_for_a_source_is_added_changed_and_dropped(
    supervisor: User, english: English
) -> None:
    client, url = english(supervisor), reverse("complaints:new_special_rule")
    typed = RULE | {"clock": "feedback", "tier": "", "kind": "", "source": "patrol"}
    page = saved(client, url, typed)
    assert "Feedback to the person · Patrol · Every tier" in page
    own = DeadlinePolicy.objects.get()
    assert (own.tier, own.source, own.unit) == (None, Source.PATROL, Unit.WORKING_DAYS)
    response = client.post(url, typed)
    assert errors(response)["__all__"] == [
        "There is a rule for this already; change that one."
    ]
    edit = reverse("complaints:special_rule", args=[own.pk])
    assert client.get(edit).context["form"]["source"].value() == "patrol"
    saved(client, edit, typed | {"amount": "9"})
    own.refresh_from_db()
    assert own.amount == 9
    saved(client, edit, {"shipped": "1"})
    assert DeadlinePolicy.objects.count() == 0


def test_a_special_rule_is_for_some_kind_or_source(
    supervisor: User, english: English
) -> None:
    url = reverse("complaints:new_special_rule")
    response = english(supervisor).post(url, RULE | {"clock": "feedback"})
    assert errors(response) == {
        "kind": ["Choose a kind or a source; the table has the rest."]
    }


def test_a_preset_is_adopted_after_a_look_at_what_would_change(
    supervisor: User, english: English
) -> None:
    services.save_policy(
        DeadlinePolicy(clock=Clock.FEEDBACK, kind=Kind.PRAISE, amount=20),
        actor=supervisor,
    )
    client = english(supervisor)
    url = reverse("complaints:adopt_preset", args=["england"])
    look = client.get(url)
    assert [
        (change.clock, change.tier, change.old, change.new)
        for change in look.context["changes"]
        if change.tier == Tier.MINOR
    ] == [
        (Clock.ACKNOWLEDGE, 1, "2 working days", "3 working days"),
        (
            Clock.FEEDBACK,
            1,
            "5 working days, with several departments 10 working days",
            "30 working days",
        ),
    ]
    assert "Feedback to the person · Praise · Every tier: 20 working days" in look.text
    assert DeadlinePolicy.objects.count() == 1
    page = saved(client, url, {})
    assert "30 working days" in page
    assert "SI 2009/309, regulation 14: proposed at 30 working days" in page
    again = client.get(url)
    assert again.context["changes"] == []


def test_the_steps_of_a_clock_are_edited_together_and_given_back(
    supervisor: User, english: English
) -> None:
    client, url = english(supervisor), rule_url(name="edit_steps")
    rows = client.get(url).context["form"].rows
    assert [bound.value() for bound in rows[0]] == ["percent", 60, "tell_owner"]
    typed = {
        "when_0": "percent",
        "count_0": "70",
        "action_0": "tell_owner",
        "when_1": "before",
        "count_1": "1.5",
        "action_1": "tell_supervisor",
        "when_2": "due",
        "count_2": "",
        "action_2": "tell_head",
        "when_3": "after",
        "count_3": "16",
        "action_3": "raise_tier",
        "when_4": "after",
        "count_4": "",
        "action_4": "",
    }
    page = saved(client, url, typed)
    assert "1.5 working hours before the due time: tell the supervisors" in page
    steps = EscalationStep.objects.order_by("pk")
    assert [(s.percent, s.minutes, s.action) for s in steps] == [
        (70, None, "tell_owner"),
        (None, -90, "tell_supervisor"),
        (None, 0, "tell_head"),
        (None, 960, "raise_tier"),
    ]
    again = client.get(url).context["form"].rows
    assert [bound.value() for bound in again[1]] == [
        "before",
        "1.5",
        "tell_supervisor",
    ]
    assert "shipped steps hold again" in saved(client, url, {"shipped": "1"})
    assert EscalationStep.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, {"__all__": ["Keep at least one step, or go back to the shipped ones."]}),
        (
            {"when_0": "percent", "count_0": "", "action_0": "tell_owner"},
            {"count_0": ["Say how many."]},
        ),
        (
            {"when_0": "percent", "count_0": "100", "action_0": "tell_owner"},
            {"__all__": ["A step comes at 1 to 99 per cent of the time."]},
        ),
        (
            {"when_0": "due", "action_0": "tell_leadership"},
            {"__all__": ["The leadership reads only cases of tier 3."]},
        ),
        (
            {"when_0": "never", "count_0": "5", "action_0": "tell_owner"},
            {
                "when_0": [
                    "Select a valid choice. never is not one of the available choices."
                ]
            },
        ),
    ],
)
def test_steps_that_cannot_be_are_told_in_words(
    supervisor: User,
    english: English,
    typed: dict[str, str],
    told: dict[str, list[str]],
) -> None:
    response = english(supervisor).post(rule_url(name="edit_steps"), typed)
    assert errors(response) == told
    assert EscalationStep.objects.count() == 0


def test_the_rule_in_a_dialog_is_a_part_of_the_page(
    supervisor: User, english: English
) -> None:
    part = english(supervisor).get(rule_url(), headers=HTMX)
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]
