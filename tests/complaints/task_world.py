"""What tests of task pages share: files as phones send them, and browsers."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.models import Clock, RectificationTask
from hospital import clock

ACTIONS = (
    "acknowledge",
    "plan",
    "submit",
    "refuse",
    "decide",
    "verify",
    "return",
    "cancel",
    "release",
    "pause_task",
    "resume_task",
)
HTMX = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
PDF = b"%PDF-1.7\n" + b"0" * 60


def photo(name: str = "现场.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def url(name: str, task: RectificationTask) -> str:
    return reverse(f"complaints:{name}", args=[task.pk])


def due_in(task: RectificationTask, *, hours: int) -> None:
    """The department's clock runs out in so many hours."""
    moment = clock.now() + timedelta(hours=hours)
    task.deadlines.filter(clock=Clock.RECTIFY).update(due_at=moment)
    RectificationTask.objects.filter(pk=task.pk).update(due_at=moment)


def errors(response: Any) -> dict[str, list[str]]:
    """What the form says is wrong, by field."""
    form: Any = response.context["form"]
    return {name: list(sentences) for name, sentences in form.errors.items()}
