"""What people enter about how they are told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hospital.forms import TypeAheadSelect
from hospital.models import Department, User
from notifications.models import Channel, DeliveryState, QuietHours
from notifications.permissions import channels_open_to


class AddressForm(forms.Form):
    """An address of one's own; the fields are the keywords of `add_address`."""

    for_department = False

    channel = forms.ChoiceField(label=_("Channel"), widget=forms.RadioSelect)
    url = forms.CharField(
        label=_("Address"),
        max_length=900,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "For a group robot the webhook address that the app lets you copy; for "
            "text messages the mobile number. It is kept like a password: nobody is "
            "shown it again."
        ),
    )
    label = forms.CharField(
        label=_("Note to yourself"),
        max_length=60,
        required=False,
        help_text=_("For example: group of the night shift"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = channels_open_to(user, for_department=self.for_department)
        field = self.fields["channel"]
        field.choices = [(each.value, each.label) for each in offered]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_channel(self) -> Channel:
        return Channel(self.cleaned_data["channel"])


class DepartmentAddressForm(AddressForm):
    for_department = True

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.active(),
        widget=TypeAheadSelect,
    )
    field_order = ("department", "channel", "url", "label")


class QuietHoursForm(forms.Form):
    starts = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    @classmethod
    def of(cls, user: User) -> "QuietHoursForm":
        """The form with what the person has chosen."""
        hours = QuietHours.objects.filter(user=user).first()
        given = {"starts": hours.starts, "ends": hours.ends} if hours else {}
        return cls(initial=given)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = data.get("starts"), data.get("ends")
        if self.errors:
            return data
        if (starts is None) != (ends is None):
            self.add_error("ends", _("Give both times, or neither."))
        elif starts is not None and starts == ends:
            self.add_error("ends", _("The quiet hours end when they begin."))
        return data


class DeliveryFilterForm(forms.Form):
    """Which deliveries the list shows; nonsense shows the first heap."""

    show = forms.ChoiceField(choices=DeliveryState.choices, required=False)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("All")), *Channel.choices], required=False
    )

    def state(self) -> DeliveryState:
        self.is_valid()
        return DeliveryState(self.cleaned_data.get("show") or DeliveryState.GIVEN_UP)

    def chosen_channel(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("channel", ""))
