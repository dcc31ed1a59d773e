"""The call queue, one row per person to be called, and what came of each call."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import Case
from followups.models.follow_ups import FollowUp
from followups.models.patients import Patient
from followups.models.plans import Mode
from followups.models.scripts import ScriptVersion
from hospital import clock
from hospital.models import Department, Role, User


class Outcome(models.TextChoices):
    REACHED_PATIENT = "reached_patient", _("Reached the patient")
    REACHED_PROXY = "reached_proxy", _("Reached a relative")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    SWITCHED_OFF = "switched_off", _("Switched off")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    DECLINED = "declined", pgettext_lazy("follow-up", "Declined")
    CALL_LATER = "call_later", _("Asked to be called later")
    LANGUAGE_BARRIER = "language_barrier", _("Language barrier")
    DECEASED = "deceased", _("The patient has died")
    AWAY = "away", _("Not at the bed")


# As one says it at the bed; the rest is called as on the telephone.
VISIT_WORDS = {
    Outcome.REACHED_PATIENT: _("Talked with the patient"),
    Outcome.REACHED_PROXY: _("Talked with a relative"),
    Outcome.DECLINED: _("Declined the visit"),
}
CALL_OUTCOMES = tuple(outcome for outcome in Outcome if outcome != Outcome.AWAY)
REACHED = (Outcome.REACHED_PATIENT, Outcome.REACHED_PROXY)
# Tried again by rule, at another time.
NOT_REACHED = (
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.SWITCHED_OFF,
    Outcome.LANGUAGE_BARRIER,
)


class AgentProfile(models.Model):
    """What a callback agent can take on. Without a profile: everything, Mandarin."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="agent_profile",
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=Patient.Language.choices),
        verbose_name=_("languages"),
        default=list,
    )
    departments = models.ManyToManyField(
        Department, blank=True, related_name="+", verbose_name=_("departments")
    )
    daily_target = models.PositiveSmallIntegerField(_("calls a day"), default=80)

    def __str__(self) -> str:
        return str(self.user)


class QueuedCallQuerySet(models.QuerySet["QueuedCall"]):
    def ready(self, now: datetime) -> QueuedCallQuerySet:
        """To be called now: in nobody's hands and with a number that may be right."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=now),
            needs_number=False,
            ready_at__lte=now,
        )

    def needing_number_for(self, user: User) -> QueuedCallQuerySet:
        """People whose number is wrong, whom this person may look up in the record."""
        if not user.is_active:
            return self.none()
        wanted = self.filter(needs_number=True)
        if user.has_role(Role.SUPERVISOR):
            return wanted
        if user.has_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF):
            return wanted.filter(department__in=user.own_departments)
        return self.none()


class QueuedCall(models.Model):
    """A person whom somebody must call: one row, however many contacts are due."""

    patient = models.OneToOneField(
        Patient, models.CASCADE, primary_key=True, related_name="queued_call"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="queued_calls"
    )
    language = models.CharField(max_length=10, default=Patient.Language.MANDARIN)
    priority = models.SmallIntegerField(default=0)
    reasons = models.JSONField(
        default=list, help_text=_("What the priority is made of")
    )
    ready_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    is_timed = models.BooleanField(
        default=False, help_text=_("The person asked for this time")
    )
    needs_number = models.BooleanField(default=False)
    use_relative = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="calls_assigned",
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="calls_claimed",
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    draft = models.JSONField(default=dict, blank=True)

    objects = QueuedCallQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "closes_at"]
        verbose_name = _("call to make")
        verbose_name_plural = _("calls to make")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_until__isnull=False),
                name="call_claimed_until_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("priority").desc(),
                F("closes_at"),
                F("patient"),
                # Those who wait for a later hour are passed over in the index.
                F("ready_at"),
                condition=Q(needs_number=False),
                name="call_next",
            ),
        ]

    def __str__(self) -> str:
        return str(self.patient_id)


class Attempt(models.Model):
    """One try at a person, by telephone or at the bed, for all contacts due.

    Never changed.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="attempts")
    follow_ups = models.ManyToManyField(FollowUp, related_name="attempts")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="attempts"
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="attempts"
    )
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.CALL)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=clock.now)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    dialled = models.CharField(max_length=30, blank=True)
    to_relative = models.BooleanField(default=False)
    day_part = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    cases = models.ManyToManyField(
        Case,
        blank=True,
        related_name="heard_on_calls",
        help_text=_("Voices that were heard on the call"),
    )
    script_version = models.ForeignKey(
        ScriptVersion, models.PROTECT, null=True, blank=True, related_name="attempts"
    )
    # Each answer with the wording it was given to, in both languages.
    answers = models.JSONField(default=list, blank=True)
    check_up_told = models.DateField(
        null=True, blank=True, help_text=_("The check-up the person was reminded of")
    )
    submission = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-ended_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")),
                name="attempt_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["agent", "submission"], name="attempt_once_per_submission"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agent", "-ended_at"], name="attempt_of_agent"),
            models.Index(fields=["patient", "-ended_at"], name="attempt_of_patient"),
            models.Index(fields=["ended_at"], name="attempt_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.outcome}"

    @property
    def outcome_words(self) -> str:
        """The outcome as it is said on the telephone or at the bed."""
        outcome = Outcome(self.outcome)
        words = VISIT_WORDS.get(outcome) if self.mode == Mode.BEDSIDE else None
        return str(words or outcome.label)
