"""Files that show the work was done: judged by content, never by name."""

from collections.abc import Sequence
from pathlib import PurePath

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from complaints.models import Evidence, RectificationTask
from hospital.exceptions import RuleViolation
from hospital.models import User
from hospital.text import clean_text

MOST_FILES = 10
# What the content says, and the endings that may stand on such a file.
KINDS = {
    "image/jpeg": {".jpg", ".jpeg", ".jfif"},
    "image/png": {".png"},
    "image/webp": {".webp"},
    "image/heic": {".heic", ".heif"},
    "application/pdf": {".pdf"},
}


def keep_evidence(
    task: RectificationTask, files: Sequence[UploadedFile], *, actor: User
) -> None:
    """Store files with a task; RuleViolation when one is too large or disguised.

    All are judged before the first is stored, so that none is left behind.
    """
    if task.evidence.count() + len(files) > MOST_FILES:
        raise RuleViolation(
            _("A task keeps at most {limit} files.").format(limit=MOST_FILES),
            field="files",
        )
    kept = [_judge(file) for file in files]
    for evidence in kept:
        evidence.task = task
        evidence.uploaded_by = actor
        evidence.save()


def _judge(file: UploadedFile) -> Evidence:
    name = clean_text(PurePath(file.name or "file").name)[-150:]
    size = file.size or 0
    if size > settings.EVIDENCE_MAX_BYTES:
        raise RuleViolation(
            _("“{name}” is larger than {limit}.").format(
                name=name, limit=filesizeformat(settings.EVIDENCE_MAX_BYTES)
            ),
            field="files",
        )
    content_type = _content_type(file)
    if PurePath(name).suffix.lower() not in KINDS.get(content_type, set()):
        raise RuleViolation(
            _("“{name}” is not what its name says. Send photos or a PDF.").format(
                name=name
            ),
            field="files",
        )
    return Evidence(file=file, name=name, content_type=content_type, size=size)


def _content_type(file: UploadedFile) -> str:
    """The media type that the first bytes show, or an empty string."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if b"ftypheic" in head[:16] or b"ftypmif1" in head[:16]:
        return "image/heic"
    try:
        return puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return ""
