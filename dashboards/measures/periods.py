"""A month in the hospital's time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import formats, timezone

from hospital import clock

FIRST_YEAR = 2000
_KEY = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> Month:
        """The month a moment falls in, where the hospital is."""
        local = timezone.localtime(moment, timezone.get_default_timezone())
        return cls(local.year, local.month)

    @classmethod
    def current(cls) -> Month:
        return cls.of(clock.now())

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """The month written as 2026-11; None if it is none, or has not begun."""
        found = _KEY.fullmatch(text)
        if found is None:
            return None
        month = cls(int(found[1]), int(found[2]))
        if month.year < FIRST_YEAR or not 1 <= month.number <= 12:
            return None
        return month if month <= cls.current() else None

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def start(self) -> datetime:
        """Midnight before the first day."""
        midnight = datetime.combine(self.first, time())
        return timezone.make_aware(midnight, timezone.get_default_timezone())

    @property
    def end(self) -> datetime:
        """Midnight after the last day; no longer in the month."""
        return self.later(1).start

    @property
    def label(self) -> str:
        """In the reader's words: November 2026."""
        return formats.date_format(self.first, "YEAR_MONTH_FORMAT")

    @property
    def is_current(self) -> bool:
        return self == Month.current()

    def later(self, count: int) -> Month:
        year, index = divmod(self.year * 12 + self.number - 1 + count, 12)
        return Month(year, index + 1)

    def earlier(self, count: int) -> Month:
        return self.later(-count)

    def last(self, count: int) -> list[Month]:
        """That many months in a row, this one last."""
        return [self.earlier(back) for back in reversed(range(count))]
