"""Whom the hospital must not contact, and how often it did: by telephone number.

One record for all that contact people, whether by call or by survey.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hospital import clock
from hospital.text import mask_phone


class ContactRefusal(models.Model):
    """A number at which nobody wants to be contacted any more."""

    phone = models.CharField(_("phone"), max_length=30, unique=True)
    refused_at = models.DateTimeField(_("refused at"), default=clock.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True
    )

    class Meta:
        ordering = ["-refused_at", "-pk"]
        verbose_name = _("number that refuses contact")
        verbose_name_plural = _("numbers that refuse contact")
        indexes: ClassVar = [
            models.Index(fields=["-refused_at", "-id"], name="contact_refusal_newest")
        ]

    def __str__(self) -> str:
        return self.masked_phone

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)


class ContactMade(models.Model):
    """One time at which somebody was reached at a number."""

    class Means(models.TextChoices):
        CALL = "call", _("Telephone call")
        SURVEY = "survey", _("Survey")

    phone = models.CharField(_("phone"), max_length=30)
    means = models.CharField(_("by"), max_length=10, choices=Means.choices)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("contact made")
        verbose_name_plural = _("contacts made")
        indexes: ClassVar = [models.Index(fields=["phone", "-at"], name="contact_at")]

    def __str__(self) -> str:
        return f"{self.phone} {self.at:%Y-%m-%d}"
