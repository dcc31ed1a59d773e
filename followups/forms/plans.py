"""What is typed about plans; whether a plan may say so the services decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.models import Anchor, Cohort, Mode, PlanVersion, Rhythm, Script
from followups.services.planning.content import (
    DAY,
    HIGHEST_PRIORITY,
    PlanSaid,
    PointSaid,
    read_prefixes,
)
from followups.services.planning.preview import Imagined
from hospital.exceptions import RuleViolation
from hospital.forms import TypeAheadSelect
from hospital.models import Department
from hospital.text import clean_text

OLDEST = 130


class SearchedSelectMultiple(forms.SelectMultiple):
    """Several departments, searched in the browser by words and initials."""

    def __init__(self) -> None:
        words = {"data-placeholder": _("Name, code or first letters")}
        super().__init__({"data-combobox": ""} | words)

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        department = option["value"].instance
        option["attrs"]["data-keys"] = f"{department.initials} {department.code}"
        return option


class NameField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return super().to_python(clean_text(str(value or ""))) or ""


class PlanForm(forms.Form):
    """The names, and for whom the plan is."""

    class Whom(TextChoices):
        STAYS = "stays", _("Patients of stays")
        COHORT = "cohort", _("Members of a cohort")

    name_zh = NameField(label=_("Chinese name"), max_length=80)
    name_en = NameField(label=_("English name"), max_length=120)
    whom = forms.ChoiceField(
        label=_("For whom"), choices=Whom.choices, widget=forms.RadioSelect
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.filter(is_active=True),
        label=_("Cohort"),
        required=False,
        empty_label="",
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.active(),
        label=_("Departments"),
        required=False,
        widget=SearchedSelectMultiple,
        help_text=_("None: all departments."),
    )
    diagnosis_prefixes = forms.CharField(
        label=_("Diagnoses"),
        required=False,
        max_length=500,
        help_text=_("How the ICD-10 codes begin, with commas: I50, I11.0. None: all."),
    )
    least_age = forms.IntegerField(
        label=_("From age"), required=False, min_value=0, max_value=OLDEST
    )
    most_age = forms.IntegerField(
        label=_("Up to age"), required=False, min_value=0, max_value=OLDEST
    )
    only_surgery = forms.BooleanField(label=_("Only after surgery"), required=False)
    # The version the form was read from; 0 for a new plan.
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def is_of_cohort(self) -> bool:
        return self.cleaned_data.get("whom") == self.Whom.COHORT

    def clean_diagnosis_prefixes(self) -> tuple[str, ...]:
        try:
            return read_prefixes(self.cleaned_data["diagnosis_prefixes"])
        except RuleViolation as fault:
            raise ValidationError(str(fault.message)) from None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        is_missing = data.get("cohort") is None and "cohort" not in self.errors
        if self.is_of_cohort and is_missing:
            self.add_error("cohort", str(_("Choose the cohort.")))
        return data

    def say(self, points: tuple[PointSaid, ...]) -> PlanSaid:
        """What is typed; what belongs to the other kind of plan is left out."""
        data = self.cleaned_data
        if self.is_of_cohort:
            return PlanSaid(points, cohort=data["cohort"])
        return PlanSaid(
            points,
            departments=frozenset(data["departments"]),
            diagnosis_prefixes=data["diagnosis_prefixes"],
            least_age=data["least_age"],
            most_age=data["most_age"],
            only_surgery=data["only_surgery"],
        )

    @classmethod
    def initial_of(cls, version: PlanVersion | None) -> dict[str, Any]:
        if version is None:
            return {"whom": cls.Whom.STAYS, "number": 0}
        plan = version.plan
        return {
            "name_zh": plan.name_zh,
            "name_en": plan.name_en,
            "whom": cls.Whom.COHORT if version.cohort_id else cls.Whom.STAYS,
            "cohort": version.cohort_id,
            "departments": [each.pk for each in version.departments.all()],
            "diagnosis_prefixes": ", ".join(version.diagnosis_prefixes),
            "least_age": version.least_age,
            "most_age": version.most_age,
            "only_surgery": version.only_surgery,
            "number": version.number,
        }


class PointForm(forms.Form):
    """One touch-point, a row of the form."""

    class Unit(TextChoices):
        DAYS = "days", pgettext_lazy("unit", "days")
        HOURS = "hours", pgettext_lazy("unit", "hours")

    key = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    mode = forms.ChoiceField(
        label=pgettext_lazy("touch-point", "How"), choices=Mode.choices
    )
    after = forms.IntegerField(
        label=pgettext_lazy("touch-point", "After"), min_value=0, max_value=9999
    )
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices)
    anchor = forms.ChoiceField(
        label=_("From when"),
        choices=[(each, each.label) for each in (Anchor.DISCHARGE, Anchor.ADMISSION)],
    )
    rhythm = forms.ChoiceField(
        label=_("How often"),
        required=False,
        choices=[("", _("Once")), *Rhythm.choices],
    )
    window = forms.IntegerField(label=_("Open for (days)"), min_value=1, max_value=60)
    script = forms.ModelChoiceField(
        Script.objects.none(),
        label=_("Script"),
        required=False,
        empty_label=_("Without a script"),
    )
    priority = forms.IntegerField(
        label=_("Priority"), min_value=0, max_value=HIGHEST_PRIORITY
    )

    def __init__(self, *args: Any, scripts: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["script"]
        field.queryset = Script.objects.filter(  # type: ignore[attr-defined]  # a ModelChoiceField
            versions__published_at__isnull=False
        ).distinct()
        # Loaded once for all rows.
        field.choices = [("", field.empty_label), *scripts]  # type: ignore[attr-defined]  # as above

    def say(self, *, is_of_cohort: bool) -> PointSaid:
        data = self.cleaned_data
        hours = DAY if data["unit"] == self.Unit.DAYS else 1
        return PointSaid(
            anchor=Anchor.JOINING if is_of_cohort else data["anchor"],
            mode=data["mode"],
            after_hours=data["after"] * hours,
            window_hours=data["window"] * DAY,
            script=data["script"],
            priority=data["priority"],
            rhythm=data["rhythm"] if is_of_cohort else "",
            key=data["key"],
        )

    @classmethod
    def initial_of(cls, point: PointSaid) -> dict[str, Any]:
        days, rest = divmod(point.after_hours, DAY)
        return {
            "key": point.key,
            "mode": point.mode,
            "after": point.after_hours if rest else days,
            "unit": cls.Unit.HOURS if rest else cls.Unit.DAYS,
            "anchor": point.anchor,
            "rhythm": point.rhythm,
            "window": -(-point.window_hours // DAY),
            "script": point.script.pk if point.script else "",
            "priority": point.priority,
        }

    @classmethod
    def blank(cls) -> dict[str, Any]:
        names: dict[str, Any] = {"mode": Mode.CALL, "unit": cls.Unit.DAYS}
        names |= {"anchor": Anchor.DISCHARGE, "rhythm": ""}
        return names | {"window": 4, "priority": 0}


class StayForm(forms.Form):
    """The stay that the preview imagines."""

    department = forms.ModelChoiceField(
        Department.objects.active(),
        label=_("Department"),
        required=False,
        empty_label=_("Any other"),
        widget=TypeAheadSelect({"data-placeholder": _("Name, code or first letters")}),
    )
    diagnosis_code = NameField(label=_("Diagnosis code"), required=False, max_length=20)
    age = forms.IntegerField(
        label=_("Age"), required=False, min_value=0, max_value=OLDEST
    )
    had_surgery = forms.BooleanField(label=_("With surgery"), required=False)

    @property
    def imagined(self) -> Imagined:
        data = self.cleaned_data
        code = data["diagnosis_code"]
        return Imagined(**data | {"diagnosis_code": code[:1].upper() + code[1:]})
