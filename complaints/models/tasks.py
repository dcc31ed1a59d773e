from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models.vocabulary import Clock
from hospital import clock
from hospital.calendars import recent_calendars
from hospital.models import Department, Role, User
from hospital.working_time import add_working_days


class TaskStatus(models.TextChoices):
    ASSIGNED = "assigned", _("To acknowledge")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


TASK_TRANSITIONS: dict[TaskStatus, set[TaskStatus]] = {
    TaskStatus.ASSIGNED: {
        TaskStatus.ACKNOWLEDGED,
        TaskStatus.REFUSED,
        TaskStatus.CANCELLED,
    },
    TaskStatus.ACKNOWLEDGED: {TaskStatus.SUBMITTED, TaskStatus.CANCELLED},
    TaskStatus.SUBMITTED: {
        TaskStatus.VERIFIED,
        TaskStatus.RETURNED,
        TaskStatus.CANCELLED,
    },
    TaskStatus.RETURNED: {TaskStatus.SUBMITTED, TaskStatus.CANCELLED},
    TaskStatus.REFUSED: {TaskStatus.ASSIGNED, TaskStatus.CANCELLED},
    TaskStatus.VERIFIED: set(),
    TaskStatus.CANCELLED: set(),
}

TASK_ENDED = (TaskStatus.VERIFIED, TaskStatus.CANCELLED)
WITH_DEPARTMENT = (
    TaskStatus.ASSIGNED,
    TaskStatus.ACKNOWLEDGED,
    TaskStatus.RETURNED,
)
WITH_CENTRE = (TaskStatus.SUBMITTED, TaskStatus.REFUSED)
IN_WORK = (TaskStatus.ACKNOWLEDGED, TaskStatus.RETURNED)


class TaskGroup(models.TextChoices):
    """The heaps that lists of tasks are sorted into."""

    ACKNOWLEDGE = "acknowledge", _("To acknowledge")
    OVER = "over", _("Over time")
    SOON = "soon", _("Due soon")
    LATER = "later", _("Due later")
    RETURNED = "returned", _("Returned")
    CENTRE = "centre", _("Waiting for the centre")
    VERIFY = "verify", _("To verify")
    DECIDE = "decide", _("Refused, to decide")
    LATE = "late", _("Departments over time")
    OPEN = "open", _("All open")

    @property
    def condition(self) -> Q:
        """Which tasks belong to the heap now."""
        now = clock.now()
        soon = _end_of_next_working_day()
        in_work, still = Q(status__in=IN_WORK), Q(_is_paused())
        conditions = {
            TaskGroup.ACKNOWLEDGE: Q(status=TaskStatus.ASSIGNED),
            TaskGroup.OVER: in_work & Q(due_at__lt=now) & ~still,
            TaskGroup.SOON: in_work & Q(due_at__range=(now, soon)) & ~still,
            TaskGroup.LATER: in_work & (Q(due_at__gt=soon) | still),
            TaskGroup.RETURNED: Q(status=TaskStatus.RETURNED),
            TaskGroup.CENTRE: Q(status__in=WITH_CENTRE),
            TaskGroup.VERIFY: Q(status=TaskStatus.SUBMITTED),
            TaskGroup.DECIDE: Q(status=TaskStatus.REFUSED),
            TaskGroup.LATE: Q(status__in=WITH_DEPARTMENT, due_at__lt=now) & ~still,
            TaskGroup.OPEN: ~Q(status__in=TASK_ENDED),
        }
        return conditions[self]


def _end_of_next_working_day() -> datetime:
    """Up to when a task is due soon: the end of the next working day's hours."""
    office = recent_calendars().office
    day = add_working_days(clock.today(), 1, works=office.works)
    return list(office.spans(day))[-1][1]


def _is_paused() -> Exists:
    """Whether the clocks of the task stand still."""
    pauses = apps.get_model("complaints", "Pause").objects
    return Exists(pauses.filter(task=OuterRef("pk"), resumed_at=None))


class TaskQuerySet(models.QuerySet["RectificationTask"]):
    def visible_to(self, user: User) -> TaskQuerySet:
        """Tasks of cases this person may read; a department sees only its own.

        Whoever reaches a task reaches its case, so of the gate of cases only the
        rule of the named person is left to ask.
        """
        if not user.is_active:
            return self.none()
        subject_model = apps.get_model("complaints", "Subject")
        named = subject_model.objects.filter(case=OuterRef("case"), named_staff=user)
        tasks = self.filter(~Exists(named))
        if user.has_role(Role.SUPERVISOR):
            return tasks
        centre = Q(pk__in=[])
        if user.has_role(Role.FRONT_DESK, Role.CALLBACK_AGENT):
            centre |= Q(case__owner=user) | Q(case__received_by=user)
        if user.has_role(Role.LEADERSHIP):
            centre |= Q(case__tier=3)
        return tasks.filter(centre | _reach(user))

    def reachable_by(self, user: User) -> TaskQuerySet:
        """Tasks that concern the person as holder, responsible person or colleague."""
        return self.filter(_reach(user))

    def open(self) -> TaskQuerySet:
        return self.exclude(status__in=TASK_ENDED)

    def with_department(self) -> TaskQuerySet:
        """Tasks that wait for the department."""
        return self.filter(status__in=WITH_DEPARTMENT)

    def with_centre(self) -> TaskQuerySet:
        """Tasks that wait for the centre: to verify, or refused and to decide."""
        return self.filter(status__in=WITH_CENTRE)

    def overdue(self) -> TaskQuerySet:
        return self.in_group(TaskGroup.LATE)

    def in_group(self, group: TaskGroup) -> TaskQuerySet:
        return self.filter(group.condition)

    def count_groups(self, *groups: TaskGroup) -> dict[str, int]:
        """How many tasks each of the groups holds, asked at once."""
        counts: dict[str, int] = self.aggregate(
            **{group.value: Count("pk", filter=group.condition) for group in groups}
        )
        return counts

    def with_clock(self) -> TaskQuerySet:
        """With the clock that burns: to acknowledge first, then to put right.

        `burns_at` is its due time, `clock_id` its deadline, `is_paused` whether it
        stands still.
        """
        deadlines = apps.get_model("complaints", "Deadline").objects
        to_acknowledge = Q(
            clock=Clock.TASK_ACKNOWLEDGE, met_at=None, task__status=TaskStatus.ASSIGNED
        )
        burning = deadlines.filter(
            Q(clock=Clock.RECTIFY) | to_acknowledge,
            task=OuterRef("pk"),
            superseded_at=None,
        ).annotate(
            comes=Case(When(clock=Clock.RECTIFY, then=Value(1)), default=Value(0))
        )
        burning = burning.order_by("comes", "-pk")
        return self.annotate(
            burns_at=Coalesce(Subquery(burning.values("due_at")[:1]), F("due_at")),
            clock_id=Subquery(burning.values("pk")[:1]),
            is_paused=_is_paused(),
        )

    def by_time_left(self) -> TaskQuerySet:
        return self.with_clock().order_by(F("burns_at").asc(), "pk")

    def for_list(self) -> TaskQuerySet:
        """With what a row of a list shows."""
        people = ("case", "department", "holder", "responsible")
        return self.with_clock().select_related(*people)


