"""Pages of tasks: the list in heaps, one task, and its evidence behind the gate."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import AccessLog, Case, RectificationTask
from hospital.models import Department, Role, User
from tests.complaints.task_world import ACTIONS, due_in, url
from tests.factories import UserFactory

English = Callable[[User], Client]
NewTask = Callable[[], RectificationTask]
LIST = reverse("complaints:task_list")


def listed(client: Client, **query: str) -> list[RectificationTask]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [row["task"] for row in response.context["rows"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_of_the_database_for_one_row_and_for_three(
    new_task: NewTask,
    head: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        new_task()
    client = english(head)
    # session, person, counts, departments to choose from, tasks, subjects, categories
    with django_assert_num_queries(7):
        assert len(listed(client)) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_supervisors_list_costs_the_same_for_one_row_and_for_three(
    new_task: NewTask,
    supervisor: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        new_task()
    client = english(supervisor)
    with django_assert_num_queries(7):
        assert len(listed(client, show="all")) == rows


def test_an_outsider_sees_no_task_and_gets_404_for_one(
    task: RectificationTask, outsider: User, english: English
) -> None:
    client = english(outsider)
    assert listed(client, show="all") == []
    assert client.get(url("task_detail", task)).status_code == 404


def test_a_person_named_in_the_case_sees_no_task(
    new_case: Callable[..., Case],
    front_desk: User,
    department: Department,
    category: Any,
    head: User,
    english: English,
) -> None:
    department.deputy = UserFactory(roles=[Role.DEPARTMENT_HEAD])
    department.save(update_fields=["deputy"])
    subject = services.SubjectLine(category, department, head)
    task = services.open_task(
        new_case(subjects=[subject]),
        actor=front_desk,
        department=department,
        demand="请整改",
    )
    client = english(head)
    assert listed(client) == []
    assert client.get(url("task_detail", task)).status_code == 404
    assert listed(english(department.deputy)) == [task]


def test_heaps_hold_what_their_names_say(
    new_task: NewTask,
    head: User,
    front_desk: User,
    supervisor: User,
    english: English,
) -> None:
    fresh, over, later, back, done, refused = [new_task() for __ in range(6)]
    for task in (over, later, back, done):
        services.acknowledge_task(task, actor=head)
    for task in (back, done):
        services.submit_task(task, actor=head, result="已整改")
    services.return_task(back, actor=front_desk, reason="缺照片")
    services.refuse_task(refused, actor=head, reason="不归我科")
    due_in(over, hours=-1)
    due_in(back, hours=1)
    client = english(head)
    assert listed(client, show="acknowledge") == [fresh]
    assert listed(client, show="over") == [over]
    assert listed(client, show="soon") == [back]
    assert listed(client, show="later") == [later]
    assert listed(client, show="returned") == [back]
    assert listed(client, show="centre") == [done, refused]
    client = english(supervisor)
    assert listed(client, show="verify") == [done]
    assert listed(client, show="decide") == [refused]
    assert listed(client, show="late") == [over]


def test_a_department_and_the_centre_are_offered_their_own_heaps(
    task: RectificationTask, head: User, supervisor: User, english: English
) -> None:
    def offered(user: User) -> list[str]:
        return [tab.key for tab in english(user).get(LIST).context["tabs"]]

    department = ["acknowledge", "over", "soon", "later", "returned", "centre"]
    centre = ["verify", "decide", "late"]
    assert offered(head) == ["open", *department]
    assert offered(supervisor) == ["open", *centre]
    head.roles = [Role.DEPARTMENT_HEAD, Role.SUPERVISOR]
    head.save(update_fields=["roles"])
    assert offered(head) == ["open", *department, *centre]


def test_a_heap_that_does_not_exist_shows_what_is_open(
    task: RectificationTask, head: User, english: English
) -> None:
    response = english(head).get(LIST, {"show": "verify"})
    assert response.context["show"] == "open"


def test_the_list_is_narrowed_by_department_and_status(
    task: RectificationTask,
    department: Department,
    other_department: Department,
    outsider: User,
    front_desk: User,
    supervisor: User,
    english: English,
) -> None:
    other = services.open_task(
        task.case, actor=front_desk, department=other_department, demand="请配合"
    )
    services.acknowledge_task(other, actor=outsider)
    client = english(supervisor)
    assert listed(client, department=department.code) == [task]
    assert listed(client, status="acknowledged") == [other]
    assert listed(client, status="verified") == []
    assert listed(client, department="nonsense", show="all") == [other, task]


def test_long_lists_come_in_pages(
    new_task: NewTask, head: User, english: English, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 2})
    first, second, third = [new_task() for __ in range(3)]
    client = english(head)
    assert listed(client, show="all") == [third, second]
    page = client.get(LIST, {"show": "all"}).context["page"]
    assert listed(client, show="all", older=page.older) == [first]
    assert "older=" in client.get(LIST, {"show": "all"}).content.decode()
    back = client.get(LIST, {"show": "all", "older": page.older}).content.decode()
    assert "newer=" in back


def test_a_list_by_due_time_speaks_of_more_and_back(
    new_task: NewTask, head: User, english: English, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 1})
    first, second = new_task(), new_task()
    client = english(head)
    response = client.get(LIST)
    assert "More" in response.content.decode()
    token = response.context["page"].older
    assert listed(client, older=token) == [second]
    assert "Back" in client.get(LIST, {"older": token}).content.decode()
    assert listed(client) == [first]


def test_the_page_of_a_task_tells_the_department_everything_but_who_spoke(
    task: RectificationTask, head: User, english: English
) -> None:
    page = english(head).get(url("task_detail", task)).content.decode()
    for words in ("请查明原因并整改", "等了三个小时还没有看上病", task.case.number):
        assert words in page
    for secret in ("张建国", "张*", "13812345678", "138****5678"):
        assert secret not in page


def test_the_centre_sees_the_contact_masked(
    task: RectificationTask, front_desk: User, english: English
) -> None:
    page = english(front_desk).get(url("task_detail", task)).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page


def test_a_released_contact_is_offered_to_the_department_against_a_reason(
    task: RectificationTask, front_desk: User, head: User, english: English
) -> None:
    services.release_contact(task, actor=front_desk)
    page = english(head).get(url("task_detail", task)).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    assert reverse("complaints:reveal", args=[task.case.number]) in page


def test_reading_the_task_of_a_major_case_leaves_a_trace(
    task: RectificationTask, supervisor: User, head: User, english: English
) -> None:
    services.set_tier(task.case, actor=supervisor, tier=3, reason="伤害严重")
    english(head).get(url("task_detail", task))
    assert [log.user for log in AccessLog.objects.filter(case=task.case)] == [head]


def test_the_page_offers_only_what_is_possible_now(
    task: RectificationTask, head: User, front_desk: User, english: English
) -> None:
    def offered(user: User) -> set[str]:
        page = english(user).get(url("task_detail", task)).content.decode()
        return {name for name in ACTIONS if url(name, task) in page}

    assert offered(head) == {"acknowledge", "plan", "refuse"}
    assert offered(front_desk) == {"cancel", "release", "pause_task"}
    services.acknowledge_task(task, actor=head)
    assert offered(head) == {"plan", "submit"}
    services.submit_task(task, actor=head, result="已整改")
    assert offered(head) == set()
    assert offered(front_desk) == {"verify", "return", "cancel", "release"}
    services.return_task(task, actor=front_desk, reason="缺照片")
    page = english(head).get(url("task_detail", task)).content.decode()
    assert "Returned by the centre:" in page


def test_the_reason_of_a_refusal_and_of_the_decision_stand_on_top(
    task: RectificationTask,
    head: User,
    supervisor: User,
    department: Department,
    english: English,
) -> None:
    client = english(supervisor)
    services.refuse_task(task, actor=head, reason="不归我科")
    assert "Refused by the department:" in client.get(url("task_detail", task)).text
    services.decide_refused_task(
        task, actor=supervisor, department=department, reason="归你科"
    )
    assert "The centre decided:" in client.get(url("task_detail", task)).text
    services.cancel_task(task, actor=supervisor, reason="重复")
    assert "Cancelled:" in client.get(url("task_detail", task)).text


@pytest.mark.parametrize("events", [1, 3])
def test_the_page_of_a_task_costs_the_same_with_a_longer_history(
    task: RectificationTask,
    head: User,
    staff: User,
    english: English,
    django_assert_num_queries: Any,
    events: int,
) -> None:
    services.acknowledge_task(task, actor=head)
    for __ in range(events - 1):
        services.plan_task(task, actor=head, responsible=staff, measure="培训")
    client = english(head)
    with django_assert_num_queries(13):
        client.get(url("task_detail", task))
