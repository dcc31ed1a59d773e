"""Cohorts in the follow-up figures: apart from the stays, each opening its rounds."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboards.follow_ups.cohorts import Rounds, count_rounds
from dashboards.follow_ups.counting import count_calls, count_stays
from dashboards.follow_ups.definitions import CALLS
from dashboards.follow_ups.of_rounds import COHORT_CALLS, OF_ROUNDS
from dashboards.follow_ups.scope import FollowUpScope
from dashboards.measures import Month
from followups.models import Attempt, Cohort, FollowUp, Mode, Outcome
from followups.services.calls.queue import close_windows
from followups.services.cohorts.membership import leave_cohort, plan_rounds
from hospital import clock
from hospital.models import Department, User
from tests.dashboards.follow_up_world import call, plan_calls
from tests.dashboards.test_follow_up_figures import behind, read, rows
from tests.followups.cohort_world import join, make_cohort
from tests.followups.world import DAY, NOW, discharge

MARCH = Month(2026, 3)
FIGURES = reverse("dashboards:follow_up_figures")
SignIn = Callable[[User], Client]


@pytest.fixture
def cohort(department: Department, agent: User, supervisor: User) -> Iterator[Cohort]:
    """Five members by the end of March: each with a fate of its own, and one in vain.

    Their next rounds are planned, but open in April only.
    """
    made = make_cohort(department=department, window=20 * 24)
    with clock.at(NOW):
        for number in ("1", "2", "3", "4", "5"):
            join(made, number, supervisor)
        join(made, "6", supervisor, on=date(2026, 2, 25))
        call("1", agent, Outcome.REACHED_PATIENT)
        call("2", agent, Outcome.NO_ANSWER)
        call("3", agent, Outcome.DECLINED)
        gone = made.members.get(patient__number="4")
        leave_cohort(gone, actor=supervisor, left_on=clock.today(), why="肾移植")
    with clock.at(NOW + 18 * DAY):
        call("6", agent, Outcome.REACHED_PROXY)
        plan_rounds()
    with clock.at(NOW + 21 * DAY):
        close_windows()
        join(made, "7", supervisor)
        yield made


def count(user: User, month: Month = MARCH) -> Rounds:
    rounds = count_rounds(FollowUpScope(user), month)
    assert rounds is not None
    return rounds


def said(rounds: Rounds) -> dict[str, tuple[int, int]]:
    return {
        figure.measure.key: (figure.count.base, figure.count.hits)
        for figure in rounds.figures
    }


def test_the_rounds_of_a_month_are_counted_by_what_became_of_them(
    cohort: Cohort, supervisor: User
) -> None:
    assert said(count(supervisor)) == {
        "rounds": (6, 0),
        "rounds-reached": (6, 2),
        "rounds-not-reached": (1, 0),
        "rounds-declined": (1, 0),
        "rounds-missed": (1, 0),
        "rounds-open": (1, 0),
        "rounds-stopped": (1, 0),
        "cohort-calls": (4, 0),
    }


def test_a_round_that_opens_later_is_not_due_yet(
    cohort: Cohort, supervisor: User
) -> None:
    assert FollowUp.objects.filter(opens_at__gt=clock.now(), state="open").exists()
    april = Month(2026, 4)
    with clock.at(NOW + 23 * DAY):
        assert said(count(supervisor, april))["rounds"] == (0, 0)
    with clock.at(NOW + 32 * DAY):
        plan_rounds()
        found = said(count(supervisor, april))
    assert (found["rounds"], found["rounds-stopped"]) == ((4, 0), (1, 0))


def test_each_cohort_has_its_line_and_an_empty_one_too(
    cohort: Cohort, supervisor: User
) -> None:
    make_cohort("chronic")
    closed = make_cohort("closed")
    closed.is_active = False
    closed.save()
    lines = count(supervisor).cohorts
    assert {
        line.group.code: line.figures[0].count.base  # type: ignore[union-attr]  # cohorts have codes
        for line in lines
    } == {"chronic": 0, "dialysis": 6}


def test_rounds_are_no_stays_and_their_calls_are_calls_counted_apart(
    cohort: Cohort, supervisor: User
) -> None:
    scope = FollowUpScope(supervisor)
    stays = count_stays(scope, MARCH)
    assert stays.figures["discharged"].count.base == 0
    assert count_calls(scope, MARCH).figures[0].count.base == 4


def test_a_call_for_a_stay_and_a_round_counts_in_both(
    cohort: Cohort, supervisor: User, agent: User
) -> None:
    plan_calls()
    discharge("8", at=clock.now() - 2 * DAY)
    join(cohort, "8", supervisor)
    call("8", agent, Outcome.REACHED_PATIENT)
    figures = count_stays(FollowUpScope(supervisor), MARCH).figures
    assert figures["ratio"].count.hits == 1
    assert said(count(supervisor))["rounds-reached"] == (7, 3)


def test_visits_at_the_bedside_are_no_calls(cohort: Cohort, supervisor: User) -> None:
    Attempt.objects.filter(patient__number="1").update(mode=Mode.BEDSIDE)
    calls = count_calls(FollowUpScope(supervisor), MARCH)
    assert calls.figures[0].count.base == 3
    assert sum(line.figures[0].count.base for line in calls.agents) == 3
    assert sum(line.figures[0].count.base for line in calls.day_parts) == 3


def test_every_figure_opens_a_list_of_so_many_rounds(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    client = english(supervisor)
    page = read(client, f"{FIGURES}?month=2026-03")
    assert "Rounds of cohorts in March 2026" in page
    links = re.findall(
        r'href="(/figures/follow-ups/(?:rounds|cohort)[\w-]*/[^"]*)" '
        r'aria-label="[^"]*: '
        r'(?:(\d+)|[\d.]+% \(\d+ of (\d+)\)|[\d.]+%|—[^"]*)"',
        page,
    )
    shown = {url.replace("&amp;", "&"): int(n or of or 6) for url, n, of in links}
    assert len(shown) == 2 * len(OF_ROUNDS) + 1
    assert {url: len(rows(read(client, url))) for url in shown} == shown


def test_the_rows_tell_the_cohort_and_what_became_of_the_round(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    client = english(supervisor)
    stopped = read(client, behind("rounds-stopped", month="2026-03"))
    assert rows(stopped) == [
        [
            "患*",
            "Cardiology",
            "Dialysis patients",
            "2026-03-10 00:00",
            "Left the cohort",
        ]
    ]
    missed = read(client, behind("rounds-missed", month="2026-03", cohort="dialysis"))
    assert "· Dialysis patients" in missed
    assert [row[-1] for row in rows(missed)] == ["Window closed"]


def test_a_head_sees_the_own_cohort_and_others_none(
    cohort: Cohort, head: User, outsider: User, leader: User, english: SignIn
) -> None:
    html = read(english(head), f"{FIGURES}?month=2026-03")
    assert "Rounds of cohorts" in html
    make_cohort("other")
    url = behind("rounds", month="2026-03", cohort="other")
    assert english(head).get(url).status_code == 404
    assert "Rounds of cohorts" not in read(english(outsider), FIGURES)
    assert rows(read(english(outsider), behind("rounds", month="2026-03"))) == []
    assert "患*" not in read(english(leader), behind("rounds", month="2026-03"))


def test_a_rate_of_fewer_than_five_is_kept_from_a_head(
    department: Department, supervisor: User, head: User
) -> None:
    with clock.at(NOW):
        join(make_cohort(department=department), "1", supervisor)
        figures = {each.measure.key: each for each in count(head).figures}
    assert figures["rounds-reached"].is_suppressed
    assert figures["rounds"].text == "1"


@pytest.mark.parametrize("number", [1, 3])
def test_more_cohorts_cost_no_more_queries(
    supervisor: User, django_assert_num_queries: Any, number: int
) -> None:
    with clock.at(NOW):
        for each in range(number):
            join(make_cohort(f"c-{each}"), str(each), supervisor)
        with django_assert_num_queries(3):
            count(supervisor)


def test_the_card_of_calls_says_where_those_of_cohorts_are() -> None:
    assert "Calls for cohorts are in" in str(CALLS.card.exclusions)
    assert "follow-up of the stay" in str(COHORT_CALLS.card.exclusions)