def _reach(user: User) -> Q:
    reach = Q(holder=user) | Q(responsible=user)
    if user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
        reach |= Q(department__in=user.own_departments)
    if user.has_role(Role.LEADERSHIP):
        # Whom the clock told of a task that is over time may open it.
        notices = apps.get_model("complaints", "StepNotice").objects
        told = notices.filter(firing__deadline__task=OuterRef("pk"), recipient=user)
        reach |= Q(Exists(told))
    return reach


class RectificationTask(models.Model):
    """What one department must do about a case."""

    case = models.ForeignKey("complaints.Case", models.CASCADE, related_name="tasks")
    department = models.ForeignKey(Department, models.PROTECT, related_name="tasks")
    demand = models.TextField(_("what the department is asked to do"))
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=TaskStatus.choices,
        default=TaskStatus.ASSIGNED,
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks_opened"
    )
    opened_at = models.DateTimeField(default=clock.now)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tasks_held",
        help_text=_("Head, deputy or supervising leader: never a person named"),
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks_responsible_for",
        verbose_name=_("responsible person"),
    )
    measure = models.TextField(_("measure"), blank=True)
    result = models.TextField(_("what was done"), blank=True)
    due_at = models.DateTimeField(_("due at"))
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(
        blank=True, help_text=_("Why it was last returned, refused or cancelled")
    )
    contact_released = models.BooleanField(
        _("the department may see who spoke"), default=False
    )

    objects = TaskQuerySet.as_manager()

    # of `with_clock`
    burns_at: datetime
    clock_id: int | None
    is_paused: bool

    class Meta:
        ordering = ["pk"]
        verbose_name = _("rectification task")
        verbose_name_plural = _("rectification tasks")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=TaskStatus.values), name="task_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=TASK_ENDED, ended_at__isnull=False)
                | (~Q(status__in=TASK_ENDED) & Q(ended_at__isnull=True)),
                name="task_ended_iff_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[TaskStatus.ASSIGNED, TaskStatus.REFUSED])
                | Q(status=TaskStatus.CANCELLED)
                | Q(acknowledged_at__isnull=False),
                name="task_acknowledged_before_work",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "due_at"],
                condition=~Q(status__in=TASK_ENDED),
                name="task_open_by_department",
            ),
            models.Index(
                fields=["status", "due_at"],
                condition=~Q(status__in=TASK_ENDED),
                name="task_open_by_status",
            ),
            models.Index(fields=["-opened_at", "-id"], name="task_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.department}"

    def get_absolute_url(self) -> str:
        return reverse("complaints:task_detail", args=[self.pk])

    def is_visible_to(self, user: User) -> bool:
        """What `visible_to` says of this one task, mostly without its long query."""
        if not user.is_active or self.case.names(user):
            return False
        at_hand = (
            user.has_role(Role.SUPERVISOR)
            or self.concerns(user)
            or self.case.is_at_desk_of(user)
        )
        same = RectificationTask.objects.filter(pk=self.pk)
        return at_hand or same.visible_to(user).exists()

    def concerns(self, user: User) -> bool:
        return user.pk in (self.holder_id, self.responsible_id)

    @property
    def is_open(self) -> bool:
        return self.status not in TASK_ENDED

    @property
    def stands_still(self) -> bool:
        """Whether its clocks are paused: by `with_clock`, else by its pauses."""
        if "is_paused" in self.__dict__:
            return self.is_paused
        return any(pause.resumed_at is None for pause in self.pauses.all())

    @property
    def is_with_department(self) -> bool:
        return self.status in WITH_DEPARTMENT


def evidence_path(evidence: Evidence, name: str) -> str:
    """A path that tells nothing: neither the case nor the original name."""
    return f"evidence/{clock.today():%Y/%m}/{uuid4().hex}"


class Evidence(models.Model):
    """A file that shows the work was done; served only behind the task's gate."""

    task = models.ForeignKey(RectificationTask, models.CASCADE, related_name="evidence")
    file = models.FileField(upload_to=evidence_path, max_length=120)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text=_("bytes"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="evidence"
    )
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
