from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hospital.models.departments import Department
from hospital.text import initials


class Role(models.TextChoices):
    FRONT_DESK = "front_desk", _("Front desk")
    CALLBACK_AGENT = "callback_agent", _("Callback agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    DEPARTMENT_STAFF = "department_staff", _("Department staff")
    LEADERSHIP = "leadership", _("Leadership")
    QUALITY_ADMIN = "quality_admin", _("Quality administrator")
    IT_ADMIN = "it_admin", _("IT administrator")


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def with_role(self, *roles: Role) -> UserQuerySet:
        """People who hold any of the roles."""
        return self.filter(roles__overlap=[str(role) for role in roles])

    def present_on(self, day: date) -> UserQuerySet:
        """People not on leave that day."""
        return self.exclude(leave_from__lte=day, leave_until__gte=day)

    def matching(self, text: str) -> UserQuerySet:
        text = text.strip()
        if not text:
            return self
        return self.filter(
            Q(employee_number__istartswith=text)
            | Q(name__icontains=text)
            | Q(initials__startswith=text.lower())
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # from_queryset builds a class at run time
    use_in_migrations = False

    def create_user(
        self, employee_number: str, password: str | None = None, **fields: Any
    ) -> User:
        user: User = self.model(employee_number=employee_number, **fields)
        user.clean()
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, employee_number: str, password: str | None = None, **fields: Any
    ) -> User:
        fields |= {"is_superuser": True}
        fields.setdefault("roles", [Role.IT_ADMIN])
        return self.create_user(employee_number, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff; signs in with the employee number."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    employee_number = models.CharField(_("employee number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    initials = models.CharField(_("pinyin initials"), max_length=60, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        verbose_name=_("roles"),
        default=list,
        blank=True,
    )
    departments = models.ManyToManyField(
        Department, related_name="members", blank=True, verbose_name=_("departments")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=Language.choices, blank=True
    )
    leave_from = models.DateField(_("on leave from"), null=True, blank=True)
    leave_until = models.DateField(_("on leave until"), null=True, blank=True)
    deputy = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in_for",
        verbose_name=_("stands in during leave"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "employee_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering = ["employee_number"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(leave_from__isnull=True, leave_until__isnull=True)
                | Q(leave_from__lte=F("leave_until")),
                name="leave_has_a_beginning_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("id")),
                name="nobody_is_their_own_deputy",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["roles"], name="user_roles"),
            models.Index(fields=["initials"], name="user_initials"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.initials = initials(self.name)

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the reference-data pages open for this person."""
        return self.is_superuser or self.has_role(Role.QUALITY_ADMIN, Role.IT_ADMIN)

    @property
    def own_departments(self) -> models.QuerySet[Any]:
        """The keys of the person's departments, for use inside another query."""
        memberships = User.departments.through.objects.filter(user=self)
        return memberships.values("department")

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds any of the roles."""
        return any(role in self.roles for role in roles)

    def is_on_leave(self, day: date) -> bool:
        if self.leave_from is None or self.leave_until is None:
            return False
        return self.leave_from <= day <= self.leave_until
