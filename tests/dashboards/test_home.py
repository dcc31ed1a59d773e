"""Home: each role's work of today, bounded, and nothing of anybody else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from complaints import services
from complaints.models import Case, Clock, RectificationTask, Tier
from hospital import clock
from hospital.models import Department, Role, User
from tests.dashboards.home_world import (
    HOME,
    English,
    NewTask,
    blocks,
    due_in,
    hours_from_now,
    offer,
    tiles,
)
from tests.factories import UserFactory


def test_the_head_sees_what_burns_and_acknowledges_in_one_move(
    new_task: NewTask, head: User, english: English
) -> None:
    fresh, over, soon, later, done = [new_task() for __ in range(5)]
    for task in (over, soon, later, done):
        services.acknowledge_task(task, actor=head)
    services.submit_task(done, actor=head, result="已整改")
    for task, hours in ((over, -1), (soon, 1), (later, 24 * 20)):
        due_in(task, hours)
    client = english(head)
    assert blocks(client) == {
        "To acknowledge": [fresh],
        "Over time": [over],
        "Due soon": [soon],
        "Due later": [later],
        "Waiting for the centre": [done],
    }
    page = client.get(HOME).text
    address = reverse("complaints:acknowledge", args=[fresh.pk])
    assert f'hx-post="{address}"' in page
    assert f'action="{address}"' in page


def test_what_is_to_be_acknowledged_is_sorted_by_that_clock_and_explains_it(
    new_task: NewTask, head: User, english: English
) -> None:
    first, second = new_task(), new_task()
    clocks = second.deadlines.filter(clock=Clock.TASK_ACKNOWLEDGE)
    clocks.update(due_at=hours_from_now(-2))
    client = english(head)
    assert blocks(client)["To acknowledge"] == [second, first]
    page = client.get(HOME).text
    burning = clocks.get()
    address = reverse(
        "complaints:explain_deadline", args=[second.case.number, burning.pk]
    )
    assert f'href="{address}"' in page
    assert "2 h over" in page
    assert client.get(address).status_code == 200


def test_a_paused_task_does_not_burn_and_says_so(
    new_task: NewTask, head: User, front_desk: User, english: English
) -> None:
    task = new_task()
    services.acknowledge_task(task, actor=head)
    due_in(task, 1)
    services.pause_task(task, actor=front_desk, waits_for="outside", reason="等配件")
    RectificationTask.objects.filter(pk=task.pk).update(due_at=hours_from_now(-1))
    client = english(head)
    assert blocks(client) == {"To acknowledge": [], "Due later": [task]}
    page = client.get(HOME).text
    assert "paused" in page


def test_a_head_without_tasks_is_told_so(
    head: User, outsider: User, task: RectificationTask, english: English
) -> None:
    assert blocks(english(outsider)) == {"To acknowledge": []}
    assert "Nothing to acknowledge." in english(outsider).get(HOME).text


def test_a_nurse_sees_the_own_tasks_first_and_once(
    new_task: NewTask, head: User, staff: User, english: English
) -> None:
    mine, ours = new_task(), new_task()
    services.plan_task(mine, actor=head, responsible=staff, measure="培训")
    shown = blocks(english(staff))
    assert list(shown.items()) == [
        ("You are responsible", [mine]),
        ("To acknowledge", [ours]),
    ]


def test_the_desk_sees_the_own_open_cases_by_time_left_and_todays_numbers(
    new_case: Callable[..., Case],
    front_desk: User,
    agent: User,
    english: English,
) -> None:
    later, sooner, foreign = new_case(), new_case(), new_case(actor=agent)
    solved = services.SolvedOnTheSpot("已指路")
    new_case(solved=solved)
    Case.objects.filter(pk=sooner.pk).update(due_at=hours_from_now(-1))
    client = english(front_desk)
    assert blocks(client)["My open cases"] == [sooner, later]
    assert tiles(client) == {
        "Received today": 3,
        "Solved on the spot today": 1,
        "Mine, open": 2,
        "Mine, over time": 1,
    }
    assert foreign.number not in client.get(HOME).text


def test_yesterdays_cases_are_not_todays(
    new_case: Callable[..., Case], front_desk: User, english: English
) -> None:
    with clock.at(clock.now() - timedelta(days=1)):
        new_case()
    assert tiles(english(front_desk))["Received today"] == 0


def test_a_hand_over_is_answered_from_home(
    case: Case, front_desk: User, agent: User, supervisor: User, english: English
) -> None:
    handover = offer(case, front_desk, agent)
    client = english(agent)
    assert blocks(client)["Handed to you"] == [handover]
    address = reverse("complaints:answer_handover", args=[case.number, handover.pk])
    assert client.get(HOME).text.count(address) == 2
    assert address not in english(supervisor).get(HOME).text
    client.post(address, {"accepted": "on"})
    case.refresh_from_db()
    assert case.owner == agent


def test_a_block_shows_eight_rows_and_leads_to_all_of_them(
    new_case: Callable[..., Case], front_desk: User, english: English
) -> None:
    for __ in range(9):
        new_case()
    response = english(front_desk).get(HOME)
    block = response.context["sections"][0].blocks[2]
    assert (len(block.rows), block.count, block.has_more) == (8, 9, True)
    assert "All 9" in response.text


def test_leaders_see_headlines_major_cases_and_tasks_in_their_hands(
    new_case: Callable[..., Case],
    department: Department,
    front_desk: User,
    supervisor: User,
    leader: User,
    english: English,
) -> None:
    department.supervising_leader = leader
    department.save(update_fields=["supervising_leader"])
    minor, major = new_case(), new_case()
    services.set_tier(major, actor=supervisor, tier=Tier.MAJOR, reason="伤害严重")
    task = services.open_task(
        minor, actor=front_desk, department=department, demand="请整改"
    )
    client = english(leader)
    assert blocks(client) == {"Tier 3, open": [major], "Tasks in your hands": [task]}
    response = client.get(HOME)
    figures = response.context["sections"][0].figures
    assert [figure.measure.key for figure in figures] == [
        "received",
        "handled",
        "on-time",
        "satisfaction",
        "open",
        "overdue",
    ]
    assert reverse("dashboards:figures") in response.text


def test_a_leader_with_nothing_to_do_is_told_so(leader: User, english: English) -> None:
    assert "Nothing needs you now." in english(leader).get(HOME).text


def test_a_supervisor_with_nothing_to_do_is_told_so(
    supervisor: User, english: English
) -> None:
    assert "Nothing waits for a decision." in english(supervisor).get(HOME).text


def test_a_person_with_several_roles_gets_a_section_of_each(
    head: User, english: English
) -> None:
    head.roles = [Role.DEPARTMENT_HEAD, Role.SUPERVISOR, Role.FRONT_DESK]
    head.save(update_fields=["roles"])
    response = english(head).get(HOME)
    titles = [section.title for section in response.context["sections"]]
    assert titles == ["Supervision", "My desk", "My department"]
    assert '<h2 class="home-role">My desk' in response.text


def test_a_person_without_a_role_is_told_whom_to_ask(
    db: None, english: English
) -> None:
    page = english(UserFactory(roles=[])).get(HOME).text
    assert "You have no role yet." in page


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(3, "evening"), (8, "morning"), (14, "afternoon"), (20, "evening")],
)
def test_home_greets_by_the_hour_of_the_hospital(
    head: User, english: English, settings: Settings, hour: int, greeting: str
) -> None:
    client = english(head)
    shanghai = datetime(2026, 11, 23, hour, tzinfo=UTC) - timedelta(hours=8)
    with clock.at(shanghai):
        assert f"Good {greeting}, 主任" in client.get(HOME).text


def test_home_needs_an_account_and_is_only_read(head: User, english: English) -> None:
    assert Client().get(HOME).status_code == 302
    assert english(head).post(HOME).status_code == 405
