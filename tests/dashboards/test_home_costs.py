"""Home asks the database as much for one row of each list as for three."""

from collections.abc import Callable
from typing import Any

import pytest

from complaints import services
from complaints.models import Case, RectificationTask
from hospital.models import User
from tests.dashboards.home_world import (
    English,
    NewTask,
    ask_for_time,
    blocks,
    hours_from_now,
    offer,
    promise_by,
)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_heads_home_costs_the_same_for_one_task_and_for_three(
    new_task: NewTask,
    head: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        new_task()
    client = english(head)
    # session, person, counts, tasks, subjects, categories, departments
    with django_assert_num_queries(7):
        assert len(blocks(client)["To acknowledge"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_nurses_home_costs_the_same_for_one_task_and_for_three(
    new_task: NewTask,
    head: User,
    staff: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        services.plan_task(new_task(), actor=head, responsible=staff, measure="培训")
    client = english(staff)
    with django_assert_num_queries(8):
        assert len(blocks(client)["You are responsible"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desks_home_costs_the_same_for_one_case_and_for_three(
    new_task: NewTask,
    new_case: Callable[..., Case],
    agent: User,
    head: User,
    front_desk: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        services.refuse_task(new_task(), actor=head, reason="不归我科")
        offer(new_case(actor=agent), agent, front_desk)
        promise_by(Case.objects.earliest("pk"), front_desk)
    client = english(front_desk)
    with django_assert_num_queries(11):
        shown = blocks(client)
    assert {title: len(found) for title, found in shown.items()} == {
        "Promised": rows,
        "Handed to you": rows,
        "My open cases": rows,
        "Refused, to decide": rows,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_supervisors_home_costs_the_same_for_one_of_each_and_for_three(
    new_task: NewTask,
    new_case: Callable[..., Case],
    agent: User,
    head: User,
    front_desk: User,
    supervisor: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        done, late = new_task(), new_task()
        services.refuse_task(new_task(), actor=head, reason="不归我科")
        services.acknowledge_task(done, actor=head)
        services.submit_task(done, actor=head, result="已整改")
        RectificationTask.objects.filter(pk=late.pk).update(due_at=hours_from_now(-1))
        Case.objects.filter(pk=late.case_id).update(due_at=hours_from_now(-1), tier=3)
        offer(new_case(), front_desk, agent)
        own = new_case(actor=supervisor)
        promise_by(own, supervisor)
        ask_for_time(own, supervisor)
    client = english(supervisor)
    with django_assert_num_queries(18):
        shown = blocks(client)
    assert {title: len(found) for title, found in shown.items()} == {
        "Promised": rows,
        "More time asked for": rows,
        "To verify": rows,
        "Refused, to decide": rows,
        "Cases over time": rows,
        "Departments over time": rows,
        "Not yet accepted": 2 * rows,
        "Tier 3, open": rows,
        "Hand-overs without an answer": rows,
        "My open cases": rows,
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_the_leaders_home_costs_the_same_for_one_major_case_and_for_three(
    new_case: Callable[..., Case],
    supervisor: User,
    leader: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        services.set_tier(new_case(), actor=supervisor, tier=3, reason="伤害严重")
    client = english(leader)
    with django_assert_num_queries(13):
        assert len(blocks(client)["Tier 3, open"]) == rows
