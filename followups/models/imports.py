"""Lists of stays from a file: the upload, its judged rows, what is remembered."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hospital import clock
from hospital.models import Department, User
from hospital.text import mask_name


def path_of_upload(upload: Any, name: str) -> str:
    """Where the file is kept: nothing of the person's name for it, none twice."""
    return f"imports/{clock.today():%Y/%m}/{uuid4().hex}.{upload.kind}"


class Import(models.Model):
    """One uploaded list, from its columns to the last row taken over."""

    class Kind(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("Excel workbook")

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to be matched")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Being taken over")
        DONE = "done", _("Taken over")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Discarded")

    UNFINISHED = (State.CHECKING, State.RUNNING)

    file = models.FileField(upload_to=path_of_upload)
    name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    has_formulas = models.BooleanField(default=False)
    counts_from_1904 = models.BooleanField(default=False)
    # The record of the file that holds the headings; what lies above is a title.
    heading_row = models.PositiveIntegerField(default=0)
    headings = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    number_length = models.PositiveSmallIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"), default=clock.now)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.MAPPING
    )
    # Counts the checks, so that a checker of an earlier one notices and stops.
    round = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_to_take = models.PositiveIntegerField(default=0)
    rows_taken = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0)
    started_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("import of stays")
        verbose_name_plural = _("imports of stays")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rows_taken__lte=F("rows_to_take")),
                name="import_takes_no_more_than_it_should",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-uploaded_at", "-id"], name="import_newest"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["checking", "running"]),
                name="import_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("followups:import", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def percent(self) -> int:
        """How far the work of the present state has come."""
        done, total = self.rows_read, self.rows_total
        if self.state in (self.State.RUNNING, self.State.DONE):
            done, total = self.rows_taken, self.rows_to_take
        return min(100, 100 * done // total) if total else 0


class Verdict(models.TextChoices):
    """What would become of a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Same as before")
    SKIPPED = "skipped", _("Skipped")
    ERROR = "error", _("Error")


class ImportRow(models.Model):
    """A row of the file as it was understood; forgotten some time after the import."""

    upload = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    patient_number = models.CharField(max_length=40, blank=True)
    visit_number = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    has_warnings = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=32, blank=True)
    is_taken = models.BooleanField(default=False)

    class Meta:
        ordering = ["line", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["upload", "line"], name="import_row_line"),
            models.Index(
                fields=["upload", "verdict", "line"], name="import_row_verdict"
            ),
            models.Index(
                fields=["upload", "patient_number", "visit_number"],
                name="import_row_visit",
            ),
            models.Index(
                fields=["upload", "line"],
                condition=Q(is_taken=False, verdict__in=["new", "changed"]),
                name="import_row_to_take",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.line}"

    @property
    def masked_name(self) -> str:
        return mask_name(self.facts.get("name", ""))


class ColumnMapping(models.Model):
    """Which column means what, for files with these headings."""

    fingerprint = models.CharField(max_length=64, unique=True)
    columns = models.JSONField(default=dict)
    number_length = models.PositiveSmallIntegerField(null=True, blank=True)
    used_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-used_at"]

    def __str__(self) -> str:
        return self.fingerprint[:8]


class DepartmentAlias(models.Model):
    """What another system calls a department."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    department = models.ForeignKey(
        Department, models.CASCADE, related_name="aliases", verbose_name=_("department")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("other name of a department")
        verbose_name_plural = _("other names of departments")

    def __str__(self) -> str:
        return self.name
