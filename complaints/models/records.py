"""What is written down about a case: history, replies, answers, look-ins."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Case
from complaints.models.tasks import RectificationTask
from complaints.models.vocabulary import Tier
from hospital import clock
from hospital.models import Role, User


class Verb(models.TextChoices):
    """What happened; the words of the timeline."""

    REGISTERED = "registered", _("registered the case")
    ACCEPTED = "accepted", _("accepted the case")
    STARTED = "started", _("started work on the case")
    DECLINED = "declined", _("declined the case")
    HANDOVER_OFFERED = "handover_offered", _("offered a hand-over")
    HANDOVER_ACCEPTED = "handover_accepted", _("took over the case")
    HANDOVER_REFUSED = "handover_refused", _("refused the hand-over")
    HANDOVER_DROPPED = "handover_dropped", _("took the hand-over back")
    TIER_SET = "tier_set", _("set the tier")
    CONVERTED = "converted", _("converted the kind")
    NOTED = "noted", _("wrote a note")
    TASK_OPENED = "task_opened", _("opened a task")
    TASK_ACKNOWLEDGED = "task_acknowledged", _("acknowledged the task")
    TASK_PLANNED = "task_planned", _("named the responsible person and the measure")
    TASK_SUBMITTED = "task_submitted", _("submitted the task")
    TASK_RETURNED = "task_returned", _("returned the task")
    TASK_VERIFIED = "task_verified", _("verified the task")
    TASK_REFUSED = "task_refused", _("refused the task")
    TASK_REASSIGNED = "task_reassigned", _("decided on the refused task")
    TASK_CANCELLED = "task_cancelled", _("cancelled the task")
    CONTACT_RELEASED = "contact_released", _("let the department see who spoke")
    REPLIED = "replied", _("replied to the person")
    RATED = "rated", _("recorded the person's satisfaction")
    CLOSED = "closed", _("closed the case")
    WITHDRAWN = "withdrawn", _("recorded that the person withdrew")
    MERGED = "merged", _("merged the case into another")
    REOPENED = "reopened", _("reopened the case")
    PAUSED = "paused", _("stopped the clock")
    RESUMED = "resumed", _("let the clock run again")
    EXTENSION_ASKED = "extension_asked", _("asked for more time")
    EXTENSION_GRANTED = "extension_granted", _("granted more time")
    EXTENSION_REFUSED = "extension_refused", _("refused more time")
    PROMISED = "promised", _("promised the person")
    PROMISE_KEPT = "promise_kept", _("kept the promise")
    PROMISE_DROPPED = "promise_dropped", _("took the promise back")


DEPARTMENT_VERBS = [
    Verb.REGISTERED,
    Verb.TASK_OPENED,
    Verb.TASK_ACKNOWLEDGED,
    Verb.TASK_PLANNED,
    Verb.TASK_SUBMITTED,
    Verb.TASK_RETURNED,
    Verb.TASK_VERIFIED,
    Verb.TASK_REFUSED,
    Verb.TASK_REASSIGNED,
    Verb.TASK_CANCELLED,
    Verb.CLOSED,
]


class CaseEventQuerySet(models.QuerySet["CaseEvent"]):
    def for_reader(self, user: User) -> CaseEventQuerySet:
        """The part of a visible case's history that concerns the reader.

        A department reads the course of the work and its own tasks, not what the
        centre and the person said to each other.
        """
        if user.has_role(Role.SUPERVISOR, Role.FRONT_DESK, Role.CALLBACK_AGENT):
            return self
        own = RectificationTask.objects.reachable_by(user)
        reads = Q(verb__in=DEPARTMENT_VERBS) & (Q(task=None) | Q(task__in=own))
        if user.has_role(Role.LEADERSHIP):
            reads |= Q(case__tier=Tier.MAJOR)
        return self.filter(reads)


class CaseEvent(models.Model):
    """One line of a case's history: append-only in PostgreSQL itself, hash-chained."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="case_events",
    )
    verb = models.CharField(max_length=30, choices=Verb.choices)
    task = models.ForeignKey(
        RectificationTask, models.PROTECT, null=True, blank=True, related_name="events"
    )
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        ordering = ["case", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="event_once_per_seq"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["verb", "at"], name="event_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.verb}"


class Reply(models.Model):
    """What the person who spoke was told; or why nobody could be told."""

    class Method(models.TextChoices):
        PHONE = "phone", _("Phone")
        IN_PERSON = "in_person", _("In person")
        LETTER = "letter", _("Letter")
        WECHAT = "wechat", _("WeChat")
        SMS = "sms", _("Text message")
        TRACKING = "tracking", _("Tracking page")
        HOTLINE = "hotline", _("Hotline 12345")

    class Impossible(models.TextChoices):
        ANONYMOUS = "anonymous", _("The person left no name or number")
        UNREACHABLE = "unreachable", _("The person could not be reached")
        REFUSED = "refused", _("The person does not want an answer")

    case = models.ForeignKey(Case, models.CASCADE, related_name="replies")
    round = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="replies"
    )
    at = models.DateTimeField()
    method = models.CharField(max_length=20, choices=Method.choices, blank=True)
    text = models.TextField(blank=True)
    impossible = models.CharField(max_length=20, choices=Impossible.choices, blank=True)
    is_final = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "replies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(impossible="") & ~Q(method="") & ~Q(text=""))
                | (~Q(impossible="") & Q(method="")),
                name="reply_has_words_or_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d}"


class Satisfaction(models.Model):
    """The person's own verdict, once per round of the case; or why it was not asked."""

    class Score(models.IntegerChoices):
        VERY_SATISFIED = 5, _("Very satisfied")
        SATISFIED = 4, _("Satisfied")
        NEUTRAL = 3, _("Neither satisfied nor dissatisfied")
        DISSATISFIED = 2, _("Dissatisfied")
        VERY_DISSATISFIED = 1, _("Very dissatisfied")

    class NotAsked(models.TextChoices):
        ON_THE_SPOT = "on_the_spot", _("Answered on the spot")
        ANONYMOUS = "anonymous", _("The person left no name or number")
        UNREACHABLE = "unreachable", _("The person could not be reached")
        REFUSED = "refused", _("The person does not want to answer")
        UNSUITABLE = "unsuitable", _("Asking would hurt the person")

    SATISFIED_FROM = Score.SATISFIED

    case = models.ForeignKey(Case, models.CASCADE, related_name="satisfactions")
    round = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField(
        choices=Score.choices, null=True, blank=True
    )
    not_asked = models.CharField(max_length=20, choices=NotAsked.choices, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="satisfactions_recorded",
        help_text=_("Empty when the person answered on the tracking page"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "satisfaction"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round"], name="satisfaction_once_per_round"
            ),
            models.CheckConstraint(
                condition=Q(score__range=(1, 5), not_asked="")
                | (Q(score=None) & ~Q(not_asked="")),
                name="satisfaction_score_or_why_not",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="satisfaction_by_date")]

    def __str__(self) -> str:
        return self.get_score_display() or self.get_not_asked_display()


class AccessLog(models.Model):
    """Who looked at what is guarded, and why. Append-only like the timeline."""

    class Act(models.TextChoices):
        VIEW = "view", _("Opened the case")
        LOOKUP = "lookup", _("Looked the case up")
        REVEAL = "reveal", _("Revealed the contact")

    case = models.ForeignKey(Case, models.PROTECT, related_name="access_logs")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_logs"
    )
    act = models.CharField(max_length=20, choices=Act.choices)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(act="reveal") | ~Q(reason=""),
                name="reveal_has_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("case"), F("at").desc(), name="access_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.act} {self.case_id}"
