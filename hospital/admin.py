"""Reference data: campuses, departments and people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hospital.models import Campus, Department, Role, User


class ReferenceAdmin(admin.ModelAdmin):
    """Open to the administrators by role, not by Django's permission rows."""

    editors: tuple[Role, ...] = (Role.QUALITY_ADMIN, Role.IT_ADMIN)
    readers: tuple[Role, ...] = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_one_of(request, *self.editors, *self.readers)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_one_of(request, *self.editors, *self.readers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_one_of(request, *self.editors)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_one_of(request, *self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reference data is switched off, never deleted: old cases keep their words."""
        return False

    @staticmethod
    def _is_one_of(request: HttpRequest, *roles: Role) -> bool:
        user = request.user
        return isinstance(user, User) and (user.is_superuser or user.has_role(*roles))


@admin.register(Campus)
class CampusAdmin(ReferenceAdmin):
    list_display = ("code", "name_zh", "name_en")


@admin.register(Department)
class DepartmentAdmin(ReferenceAdmin):
    list_display = ("code", "name_zh", "name_en", "kind", "campus", "head", "is_active")
    list_filter = ("kind", "campus", "is_active")
    search_fields = ("code", "name_zh", "name_en", "initials")
    autocomplete_fields = ("parent", "head", "deputy", "supervising_leader")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        return super().get_queryset(request).select_related("campus", "head")


class PersonForm(UserChangeForm):
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        required=False,
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("leave_from"), data.get("leave_until")
        if (first is None) != (last is None):
            self.add_error("leave_until", _("Give both days of the leave, or neither."))
        elif first and last and last < first:
            self.add_error("leave_until", _("The leave ends before it begins."))
        if self.instance.pk and data.get("deputy") == self.instance:
            self.add_error("deputy", _("Nobody stands in for themselves."))
        return data


@admin.register(User)
class PersonAdmin(ReferenceAdmin, UserAdmin):
    editors = (Role.IT_ADMIN,)
    # Whoever names the head of a department looks people up here.
    readers = (Role.QUALITY_ADMIN,)
    form = PersonForm
    add_form = AdminUserCreationForm
    ordering = ("employee_number",)
    list_display = ("employee_number", "name", "phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("employee_number", "name", "initials")
    autocomplete_fields = ("departments", "deputy")
    fieldsets = (
        (None, {"fields": ("employee_number", "password")}),
        (_("Person"), {"fields": ("name", "phone", "email", "language")}),
        (
            _("Work"),
            {
                "fields": (
                    "roles",
                    "departments",
                    "leave_from",
                    "leave_until",
                    "deputy",
                )
            },
        ),
        (_("Access"), {"fields": ("is_active",)}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("employee_number", "name", "password1", "password2"),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads learns nothing about passwords."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return ((None, {"fields": ("employee_number",)}), *fieldsets[1:])
