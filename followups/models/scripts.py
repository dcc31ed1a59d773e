"""What is asked on a call or at the bedside: scripts, in versions."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hospital.models import Bilingual


class ScriptQuerySet(models.QuerySet["Script"]):
    def listed(self) -> ScriptQuerySet:
        """All scripts, with their newest version and whether somebody writes one."""
        versions = ScriptVersion.objects.filter(script=models.OuterRef("pk"))
        newest = versions.published().order_by("-number")
        return self.annotate(
            current_number=models.Subquery(newest.values("number")[:1]),
            current_since=models.Subquery(newest.values("published_at")[:1]),
            has_draft=models.Exists(versions.filter(published_at=None)),
        )


class Script(Bilingual):
    """A set of questions; its versions say which."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    objects = ScriptQuerySet.as_manager()

    # of `listed`
    current_number: int | None
    current_since: datetime | None
    has_draft: bool

    class Meta:
        ordering = ["code"]
        verbose_name = _("script")
        verbose_name_plural = _("scripts")

    def get_absolute_url(self) -> str:
        return reverse("followups:script", args=[self.code])


class ScriptVersionQuerySet(models.QuerySet["ScriptVersion"]):
    def published(self) -> ScriptVersionQuerySet:
        return self.filter(published_at__isnull=False)

    def current(self) -> ScriptVersionQuerySet:
        """Of each script the newest published version."""
        newest = self.published().order_by("script_id", "-number")
        return newest.distinct("script_id").select_related("script")


class ScriptVersion(models.Model):
    """The questions from a moment on. What is published never changes: a trigger.

    `content` is read by followups/script_content.py.
    """

    script = models.ForeignKey(Script, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField()
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    is_own = models.BooleanField(
        default=True, help_text=_("Written by the hospital, not shipped")
    )

    objects = ScriptVersionQuerySet.as_manager()

    class Meta:
        ordering = ["script", "-number"]
        verbose_name = _("version of a script")
        verbose_name_plural = _("versions of scripts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["script", "number"], name="script_version_once"
            ),
            models.UniqueConstraint(
                fields=["script"],
                condition=Q(published_at=None),
                name="script_has_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.script_id} v{self.number}"
