"""What is typed about a task. Whether it may be done is the services' business."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models import Pause, RectificationTask, Subject, TaskStatus
from hospital.models import Department, User

MOST_LETTERS = 5000
ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,application/pdf"


class ReasonForm(forms.Form):
    """Why: told to the other side and kept in the history."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PauseTaskForm(ReasonForm):
    """Who or what the department has to wait for."""

    waits_for = forms.ChoiceField(
        label=_("Who is waited for"),
        choices=Pause.WaitsFor.choices,
        widget=forms.RadioSelect,
        initial=Pause.WaitsFor.OUTSIDE,
    )
    field_order = ("waits_for", "reason")


class PeopleSelect(forms.Select):
    """People, found by the pinyin initials of their names too."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        person = getattr(option["value"], "instance", None)
        if person is not None:
            option["attrs"]["data-keys"] = person.initials
        return option


class PlanForm(forms.Form):
    """Who of the department does it, and what will be done."""

    responsible = forms.ModelChoiceField(
        label=_("Responsible person"),
        queryset=User.objects.none(),
        widget=PeopleSelect(attrs={"data-combobox": ""}),
    )
    measure = forms.CharField(
        label=_("Measure"),
        help_text=_("What will be done, so that it does not happen again."),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, task: RectificationTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Subject.objects.filter(case=task.case_id, named_staff__isnull=False)
        able = (
            User.objects.active()
            .filter(departments=task.department_id)
            .exclude(pk__in=named.values("named_staff"))
        )
        self.fields["responsible"].queryset = able  # type: ignore[attr-defined]  # a ModelChoiceField


class DecideForm(ReasonForm):
    """Insist on the same department, or give the task to another."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        help_text=_("Keep it to insist, or choose another."),
        queryset=Department.objects.active(),
        widget=forms.Select(
            attrs={"data-combobox": reverse_lazy("hospital:department_options")}
        ),
    )
    field_order = ("department", "reason")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> list[UploadedFile]:
        return files.getlist(name)


class FilesField(forms.FileField):
    """Any number of files; the service judges each by its content."""

    widget = FilesInput

    def clean(
        self, data: Sequence[UploadedFile], initial: object = None
    ) -> list[UploadedFile]:
        return [super(FilesField, self).clean(file, initial) for file in data]


class SubmitForm(forms.Form):
    result = forms.CharField(
        label=_("What was done"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    files = FilesField(  # type: ignore[assignment]  # a field, not the form's uploads
        label=_("Evidence"),
        required=False,
        widget=FilesInput(attrs={"accept": ACCEPTED}),
    )


class TaskFilterForm(forms.Form):
    """What the full list of tasks may be narrowed to."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        required=False,
        empty_label=_("All departments"),
        to_field_name="code",
        queryset=Department.objects.none(),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any status")), *TaskStatus.choices],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tasks = RectificationTask.objects.visible_to(user)
        departments = Department.objects.filter(pk__in=tasks.values("department"))
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]  # a ModelChoiceField
