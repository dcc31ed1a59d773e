"""What a supervisor fills in: whom calls go to, and what an agent takes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.models import Patient
from followups.services.supervision.agents import DAILY_TARGET, HIGHEST_TARGET, AgentDay
from followups.services.supervision.assigning import MOST_EACH
from followups.services.supervision.dealing import Order
from hospital.models import Department, User

STEPS = ("5", "10", "20", "50")
OTHER = "other"
NOBODY = "nobody"
GOOD_FOR = 900  # seconds in which a preview may be carried out
SALT = "assigning"


class AssignForm(forms.Form):
    """How many calls each agent is to get, and from which departments."""

    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.active(),
        required=False,
        help_text=_("None chosen: all departments."),
        widget=forms.SelectMultiple(attrs={"data-combobox": ""}),
    )
    step = forms.ChoiceField(
        label=_("Calls for each agent"),
        choices=[*((step, step) for step in STEPS), (OTHER, _("Another number"))],
        initial="20",
        widget=forms.RadioSelect,
    )
    each = forms.IntegerField(
        label=_("How many, if another number"),
        required=False,
        min_value=1,
        max_value=MOST_EACH,
    )
    agents = forms.TypedMultipleChoiceField(
        label=_("Agents"),
        coerce=int,
        error_messages={"required": _("Choose the agents.")},
    )

    def __init__(self, *args: Any, days: Sequence[AgentDay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = [day.user.pk for day in days if day.is_present]
        agents = self.fields["agents"]
        assert isinstance(agents, forms.TypedMultipleChoiceField)  # noqa: S101  # so declared above
        agents.choices = [(day.user.pk, day.user.name) for day in days]

    @property
    def ticked(self) -> set[int]:
        """Everybody who is there, until somebody has chosen."""
        if not self.is_bound:
            return set(self.present)
        sent = self["agents"].value() or []
        return {int(key) for key in sent if key.isdecimal()}

    def clean_agents(self) -> list[User]:
        """Who is away and was sent nevertheless is left to the service to name."""
        chosen: list[int] = self.cleaned_data["agents"]
        found = User.objects.filter(pk__in=chosen).order_by("employee_number")
        return list(found)

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or {}
        if words.get("step") == OTHER and not words.get("each"):
            if "each" not in self.errors:
                self.add_error("each", _("Say how many calls."))
        elif words.get("step") and words["step"] != OTHER:
            words["each"] = int(words["step"])
        return words


def write_order(order: Order) -> str:
    """The order that a preview showed, for the button that carries it out."""
    words = {"aims": dict(order.aims), "departments": list(order.departments)}
    return signing.dumps(words, salt=SALT)


def read_order(text: str) -> Order | None:
    """The order again; None when it is too old or not ours."""
    try:
        words = signing.loads(text, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    aims = {int(agent): aim for agent, aim in words["aims"].items()}
    return Order(aims, tuple(words["departments"]))


class AssignOneForm(forms.Form):
    agent = forms.ChoiceField(
        label=pgettext_lazy("of a call", "Assigned to"), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, days: Sequence[AgentDay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(day.user.pk): day.user for day in days if day.is_present}
        names = [(key, user.name) for key, user in self.people.items()]
        agent = self.fields["agent"]
        assert isinstance(agent, forms.ChoiceField)  # noqa: S101  # so declared above
        agent.choices = [(NOBODY, _("Nobody: whoever is free")), *names]

    def clean_agent(self) -> User | None:
        return self.people.get(self.cleaned_data["agent"])


class ProfileForm(forms.Form):
    """What an agent takes on."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=Patient.Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: calls in every language."),
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.active(),
        required=False,
        help_text=_("None chosen: all departments."),
        widget=forms.SelectMultiple(attrs={"data-combobox": ""}),
    )
    daily_target = forms.IntegerField(
        label=_("Calls a day"),
        min_value=1,
        max_value=HIGHEST_TARGET,
        initial=DAILY_TARGET,
    )
