"""What departments and the centre do about a task: who, when, how it is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from complaints import services
from complaints.models import CaseEvent, RectificationTask, TaskStatus, Verb
from hospital.models import Department, Role, User
from tests.complaints.task_world import ACTIONS, HTMX, errors, url
from tests.factories import UserFactory

English = Callable[[User], Client]


@pytest.fixture
def acknowledged(task: RectificationTask, head: User) -> RectificationTask:
    return services.acknowledge_task(task, actor=head)


@pytest.fixture
def submitted(acknowledged: RectificationTask, head: User) -> RectificationTask:
    return services.submit_task(acknowledged, actor=head, result="已整改")


@pytest.fixture
def refused(task: RectificationTask, head: User) -> RectificationTask:
    return services.refuse_task(task, actor=head, reason="不归我科")


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_acknowledging_from_home_is_one_post_and_answers_the_changed_row(
    task: RectificationTask, head: User, english: English
) -> None:
    response = english(head).post(url("acknowledge", task), headers=HTMX)
    page = response.content.decode()
    task.refresh_from_db()
    assert task.status == TaskStatus.ACKNOWLEDGED
    assert f'<li class="task-row" id="task-{task.pk}"' in page
    assert "Acknowledged" in page
    assert '<span id="count-acknowledge" hx-swap-oob="innerHTML">0</span>' in page
    assert "<html" not in page
    assert json.loads(response["HX-Trigger"]) == {
        "showMessage": {
            "messages": [{"level": "success", "text": "The task is acknowledged."}]
        }
    }
    event = CaseEvent.objects.filter(task=task).latest("seq")
    assert (event.verb, event.actor) == (Verb.TASK_ACKNOWLEDGED, head)


def test_acknowledging_by_a_plain_form_goes_on_to_the_task(
    task: RectificationTask, head: User, english: English
) -> None:
    response = english(head).post(url("acknowledge", task))
    assertRedirects(response, url("task_detail", task))


def test_acknowledging_goes_back_to_the_page_that_asks_for_it(
    task: RectificationTask, head: User, english: English
) -> None:
    client, here = english(head), reverse("home")
    response = client.post(url("acknowledge", task), {"next": here})
    assertRedirects(response, here)
    elsewhere = client.post(url("acknowledge", task), {"next": "https://x.test/"})
    assertRedirects(elsewhere, url("task_detail", task))


def test_acknowledging_twice_tells_why_not_and_shows_the_row_as_it_is(
    acknowledged: RectificationTask, head: User, english: English
) -> None:
    response = english(head).post(url("acknowledge", acknowledged), headers=HTMX)
    said = json.loads(response["HX-Trigger"])["showMessage"]["messages"]
    assert said == [
        {
            "level": "error",
            "text": "The task is “Acknowledged”; it cannot become “Acknowledged”.",
        }
    ]
    assert f'id="task-{acknowledged.pk}"' in response.content.decode()


@pytest.mark.parametrize("name", ["acknowledge", "verify"])
def test_what_one_button_does_is_never_done_by_a_get(
    task: RectificationTask, head: User, english: English, name: str
) -> None:
    assert english(head).get(url(name, task)).status_code == 405


@pytest.mark.parametrize("name", ACTIONS)
def test_another_department_gets_404(
    task: RectificationTask, outsider: User, english: English, name: str
) -> None:
    response = english(outsider).post(url(name, task), {"reason": "x"})
    assert response.status_code == 404


@pytest.mark.parametrize("name", ["acknowledge", "plan", "submit", "refuse"])
def test_a_colleague_who_is_not_responsible_is_forbidden(
    task: RectificationTask, staff: User, english: English, name: str
) -> None:
    assert english(staff).post(url(name, task)).status_code == 403


@pytest.mark.parametrize("name", ["decide", "verify", "return", "cancel", "release"])
def test_the_department_does_not_do_the_centres_work(
    task: RectificationTask, head: User, english: English, name: str
) -> None:
    assert english(head).post(url(name, task)).status_code == 403


def test_a_plan_names_a_colleague_and_the_measure(
    acknowledged: RectificationTask, head: User, staff: User, english: English
) -> None:
    response = english(head).post(
        url("plan", acknowledged), {"responsible": staff.pk, "measure": "增加分诊"}
    )
    assertRedirects(response, url("task_detail", acknowledged))
    acknowledged.refresh_from_db()
    assert (acknowledged.responsible, acknowledged.measure) == (staff, "增加分诊")


def test_a_plan_offers_only_colleagues_who_are_not_complained_about(
    new_case: Callable[..., Any],
    category: Any,
    department: Department,
    head: User,
    staff: User,
    front_desk: User,
    outsider: User,
    english: English,
) -> None:
    subject = services.SubjectLine(category, department, staff)
    task = services.open_task(
        new_case(subjects=[subject]),
        actor=front_desk,
        department=department,
        demand="请整改",
    )
    response = english(head).get(url("plan", task), headers=HTMX)
    form: Any = response.context["form"]
    assert list(form.fields["responsible"].queryset) == [head]
    assert f'data-keys="{head.initials}"' in response.content.decode()


def test_a_plan_without_a_measure_keeps_the_person_and_says_what_is_missing(
    acknowledged: RectificationTask, head: User, staff: User, english: English
) -> None:
    response = english(head).post(
        url("plan", acknowledged), {"responsible": staff.pk, "measure": " "}
    )
    assert response.status_code == 200
    assert errors(response) == {"measure": ["This field is required."]}
    assert f'<option value="{staff.pk}" selected' in response.content.decode()


def test_refusing_needs_a_reason_and_then_waits_for_the_centre(
    task: RectificationTask, head: User, english: English
) -> None:
    client = english(head)
    assert errors(client.post(url("refuse", task), {"reason": ""})) == {
        "reason": ["This field is required."]
    }
    response = client.post(url("refuse", task), {"reason": "不归我科"})
    assert told(response) == ["Refused. The centre will decide."]
    task.refresh_from_db()
    assert (task.status, task.reason) == (TaskStatus.REFUSED, "不归我科")


def test_a_reason_of_invisible_signs_is_no_reason(
    task: RectificationTask, head: User, english: English
) -> None:
    response = english(head).post(url("refuse", task), {"reason": "\u200b\u202e"})
    assert errors(response) == {"reason": ["Say why in a few words."]}


def test_the_centre_insists_or_gives_the_task_to_another_department(
    refused: RectificationTask,
    supervisor: User,
    outsider: User,
    other_department: Department,
    english: English,
) -> None:
    client = english(supervisor)
    page = client.get(url("decide", refused), headers=HTMX).content.decode()
    assert "Cardiology says: 不归我科" in page
    response = client.post(
        url("decide", refused), {"department": other_department.pk, "reason": "归骨科"}
    )
    assertRedirects(response, url("task_detail", refused))
    refused.refresh_from_db()
    assert (refused.status, refused.holder) == (TaskStatus.ASSIGNED, outsider)


def test_a_department_without_anybody_to_take_the_task_is_said_beside_the_field(
    refused: RectificationTask,
    supervisor: User,
    other_department: Department,
    english: English,
) -> None:
    response = english(supervisor).post(
        url("decide", refused), {"department": other_department.pk, "reason": "归骨科"}
    )
    sentence = "Nobody in Orthopaedics may take this task: name a deputy first."
    assert errors(response) == {"department": [sentence]}


def test_the_owner_verifies_with_one_press(
    submitted: RectificationTask, front_desk: User, english: English
) -> None:
    response = english(front_desk).post(url("verify", submitted))
    assertRedirects(response, url("task_detail", submitted))
    submitted.refresh_from_db()
    assert submitted.status == TaskStatus.VERIFIED


def test_verifying_what_is_not_submitted_is_told(
    acknowledged: RectificationTask, front_desk: User, english: English
) -> None:
    response = english(front_desk).post(url("verify", acknowledged))
    assert told(response) == [
        "The task is “Acknowledged”; it cannot become “Verified”."
    ]


def test_work_is_returned_with_what_is_missing(
    submitted: RectificationTask, front_desk: User, english: English
) -> None:
    english(front_desk).post(url("return", submitted), {"reason": "缺照片"})
    submitted.refresh_from_db()
    assert (submitted.status, submitted.reason) == (TaskStatus.RETURNED, "缺照片")


def test_a_task_is_cancelled_with_a_reason(
    task: RectificationTask, supervisor: User, english: English
) -> None:
    english(supervisor).post(url("cancel", task), {"reason": "重复"})
    task.refresh_from_db()
    assert (task.status, task.reason) == (TaskStatus.CANCELLED, "重复")


def test_releasing_the_contact_is_asked_once_more_and_recorded(
    task: RectificationTask, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    page = client.get(url("release", task)).content.decode()
    assert "This cannot be taken back." in page
    client.post(url("release", task))
    task.refresh_from_db()
    assert task.contact_released is True
    assert CaseEvent.objects.filter(task=task).latest("seq").actor == front_desk


def test_a_head_with_a_second_role_at_the_desk_never_verifies_the_own_work(
    submitted: RectificationTask, head: User, english: English
) -> None:
    head.roles = [Role.DEPARTMENT_HEAD, Role.SUPERVISOR]
    head.save(update_fields=["roles"])
    assert english(head).post(url("verify", submitted)).status_code == 403


def test_a_form_that_would_be_refused_is_not_shown(
    task: RectificationTask, english: English
) -> None:
    other = UserFactory(roles=[Role.CALLBACK_AGENT])
    assert english(other).get(url("cancel", task)).status_code == 404
