"""Cases as the API shows them: to each reader what concerns them."""

from functools import cached_property
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.merges import find_other, tell_changes
from complaints.models import (
    Case,
    CaseEvent,
    Contact,
    Deadline,
    Handover,
    RectificationTask,
    Reply,
    Satisfaction,
    Status,
    Subject,
)
from complaints.permissions import (
    can_reveal_contact,
    can_see_contact,
    can_see_named_staff,
)
from complaints.serializers.reference import CategoryNameSerializer
from complaints.serializers.tasks import DeadlineSerializer, TaskSerializer
from complaints.services import case_choices, closing_obstacles
from hospital import clock
from hospital.models import User
from hospital.serializers import DepartmentNameSerializer, PersonSerializer


class SubjectSerializer(serializers.ModelSerializer):
    category = CategoryNameSerializer(read_only=True)
    department = DepartmentNameSerializer(read_only=True)

    class Meta:
        model = Subject
        fields: tuple[str, ...] = ("category", "department")
        read_only_fields = fields


class NamedSubjectSerializer(SubjectSerializer):
    named_staff = serializers.SerializerMethodField()

    class Meta(SubjectSerializer.Meta):
        fields = (*SubjectSerializer.Meta.fields, "named_staff")
        read_only_fields = fields

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_named_staff(self, subject: Subject) -> dict[str, Any] | None:
        if subject.named_staff is None:
            return None
        if not can_see_named_staff(self.context["request"].user, subject.case):
            return None
        return PersonSerializer(subject.named_staff).data


class MaskedContactSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="masked_name")
    phone = serializers.CharField(source="masked_phone")

    class Meta:
        model = Contact
        fields = ("name", "phone", "relation", "special_need")
        read_only_fields = fields


class ContactSerializer(serializers.ModelSerializer):
    """The full name and number; only `reveal` answers with it."""

    class Meta:
        model = Contact
        fields = ("name", "phone", "relation", "special_need")
        read_only_fields = fields


class HandoverSerializer(serializers.ModelSerializer):
    offered_by = PersonSerializer(read_only=True)
    offered_to = PersonSerializer(read_only=True)

    class Meta:
        model = Handover
        fields = (
            "id",
            "offered_by",
            "offered_to",
            "reason",
            "offered_at",
            "answered_at",
            "accepted",
            "answer",
        )
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer):
    actor = PersonSerializer(read_only=True, allow_null=True)
    task = serializers.IntegerField(source="task_id", allow_null=True)
    label = serializers.CharField(  # type: ignore[assignment]  # a field of that name
        source="get_verb_display", help_text="In the language of the request."
    )
    new = serializers.SerializerMethodField()

    class Meta:
        model = CaseEvent
        fields = ("seq", "at", "actor", "verb", "label", "task", "old", "new", "note")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.ANY)
    def get_new(self, event: CaseEvent) -> dict[str, object]:
        return tell_changes(event, self.context["request"].user)


class ReplySerializer(serializers.ModelSerializer):
    by = PersonSerializer(read_only=True)

    class Meta:
        model = Reply
        fields = ("round", "by", "at", "method", "text", "impossible", "is_final")
        read_only_fields = fields


class SatisfactionSerializer(serializers.ModelSerializer):
    recorded_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Satisfaction
        fields = ("round", "score", "not_asked", "comment", "at", "recorded_by")
        read_only_fields = fields


class CaseSerializer(serializers.ModelSerializer):
    """A row of a list: the contact masked, or absent for who may not see it."""

    owner = PersonSerializer(read_only=True)
    subjects = SubjectSerializer(many=True, read_only=True)
    contact = serializers.SerializerMethodField(
        help_text="Masked; null when anonymous or not for the reader."
    )
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "number",
            "kind",
            "source",
            "channel",
            "status",
            "tier",
            "received_at",
            "entered_at",
            "due_at",
            "is_overdue",
            "closed_at",
            "solved_on_the_spot",
            "owner",
            "subjects",
            "contact",
        )
        read_only_fields = fields

    @property
    def reader(self) -> User:
        reader: User = self.context["request"].user
        return reader

    @extend_schema_field(MaskedContactSerializer(allow_null=True))
    def get_contact(self, case: Case) -> dict[str, Any] | None:
        if case.is_anonymous or not self._may_see_contact(case):
            return None
        return MaskedContactSerializer(case.contact).data

    def get_is_overdue(self, case: Case) -> bool:
        return case.is_open and case.due_at is not None and case.due_at < clock.now()

    def _may_see_contact(self, case: Case) -> bool:
        return can_see_contact(self.reader, case)


