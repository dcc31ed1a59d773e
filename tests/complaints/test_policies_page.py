"""The page of the time limits: shown, foreseen, changed, given back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import (
    Clock,
    DeadlinePolicy,
    Kind,
    Unit,
)
from complaints.services.rule_changes import apply_rule_changes
from hospital import clock
from hospital.models import User
from tests.complaints.policy_world import (
    PAGE,
    RULE,
    errors,
    local,
    rule_url,
    saved,
)

English = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_the_page_shows_what_holds_and_whose_rule_it_is(
    supervisor: User, english: English
) -> None:
    page = english(supervisor).get(PAGE).text
    assert "5 working days, with several departments 10 working days" in page
    assert "NHC Order No. 3 (2019), article 29" in page
    assert "does not run" in page
    assert "1 working day after the due time: raise the tier" in page
    assert "own rule" not in page
    services.save_policy(
        DeadlinePolicy(clock=Clock.FEEDBACK, tier=1, amount=4, basis="院办〔2026〕8号"),
        actor=supervisor,
    )
    page = english(supervisor).get(PAGE).text
    assert "own rule" in page
    assert "院办〔2026〕8号" in page


@pytest.mark.parametrize("own", [1, 3])
def test_the_page_costs_the_same_with_more_rules(
    supervisor: User, english: English, django_assert_num_queries: Any, own: int
) -> None:
    for tier in range(1, own + 1):
        services.save_policy(
            DeadlinePolicy(
                clock=Clock.FEEDBACK, tier=tier, kind=Kind.PRAISE, amount=tier
            ),
            actor=supervisor,
        )
    client = english(supervisor)
    client.get(PAGE)
    # session, person, token, special rules, progress
    with django_assert_num_queries(5):
        assert len(client.get(PAGE).context["special"]) == own


@pytest.mark.parametrize("who", ["front_desk", "agent", "leader", "head", "it_admin"])
def test_everybody_else_is_refused(
    request: pytest.FixtureRequest, english: English, who: str
) -> None:
    client = english(request.getfixturevalue(who))
    urls = [
        PAGE,
        reverse("complaints:policies_progress"),
        rule_url(),
        rule_url(name="edit_steps"),
        reverse("complaints:new_special_rule"),
        reverse("complaints:adopt_preset", args=["england"]),
    ]
    assert {client.get(url).status_code for url in urls} == {403}
    assert client.post(rule_url(), RULE).status_code == 403
    assert client.post(rule_url(name="foresee_rule"), RULE).status_code == 403
    assert DeadlinePolicy.objects.count() == 0


def test_the_quality_administrator_sets_rules_too(
    quality_admin: User, english: English
) -> None:
    assert "saved" in saved(english(quality_admin), rule_url(), RULE)


def test_only_reads_are_got_and_only_writes_are_posted(
    supervisor: User, english: English
) -> None:
    client = english(supervisor)
    assert client.post(PAGE).status_code == 405
    assert client.get(rule_url(name="foresee_rule")).status_code == 405


@pytest.mark.parametrize(
    "url",
    [
        "/policies/promise/1/",
        "/policies/coffee/1/",
        "/policies/feedback/4/",
        "/policies/coffee/1/steps/",
        "/policies/feedback/0/steps/",
        "/policies/special/99/",
        "/policies/adopt/mars/",
    ],
)
def test_what_does_not_exist_is_404(
    supervisor: User, english: English, url: str
) -> None:
    assert english(supervisor).get(url).status_code == 404


def test_the_preview_says_when_a_case_would_be_due_and_why(
    supervisor: User, english: English
) -> None:
    query = {"tier": "2", "kind": "complaint", "source": "patient"}
    query["received_at"] = "2026-09-30T10:00"
    with clock.at(local("09-29 09:00")):
        page = english(supervisor).get(PAGE, query)
    feedback = next(f for f in page.context["foreseen"] if f.clock == Clock.FEEDBACK)
    assert feedback.due_at == local("10-13 18:00")
    assert feedback.sum == (
        "5 working days from the day after receipt; not counted: 2 weekend days, "
        "6 holidays; with 1 make-up working day"
    )
    assert (
        feedback.steps[-1].words == "2 working days after the due time: raise the tier"
    )
    assert feedback.steps[-1].at == local("10-15 18:00")
    several = english(supervisor).get(PAGE, query | {"several": "on"}, headers=HTMX)
    assert [t.name for t in several.templates][0] == "complaints/policies/_preview.html"
    assert "<html" not in several.text


def test_the_preview_counts_hours_by_the_clock_and_working_hours(
    supervisor: User, english: English
) -> None:
    services.adopt_preset("usa", actor=supervisor)
    first = DeadlinePolicy(
        clock=Clock.FIRST_CONTACT, tier=1, amount=4, unit=Unit.WORKING_HOURS
    )
    services.save_policy(first, actor=supervisor)
    query = {"tier": "1", "kind": "complaint", "source": "patient"}
    query["received_at"] = "2026-11-06T16:00"
    with clock.at(local("11-06 16:00")):
        page = english(supervisor).get(PAGE, query)
    found = {each.clock: each for each in page.context["foreseen"]}
    feedback, contact = found[Clock.FEEDBACK], found[Clock.FIRST_CONTACT]
    assert (feedback.due_at, feedback.sum) == (
        local("11-13 16:00"),
        "168 hours by the clock",
    )
    assert feedback.steps[-1].words == "8 hours after the due time: raise the tier"
    assert feedback.steps[-1].at == local("11-14 00:00")
    assert (contact.due_at, contact.sum) == (
        local("11-09 10:00"),
        "4 working hours; not counted: 2 weekend days",
    )


@pytest.mark.parametrize(
    "received_at", ["nonsense", "1900-01-01T10:00", "0001-01-01T00:00"]
)
def test_a_preview_of_another_age_is_refused_in_words(
    supervisor: User, english: English, received_at: str
) -> None:
    query = {"tier": "2", "kind": "complaint", "source": "patient"}
    response = english(supervisor).get(PAGE, query | {"received_at": received_at})
    assert list(errors(response)) == ["received_at"]
    assert response.status_code == 200
    assert "foreseen" not in response.context


def test_a_rule_is_changed_in_its_cell_and_given_back(
    supervisor: User, english: English
) -> None:
    client = english(supervisor)
    form = client.get(rule_url()).context["form"]
    assert (form["amount"].value(), form["amount_several"].value()) == (5, 10)
    assert "Back to the shipped rule" not in client.get(rule_url()).text
    page = saved(client, rule_url(), RULE | {"amount_several": "12"})
    assert "7 working days, with several departments 12 working days" in page
    own = DeadlinePolicy.objects.get()
    assert (own.clock, own.tier, own.kind, own.source) == ("feedback", 1, "", "")
    saved(client, rule_url(), RULE | {"amount": "8"})
    own.refresh_from_db()
    assert (own.amount, own.amount_several) == (8, None)
    assert "Back to the shipped rule" in client.get(rule_url()).text
    assert "shipped rule holds again" in saved(client, rule_url(), {"shipped": "1"})
    assert DeadlinePolicy.objects.count() == 0


def test_first_contact_is_switched_on_and_off(
    supervisor: User, english: English
) -> None:
    client, url = english(supervisor), rule_url(Clock.FIRST_CONTACT)
    assert client.get(url).context["form"]["runs"].value() is False
    saved(client, url, RULE | {"amount": "4", "unit": "working_hours"})
    assert "4 working hours" in client.get(PAGE).text
    saved(client, url, RULE | {"runs": "", "amount": ""})
    assert DeadlinePolicy.objects.get().amount is None


@pytest.mark.parametrize(
    ("which", "changes", "field"),
    [
        ("feedback", {"amount": ""}, "amount"),
        ("feedback", {"amount": "0"}, "amount"),
        ("feedback", {"amount": "99999999999999"}, "amount"),
        ("feedback", {"amount": "x"}, "amount"),
        ("feedback", {"amount_several": "2"}, "amount_several"),
        ("feedback", {"unit": "weeks"}, "unit"),
        ("feedback", {"hours": "department"}, "hours"),
        ("rectify", {"hours": "moon"}, "hours"),
        ("feedback", {"basis": "甲" * 201}, "basis"),
    ],
)
def test_a_rule_that_cannot_be_is_told_beside_its_field(
    supervisor: User,
    english: English,
    which: str,
    changes: dict[str, str],
    field: str,
) -> None:
    response = english(supervisor).post(rule_url(which), RULE | changes)
    assert list(errors(response)) == [field]
    assert DeadlinePolicy.objects.count() == 0


def test_the_dialog_foresees_what_is_typed_before_it_is_saved(
    supervisor: User, english: English
) -> None:
    client, url = english(supervisor), rule_url(name="foresee_rule")
    with clock.at(local("11-02 09:00")):
        page = client.post(url, RULE | {"amount": "2", "amount_several": "4"}).text
        assert "Received now, it would be due Wed 2026-11-04 18:00." in page
        assert "With several departments: Fri 2026-11-06 18:00." in page
        assert "would not run" in client.post(url, RULE | {"runs": ""}).text
        assert client.post(url, RULE | {"amount": ""}).text == ""
        assert client.post(url, RULE | {"amount": "999"}).text == ""
        special = reverse("complaints:foresee_special_rule")
        typed = RULE | {"clock": "acknowledge", "kind": "help", "amount": "1"}
        assert "Tue 2026-11-03 18:00" in client.post(special, typed).text
    assert DeadlinePolicy.objects.count() == 0


def test_the_page_says_whether_open_due_times_follow_yet(
    supervisor: User, english: English
) -> None:
    client, url = english(supervisor), reverse("complaints:policies_progress")
    apply_rule_changes()
    assert "All open cases follow these rules" in client.get(url).text
    saved(client, rule_url(), RULE)
    running = client.get(url).text
    assert "follow within a minute" in running
    assert 'hx-trigger="every 5s"' in running
    apply_rule_changes()
    assert "hx-trigger" not in client.get(url).text
