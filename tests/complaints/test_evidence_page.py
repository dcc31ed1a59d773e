"""Evidence: served behind the gate of its task, and kept by nobody on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from complaints import services
from complaints.models import AccessLog, Case, Evidence, RectificationTask, Tier
from hospital.models import User
from tests.complaints.task_world import PDF, photo

English = Callable[[User], Client]
NewTask = Callable[[], RectificationTask]
LIST = reverse("complaints:task_list")


@pytest.fixture(autouse=True)
def keep_files_apart(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def proof(task: RectificationTask, head: User) -> Evidence:
    services.acknowledge_task(task, actor=head)
    services.submit_task(task, actor=head, result="已整改", files=[photo()])
    return task.evidence.get()


def test_photos_show_in_the_page_and_are_never_kept_by_caches(
    proof: Evidence, head: User, front_desk: User, english: English
) -> None:
    for user in (head, front_desk):
        response: Any = english(user).get(
            reverse("complaints:evidence", args=[proof.pk])
        )
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")
        assert response["Content-Type"] == "image/png"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "private, no-store"
        name = quote("现场.png")
        assert response["Content-Disposition"] == f"inline; filename*=utf-8''{name}"


def test_what_is_no_photo_is_downloaded(
    task: RectificationTask, head: User, english: English
) -> None:
    services.acknowledge_task(task, actor=head)
    file = SimpleUploadedFile("说明.pdf", PDF, content_type="image/png")
    services.submit_task(task, actor=head, result="已整改", files=[file])
    address = reverse("complaints:evidence", args=[task.evidence.get().pk])
    response: Any = english(head).get(address)
    b"".join(response.streaming_content)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; ")


def test_evidence_stands_behind_the_gate_of_its_task(
    proof: Evidence, outsider: User, english: English
) -> None:
    address = reverse("complaints:evidence", args=[proof.pk])
    assert english(outsider).get(address).status_code == 404
    stranger = Client().get(address)
    assert stranger.status_code == 302
    assert reverse("login") in stranger["Location"]


def test_evidence_whose_file_is_gone_is_not_found(
    proof: Evidence, head: User, english: English
) -> None:
    Path(proof.file.path).unlink()
    response = english(head).get(reverse("complaints:evidence", args=[proof.pk]))
    assert response.status_code == 404
    assert str(proof.file.path) not in response.text


@pytest.mark.parametrize("name", ["task_list", "task_detail", "evidence"])
def test_pages_are_only_read(
    proof: Evidence, head: User, english: English, name: str
) -> None:
    args = {"task_list": [], "task_detail": [proof.task_id], "evidence": [proof.pk]}
    address = reverse(f"complaints:{name}", args=args[name])
    assert english(head).post(address).status_code == 405


@pytest.mark.parametrize(("tier", "traces"), [(Tier.MAJOR, 2), (Tier.MINOR, 0)])
def test_opening_the_evidence_of_a_sensitive_case_leaves_a_trace(
    proof: Evidence,
    head: User,
    english: English,
    api_of: Callable[[User], APIClient],
    tier: Tier,
    traces: int,
) -> None:
    Case.objects.update(tier=tier)
    english(head).get(reverse("complaints:evidence", args=[proof.pk])).getvalue()
    api_of(head).get(f"/api/v1/tasks/{proof.task_id}/evidence/{proof.pk}/").getvalue()
    seen = AccessLog.objects.filter(user=head, act=AccessLog.Act.VIEW)
    assert seen.count() == traces
