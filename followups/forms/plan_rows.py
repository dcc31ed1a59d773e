"""The rows of touch-points: added, taken away, read; nothing typed is lost by it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from followups.forms.plans import PointForm
from followups.models import Script
from followups.services.planning.content import MOST_POINTS, PointSaid
from hospital.exceptions import RuleViolation

PREFIX = "points"
COUNT = f"{PREFIX}-count"


@dataclass(frozen=True)
class Rows:
    """The forms of the rows; `fresh` is the row to begin typing in, if there is one."""

    forms: list[PointForm]
    fresh: int | None = None

    def __iter__(self) -> Iterator[PointForm]:
        return iter(self.forms)

    def are_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    @property
    def is_full(self) -> bool:
        return len(self.forms) >= MOST_POINTS

    def say(self, *, is_of_cohort: bool) -> tuple[PointSaid, ...]:
        return tuple(form.say(is_of_cohort=is_of_cohort) for form in self.forms)

    def add_refusal(self, refusal: RuleViolation) -> bool:
        """The sentence beside the row it is about; whether it is about one."""
        row, __, name = (refusal.field or "").partition(".")
        if not row.isdecimal() or int(row) >= len(self.forms):
            return False
        self.forms[int(row)].add_error(name, str(refusal.message))
        return True


def rows_of(points: Iterable[PointSaid]) -> Rows:
    """The touch-points of a version, to be changed."""
    return _unbound([PointForm.initial_of(point) for point in points])


def blank_rows() -> Rows:
    return _unbound([PointForm.blank()])


def read_rows(data: Mapping[str, Any]) -> Rows:
    """The rows as they were sent, to be checked."""
    scripts = _scripts()
    forms = [
        PointForm(data, prefix=f"{PREFIX}-{number}", scripts=scripts)
        for number in range(_count(data))
    ]
    return Rows(forms)


def change_rows(data: Mapping[str, Any], do: str) -> Rows:
    """The rows as typed, with one more ("add") or one less ("drop-2")."""
    typed = [_typed(data, number) for number in range(_count(data))]
    verb, __, row = do.partition("-")
    if verb == "add" and len(typed) < MOST_POINTS:
        return _unbound([*typed, PointForm.blank()], fresh=len(typed))
    if verb == "drop" and row.isdecimal() and int(row) < len(typed):
        del typed[int(row)]
    return _unbound(typed)


def _typed(data: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        name: data.get(f"{PREFIX}-{number}-{name}", "")
        for name in PointForm.base_fields
    }


def _unbound(initials: list[dict[str, Any]], fresh: int | None = None) -> Rows:
    scripts = _scripts()
    forms = [
        PointForm(initial=initial, prefix=f"{PREFIX}-{number}", scripts=scripts)
        for number, initial in enumerate(initials)
    ]
    if fresh is not None:
        forms[fresh].fields["mode"].widget.attrs["autofocus"] = True
    return Rows(forms, fresh)


def _count(data: Mapping[str, Any]) -> int:
    text = str(data.get(COUNT, ""))
    # One more than may be: the service says that it is too many.
    return min(int(text), MOST_POINTS + 1) if text.isdecimal() and len(text) < 6 else 0


def _scripts() -> list[tuple[int, str]]:
    published = Script.objects.filter(versions__published_at__isnull=False).distinct()
    return [(script.pk, script.name) for script in published]
