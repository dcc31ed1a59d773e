from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Right
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from complaints.models.categories import Category
from complaints.models.handovers import Handover
from complaints.models.tasks import RectificationTask
from complaints.models.vocabulary import (
    ENDED,
    Channel,
    DeclineGround,
    Kind,
    Source,
    Status,
    Tier,
)
from hospital import clock
from hospital.models import Department, Role, User


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User, *, lookup: bool = False) -> CaseQuerySet:
        """The single gate: the cases this person may read in full.

        `lookup` is the desk's look-up: whoever quotes a number, a tracking code or a
        telephone number is served, so it opens every case to the front desk. Nobody
        ever sees a case that names them.
        """
        return self.not_naming(user).filter(self._reach(user, lookup=lookup))

    def countable_by(self, user: User) -> CaseQuerySet:
        """Cases that figures shown to this person count; figures tell no contents."""
        if user.has_role(Role.LEADERSHIP):
            return self.not_naming(user)
        return self.visible_to(user)

    def not_naming(self, user: User) -> CaseQuerySet:
        named = Subject.objects.filter(case=OuterRef("pk"), named_staff=user)
        return self.filter(~Exists(named))

    @staticmethod
    def _reach(user: User, *, lookup: bool) -> Q:
        if not user.is_active:
            return Q(pk__in=[])
        if user.has_role(Role.SUPERVISOR) or (
            lookup and user.has_role(Role.FRONT_DESK)
        ):
            return ~Q(pk__in=[])
        offered = Handover.objects.filter(
            case=OuterRef("pk"), offered_to=user, answered_at=None
        )
        reach = Q(pk__in=[])
        if user.has_role(Role.FRONT_DESK, Role.CALLBACK_AGENT):
            reach |= Q(received_by=user) | Q(owner=user) | Q(Exists(offered))
        if user.has_role(Role.LEADERSHIP):
            reach |= Q(tier=Tier.MAJOR)
        tasks = RectificationTask.objects.filter(case=OuterRef("pk")).reachable_by(user)
        reach |= Q(Exists(tasks))
        if user.has_role(Role.DEPARTMENT_HEAD):
            about = Subject.objects.filter(
                case=OuterRef("pk"), department__in=user.own_departments
            )
            reach |= Q(Exists(about))
        return reach

    def open(self) -> CaseQuerySet:
        return self.exclude(status__in=ENDED)

    def overdue(self) -> CaseQuerySet:
        """Open cases whose next clock has run out."""
        return self.open().filter(due_at__lt=clock.now())

    def by_time_left(self) -> CaseQuerySet:
        return self.order_by(F("due_at").asc(nulls_last=True), "pk")

    def with_phone(self, phone: str) -> CaseQuerySet:
        """Cases of the person with this number, or with these last four digits."""
        if len(phone) == 4:
            return self.alias(tail=Right("contact__phone", 4)).filter(tail=phone)
        return self.filter(contact__phone=phone)

    def for_list(self) -> CaseQuerySet:
        """With what a row of a list shows."""
        return self.select_related("owner", "contact").prefetch_related(
            "subjects__category", "subjects__department"
        )

    def for_page(self) -> CaseQuerySet:
        """With what the page of one case shows, whoever reads it."""
        return self.select_related(
            "owner", "received_by", "contact", "merged_into"
        ).prefetch_related(
            "subjects__category",
            "subjects__department",
            "subjects__named_staff",
            "tasks__department",
            "tasks__holder",
            "tasks__responsible",
            "tasks__evidence",
            "deadlines",
            Prefetch("pauses", _with("Pause", "paused_by")),
            Prefetch("extensions", _with("Extension", "asked_by", "deadline")),
            Prefetch("promises", _with("Promise", "owner", "ended_by")),
            "handovers__offered_by",
            "handovers__offered_to",
            "satisfactions",
        )


def _with(model: str, *related: str) -> models.QuerySet[Any]:
    """Rows of a model that itself knows cases, with the people beside them."""
    manager = apps.get_model("complaints", model)._default_manager
    return manager.select_related(*related)


