"""The small forms of the actions on a case; field names are the services' keywords."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIteratorValue
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from complaints.models import (
    CONVERSIONS,
    Case,
    Channel,
    DeclineGround,
    Kind,
    Reply,
    Satisfaction,
    Tier,
)
from complaints.permissions import CENTRE, can_handle, can_lower_tier
from complaints.services import clocks
from hospital import clock
from hospital.forms import TypeAheadSelect
from hospital.models import Department, User


class CaseForm(forms.Form):
    """Knows the case it acts on and the person who acts."""

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.user = user


class RevisionForm(CaseForm):
    """Says which revision of the case the person read, to notice somebody faster."""

    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.case.revision

    def read_again(self, case: Case) -> None:
        """The person is told what changed: what they send next is sent knowingly."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["revision"] = str(case.revision)
        self.data = data


def _long_text(label: Any, *, rows: int = 4, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, help_text=help_text)


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(
        label=label, widget=widget, required=False, help_text=help_text
    )


class ReasonForm(RevisionForm):
    reason = _long_text(_("Reason"), rows=3)


class DeclineForm(RevisionForm):
    ground = forms.ChoiceField(
        label=_("Lawful ground"),
        choices=DeclineGround.choices,
        widget=forms.RadioSelect,
    )
    method = forms.ChoiceField(
        label=_("How the person was told"), choices=Reply.Method.choices
    )
    text = _long_text(
        _("What the person was told"),
        help_text=_("Name the ground and where else the person can turn."),
    )


