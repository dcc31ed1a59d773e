"""Working-day arithmetic on the Chinese statutory calendar, make-up days included.

The calendar (days off and 调休 working weekends, announced by the State Council each
year) comes from the `holidays` package.
"""

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: make-up weekends yes, holidays no."""
    return _calendar().is_working_day(day)


def add_working_days(start: date, days: int) -> date:
    """The working day `days` after `start`; the start day is not counted.

    Source: Civil Code of the PRC, article 201.
    """
    if days < 0:
        raise ValueError("days must not be negative")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day