class RegisteredSerializer(CaseSerializer):
    """The answer to a registration: the only one that tells the tracking code."""

    class Meta(CaseSerializer.Meta):
        fields = (*CaseSerializer.Meta.fields, "tracking_code", "revision")
        read_only_fields = fields


class CaseDetailSerializer(CaseSerializer):
    received_by = PersonSerializer(read_only=True)
    subjects = NamedSubjectSerializer(many=True, read_only=True)
    external_number = serializers.SerializerMethodField(
        help_text="Of the 12345 work order; empty when not for the reader."
    )
    external_due_at = serializers.SerializerMethodField(
        help_text="Of the 12345 work order; null when not for the reader."
    )
    merged_into = serializers.SerializerMethodField(
        help_text="The number of the case it goes on as; null when not for the reader."
    )
    handover = serializers.SerializerMethodField(
        help_text="The hand-over that waits for an answer."
    )
    tasks = serializers.SerializerMethodField()
    deadlines = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()
    replies = serializers.SerializerMethodField()
    satisfactions = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField(
        help_text="What the reader may do with the case now."
    )
    obstacles = serializers.SerializerMethodField(
        help_text="What stands between a replied case and its closing."
    )

    class Meta(CaseSerializer.Meta):
        fields = (
            *CaseSerializer.Meta.fields,
            "narrative",
            "received_by",
            "external_number",
            "external_due_at",
            "decline_ground",
            "merged_into",
            "reopened_count",
            "revision",
            "handover",
            "tasks",
            "deadlines",
            "timeline",
            "replies",
            "satisfactions",
            "actions",
            "obstacles",
        )
        read_only_fields = fields

    @staticmethod
    def load(pk: int) -> Case:
        """The case with all that is shown of it, whoever reads it."""
        cases = Case.objects.for_list().select_related("received_by")
        return cases.prefetch_related(
            "subjects__named_staff",
            "handovers__offered_by",
            "handovers__offered_to",
            "deadlines",
            "pauses",
            "extensions",
            "replies__by",
            "satisfactions__recorded_by",
        ).get(pk=pk)

    def _may_see_contact(self, case: Case) -> bool:
        return can_reveal_contact(self.reader, case)

    def get_external_number(self, case: Case) -> str:
        return case.external_number if can_see_contact(self.reader, case) else ""

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_external_due_at(self, case: Case) -> str | None:
        if case.external_due_at is None or not can_see_contact(self.reader, case):
            return None
        return serializers.DateTimeField().to_representation(case.external_due_at)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_merged_into(self, case: Case) -> str | None:
        other = find_other(case.merged_into_id, self.reader)
        return other.number if other else None

    @extend_schema_field(HandoverSerializer(allow_null=True))
    def get_handover(self, case: Case) -> dict[str, Any] | None:
        waiting = [h for h in case.handovers.all() if h.answered_at is None]
        if not waiting or not can_see_contact(self.reader, case):
            return None
        return HandoverSerializer(waiting[0]).data

    @extend_schema_field(TaskSerializer(many=True))
    def get_tasks(self, case: Case) -> Any:
        return TaskSerializer(self._tasks, many=True).data

    @extend_schema_field(DeadlineSerializer(many=True))
    def get_deadlines(self, case: Case) -> Any:
        shown = {None, *(task.pk for task in self._tasks)}
        keeps_promises = can_see_contact(self.reader, case)
        deadlines: list[Deadline] = [
            deadline
            for deadline in case.deadlines.all()
            if deadline.task_id in shown
            and (deadline.promise_id is None or keeps_promises)
        ]
        return DeadlineSerializer(deadlines, many=True).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, case: Case) -> Any:
        events = case.events.for_reader(self.reader).select_related("actor")
        return EventSerializer(
            events.order_by("seq"), many=True, context=self.context
        ).data

    @extend_schema_field(ReplySerializer(many=True))
    def get_replies(self, case: Case) -> Any:
        if not can_see_contact(self.reader, case):
            return []
        return ReplySerializer(case.replies.all(), many=True).data

    @extend_schema_field(SatisfactionSerializer(many=True))
    def get_satisfactions(self, case: Case) -> Any:
        if not can_see_contact(self.reader, case):
            return []
        return SatisfactionSerializer(case.satisfactions.all(), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_actions(self, case: Case) -> list[str]:
        return case_choices(case, self.reader)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_obstacles(self, case: Case) -> list[str]:
        if case.status != Status.REPLIED or not can_see_contact(self.reader, case):
            return []
        return list(closing_obstacles(case))

    @cached_property
    def _tasks(self) -> list[RectificationTask]:
        """The case's tasks that the reader may see."""
        visible = RectificationTask.objects.visible_to(self.reader)
        return list(visible.filter(case=self.instance).for_list())
