"""Drawing calls for a check, and the score card."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import CleanCharField
from followups.score_card import CARD, Criterion
from followups.services.supervision.quality import MOST_EACH, MOST_LETTERS
from hospital import clock

NOT_APPLICABLE = "na"
MARKS = (
    ("2", _("Met")),
    ("1", _("Partly met")),
    ("0", _("Not met")),
    (NOT_APPLICABLE, _("Does not apply")),
)


class DrawForm(forms.Form):
    """Which calls are put into the hat, and how many come out of it."""

    first = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    each = forms.IntegerField(
        label=_("Calls of each agent"), min_value=1, max_value=MOST_EACH, initial=3
    )
    seconds = forms.IntegerField(
        label=_("Talks of at least (seconds)"),
        min_value=0,
        max_value=3600,
        initial=30,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["first"].initial = today - timedelta(days=7)
        self.fields["last"].initial = today - timedelta(days=1)


class CheckForm(forms.Form):
    """One choice for each criterion of the card, and what is to be said of the call."""

    comment = CleanCharField(
        label=_("Comment"),
        required=False,
        max_length=MOST_LETTERS,
        help_text=_("The agent reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {each.key: _mark_of(each) for each in CARD} | self.fields

    def read_points(self) -> dict[str, int | None]:
        """The points by criterion; None where it does not apply."""
        marks = {each.key: self.cleaned_data[each.key] for each in CARD}
        return {
            key: None if mark == NOT_APPLICABLE else int(mark)
            for key, mark in marks.items()
        }


def _mark_of(criterion: Criterion) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=str(criterion.title),
        help_text=str(criterion.hint),
        choices=MARKS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Score every criterion.")},
    )
