"""Reference data: categories. Cases are worked on in the application, never here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from complaints.models import Category
from hospital.admin import ReferenceAdmin


class TopLevelFilter(admin.SimpleListFilter):
    """One heading and what belongs to it; ReferenceAdmin's filters know no trees."""

    title = _("belongs to")
    parameter_name = "under"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        top = Category.objects.filter(parent=None)
        return [(category.code, category.name) for category in top]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Category]
    ) -> QuerySet[Category]:
        if self.value() is None:
            return queryset
        return queryset.filter(parent__code=self.value())


@admin.register(Category)
class CategoryAdmin(ReferenceAdmin):
    list_display = (
        "code",
        "name_zh",
        "name_en",
        "parent",
        "suggested_tier",
        "is_active",
    )
    list_filter = (TopLevelFilter, "suggested_tier", "is_active")
    list_select_related = ("parent",)
    search_fields = ("code", "name_zh", "name_en", "initials")
    fields = (
        "code",
        "name_zh",
        "name_en",
        "parent",
        "suggested_tier",
        "source",
        "is_active",
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> tuple[str, ...]:
        """A code is stable: figures, imports and the hospital's papers quote it."""
        return ("code",) if obj else ()
