"""Years whose make-up days nobody has written down yet."""

from datetime import date

from hospital.calendars import Calendars, load_calendars, recent_calendars
from hospital.statutory import is_announced

ANNOUNCED_BY = 12  # the State Council's notice comes in November; December is late


def years_needed(today: date) -> list[int]:
    """The years in which due times fall: this one, and from December the next."""
    return [today.year, today.year + 1][: 1 + (today.month >= ANNOUNCED_BY)]


def find_unknown_year(today: date, *, recently: bool = False) -> int | None:
    """The first needed year without make-up days; no query while all are announced.

    `recently` takes the calendars of the last minute, for a line on every page.
    """
    missing = [year for year in years_needed(today) if not is_announced(year)]
    if not missing:
        return None
    calendars: Calendars = recent_calendars() if recently else load_calendars()
    return next((year for year in missing if not calendars.knows(year)), None)
