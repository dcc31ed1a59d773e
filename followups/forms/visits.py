"""What a visitor writes down at the bed."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import CleanCharField
from complaints.models import Channel, Kind, Source
from complaints.services import ContactDetails, SubjectLine, Voice
from followups.forms.calls import HeardForm, contact_of
from followups.models import VISIT_WORDS, Outcome, Patient
from followups.services.calls.outcomes import NOTE_LENGTH
from followups.services.scripts.answers import Answers
from followups.services.visits.record import VISIT_OUTCOMES, VisitResult
from hospital.models import Department

VOICES = (Kind.COMPLAINT, Kind.SUGGESTION, Kind.PRAISE)


class RoundForm(forms.Form):
    """Which ward of the round is shown."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        empty_label=_("All departments"),
    )

    def __init__(self, *args: Any, departments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = departments


class VisitForm(forms.Form):
    submission = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    started_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("What came of the visit"),
        choices=[
            (each.value, VISIT_WORDS.get(each, each.label)) for each in VISIT_OUTCOMES
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what came of the visit."),
            "invalid_choice": _("Choose what came of the visit."),
        },
    )
    note = CleanCharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def read_result(self, answers: Answers | None, voices: list[Voice]) -> VisitResult:
        data = self.cleaned_data
        return VisitResult(
            outcome=Outcome(data["outcome"]),
            started_at=data["started_at"],
            note=data["note"],
            submission=data["submission"],
            answers=answers,
            voices=voices,
        )


class VisitVoiceForm(HeardForm):
    """A voice heard at the bed, sent with the visit; left empty there was none."""

    submission = None  # type: ignore[assignment]  # the visit's own makes it once

    def __init__(self, data: Any, *, kind: Kind, department: int | None) -> None:
        super().__init__(
            data,
            prefix=kind.value,
            initial={"department": department},
            empty_permitted=True,
            use_required_attribute=False,
        )
        self.kind = kind

    def has_changed(self) -> bool:
        """The ward is filled in beforehand; a voice has words or a topic."""
        return any(name != "department" for name in self.changed_data)

    def read_voice(self, kind: Kind, contact: ContactDetails | None) -> Voice:
        data = self.cleaned_data
        return Voice(
            kind=kind,
            channel=Channel.WALK_IN,
            source=Source.FOLLOW_UP,
            narrative=data["narrative"],
            subjects=[SubjectLine(data["category"], data["department"])],
            contact=contact,
        )


def read_voices(
    forms_sent: list[VisitVoiceForm], patient: Patient, outcome: str
) -> list[Voice]:
    """The voices that were written down, in the name of whoever was talked with."""
    is_relative = outcome == Outcome.REACHED_PROXY
    contact = contact_of(patient, is_relative=is_relative)
    return [
        each.read_voice(each.kind, contact)
        for each in forms_sent
        if each.has_changed() and each.cleaned_data
    ]
