"""Submitting work with its evidence: what is kept, and what is refused in words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from pytest_django.asserts import assertRedirects

from complaints import services
from complaints.models import RectificationTask, TaskStatus
from hospital.models import User
from tests.complaints.task_world import HTMX, errors, photo, url

English = Callable[[User], Client]


@pytest.fixture(autouse=True)
def keep_files_apart(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def acknowledged(task: RectificationTask, head: User) -> RectificationTask:
    return services.acknowledge_task(task, actor=head)


def test_work_is_submitted_with_photos_and_the_centre_is_told(
    acknowledged: RectificationTask, head: User, front_desk: User, english: English
) -> None:
    response = english(head).post(
        url("submit", acknowledged),
        {"result": "已铺防滑垫", "files": [photo("一.png"), photo("二.png")]},
    )
    assertRedirects(response, url("task_detail", acknowledged))
    acknowledged.refresh_from_db()
    assert acknowledged.status == TaskStatus.SUBMITTED
    assert [e.name for e in acknowledged.evidence.all()] == ["一.png", "二.png"]
    assert front_desk.notifications.filter(topic="task_submitted").count() == 1


def test_work_may_be_submitted_without_files(
    acknowledged: RectificationTask, head: User, english: English
) -> None:
    english(head).post(url("submit", acknowledged), {"result": "已致歉"})
    acknowledged.refresh_from_db()
    assert acknowledged.status == TaskStatus.SUBMITTED


def test_a_responsible_nurse_submits_herself(
    acknowledged: RectificationTask, head: User, staff: User, english: English
) -> None:
    services.plan_task(acknowledged, actor=head, responsible=staff, measure="培训")
    english(staff).post(url("submit", acknowledged), {"result": "已培训"})
    acknowledged.refresh_from_db()
    assert acknowledged.status == TaskStatus.SUBMITTED


def test_a_disguised_file_is_refused_beside_the_field_and_the_text_stays(
    acknowledged: RectificationTask, head: User, english: English
) -> None:
    fake = SimpleUploadedFile("病历.png", b"MZ not a picture", "image/png")
    response = english(head).post(
        url("submit", acknowledged),
        {"result": "已铺防滑垫", "files": [photo(), fake]},
        headers=HTMX,
    )
    assert response.status_code == 200
    assert errors(response) == {
        "files": ["“病历.png” is not what its name says. Send photos or a PDF."]
    }
    page = response.content.decode()
    assert "已铺防滑垫</textarea>" in page
    assert 'id="files-error"' in page
    assert "<html" not in page
    assert acknowledged.evidence.count() == 0


def test_an_oversized_file_is_refused_beside_the_field(
    acknowledged: RectificationTask,
    head: User,
    english: English,
    settings: Settings,
) -> None:
    settings.EVIDENCE_MAX_BYTES = 32
    response = english(head).post(
        url("submit", acknowledged), {"result": "已整改", "files": [photo()]}
    )
    assert errors(response) == {"files": ["“现场.png” is larger than 32\xa0bytes."]}


def test_an_empty_file_is_refused_beside_the_field(
    acknowledged: RectificationTask, head: User, english: English
) -> None:
    response = english(head).post(
        url("submit", acknowledged),
        {"result": "已整改", "files": [SimpleUploadedFile("空.png", b"")]},
    )
    assert errors(response) == {"files": ["The submitted file is empty."]}


def test_too_many_files_are_refused_beside_the_field(
    acknowledged: RectificationTask, head: User, english: English
) -> None:
    files = [photo(f"{number}.png") for number in range(11)]
    response = english(head).post(
        url("submit", acknowledged), {"result": "已整改", "files": files}
    )
    assert errors(response) == {"files": ["A task keeps at most 10 files."]}


def test_submitting_before_acknowledging_says_what_the_task_is(
    task: RectificationTask, head: User, english: English
) -> None:
    response = english(head).post(url("submit", task), {"result": "已整改"})
    assert errors(response) == {
        "__all__": ["The task is “To acknowledge”; it cannot become “Submitted”."]
    }


def test_the_form_opens_without_complaints(
    acknowledged: RectificationTask, head: User, english: English
) -> None:
    response = english(head).get(url("submit", acknowledged))
    assert not response.context["form"].is_bound
    assert errors(response) == {}
