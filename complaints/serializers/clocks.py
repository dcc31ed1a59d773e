"""A case's clocks as the API shows them, and what their actions take."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.models import Extension, Pause, Promise
from complaints.permissions import CENTRE
from complaints.serializers.case_actions import RevisionSerializer
from complaints.serializers.tasks import DeadlineSerializer
from complaints.services import Explanation
from complaints.services.clock_words import explain_rule
from complaints.services.explain import DayLine, Part
from hospital.models import Role
from hospital.serializers import (
    CleanCharField,
    DepartmentNameSerializer,
    PersonField,
    PersonSerializer,
)


class SecondsField(serializers.FloatField):
    """A length of time in seconds."""

    def to_representation(self, value: Any) -> Any:
        return value.total_seconds()


class PauseSerializer(RevisionSerializer):
    waits_for = serializers.ChoiceField(Pause.WaitsFor.choices)
    reason = CleanCharField(max_length=500)


class MakePromiseSerializer(RevisionSerializer):
    text = CleanCharField(max_length=300)
    due_at = serializers.DateTimeField(help_text="By when.")
    owner = PersonField(
        required=False, allow_null=True, help_text="Employee number; by default you."
    )


class EndPromiseSerializer(serializers.Serializer):
    kept = serializers.BooleanField()
    note = CleanCharField(max_length=500, required=False, allow_blank=True, default="")


class AskExtensionSerializer(RevisionSerializer):
    deadline = serializers.IntegerField(min_value=1, help_text="Id of the deadline.")
    until = serializers.DateTimeField()
    reason = CleanCharField(max_length=500)
    words = CleanCharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="What the person reads on the tracking page once it is granted.",
    )


class DecideExtensionSerializer(serializers.Serializer):
    granted = serializers.BooleanField()
    answer = CleanCharField(
        max_length=500, required=False, allow_blank=True, default=""
    )


class PromiseSerializer(serializers.ModelSerializer):
    owner = PersonSerializer(read_only=True)
    made_by = PersonSerializer(read_only=True)

    class Meta:
        model = Promise
        fields = (
            "id",
            "text",
            "due_at",
            "owner",
            "made_by",
            "made_at",
            "ended_at",
            "is_kept",
            "note",
        )
        read_only_fields = fields


class ExtensionSerializer(serializers.ModelSerializer):
    deadline = serializers.IntegerField(source="deadline_id")
    asked_by = PersonSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Extension
        fields = (
            "id",
            "deadline",
            "until",
            "reason",
            "words",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
            "granted",
            "answer",
        )
        read_only_fields = fields


class PartSerializer(serializers.Serializer):
    kind = serializers.CharField()
    label = serializers.SerializerMethodField(  # type: ignore[assignment]  # a field of that name
        help_text="In the language of the request."
    )
    seconds = SecondsField(source="time")
    days = serializers.IntegerField(help_text="On how many days it lies.")

    def get_label(self, part: Part) -> str:
        return str(part.kind.label)


class DayLineSerializer(serializers.Serializer):
    day = serializers.DateField()
    kind = serializers.CharField(source="note.kind")
    name = serializers.SerializerMethodField(help_text="Of a holiday or of the day.")
    counted_seconds = SecondsField(source="counted")
    paused_seconds = SecondsField(source="paused")
    working_day = serializers.IntegerField(
        source="number", allow_null=True, help_text="Which working day it is."
    )

    def get_name(self, line: DayLine) -> str:
        return str(line.note)


class PausedSerializer(serializers.ModelSerializer):
    paused_by = PersonSerializer(read_only=True)
    resumed_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Pause
        fields = (
            "waits_for",
            "reason",
            "paused_by",
            "paused_at",
            "resumed_by",
            "resumed_at",
        )
        read_only_fields = fields


class PausedForDepartmentSerializer(serializers.ModelSerializer):
    """Why a clock stood still is the centre's business."""

    class Meta:
        model = Pause
        fields = ("paused_at", "resumed_at")
        read_only_fields = fields


class ExplanationSerializer(serializers.Serializer):
    """The sum behind a due time; the parts' seconds add up to `whole_seconds`."""

    deadline = DeadlineSerializer()
    rule = serializers.SerializerMethodField(
        help_text="The rule in words, in the language of the request."
    )
    whole_seconds = SecondsField(source="whole")
    parts = PartSerializer(many=True)
    days = DayLineSerializer(many=True)
    pauses = serializers.SerializerMethodField(
        help_text="A department reads when the clock stood still, not why."
    )
    extended_until = serializers.SerializerMethodField()
    earlier = DeadlineSerializer(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_rule(self, told: Explanation) -> list[str]:
        return explain_rule(told.deadline)

    @extend_schema_field(PausedSerializer(many=True))
    def get_pauses(self, told: Explanation) -> Any:
        reader = self.context["request"].user
        reads_reasons = reader.has_role(*CENTRE, Role.LEADERSHIP)
        shape = PausedSerializer if reads_reasons else PausedForDepartmentSerializer
        return shape(told.pauses, many=True).data

    @extend_schema_field(
        serializers.ListField(child=serializers.DateTimeField(), allow_empty=True)
    )
    def get_extended_until(self, told: Explanation) -> list[Any]:
        field = serializers.DateTimeField()
        return [field.to_representation(each.until) for each in told.extensions]


class ShareSerializer(serializers.Serializer):
    holder = serializers.CharField(
        help_text="`centre`, `department`, `person` or `outside`."
    )
    department = DepartmentNameSerializer(allow_null=True)
    seconds = SecondsField(source="time")
    percent = serializers.FloatField()


class LedgerSerializer(serializers.Serializer):
    """Each working minute of the case has one holder."""

    shares = ShareSerializer(many=True)
    whole_seconds = SecondsField(source="whole")
    changes = serializers.IntegerField(help_text="How often it changed hands.")
    refusals = serializers.IntegerField()
