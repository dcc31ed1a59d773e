"""What the front desk writes down when somebody speaks."""

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet, formset_factory
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import CleanCharField
from complaints.models import (
    Category,
    Channel,
    Contact,
    Kind,
    Reply,
    Satisfaction,
    Source,
)
from complaints.services import ContactDetails, SolvedOnTheSpot, SubjectLine, Voice
from complaints.services.intake import PHONE
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from hospital.text import normalise_phone

MOST_SUBJECTS = 6
# Who speaks by telephone is answered by telephone; at the desk, face to face.
METHODS = {
    Channel.PHONE: Reply.Method.PHONE,
    Channel.FOLLOW_UP_CALL: Reply.Method.PHONE,
    Channel.WECHAT: Reply.Method.WECHAT,
    Channel.HOTLINE: Reply.Method.HOTLINE,
}


def source_of(channel: str) -> Source:
    """Who speaks: an order of the 12345 hotline, else the patient's side."""
    return Source.HOTLINE if channel == Channel.HOTLINE else Source.PATIENT


class PhoneField(CleanCharField):
    """A telephone number as people write it, kept as it is dialled."""

    def to_python(self, value: Any) -> str:
        return normalise_phone(super().to_python(value))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not PHONE.fullmatch(value):
            raise ValidationError(
                _("Enter 3 to 20 digits, with an extension if there is one.")
            )


class SharedChoices:
    """Options loaded once, when the first of several selects is drawn."""

    def __init__(self, load: Callable[[], list[Any]]) -> None:
        self._load = load

    @cached_property
    def rows(self) -> list[Any]:
        return [("", ""), *self._load()]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)


def offer_departments() -> list[Any]:
    return [(each.pk, each.name) for each in Department.objects.active()]


