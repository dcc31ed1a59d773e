"""A counted measure, ready to be shown: its value, its change, its way to the rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol, Self
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dashboards.measures.definitions import Card, Part
from dashboards.measures.periods import Month

# A rate of fewer than these could point at one person; outside the centre it is kept.
FEWEST_SHOWN = 5
NOTHING = "—"


@dataclass(frozen=True)
class Count:
    """How many rows, and of a rate how many of them met it."""

    base: int = 0
    hits: int = 0

    @property
    def rate(self) -> float | None:
        """In per cent to one decimal; only all is 100 and only none is 0."""
        if not self.base:
            return None
        if self.hits in (0, self.base):
            return 100.0 * self.hits / self.base
        return min(max(round(100 * self.hits / self.base, 1), 0.1), 99.9)


@dataclass(frozen=True)
class Change:
    """The difference from the month before, in words; better, worse or neither."""

    text: str
    icon: str = "minus"
    tone: str = "grey"


class Measured(Protocol):
    """What a figure shows of its measure."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str | Promise: ...
    @property
    def icon(self) -> str: ...
    @property
    def card(self) -> Card: ...
    @property
    def hit_label(self) -> Promise | None: ...
    @property
    def rest_label(self) -> Promise | None: ...
    @property
    def is_rate(self) -> bool: ...
    @property
    def is_monthly(self) -> bool: ...
    @property
    def grows(self) -> bool: ...
    @property
    def higher_is_better(self) -> bool | None: ...
    @property
    def tells_answers(self) -> bool: ...


class Scoped(Protocol):
    """For whom a figure is counted, and of what."""

    @property
    def is_outside_centre(self) -> bool: ...
    @property
    def query(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Figure:
    measure: Measured
    scope: Scoped
    month: Month
    count: Count
    previous: Count | None = None
    history: list[Count] = field(default_factory=list)
    # Of how many open cases, where that says how bad it is.
    whole: int | None = None

    @property
    def is_suppressed(self) -> bool:
        return self._is_kept(self.count)

    @property
    def value(self) -> float | None:
        """For charts: the rate or the number; None where there is none to show."""
        return self._value_of(self.count)

    @property
    def text(self) -> str:
        if not self.measure.is_rate:
            return str(self.count.base)
        if self.value is None:
            return NOTHING
        return say_rate(self.value)

    @property
    def counts(self) -> str:
        """Both counts of a rate, in words."""
        if self.is_suppressed:
            return _("fewer than {count}").format(count=FEWEST_SHOWN)
        if not self.count.base:
            return _("none to count")
        return _("{hits} of {base}").format(hits=self.count.hits, base=self.count.base)

    @property
    def url(self) -> str:
        return self.url_of(Part.DENOMINATOR)

    @property
    def rest(self) -> int:
        """How many rows of a rate did not meet it."""
        return self.count_of(Part.REST)

    @property
    def rest_url(self) -> str:
        return self.url_of(Part.REST)

    def url_of(self, part: Part) -> str:
        """The list of the rows behind this figure."""
        query = {"month": str(self.month)} if self.measure.is_monthly else {}
        query |= self.scope.query
        if self.measure.is_rate:
            query["part"] = part.value
        return f"{self.address}?{urlencode(query)}" if query else self.address

    @property
    def address(self) -> str:
        return reverse("dashboards:figure_cases", args=[self.measure.key])

    @property
    def has_parts(self) -> bool:
        """Whether the rows may be told apart by how they ended.

        Not where the rate is kept back; and outside the centre nobody learns what one
        person answered.
        """
        if not self.measure.is_rate or self.is_suppressed:
            return False
        return not (self.measure.tells_answers and self.scope.is_outside_centre)

    def count_of(self, part: Part) -> int:
        if part is Part.NUMERATOR:
            return self.count.hits
        if part is Part.REST:
            return self.count.base - self.count.hits
        return self.count.base

    @property
    def trend(self) -> list[float | None]:
        return [self._value_of(count) for count in self.history]

    @property
    def by_month(self) -> list[Self]:
        """The figure of each month of the history, this month last."""
        months = self.month.last(len(self.history))
        return [
            replace(
                self, month=month, count=count, previous=None, history=[], whole=None
            )
            for month, count in zip(months, self.history, strict=True)
        ]

    @property
    def change(self) -> Change | None:
        """Against the month before; None where there is nothing to compare."""
        if self.previous is None:
            return None
        if self.measure.is_rate:
            return self._change_of_rate(self._value_of(self.previous))
        return self._change_of_count(self.previous.base)

    def _is_kept(self, count: Count) -> bool:
        few = 0 < count.base < FEWEST_SHOWN
        return self.measure.is_rate and few and self.scope.is_outside_centre

    def _value_of(self, count: Count) -> float | None:
        if not self.measure.is_rate:
            return count.base
        return None if self._is_kept(count) else count.rate

    def _change_of_rate(self, before: float | None) -> Change | None:
        if self.value is None:
            return None
        month = self.month.earlier(1).label
        if before is None:
            return Change(_("no figure in {month}").format(month=month), icon="")
        if self.month.is_current and self.measure.grows:
            text = _("so far; {rate} in {month}")
            return Change(text.format(rate=say_rate(before), month=month), icon="")
        points = round(self.value - before, 1)
        said = formats.number_format(abs(points), 1)
        if points > 0:
            text = _("{points} points more than in {month}")
        elif points < 0:
            text = _("{points} points less than in {month}")
        else:
            text = _("as in {month}")
        return self._judge(points, text.format(points=said, month=month))

    def _change_of_count(self, before: int) -> Change:
        if not self.measure.is_monthly:
            return self._change_since_last_month(before)
        month = self.month.earlier(1).label
        if self.month.is_current:
            # Part of a month against a whole one would always look like a fall.
            text = _("so far; {count} in the whole of {month}")
            return Change(text.format(count=before, month=month), icon="")
        more = self.count.base - before
        if more > 0:
            text = _("{count} more than in {month}")
        elif more < 0:
            text = _("{count} fewer than in {month}")
        else:
            text = _("as in {month}")
        return self._judge(more, text.format(count=abs(more), month=month))

    def _change_since_last_month(self, before: int) -> Change:
        month = Month.current().earlier(1).label
        more = self.count.base - before
        if more > 0:
            text = _("{count} more than at the end of {month}")
        elif more < 0:
            text = _("{count} fewer than at the end of {month}")
        else:
            text = _("as at the end of {month}")
        return self._judge(more, text.format(count=abs(more), month=month))

    def _judge(self, more: float, text: str) -> Change:
        if not more:
            return Change(text)
        icon = "trending-up" if more > 0 else "trending-down"
        if self.measure.higher_is_better is None:
            return Change(text, icon)
        better = (more > 0) == self.measure.higher_is_better
        return Change(text, icon, "green" if better else "amber")


def say_rate(rate: float) -> str:
    """93.2%, in the reader's way of writing numbers."""
    return f"{formats.number_format(rate, 1)}%"
