"""Categories, and the fields that name a category or a case."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.models import Category


class CategoryField(serializers.SlugRelatedField):
    """What a case can be about: a category of the second level, by its code."""

    default_error_messages = {
        "does_not_exist": _("No category of the second level has the code “{value}”."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("queryset", Category.objects.selectable())
        super().__init__(slug_field="code", **options)


class CategoryNameSerializer(serializers.ModelSerializer):
    name = serializers.CharField(read_only=True)

    class Meta:
        model = Category
        fields = ("code", "name")


class SubcategorySerializer(serializers.ModelSerializer):
    name = serializers.CharField(
        read_only=True, help_text="In the language of the request."
    )

    class Meta:
        model = Category
        fields: tuple[str, ...] = (
            "code",
            "name",
            "name_zh",
            "name_en",
            "suggested_tier",
        )
        read_only_fields = fields


class CategorySerializer(SubcategorySerializer):
    children = SubcategorySerializer(many=True, read_only=True)

    class Meta(SubcategorySerializer.Meta):
        fields = (*SubcategorySerializer.Meta.fields, "children")
        read_only_fields = fields