class HandoverForm(RevisionForm):
    to = forms.ModelChoiceField(
        label=_("Offer the case to"),
        queryset=User.objects.none(),
        widget=TypeAheadSelect,
    )
    reason = _long_text(_("Reason"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.active().with_role(*CENTRE)
        named = self.case.subjects.exclude(named_staff=None).values("named_staff")
        people = colleagues.exclude(pk=self.case.owner_id).exclude(pk__in=named)
        field = self.fields["to"]
        field.queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
        field.label_from_instance = _with_leave  # type: ignore[attr-defined]  # as above


def _with_leave(person: User) -> str:
    if person.is_on_leave(clock.today()):
        return _("{person} (on leave)").format(person=person.name)
    return person.name


class RefuseHandoverForm(CaseForm):
    answer = _long_text(_("Why not"), rows=3)


class TierForm(RevisionForm):
    tier = forms.TypedChoiceField(label=_("Tier"), coerce=int, widget=forms.RadioSelect)
    reason = _long_text(_("Reason"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lowers = can_lower_tier(self.user, self.case)
        self.fields["tier"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (tier, label)
            for tier, label in Tier.choices
            if tier > self.case.tier or (lowers and tier != self.case.tier)
        ]


class ConvertForm(RevisionForm):
    kind = forms.ChoiceField(label=_("It is rather"), widget=forms.RadioSelect)
    reason = _long_text(_("Reason"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            choice
            for choice in Kind.choices
            if choice[0] in CONVERSIONS[Kind(self.case.kind)]
        ]


class NoteForm(CaseForm):
    text = _long_text(
        _("Note for colleagues"),
        rows=3,
        help_text=_("Neither the person nor the departments see it."),
    )


# How a person who came by this channel is usually told.
USUAL_METHOD = {
    Channel.PHONE: Reply.Method.PHONE,
    Channel.FOLLOW_UP_CALL: Reply.Method.PHONE,
    Channel.WALK_IN: Reply.Method.IN_PERSON,
    Channel.ROVING_STATION: Reply.Method.IN_PERSON,
    Channel.WECHAT: Reply.Method.WECHAT,
    Channel.LETTER: Reply.Method.LETTER,
    Channel.HOTLINE: Reply.Method.HOTLINE,
    Channel.WEB: Reply.Method.TRACKING,
    Channel.QR_CODE: Reply.Method.TRACKING,
}


class ReplyForm(RevisionForm):
    method = forms.ChoiceField(
        label=_("How the person was told"),
        choices=Reply.Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how the person was told.")},
    )
    text = _long_text(_("What the person was told"))
    at = _moment(_("When"), _("Leave empty for now."))
    impossible = forms.ChoiceField(
        label=_("Or nobody could be told"),
        required=False,
        choices=[("", _("The person was told")), *Reply.Impossible.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].initial = USUAL_METHOD.get(Channel(self.case.channel))
        if self.case.is_anonymous:
            self.fields["impossible"].initial = Reply.Impossible.ANONYMOUS
        if self.data.get("impossible"):
            self.fields["method"].required = self.fields["text"].required = False


class SatisfactionForm(RevisionForm):
    score = forms.TypedChoiceField(
        label=_("What the person says"),
        coerce=int,
        empty_value=None,
        choices=Satisfaction.Score.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Record the person's answer, or why they were not asked.")
        },
    )
    not_asked = forms.ChoiceField(
        label=_("Or why they were not asked"),
        required=False,
        choices=[("", _("The person was asked")), *Satisfaction.NotAsked.choices],
    )
    comment = forms.CharField(
        label=_("In the person's own words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.is_anonymous:
            self.fields["not_asked"].initial = Satisfaction.NotAsked.ANONYMOUS
        if self.data.get("not_asked"):
            self.fields["score"].required = False


class MergeForm(RevisionForm):
    into = forms.CharField(
        label=_("Number of the case that goes on"),
        max_length=20,
        widget=forms.TextInput(attrs={"list": "merge-candidates", "size": 20}),
    )
    reason = _long_text(_("Reason"), rows=3)

    def candidates(self) -> list[Case]:
        """Other open cases of the same person, to choose from."""
        if self.case.is_anonymous or not self.case.contact.phone:
            return []
        same = Case.objects.visible_to(self.user, lookup=True).open()
        same = same.with_phone(self.case.contact.phone).exclude(pk=self.case.pk)
        return list(same.order_by("-received_at")[:10])

    def clean_into(self) -> Case:
        number = self.cleaned_data["into"].strip().upper()
        reachable = Case.objects.visible_to(self.user, lookup=True)
        into = reachable.filter(number=number).first()
        if into is None:
            raise forms.ValidationError(_("There is no case with this number."))
        if not can_handle(self.user, into):
            raise forms.ValidationError(
                _("A colleague handles that case; ask a supervisor to merge them.")
            )
        return into


class TaskForm(RevisionForm):
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.active(),
        widget=TypeAheadSelect,
    )
    demand = _long_text(_("What the department is asked to do"))
    due_at = _moment(_("Due"), "")
    contact_released = forms.BooleanField(
        label=_("The department may see who spoke"),
        required=False,
        help_text=_("Only if the work needs it, for instance to apologise."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = list(Department.objects.active())
        about = {subject.department_id for subject in self.case.subjects.all()}
        tasked = {task.department_id for task in self.case.tasks.all()}
        widget = self.fields["department"].widget
        widget.choices = [
            ("", ""),
            (_("This case"), [_option(d) for d in departments if d.pk in about]),
            (_("Others"), [_option(d) for d in departments if d.pk not in about]),
        ]
        likely = [d.pk for d in departments if d.pk in about - tasked]
        self.fields["department"].initial = likely[0] if likely else None
        self.fields["due_at"].initial = clocks.rectify_due_at(self.case, clock.now())

    def clean_due_at(self) -> datetime | None:
        """Left as proposed, it is the rule's: the department's own hours count."""
        chosen: datetime | None = self.cleaned_data["due_at"]
        proposed = self.fields["due_at"].initial.replace(second=0, microsecond=0)
        return None if chosen == proposed else chosen


def _option(department: Department) -> tuple[ModelChoiceIteratorValue, str]:
    return ModelChoiceIteratorValue(department.pk, department), department.name


class RevealForm(CaseForm):
    reason = forms.CharField(
        label=_("Why you need it"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": "reveal-reasons"}),
    )