def offer_categories() -> list[Any]:
    """The second level, grouped under the first."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for category in Category.objects.selectable().select_related("parent"):
        heading = category.parent.name if category.parent else ""
        groups.setdefault(heading, []).append((category.pk, category.name))
    return list(groups.items())


class SubjectLineForm(forms.Form):
    """One thing the case is about. A line left empty says nothing."""

    department = forms.ModelChoiceField(
        Department.objects.active(),
        label=_("Department"),
        widget=forms.Select(
            attrs={
                "data-combobox": reverse_lazy("hospital:department_options"),
                "data-placeholder": _("Name, code or first letters"),
            }
        ),
        error_messages={
            "required": _("Choose the department."),
            "invalid_choice": _("This department is not on the list; choose another."),
        },
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
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("This category is not on the list; choose another."),
        },
    )
    named_staff = forms.ModelChoiceField(
        User.objects.active(),
        label=_("Named staff"),
        required=False,
        to_field_name="employee_number",
        widget=forms.TextInput(attrs={"placeholder": _("Name or employee number")}),
        error_messages={
            "invalid_choice": _("Nobody on the staff has this employee number.")
        },
    )

    def __init__(
        self,
        *args: Any,
        departments: SharedChoices,
        categories: SharedChoices,
        people: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._share("department", departments)
        self._share("category", categories)
        name = self.add_prefix("named_staff")
        number = str(self.data.get(name, "")) if self.is_bound else ""
        known = [{"id": number, "text": people[number]}] if number in people else []
        self.fields["named_staff"].widget.attrs |= {
            "data-combobox": f"{reverse_lazy('hospital:person_options')}?by=number",
            "data-target": name,
            "data-initial": json.dumps(known),
        }

    def _share(self, name: str, choices: SharedChoices) -> None:
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)  # noqa: S101  # declared so above
        widget.choices = choices

    @property
    def line(self) -> SubjectLine | None:
        """The subject, once category and department are both known."""
        data = getattr(self, "cleaned_data", {})
        if not (data.get("department") and data.get("category")):
            return None
        return SubjectLine(
            data["category"], data["department"], data.get("named_staff")
        )

    @property
    def is_blank(self) -> bool:
        return not self.has_changed()


class BaseSubjects(BaseFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        if not self.chosen():
            raise ValidationError(
                _("Choose what the case is about and which department.")
            )

    def chosen(self) -> list[SubjectLine]:
        return [form.line for form in self.forms if form.line]


SubjectFormSet = formset_factory(
    SubjectLineForm,
    formset=BaseSubjects,
    extra=MOST_SUBJECTS,
    max_num=MOST_SUBJECTS,
    absolute_max=MOST_SUBJECTS,
)


def make_subjects(data: Any = None) -> BaseSubjects:
    """The lines of subjects, with options that they share."""
    numbers = [
        value.replace("\0", "")
        for index in range(MOST_SUBJECTS)
        if (value := (data or {}).get(f"subjects-{index}-named_staff", ""))
    ]
    people = User.objects.active().filter(employee_number__in=numbers)
    subjects = SubjectFormSet(
        data,
        prefix="subjects",
        form_kwargs={
            "departments": SharedChoices(offer_departments),
            "categories": SharedChoices(offer_categories),
            "people": dict(people.values_list("employee_number", "name"))
            if numbers
            else {},
        },
    )
    return cast(BaseSubjects, subjects)


class IntakeForm(forms.Form):
    submission = forms.UUIDField(
        required=False, initial=uuid4, widget=forms.HiddenInput
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of case.")},
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    received_at = forms.DateTimeField(
        label=_("Received at"),
        required=False,
        help_text=_("Leave it empty for now; a letter or message may be older."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    external_number = CleanCharField(
        label=_("Number of the 12345 work order"), required=False, max_length=40
    )
    external_due_at = forms.DateTimeField(
        label=_("The work order is due"),
        required=False,
        help_text=_("Wins over the hospital's own rule."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    narrative = CleanCharField(
        label=_("What happened"),
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Say in a few words what happened.")},
    )
    phone = PhoneField(label=_("Phone"), required=False)
    name = CleanCharField(label=_("Name"), required=False, max_length=60)
    relation = forms.ChoiceField(
        label=_("Who is speaking"), choices=Contact.Relation.choices
    )
    special_need = forms.ChoiceField(
        label=_("Special need"), choices=Contact.Need.choices
    )
    anonymous = forms.BooleanField(label=_("Anonymous"), required=False)
    solved = forms.BooleanField(label=_("Solved on the spot"), required=False)
    how = CleanCharField(
        label=_("How it was solved, in the words said to the person"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    score = forms.TypedChoiceField(
        label=_("Satisfied with the answer?"),
        choices=[("", _("Not asked")), *Satisfaction.Score.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = make_subjects(self.data if self.is_bound else None)

    def clean(self) -> None:
        if not self.subjects.is_valid():
            self.add_error(None, _("Please correct the marked fields."))
        self._check_contact()
        if self.cleaned_data["solved"] and not self.cleaned_data.get("how"):
            self.add_error("how", _("Write what the person was told."))
        if not self.cleaned_data["solved"] and self.cleaned_data.get("how"):
            self.add_error(
                "solved",
                _("You wrote how it was solved: tick this, or clear that text."),
            )

    def _check_contact(self) -> None:
        data = self.cleaned_data
        reachable = any(data.get(name) or name in self.errors for name in CONTACT)
        if data["anonymous"] and reachable:
            self.add_error(
                "anonymous", _("A name or number is entered: clear it, or untick this.")
            )
        elif not (reachable or data["anonymous"] or data["solved"]):
            self.add_error(
                "phone", _("Enter a phone number or a name, or tick “Anonymous”.")
            )

    def refuse(self, violation: RuleViolation) -> None:
        """Put the sentence of a service beside the field it belongs to."""
        if violation.field == "subjects":
            self.subjects.non_form_errors().append(str(violation))
            self.add_error(None, _("Please correct the marked fields."))
        else:
            self.add_error(violation.field, str(violation))

    def read_voice(self) -> Voice:
        data = self.cleaned_data
        channel = Channel(data["channel"])
        reachable = any(data[name] for name in CONTACT)
        return Voice(
            kind=Kind(data["kind"]),
            channel=channel,
            narrative=data["narrative"],
            subjects=self.subjects.chosen(),
            contact=self._read_contact() if reachable else None,
            received_at=data["received_at"],
            source=source_of(channel),
            solved=self._read_solution(channel) if data["solved"] else None,
            submission=data["submission"],
            **(self._read_order() if channel == Channel.HOTLINE else {}),
        )

    def _read_order(self) -> dict[str, Any]:
        """The work order of the 12345 hotline; no other channel has one."""
        data = self.cleaned_data
        return {
            "external_number": data["external_number"],
            "external_due_at": data["external_due_at"],
        }

    def _read_contact(self) -> ContactDetails:
        data = self.cleaned_data
        return ContactDetails(
            data["name"], data["phone"], data["relation"], data["special_need"]
        )

    def _read_solution(self, channel: Channel) -> SolvedOnTheSpot:
        return SolvedOnTheSpot(
            how=self.cleaned_data["how"],
            method=METHODS.get(channel, Reply.Method.IN_PERSON),
            score=self.cleaned_data["score"],
        )


CONTACT = ("phone", "name")
