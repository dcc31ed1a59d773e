from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hospital.text import initials


class Bilingual(models.Model):
    """A record named in Chinese and English; `name` is the reader's."""

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class Campus(Bilingual):
    code = models.SlugField(_("code"), max_length=20, unique=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("campus")
        verbose_name_plural = _("campuses")


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> DepartmentQuerySet:
        return self.filter(is_active=True)

    def matching(self, text: str) -> DepartmentQuerySet:
        """Departments whose code, names or pinyin initials begin with or hold it."""
        text = text.strip()
        if not text:
            return self
        return self.filter(
            Q(code__istartswith=text)
            | Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(initials__contains=text.lower())
        )

    def with_people(self) -> DepartmentQuerySet:
        return self.select_related("campus", "head", "deputy", "supervising_leader")


class Department(Bilingual):
    class Kind(models.TextChoices):
        CLINICAL = "clinical", _("Clinical")
        FUNCTIONAL = "functional", _("Functional")
        LOGISTICS = "logistics", _("Logistics")
        ADMINISTRATION = "administration", _("Administration")

    code = models.CharField(_("code"), max_length=20, unique=True)
    initials = models.CharField(_("pinyin initials"), max_length=80, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    campus = models.ForeignKey(
        Campus, models.PROTECT, related_name="departments", verbose_name=_("campus")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    head = models.ForeignKey(
        "hospital.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="headed_departments",
        verbose_name=_("head"),
    )
    deputy = models.ForeignKey(
        "hospital.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deputised_departments",
        verbose_name=_("deputy"),
    )
    supervising_leader = models.ForeignKey(
        "hospital.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="supervised_departments",
        verbose_name=_("supervising leader"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        indexes: ClassVar = [models.Index(fields=["initials"])]

    def clean(self) -> None:
        self.initials = initials(self.name_zh)
