"""Rectification tasks as the API shows them, and what their actions take."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.models import Deadline, Evidence, Pause, RectificationTask
from complaints.services import task_choices
from complaints.services.clock_words import say_basis
from hospital.serializers import (
    CleanCharField,
    DepartmentField,
    DepartmentNameSerializer,
    PersonField,
    PersonSerializer,
)

TEXT_LIMIT = 20_000


class DeadlineSerializer(serializers.ModelSerializer):
    task = serializers.IntegerField(source="task_id", allow_null=True)
    promise = serializers.IntegerField(source="promise_id", allow_null=True)
    state = serializers.CharField(
        read_only=True,
        help_text="`running`, `paused`, `breached`, `met` or `superseded`.",
    )
    basis = serializers.SerializerMethodField(
        help_text="What the due time rests on, in the language of the request."
    )
    credited_seconds = serializers.SerializerMethodField(
        help_text="Working time given back by pauses."
    )
    is_over = serializers.BooleanField(
        help_text="Met late, or still running past its due time."
    )

    class Meta:
        model = Deadline
        fields = (
            "id",
            "clock",
            "task",
            "promise",
            "state",
            "started_at",
            "due_at",
            "met_at",
            "superseded_at",
            "is_over",
            "amount",
            "unit",
            "hours",
            "basis",
            "paused_at",
            "credited_seconds",
            "extended_until",
        )
        read_only_fields = fields

    def get_basis(self, deadline: Deadline) -> str:
        return say_basis(deadline.basis)

    def get_credited_seconds(self, deadline: Deadline) -> float:
        return deadline.credited.total_seconds()


class EvidenceSerializer(serializers.ModelSerializer):
    uploaded_by = PersonSerializer(read_only=True)

    class Meta:
        model = Evidence
        fields = ("id", "name", "content_type", "size", "uploaded_by", "uploaded_at")
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer):
    case = serializers.CharField(
        source="case.number", read_only=True, help_text="Number of the case."
    )
    department = DepartmentNameSerializer(read_only=True)
    holder = PersonSerializer(read_only=True)
    responsible = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = RectificationTask
        fields: tuple[str, ...] = (
            "id",
            "case",
            "department",
            "status",
            "demand",
            "holder",
            "responsible",
            "opened_at",
            "due_at",
        )
        read_only_fields = fields


class TaskDetailSerializer(TaskSerializer):
    opened_by = PersonSerializer(read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)
    deadlines = DeadlineSerializer(many=True, read_only=True)
    actions = serializers.SerializerMethodField(
        help_text="What the reader may do with the task now."
    )

    class Meta(TaskSerializer.Meta):
        fields = (
            *TaskSerializer.Meta.fields,
            "measure",
            "result",
            "reason",
            "opened_by",
            "acknowledged_at",
            "submitted_at",
            "ended_at",
            "contact_released",
            "evidence",
            "deadlines",
            "actions",
        )
        read_only_fields = fields

    @staticmethod
    def load(pk: int) -> RectificationTask:
        """The task with all that is shown of it."""
        tasks = RectificationTask.objects.for_list().select_related("opened_by")
        return tasks.prefetch_related("evidence__uploaded_by", "deadlines").get(pk=pk)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_actions(self, task: RectificationTask) -> list[str]:
        return task_choices(task, self.context["request"].user)


class ReasonSerializer(serializers.Serializer):
    reason = CleanCharField(max_length=TEXT_LIMIT)


class PauseTaskSerializer(serializers.Serializer):
    waits_for = serializers.ChoiceField(Pause.WaitsFor.choices)
    reason = CleanCharField(max_length=500)


class PlanSerializer(serializers.Serializer):
    responsible = PersonField(help_text="Employee number.")
    measure = CleanCharField(max_length=TEXT_LIMIT)


class SubmitSerializer(serializers.Serializer):
    result = CleanCharField(max_length=TEXT_LIMIT)
    files = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        default=list,
        help_text="Photos or PDF, as multipart/form-data.",
    )


class DecideSerializer(ReasonSerializer):
    department = DepartmentField(
        help_text="The same department insists; another one reassigns."
    )


class OpenTaskSerializer(serializers.Serializer):
    department = DepartmentField()
    demand = CleanCharField(max_length=TEXT_LIMIT)
    due_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="By default the tier's own time."
    )
    contact_released = serializers.BooleanField(default=False)
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The case's revision that was read; an older one is answered 409.",
    )