class Case(models.Model):
    """One voice. Only the services write it; `CaseEvent` keeps its history."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    tracking_code = models.CharField(_("tracking code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    source = models.CharField(
        _("source"), max_length=20, choices=Source.choices, default=Source.PATIENT
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    narrative = models.TextField(_("what happened"))
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.RECEIVED
    )
    tier = models.PositiveSmallIntegerField(
        _("tier"), choices=Tier.choices, default=Tier.MINOR
    )
    received_at = models.DateTimeField(_("received at"))
    entered_at = models.DateTimeField(_("entered at"), default=clock.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="received_cases"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_cases"
    )
    solved_on_the_spot = models.BooleanField(_("solved on the spot"), default=False)
    external_number = models.CharField(
        _("number of the work order"), max_length=40, blank=True
    )
    external_due_at = models.DateTimeField(
        _("due time of the work order"),
        null=True,
        blank=True,
        help_text=_("Set by the hotline 12345; it wins over the hospital's own rules"),
    )
    due_at = models.DateTimeField(
        _("due at"),
        null=True,
        blank=True,
        help_text=_("The case's next clock; kept by the clock service"),
    )
    decline_ground = models.CharField(
        _("ground for declining"),
        max_length=20,
        choices=DeclineGround.choices,
        blank=True,
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_cases"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(
        default=0,
        help_text=_("Number of events; a form that read an older one is told"),
    )
    timeline_head = models.CharField(max_length=64, default="", blank=True)
    submission = models.UUIDField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("The form it came from; sent twice, it is registered once"),
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="case_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="case_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(tier__range=(1, 3)), name="case_tier_is_1_to_3"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
                name="case_closed_iff_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("entered_at")),
                name="case_received_before_entered",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DECLINED) | ~Q(decline_ground=""),
                name="case_declined_has_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.MERGED, merged_into__isnull=False)
                | (~Q(status=Status.MERGED) & Q(merged_into__isnull=True)),
                name="case_merged_iff_merged_into",
            ),
            models.CheckConstraint(
                condition=~Q(narrative=""), name="case_has_a_narrative"
            ),
            models.UniqueConstraint(
                fields=["received_by", "submission"], name="case_once_per_submission"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            models.Index(
                fields=["owner", "due_at"],
                condition=~Q(status__in=ENDED),
                name="case_open_by_owner",
            ),
            models.Index(
                fields=["due_at"],
                condition=~Q(status__in=ENDED),
                name="case_open_by_due",
            ),
            models.Index(fields=["received_by", "-received_at"], name="case_receiver"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("complaints:case_detail", args=[self.number])

    def is_visible_to(self, user: User, *, lookup: bool = False) -> bool:
        """What `visible_to` says of this one case, mostly without its long query."""
        if not user.is_active or self.names(user):
            return False
        at_hand = (
            user.has_role(Role.SUPERVISOR)
            or (lookup and user.has_role(Role.FRONT_DESK))
            or self.is_at_desk_of(user)
            or (self.tier == Tier.MAJOR and user.has_role(Role.LEADERSHIP))
        )
        return at_hand or Case.objects.visible_to(user).filter(pk=self.pk).exists()

    def is_at_desk_of(self, user: User) -> bool:
        """Whether the person received it or owns it, and sits in the centre."""
        return user.pk in (self.owner_id, self.received_by_id) and user.has_role(
            Role.FRONT_DESK, Role.CALLBACK_AGENT
        )

    def names(self, user: User) -> bool:
        return user.pk in self.named_staff

    @cached_property
    def named_staff(self) -> frozenset[int]:
        """The keys of the people it names; read once, for subjects never change."""
        named = self.subjects.filter(named_staff__isnull=False)
        return frozenset(named.values_list("named_staff", flat=True))

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED

    @property
    def is_anonymous(self) -> bool:
        return not hasattr(self, "contact")

    @property
    def is_sensitive(self) -> bool:
        """Major cases are read with a trace; naming a person is checked by services."""
        return self.tier == Tier.MAJOR


class Subject(models.Model):
    """What a case is about: a category in a department, perhaps a named person."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="subjects")
    category = models.ForeignKey(Category, models.PROTECT, related_name="subjects")
    department = models.ForeignKey(Department, models.PROTECT, related_name="subjects")
    named_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subjects_naming",
        verbose_name=_("named member of staff"),
    )

    class Meta:
        ordering = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "category", "department", "named_staff"],
                name="subject_once_per_case",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.category}"


class CaseCounter(models.Model):
    """The last case number of a year; locked by the intake, so numbers have no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
