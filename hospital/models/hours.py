"""When the hospital works: its own days, its hours, and the token of both."""

from __future__ import annotations

import uuid
from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hospital.models.departments import Department

MIDNIGHT = time(0)


class CalendarDay(models.Model):
    """A day on which the hospital does not follow the statutory calendar."""

    day = models.DateField(_("day"), unique=True)
    works = models.BooleanField(_("works"))
    name = models.CharField(
        pgettext_lazy("of a day", "name"), max_length=60, blank=True
    )

    class Meta:
        ordering = ["day"]
        verbose_name = _("day of the hospital's own")
        verbose_name_plural = _("days of the hospital's own")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WorkingHours(models.Model):
    """One stretch of a weekday; without a department, of the hospital's office hours.

    A department without any row keeps the office hours.
    """

    department = models.ForeignKey(
        Department,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="working_hours",
        verbose_name=_("department"),
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("until"), help_text=_("00:00 is midnight."))

    class Meta:
        ordering = ["department", "weekday", "start"]
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")) | Q(end=MIDNIGHT),
                name="working_hours_end_after_they_start",
            ),
            models.CheckConstraint(
                condition=Q(weekday__in=Weekday.values),
                name="working_hours_have_a_known_weekday",
            ),
            models.UniqueConstraint(
                fields=["department", "weekday", "start"],
                nulls_distinct=False,
                name="working_hours_start_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M}–{self.end:%H:%M}"


class TimeRules(models.Model):
    """One row whose token changes with everything that due times are counted by.

    Triggers renew it (`renew_time_rules()`), so that no writer can forget to: whoever
    keeps something reckoned from these tables keeps the token beside it.
    """

    ONLY = 1

    token = models.UUIDField(_("token"), default=uuid.uuid4)

    class Meta:
        verbose_name = _("rules of time")
        verbose_name_plural = _("rules of time")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_row_of_time_rules"),
        ]

    def __str__(self) -> str:
        return str(self.token)
