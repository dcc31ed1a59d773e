"""What the API shows of the hospital, and the shape of its refusals."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from hospital.models import Department, User
from hospital.text import clean_text

PROBLEM = "application/problem+json"


class CleanCharField(serializers.CharField):
    """Text without control characters; its length is that of what is kept."""

    def to_internal_value(self, data: Any) -> str:
        return clean_text(super().to_internal_value(data))


class DepartmentField(serializers.SlugRelatedField):
    """An active department, named by its code."""

    default_error_messages = {
        "does_not_exist": _("No department has the code “{value}”."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("queryset", Department.objects.active())
        super().__init__(slug_field="code", **options)


class PersonField(serializers.SlugRelatedField):
    """An active member of staff, named by the employee number."""

    default_error_messages = {
        "does_not_exist": _("Nobody here has the employee number “{value}”."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("queryset", User.objects.active())
        super().__init__(slug_field="employee_number", **options)


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("employee_number", "name")


class DepartmentNameSerializer(serializers.ModelSerializer):
    name = serializers.CharField(read_only=True)

    class Meta:
        model = Department
        fields = ("code", "name")


class DepartmentSerializer(serializers.ModelSerializer):
    name = serializers.CharField(
        read_only=True, help_text="In the language of the request."
    )
    campus = serializers.CharField(source="campus.code", read_only=True)
    parent = serializers.CharField(  # type: ignore[assignment]  # a field of that name
        source="parent.code", read_only=True, allow_null=True
    )
    head = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Department
        fields = (
            "code",
            "name",
            "name_zh",
            "name_en",
            "initials",
            "kind",
            "campus",
            "parent",
            "head",
        )
        read_only_fields = fields


class ProblemSerializer(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    code = serializers.CharField(
        required=False,
        help_text="`rule`: the state forbids it; `stale`: somebody else changed it.",
    )
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of that name
        required=False, help_text="Sentences by the name of the field."
    )


def answers(
    good: Any, *, status: int = 200, refusals: tuple[int, ...] = (400, 403, 404, 409)
) -> dict[Any, Any]:
    """The documented answers of an endpoint: the good one and the refusals."""
    return {status: good} | {(code, PROBLEM): ProblemSerializer for code in refusals}
