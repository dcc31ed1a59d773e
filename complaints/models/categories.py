from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hospital.models import Bilingual
from hospital.text import initials


class CategoryQuerySet(models.QuerySet["Category"]):
    def selectable(self) -> CategoryQuerySet:
        """The second level: what a case can be about."""
        return self.filter(is_active=True, parent__isnull=False)

    def matching(self, text: str) -> CategoryQuerySet:
        text = text.strip()
        if not text:
            return self
        return self.filter(
            Q(code__istartswith=text)
            | Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(initials__contains=text.lower())
        )


class Category(Bilingual):
    """A node of the two-level tree; codes are stable, names may be edited."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent": None},
        verbose_name=_("belongs to"),
    )
    initials = models.CharField(_("pinyin initials"), max_length=80, editable=False)
    suggested_tier = models.PositiveSmallIntegerField(_("suggested tier"), default=1)
    source = models.CharField(
        _("source"), max_length=80, blank=True, help_text=_("Where the heading is from")
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(suggested_tier__range=(1, 3)),
                name="category_tier_is_1_to_3",
            ),
        ]

    def clean(self) -> None:
        self.initials = initials(self.name_zh)
        if self.parent is None:
            return
        is_heading = self.pk is not None and self.children.exists()
        if self.parent.parent_id is not None or is_heading:
            raise ValidationError({"parent": _("The tree has two levels.")})
