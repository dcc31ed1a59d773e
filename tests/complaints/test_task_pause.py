"""The centre stops a task's clock and lets it run: on its page and by the API."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from complaints import services
from complaints.models import Clock, RectificationTask
from hospital.models import User
from tests.complaints.task_world import due_in, errors, url

English = Callable[[User], Client]


def test_the_centre_stops_the_clock_with_a_reason_and_lets_it_run_again(
    task: RectificationTask, front_desk: User, head: User, english: English
) -> None:
    client = english(front_desk)
    refused = client.post(url("pause_task", task), {"waits_for": "outside"})
    assert errors(refused) == {"reason": ["This field is required."]}
    sent = {"waits_for": "outside", "reason": "等配件到货"}
    page = client.post(url("pause_task", task), sent, follow=True).text
    assert "The clock of the task stands still." in page
    assert url("resume_task", task) in page
    assert [d.state for d in task.deadlines.all()] == ["paused", "paused"]
    theirs = english(head).get(url("task_detail", task)).text
    assert "stands still since" in theirs
    again = client.post(url("pause_task", task), sent)
    assert errors(again) == {"__all__": ["The clock stands still already."]}
    page = client.post(url("resume_task", task), follow=True).text
    assert "The clock of the task runs again." in page
    assert url("pause_task", task) in page


def test_the_department_does_not_stop_its_own_clock(
    task: RectificationTask, head: User, outsider: User, english: English
) -> None:
    sent = {"waits_for": "outside", "reason": "忙"}
    assert english(head).post(url("pause_task", task), sent).status_code == 403
    assert english(head).post(url("resume_task", task)).status_code == 403
    assert english(outsider).get(url("pause_task", task)).status_code == 404
    assert english(head).get(url("resume_task", task)).status_code == 405


def test_the_api_stops_the_clock_and_lets_it_run_again(
    task: RectificationTask,
    front_desk: User,
    head: User,
    api_of: Callable[[User], APIClient],
) -> None:
    address = f"/api/v1/tasks/{task.pk}/"
    sent = {"waits_for": "outside", "reason": "等配件到货"}
    assert api_of(head).post(f"{address}pause/", sent).status_code == 403
    client = api_of(front_desk)
    assert list(client.post(f"{address}pause/", {}).data["errors"]) == [
        "waits_for",
        "reason",
    ]
    paused = client.post(f"{address}pause/", sent).data
    assert [row["state"] for row in paused["deadlines"]] == ["paused", "paused"]
    assert paused["actions"] == ["cancel", "release", "resume"]
    assert client.post(f"{address}pause/", sent).status_code == 409
    again = client.post(f"{address}resume/").data
    # In working hours the pause was given back: the old rows stay on record.
    states = [row["state"] for row in again["deadlines"]]
    assert [state for state in states if state != "superseded"] == ["running"] * 2


def test_the_page_of_a_task_shows_its_clocks_and_why_they_are_due(
    task: RectificationTask, head: User, english: English
) -> None:
    page = english(head).get(url("task_detail", task)).text
    for deadline in task.deadlines.all():
        why = reverse(
            "complaints:explain_deadline", args=[task.case.number, deadline.pk]
        )
        assert f'href="{why}"' in page


def test_a_row_shows_the_clock_that_burns(
    task: RectificationTask, head: User, english: English
) -> None:
    client = english(head)
    acknowledge = task.deadlines.get(clock=Clock.TASK_ACKNOWLEDGE)
    rectify = task.deadlines.get(clock=Clock.RECTIFY)
    (row,) = client.get(reverse("complaints:task_list")).context["rows"]
    assert (row["task"].burns_at, row["task"].clock_id) == (
        acknowledge.due_at,
        acknowledge.pk,
    )
    services.acknowledge_task(task, actor=head)
    due_in(task, hours=-1)
    (row,) = client.get(reverse("complaints:task_list")).context["rows"]
    rectify.refresh_from_db()
    assert (row["task"].burns_at, row["task"].clock_id) == (
        rectify.due_at,
        rectify.pk,
    )


def test_what_may_be_done_is_known_of_a_task_however_it_was_loaded(
    task: RectificationTask, front_desk: User
) -> None:
    assert services.task_choices(task, front_desk) == ["cancel", "release", "pause"]
    services.pause_task(task, actor=front_desk, waits_for="outside", reason="等配件")
    loaded = RectificationTask.objects.for_list().get(pk=task.pk)
    for each in (task, loaded):
        choices = services.task_choices(each, front_desk)
        assert choices == ["cancel", "release", "resume"]
