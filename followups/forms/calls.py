"""What the agent writes down on a call."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import CleanCharField
from complaints.forms.intake import PhoneField
from complaints.models import Category, Channel, Contact, Kind, Source
from complaints.services import ContactDetails, SubjectLine, Voice
from complaints.services.intake import PHONE
from followups.models import CALL_OUTCOMES, Outcome, Patient
from followups.services.calls.outcomes import NOTE_LENGTH, CallResult
from followups.services.calls.sheet import later_choices
from followups.services.scripts.answers import Answers
from hospital.models import Department
from hospital.text import normalise_phone

LATER = {
    "this_afternoon": _("This afternoon"),
    "tomorrow_morning": _("Tomorrow morning"),
    "tomorrow_afternoon": _("Tomorrow afternoon"),
    "friday": _("Friday"),
}
# The keys of the outcomes in their order.
DIGITS = "1234567890"


class OutcomeForm(forms.Form):
    """The end of a call; what an outcome does not ask for is not read."""

    submission = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(each.value, each.label) for each in CALL_OUTCOMES],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what came of the call."),
            "invalid_choice": _("Choose what came of the call."),
        },
    )
    later = forms.DateTimeField(
        label=_("When"), required=False, widget=forms.RadioSelect
    )
    call_at = forms.DateTimeField(
        label=_("Another time"),
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    do_not_call = forms.BooleanField(label=_("Do not call again"), required=False)
    note = CleanCharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    check_up_told = forms.DateField(label=_("Told of the check-up"), required=False)
    at_once = forms.BooleanField(label=_("Next call at once"), required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["later"].widget
        assert isinstance(widget, forms.RadioSelect)  # noqa: S101  # declared so above
        widget.choices = [
            (moment.isoformat(), _say_later(moment, which))
            for moment, which in later_choices(now)
        ]

    def read_result(
        self, started_at: datetime, answers: Answers | None = None
    ) -> CallResult:
        data = self.cleaned_data
        outcome = Outcome(data["outcome"])
        asked = outcome == Outcome.CALL_LATER
        return CallResult(
            outcome=outcome,
            started_at=started_at,
            note=data["note"],
            call_at=(data["call_at"] or data["later"]) if asked else None,
            do_not_call=outcome == Outcome.DECLINED and data["do_not_call"],
            submission=data["submission"],
            answers=answers,
            check_up_told=data["check_up_told"],
        )


def _say_later(moment: datetime, which: str) -> str:
    time = date_format(timezone.localtime(moment), "H:i")
    return f"{LATER[which]} {time}"


class HeardForm(forms.Form):
    """A voice heard on the call: the rest is known."""

    submission = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    narrative = CleanCharField(
        label=_("What was said"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say in a few words what happened.")},
    )
    category = forms.ModelChoiceField(
        Category.objects.selectable(),
        label=_("About what"),
        widget=forms.Select(
            attrs={
                "data-combobox": reverse_lazy("complaints:category_options"),
                "data-placeholder": _("Name or first letters"),
            }
        ),
        error_messages={"required": _("Choose what it is about.")},
    )
    department = forms.ModelChoiceField(
        Department.objects.active(),
        label=_("Department"),
        widget=forms.Select(
            attrs={
                "data-combobox": reverse_lazy("hospital:department_options"),
                "data-placeholder": _("Name, code or first letters"),
            }
        ),
        error_messages={"required": _("Choose the department.")},
    )

    def read_voice(self, kind: Kind, contact: ContactDetails | None) -> Voice:
        data = self.cleaned_data
        return Voice(
            kind=kind,
            channel=Channel.FOLLOW_UP_CALL,
            source=Source.FOLLOW_UP,
            narrative=data["narrative"],
            subjects=[SubjectLine(data["category"], data["department"])],
            contact=contact,
            submission=data["submission"],
        )


def contact_of(patient: Patient, *, is_relative: bool) -> ContactDetails | None:
    """Who spoke: the person who was rung. A number nobody can dial is left out."""
    name, phone = patient.name, patient.phone
    relation = Contact.Relation.PATIENT
    if is_relative:
        name, phone = patient.relative or patient.name, patient.relative_phone
        relation = Contact.Relation.RELATIVE
    phone = normalise_phone(phone)
    if not PHONE.fullmatch(phone):
        phone = ""
    return ContactDetails(name, phone, relation) if name or phone else None


class NumberForm(forms.Form):
    phone = PhoneField(
        label=_("The right number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Enter the telephone number.")},
    )
    is_relative = forms.BooleanField(
        label=_("It is a relative's number"), required=False
    )
