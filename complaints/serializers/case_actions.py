"""What the actions on a case take."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.models import (
    Case,
    Channel,
    Contact,
    DeclineGround,
    Kind,
    Reply,
    Satisfaction,
    Source,
    Tier,
)
from complaints.serializers.reference import CategoryField
from complaints.serializers.tasks import TEXT_LIMIT
from complaints.services import ContactDetails, SolvedOnTheSpot, SubjectLine, Voice
from complaints.services.words import LONG
from hospital.models import User
from hospital.serializers import CleanCharField, DepartmentField, PersonField
from hospital.text import normalise_phone


class PhoneField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        return normalise_phone(super().to_internal_value(data))


class SubjectLineSerializer(serializers.Serializer):
    category = CategoryField(help_text="Code of a category of the second level.")
    department = DepartmentField(help_text="Code.")
    named_staff = PersonField(
        required=False, allow_null=True, help_text="Employee number."
    )


class ContactDetailsSerializer(serializers.Serializer):
    name = CleanCharField(max_length=60, required=False, allow_blank=True, default="")
    phone = PhoneField(max_length=30, required=False, allow_blank=True, default="")
    relation = serializers.ChoiceField(
        Contact.Relation.choices, default=Contact.Relation.PATIENT
    )
    special_need = serializers.ChoiceField(
        Contact.Need.choices, default=Contact.Need.NONE
    )


class SolvedSerializer(serializers.Serializer):
    how = CleanCharField(max_length=TEXT_LIMIT)
    method = serializers.ChoiceField(
        Reply.Method.choices, default=Reply.Method.IN_PERSON
    )
    score = serializers.ChoiceField(
        Satisfaction.Score.choices, required=False, allow_null=True
    )


class VoiceSerializer(serializers.Serializer):
    """A voice to register as a case."""

    kind = serializers.ChoiceField(Kind.choices)
    channel = serializers.ChoiceField(Channel.choices)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field of that name
        Source.choices, default=Source.PATIENT
    )
    narrative = CleanCharField(max_length=LONG)
    received_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="By default now; never later."
    )
    subjects = SubjectLineSerializer(many=True)
    contact = ContactDetailsSerializer(
        required=False, allow_null=True, help_text="Null or absent: anonymous."
    )
    solved = SolvedSerializer(
        required=False, allow_null=True, help_text="When it was solved on the spot."
    )
    external_number = CleanCharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="Number of the 12345 work order.",
    )
    external_due_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="Due time of the 12345 work order; it wins over the own rules.",
    )

    def to_voice(self) -> Voice:
        """What was sent, as the service takes it."""
        data = dict(self.validated_data)
        contact, solved = data.pop("contact", None), data.pop("solved", None)
        lines = [SubjectLine(**line) for line in data.pop("subjects")]
        return Voice(
            **data,
            subjects=lines,
            contact=ContactDetails(**contact) if contact else None,
            solved=SolvedOnTheSpot(**solved) if solved else None,
        )


class RevisionSerializer(serializers.Serializer):
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The revision that was read; an older one is answered with 409.",
    )


class CaseReasonSerializer(RevisionSerializer):
    reason = CleanCharField(max_length=TEXT_LIMIT)


class DeclineSerializer(RevisionSerializer):
    ground = serializers.ChoiceField(DeclineGround.choices)
    method = serializers.ChoiceField(
        Reply.Method.choices, help_text="How the person was told."
    )
    text = CleanCharField(
        max_length=TEXT_LIMIT, help_text="What the person was told: why, which rules."
    )


class OfferHandoverSerializer(RevisionSerializer):
    to = PersonField(help_text="Employee number.")
    reason = CleanCharField(max_length=500)


class AnswerHandoverSerializer(serializers.Serializer):
    accepted = serializers.BooleanField()
    answer = CleanCharField(
        max_length=500, required=False, allow_blank=True, default=""
    )


class TierSerializer(CaseReasonSerializer):
    tier = serializers.ChoiceField(Tier.choices)


class ConvertSerializer(CaseReasonSerializer):
    kind = serializers.ChoiceField(Kind.choices)


class NoteSerializer(serializers.Serializer):
    text = CleanCharField(max_length=TEXT_LIMIT)


class WriteReplySerializer(RevisionSerializer):
    """`method` and `text`; or `impossible` and, if there is more to say, `text`."""

    method = serializers.ChoiceField(
        Reply.Method.choices, required=False, allow_blank=True
    )
    text = CleanCharField(max_length=TEXT_LIMIT, required=False, allow_blank=True)
    at = serializers.DateTimeField(required=False, allow_null=True)
    impossible = serializers.ChoiceField(
        Reply.Impossible.choices, required=False, allow_blank=True
    )


class RecordSatisfactionSerializer(RevisionSerializer):
    """The person's `score`, or `not_asked` with the reason."""

    score = serializers.ChoiceField(
        Satisfaction.Score.choices, required=False, allow_null=True
    )
    not_asked = serializers.ChoiceField(
        Satisfaction.NotAsked.choices, required=False, allow_blank=True
    )
    comment = CleanCharField(max_length=500, required=False, allow_blank=True)


class MergeSerializer(CaseReasonSerializer):
    into = serializers.CharField(max_length=20, help_text="Number of the other case.")

    def validate_into(self, number: str) -> Case:
        reader: User = self.context["request"].user
        reachable = Case.objects.visible_to(reader, lookup=True)
        case = reachable.filter(number=number).first()
        if case is None:
            raise serializers.ValidationError(
                _("No case has the number “{number}”.").format(number=number)
            )
        return case


class RevealSerializer(serializers.Serializer):
    reason = CleanCharField(max_length=300)
