"""Stays that another system sends, and what became of each."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from followups.models import ImportRow, Verdict
from followups.services.importing.reasons import from_json

MOST_STAYS = 1000


class StaySerializer(serializers.Serializer):
    """One stay, for the documentation: its cells are judged one by one like a file's.

    Days are ISO 8601 or as files write them; codes and words as in 病案首页.
    """

    patient = serializers.CharField(help_text="Number of the medical record.")
    visit = serializers.CharField(help_text="Which stay of the patient.")
    name = serializers.CharField(required=False)
    sex = serializers.CharField(required=False, help_text="male, female; 男, 女; 1, 2.")
    born_on = serializers.CharField(required=False)
    phone = serializers.CharField(required=False)
    relative = serializers.CharField(required=False)
    relative_phone = serializers.CharField(required=False)
    department = serializers.CharField(required=False, help_text="Code or name.")
    ward = serializers.CharField(required=False)
    bed = serializers.CharField(required=False)
    doctor = serializers.CharField(required=False)
    admitted_at = serializers.CharField(required=False)
    discharged_at = serializers.CharField(required=False)
    disposition = serializers.CharField(
        required=False, help_text="1 to 5, 9 (离院方式), or its words."
    )
    diagnosis_code = serializers.CharField(required=False)
    diagnosis = serializers.CharField(required=False)
    had_surgery = serializers.BooleanField(required=False)
    was_emergency = serializers.BooleanField(required=False)
    charlson = serializers.IntegerField(required=False)
    emergency_visits = serializers.IntegerField(required=False)
    refuses_calls = serializers.BooleanField(required=False)
    check_up_on = serializers.CharField(
        required=False, help_text="The day of the check-up after the discharge."
    )
    check_up_at = serializers.CharField(required=False, help_text="Clinic or place.")


class ReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    words = serializers.CharField(help_text="In the language of the request.")


class StayVerdictSerializer(serializers.Serializer):
    index = serializers.IntegerField(source="line", help_text="Counted from zero.")
    patient = serializers.CharField(source="patient_number")
    visit = serializers.CharField(source="visit_number")
    verdict = serializers.CharField(help_text=", ".join(Verdict.values))
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, row: ImportRow) -> list[dict[str, str]]:
        reasons = from_json(row.reasons)
        return [{"code": each.code, "words": each.words} for each in reasons]


class StaysAnswerSerializer(serializers.Serializer):
    counts = serializers.DictField(child=serializers.IntegerField())
    rows = StayVerdictSerializer(many=True)


def check_list(data: Any) -> list[Any]:
    """The sent body, if it is a list of no more than so many."""
    if not isinstance(data, list):
        raise serializers.ValidationError(_("Send a list of stays."))
    if not 1 <= len(data) <= MOST_STAYS:
        raise serializers.ValidationError(
            _("Send between 1 and {most} stays at once.").format(most=MOST_STAYS)
        )
    return data


def count_verdicts(rows: Iterable[ImportRow]) -> dict[str, int]:
    counts = dict.fromkeys(Verdict.values, 0)
    for row in rows:
        counts[row.verdict] += 1
    return counts
