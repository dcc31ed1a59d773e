"""The clocks that run, the steps taken on them, pauses and extensions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Case
from complaints.models.promises import Promise
from complaints.models.tasks import RectificationTask
from complaints.models.vocabulary import Clock, Hours, Tier, Unit
from hospital import clock
from hospital.models import Role, User

DUE_SOON = timedelta(days=1)


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def running(self) -> DeadlineQuerySet:
        """Neither met nor superseded; perhaps paused."""
        return self.filter(met_at=None, superseded_at=None)

    def of_case(self) -> DeadlineQuerySet:
        """The clocks of the case itself: no task's and no promise's."""
        return self.filter(task=None, promise=None)

    def for_reader(self, user: User) -> DeadlineQuerySet:
        """Those of a visible case that explain themselves to the reader.

        A department reads the clocks of its own tasks, not those of the centre.
        """
        if user.has_role(Role.SUPERVISOR, Role.FRONT_DESK, Role.CALLBACK_AGENT):
            return self
        reads = Q(task__in=RectificationTask.objects.reachable_by(user))
        if user.has_role(Role.LEADERSHIP):
            reads |= Q(case__tier=Tier.MAJOR)
        return self.filter(reads)

    def with_step_due(self, now: datetime) -> DeadlineQuerySet:
        """Running deadlines of which a step is to be taken."""
        return self.running().filter(paused_at=None, next_step_at__lte=now)


class Deadline(models.Model):
    """One clock on a case, a task or a promise.

    A new due time supersedes the row, never overwrites it. It keeps the rule it was
    computed by; a due time that a person or the 12345 order named has no amount.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="deadlines")
    task = models.ForeignKey(
        RectificationTask,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deadlines",
    )
    promise = models.ForeignKey(
        Promise, models.CASCADE, null=True, blank=True, related_name="deadlines"
    )
    clock = models.CharField(max_length=20, choices=Clock.choices)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    amount = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, choices=Unit.choices, blank=True)
    hours = models.CharField(max_length=20, choices=Hours.choices, default=Hours.OFFICE)
    basis = models.CharField(max_length=200, blank=True)
    credited = models.DurationField(
        default=timedelta(0), help_text=_("Working time given back by pauses")
    )
    extended_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    next_step_at = models.DateTimeField(null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "task", "promise", "clock"],
                condition=Q(superseded_at=None, met_at=None),
                nulls_distinct=False,
                name="one_running_deadline_per_clock",
            ),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(superseded_at=None),
                name="deadline_met_or_superseded_not_both",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["clock", "due_at"], name="deadline_by_due"),
            models.Index(
                fields=["next_step_at"],
                condition=Q(met_at=None, superseded_at=None, paused_at=None),
                name="deadline_step_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.superseded_at is None

    @property
    def is_paused(self) -> bool:
        return self.is_running and self.paused_at is not None

    @property
    def is_over(self) -> bool:
        """Missed: met late, or still running past its due time."""
        return (self.met_at or self.paused_at or clock.now()) > self.due_at

    @property
    def state(self) -> str:
        """One word: superseded, met, breached, paused or running."""
        if self.superseded_at is not None:
            return "superseded"
        if self.is_over:
            return "breached"
        if self.met_at is not None:
            return "met"
        return "paused" if self.paused_at is not None else "running"


class StepFiring(models.Model):
    """A step taken on a deadline. The unique row is what makes it happen once."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="firings")
    step = models.CharField(max_length=40)
    due_at = models.DateTimeField(help_text=_("When the step was to be taken"))
    fired_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deadline", "step"], name="step_once_per_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.step}"


class StepNotice(models.Model):
    """Who is to be told of a step; told once, alone or in a digest."""

    firing = models.ForeignKey(StepFiring, models.CASCADE, related_name="notices")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="step_notices"
    )
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="step_notices_to_deputies",
    )
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["firing", "recipient"], name="notice_once_per_person"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["recipient"],
                condition=Q(told_at=None),
                name="step_notice_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firing_id} → {self.recipient_id}"


class Pause(models.Model):
    """The clock stands still with a reason; the working time is given back."""

    class WaitsFor(models.TextChoices):
        PERSON = "person", _("The person who spoke")
        OUTSIDE = "outside", _("Somebody outside the hospital")

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    task = models.ForeignKey(
        RectificationTask,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="pauses",
    )
    waits_for = models.CharField(max_length=20, choices=WaitsFor.choices)
    reason = models.CharField(max_length=500)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pauses"
    )
    paused_at = models.DateTimeField(default=clock.now)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pauses_ended",
    )
    resumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "task"],
                condition=Q(resumed_at=None),
                nulls_distinct=False,
                name="one_open_pause",
            ),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(resumed_at__gte=F("paused_at")),
                name="pause_ends_after_it_began",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.paused_at:%Y-%m-%d %H:%M}"


class Extension(models.Model):
    """More time, asked by the owner and decided by a supervisor."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="extensions")
    until = models.DateTimeField()
    reason = models.CharField(max_length=500)
    words = models.CharField(
        max_length=500, blank=True, help_text=_("What the person is told")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="extensions_asked"
    )
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="extensions_decided",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deadline"],
                condition=Q(decided_at=None),
                name="one_open_extension_per_deadline",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, granted=None, decided_by=None)
                | Q(
                    decided_at__isnull=False,
                    granted__isnull=False,
                ),
                name="extension_decided_iff_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.until:%Y-%m-%d}"


class DailyDigest(models.Model):
    """The digest of a day was made for a person; once."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="daily_digests"
    )
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "day"], name="one_digest_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.day}"
