"""The steps a person takes: choose a file, match its columns, start, discard."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from followups.models import DepartmentAlias, Import
from followups.permissions import can_import
from followups.services.importing.departments import plain_name
from followups.services.importing.mapping import Columns, propose, remember
from followups.services.importing.reading import inspect
from followups.services.importing.reasons import NotReadable
from followups.services.importing.targets import LABELS, REQUIRED
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from hospital.text import clean_text

MOST_BYTES = 100 * 1024 * 1024
LONGEST_NUMBER = 20
KEPT_FOR = timedelta(days=30)
State = Import.State


def accept_upload(file: UploadedFile, *, actor: User) -> Import:
    """Keep a file whose headings can be read, with the columns proposed."""
    _check(actor)
    try:
        if (file.size or 0) > MOST_BYTES:
            raise NotReadable("too_large", most=MOST_BYTES // 1024 // 1024)
        found = inspect(file)
    except NotReadable as wrong:
        raise RuleViolation(wrong.reason.words, field="file") from wrong
    columns, number_length, __ = propose(found.headings)
    upload = Import(
        name=clean_text(file.name or "")[-200:],
        columns=columns,
        number_length=number_length,
        uploaded_by=actor,
        **vars(found),
    )
    file.seek(0)
    upload.file.save("", file, save=False)
    upload.save()
    return upload


def set_columns(
    upload: Import, columns: Columns, *, number_length: int | None, actor: User
) -> Import:
    """Say what the columns mean, remember it, and have the rows checked anew."""

    def change(upload: Import) -> None:
        _check_columns(upload, columns)
        upload.columns, upload.number_length = dict(columns), number_length
        remember(upload.headings, columns, number_length)
        _check_again(upload)

    return _change(upload, actor, change)


def name_departments(
    upload: Import, names: Mapping[str, Department], *, actor: User
) -> Import:
    """Remember what the file calls our departments, and check its rows anew."""

    def change(upload: Import) -> None:
        for name, department in names.items():
            DepartmentAlias.objects.update_or_create(
                name=plain_name(name), defaults={"department": department}
            )
        _check_again(upload)

    return _change(upload, actor, change)


def start_run(upload: Import, *, actor: User) -> Import:
    """Have the new and changed rows taken over; again after a failure."""

    def change(upload: Import) -> None:
        if not upload.rows_to_take:
            raise RuleViolation(_("There is nothing to take over."))
        upload.state, upload.started_by = State.RUNNING, actor
        upload.tries, upload.failure = 0, {}

    return _change(upload, actor, change, ready=_is_checked)


def discard(upload: Import, *, actor: User) -> Import:
    """Take nothing of it over, and keep nothing of it."""

    def change(upload: Import) -> None:
        upload.state, upload.finished_at = State.DISCARDED, clock.now()
        _forget(upload)

    return _change(upload, actor, change)


def forget_old_imports() -> int:
    """Files and rows hold names and numbers; that an import was, is kept."""
    old = Import.objects.filter(uploaded_at__lt=clock.now() - KEPT_FOR)
    count = 0
    for upload in old.exclude(file="").exclude(state__in=Import.UNFINISHED):
        _forget(upload)
        upload.save(update_fields=["file", "samples", "counts"])
        count += 1
    return count


def _change(
    upload: Import,
    actor: User,
    change: Callable[[Import], None],
    *,
    ready: Callable[[Import], bool] | None = None,
) -> Import:
    """Change an import nobody works on, and of which nothing is taken over yet."""
    _check(actor)
    with transaction.atomic():
        locked = Import.objects.select_for_update(no_key=True).get(pk=upload.pk)
        if not (ready or _is_open)(locked):
            raise RuleViolation(
                _("The import is already: {state}.").format(
                    state=locked.get_state_display()
                )
            )
        change(locked)
        locked.save()
    return locked


def _is_open(upload: Import) -> bool:
    states = (State.MAPPING, State.CHECKED, State.FAILED)
    return upload.state in states and not upload.rows_taken


def _is_checked(upload: Import) -> bool:
    is_stuck = upload.state == State.FAILED and upload.rows_to_take > 0
    return upload.state == State.CHECKED or is_stuck


def _check_again(upload: Import) -> None:
    upload.rows.all().delete()
    upload.state = State.CHECKING
    upload.round += 1
    upload.rows_read = upload.rows_to_take = upload.tries = 0
    upload.counts, upload.failure = {}, {}


def _check_columns(upload: Import, columns: Columns) -> None:
    for key in REQUIRED:
        if key not in columns:
            raise RuleViolation(
                _("No column is said to be: {column}.").format(column=LABELS[key])
            )
    if "admitted_at" not in columns and "discharged_at" not in columns:
        raise RuleViolation(_("No column tells the admission or the discharge."))


def _forget(upload: Import) -> None:
    upload.rows.all().delete()
    upload.file.delete(save=False)
    upload.samples = []
    upload.counts.pop("departments", None)


def _check(actor: User) -> None:
    if not can_import(actor):
        raise PermissionDenied
