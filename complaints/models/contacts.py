"""Who spoke."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Case
from hospital.text import mask_name, mask_phone


class Contact(models.Model):
    """Who spoke. Kept apart from the case because it is guarded."""

    class Relation(models.TextChoices):
        PATIENT = "patient", _("The patient")
        RELATIVE = "relative", _("A relative")
        AGENT = "agent", _("A representative")
        COMPANION = "companion", _("A companion")
        OTHER = "other", _("Somebody else")

    class Need(models.TextChoices):
        NONE = "none", _("None")
        ELDERLY = "elderly", _("Elderly")
        MINOR = "minor", _("Minor")
        DISABILITY = "disability", _("Disability")
        LANGUAGE = "language", _("Language barrier")

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="contact"
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    relation = models.CharField(
        _("relation to the patient"),
        max_length=20,
        choices=Relation.choices,
        default=Relation.PATIENT,
    )
    special_need = models.CharField(
        _("special need"), max_length=20, choices=Need.choices, default=Need.NONE
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="", phone=""), name="contact_has_a_name_or_a_phone"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["phone"], condition=~Q(phone=""), name="contact_phone"
            ),
            models.Index(Right("phone", 4), name="contact_phone_tail"),
        ]

    def __str__(self) -> str:
        return f"{self.masked_name} {self.masked_phone}".strip()

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)
