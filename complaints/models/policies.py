"""How long the clocks run and what happens on the way: the hospital's own rules."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.vocabulary import Clock, Hours, Kind, Source, Tier, Unit


class DeadlinePolicy(models.Model):
    """The hospital's own rule: how long one clock runs. Empty means "any".

    It wins over the shipped preset. Without an amount the clock does not run.
    """

    clock = models.CharField(_("clock"), max_length=20, choices=Clock.choices)
    tier = models.PositiveSmallIntegerField(
        _("tier"), choices=Tier.choices, null=True, blank=True
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)
    source = models.CharField(
        _("source"), max_length=20, choices=Source.choices, blank=True
    )
    amount = models.PositiveSmallIntegerField(
        _("how long"), null=True, blank=True, help_text=_("Empty: no such clock")
    )
    amount_several = models.PositiveSmallIntegerField(
        _("how long with several departments"), null=True, blank=True
    )
    unit = models.CharField(
        _("unit"), max_length=20, choices=Unit.choices, default=Unit.WORKING_DAYS
    )
    hours = models.CharField(
        _("whose hours"), max_length=20, choices=Hours.choices, default=Hours.OFFICE
    )
    basis = models.CharField(
        _("basis"),
        max_length=200,
        blank=True,
        help_text=_("The rule or decision it rests on"),
    )

    class Meta:
        ordering = ["clock", F("tier").asc(nulls_first=True), "pk"]
        verbose_name_plural = "deadline policies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clock", "tier", "kind", "source"],
                nulls_distinct=False,
                name="one_policy_per_clock_and_case",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(amount_several=None),
                name="policy_several_needs_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=Unit.values) & Q(hours__in=Hours.values),
                name="policy_unit_and_hours_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.tier or '*'}"


class EscalationStep(models.Model):
    """The hospital's own step on a clock; those of a clock and tier replace the preset.

    `percent` of the clock's working time has gone, or `minutes` of working time before
    (negative) or after the due time.
    """

    class Action(models.TextChoices):
        TELL_OWNER = "tell_owner", _("remind the owner")
        TELL_HEAD = "tell_head", _("tell the head of the department")
        TELL_SUPERVISOR = "tell_supervisor", _("tell the supervisors")
        TELL_LEADER = "tell_leader", _("tell the supervising leader")
        TELL_LEADERSHIP = "tell_leadership", _("tell the leadership")
        RAISE_TIER = "raise_tier", _("raise the tier")

    clock = models.CharField(_("clock"), max_length=20, choices=Clock.choices)
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier.choices)
    percent = models.PositiveSmallIntegerField(
        _("percent of the time gone"), null=True, blank=True
    )
    minutes = models.SmallIntegerField(
        _("working minutes after the due time"), null=True, blank=True
    )
    action = models.CharField(_("what happens"), max_length=20, choices=Action.choices)

    class Meta:
        ordering = ["clock", "tier", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clock", "tier", "percent", "minutes", "action"],
                nulls_distinct=False,
                name="one_step_per_moment_and_action",
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 99), minutes=None)
                | Q(percent=None, minutes__isnull=False),
                name="step_at_a_percent_or_at_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} {self.tier} {self.get_action_display()}"


class AppliedRules(models.Model):
    """How far the open deadlines have been recomputed after a change of the rules."""

    token = models.UUIDField()
    last_case = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.token)
