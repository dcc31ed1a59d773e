"""The people who are called, and their stays in the hospital."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hospital import clock
from hospital.models import Department
from hospital.text import mask_name, mask_phone


class Sex(models.TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")
    UNKNOWN = "unknown", _("Unknown")


class Patient(models.Model):
    """One person, by the number of the medical record. Merged records point on."""

    class Language(models.TextChoices):
        MANDARIN = "zh", _("Mandarin")
        CANTONESE = "yue", _("Cantonese")
        MINNAN = "nan", _("Minnan")
        MONGOLIAN = "mn", _("Mongolian")
        ENGLISH = "en", _("English")

    number = models.CharField(_("patient number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    sex = models.CharField(
        _("sex"), max_length=10, choices=Sex.choices, default=Sex.UNKNOWN
    )
    born_on = models.DateField(_("born on"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    relative = models.CharField(_("relative"), max_length=60, blank=True)
    relative_phone = models.CharField(_("relative's phone"), max_length=30, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=Language.choices,
        default=Language.MANDARIN,
    )
    is_deceased = models.BooleanField(_("deceased"), default=False)
    do_not_call = models.BooleanField(_("does not want to be called"), default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from"
    )

    class Meta:
        ordering = ["number"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")), name="patient_not_merged_into_self"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.masked_name} {self.number}"

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    def age_on(self, day: date) -> int | None:
        """Whole years."""
        if self.born_on is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (not had_birthday)


class Disposition(models.TextChoices):
    """How a stay ended; the order of 离院方式 on the front page of the record."""

    HOME = "home", _("Home, as the doctor ordered")
    TRANSFER = "transfer", _("To another hospital")
    COMMUNITY = "community", _("To a community hospital")
    AGAINST_ADVICE = "against_advice", _("Against the doctor's advice")
    DECEASED = "deceased", _("Deceased")
    OTHER = "other", _("Other")


class StayQuerySet(models.QuerySet["Stay"]):
    def in_hospital(self) -> StayQuerySet:
        return self.filter(
            cancelled=False, admitted_at__isnull=False, discharged_at=None
        )

    def discharged(self) -> StayQuerySet:
        return self.filter(cancelled=False, discharged_at__isnull=False)


class Stay(models.Model):
    """One hospital stay, by patient number and visit number.

    What it says is folded from its `FeedEvent`s in the order in which the hospital's
    system recorded them, so messages may come late, twice and in any order.
    """

    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="stays", verbose_name=_("patient")
    )
    visit_number = models.CharField(_("visit number"), max_length=40)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stays",
        verbose_name=_("department"),
    )
    ward = models.CharField(_("ward and bed"), max_length=60, blank=True)
    doctor = models.CharField(_("doctor"), max_length=60, blank=True)
    admitted_at = models.DateTimeField(_("admitted at"), null=True, blank=True)
    discharged_at = models.DateTimeField(_("discharged at"), null=True, blank=True)
    disposition = models.CharField(
        _("discharged to"), max_length=20, choices=Disposition.choices, blank=True
    )
    diagnosis_code = models.CharField(_("diagnosis code"), max_length=20, blank=True)
    diagnosis = models.CharField(_("diagnosis"), max_length=200, blank=True)
    had_surgery = models.BooleanField(_("surgery"), default=False)
    # LACE: what the hospital's system does not know stays unknown, never zero.
    was_emergency = models.BooleanField(_("emergency admission"), null=True, blank=True)
    charlson = models.PositiveSmallIntegerField(_("Charlson"), null=True, blank=True)
    emergency_visits = models.PositiveSmallIntegerField(
        _("emergency visits in the six months before"), null=True, blank=True
    )
    cancelled = models.BooleanField(_("admission cancelled"), default=False)
    refuses_calls = models.BooleanField(_("refuses follow-up"), default=False)
    check_up_on = models.DateField(_("check-up on"), null=True, blank=True)
    check_up_at = models.CharField(_("check-up at"), max_length=100, blank=True)
    folded_at = models.DateTimeField(default=clock.now)

    objects = StayQuerySet.as_manager()

    class Meta:
        ordering = ["-discharged_at", "-pk"]
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "visit_number"], name="stay_once_per_visit"
            ),
            models.CheckConstraint(
                condition=Q(discharged_at=None)
                | Q(admitted_at=None)
                | Q(discharged_at__gte=F("admitted_at")),
                name="stay_discharged_after_admitted",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["discharged_at", "id"],
                condition=Q(discharged_at__isnull=False, cancelled=False),
                name="stay_by_discharge",
            ),
            models.Index(
                fields=["department", "discharged_at"], name="stay_by_department"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id}/{self.visit_number}"
