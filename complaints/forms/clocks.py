"""Forms of the clocks: stopping them, promising the person, asking for more time."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.forms.cases import CaseForm, RevisionForm
from complaints.forms.fields import CleanCharField
from complaints.models import Clock, Deadline, Pause
from complaints.permissions import CENTRE
from complaints.services.promises import PROMISE_LENGTH
from complaints.services.timekeeping import timekeeper
from complaints.services.words import SHORT
from hospital import clock
from hospital.forms import TypeAheadSelect
from hospital.models import User

OTHER = "other"
FRIDAY = 4
MORE_DAYS = 5  # working days that are proposed when more time is asked for


def _text(label: Any, *, limit: int = SHORT, rows: int = 3, **options: Any) -> Any:
    widget = forms.Textarea(attrs={"rows": rows})
    return CleanCharField(label=label, max_length=limit, widget=widget, **options)


def _moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(label=label, widget=widget, required=required)


class PauseForm(RevisionForm):
    waits_for = forms.ChoiceField(
        label=gettext_lazy("Who is waited for"),
        choices=Pause.WaitsFor.choices,
        widget=forms.RadioSelect,
        initial=Pause.WaitsFor.PERSON,
    )
    reason = _text(
        gettext_lazy("What is waited for"),
        help_text=gettext_lazy(
            "For colleagues of the centre; the person only reads that we wait."
        ),
    )


class PromiseForm(RevisionForm):
    text = _text(
        gettext_lazy("What was promised"),
        limit=PROMISE_LENGTH,
        rows=2,
        error_messages={"required": gettext_lazy("Write what was promised.")},
    )
    when = forms.CharField(label=gettext_lazy("By when"), widget=forms.RadioSelect)
    due_at = _moment(gettext_lazy("Another time"), required=False)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who keeps it"),
        queryset=User.objects.none(),
        widget=TypeAheadSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moments = suggest_moments(clock.now())
        choices = [*moments, (OTHER, _("Another time"))]
        self.fields["when"].widget.choices = choices
        self.fields["when"].initial = choices[0][0]
        owner: Any = self.fields["owner"]
        owner.queryset = self._colleagues()
        owner.initial = self.user.pk

    def _colleagues(self) -> Any:
        named = self.case.subjects.exclude(named_staff=None).values("named_staff")
        return User.objects.active().with_role(*CENTRE).exclude(pk__in=named)

    def clean(self) -> None:
        """`due_at` from the choice; the service takes no `when`."""
        when = self.cleaned_data.pop("when", "")
        if when and when != OTHER:
            self.cleaned_data["due_at"] = read_moment(when)
        if "due_at" not in self.errors and not self.cleaned_data.get("due_at"):
            field = "due_at" if when == OTHER else "when"
            self.add_error(field, _("Say by when."))


def suggest_moments(now: datetime) -> list[tuple[str, str]]:
    """Quick answers to "by when": later today, tomorrow, at the end of the week."""
    today = timezone.localdate(now)
    evening, morning = time(17), time(10)
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    offered = [
        (_("Today {time}"), today, evening),
        (_("Tomorrow {time}"), today + timedelta(days=1), morning),
        (_("Friday {time}"), friday, evening),
    ]
    zone = timezone.get_default_timezone()
    moments: dict[datetime, str] = {}
    for words, day, at in offered:
        moment = datetime.combine(day, at, zone)
        if moment > now:
            said = words.format(time=date_format(moment, "H:i"))
            moments.setdefault(moment, said)
    return [(f"{moment:%Y-%m-%dT%H:%M}", words) for moment, words in moments.items()]


def read_moment(text: str) -> datetime | None:
    """The local time a quick answer stands for, also when it was offered earlier."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or not timezone.is_naive(moment):
        return None
    return timezone.make_aware(moment, timezone.get_default_timezone())


class ExtensionForm(RevisionForm):
    deadline = forms.ModelChoiceField(
        label=gettext_lazy("For which clock"),
        queryset=Deadline.objects.none(),
        empty_label=None,
    )
    until = _moment(gettext_lazy("Until"))
    reason = _text(gettext_lazy("Why the time does not suffice"))
    words = _text(
        gettext_lazy("What the person is told"),
        required=False,
        help_text=gettext_lazy(
            "Stands on the tracking page with the new date once it is granted."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = self.case.deadlines.running().of_case()
        field: Any = self.fields["deadline"]
        field.queryset = running
        field.label_from_instance = _name_clock
        likely = _likeliest(list(running))
        if likely is not None:
            field.initial = likely.pk
            self.fields["until"].initial = _propose(likely)
        self.fields["words"].initial = _(
            "We need more time to look into your matter with care. We are sorry that "
            "you have to wait longer, and thank you for your patience."
        )


def _name_clock(deadline: Any) -> str:
    return _("{clock}, due {moment}").format(
        clock=deadline.get_clock_display(),
        moment=date_format(timezone.localtime(deadline.due_at), "Y-m-d H:i"),
    )


def _likeliest(running: list[Deadline]) -> Deadline | None:
    """The feedback if it runs: more time is nearly always asked for that."""
    feedback = [each for each in running if each.clock == Clock.FEEDBACK]
    return next(iter(feedback or running), None)


def _propose(deadline: Deadline) -> datetime:
    keeper = timekeeper()
    later = max(deadline.due_at, clock.now())
    office = keeper.calendars.office
    return timezone.localtime(keeper.close_of_business(later, MORE_DAYS, office))


class RefuseExtensionForm(CaseForm):
    answer = _text(gettext_lazy("Why no more time is granted"))
