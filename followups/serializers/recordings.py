"""Calls as a telephone system finds them, and the links to their recordings."""

from django.core.validators import URLValidator
from rest_framework import serializers

from followups.models import Attempt
from hospital.serializers import CleanCharField, PersonSerializer

LONGEST_URL = 500


class SoughtCallSerializer(serializers.Serializer):
    """Which call: the number that was dialled, and when."""

    phone = CleanCharField(max_length=30)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class CallSerializer(serializers.ModelSerializer):
    """A call as far as its recording needs it: no word of what was said."""

    agent = PersonSerializer(read_only=True)
    has_recording = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = ("id", "agent", "started_at", "ended_at", "has_recording")

    def get_has_recording(self, call: Attempt) -> bool:
        return hasattr(call, "recording")


class RecordingSerializer(serializers.Serializer):
    url = serializers.CharField(
        max_length=LONGEST_URL,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Where the recording is listened to; http or https.",
    )
    linked_at = serializers.DateTimeField(read_only=True)
