"""What an operator should hear at the start."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.db import DatabaseError

from hospital import clock
from hospital.announcements import find_unknown_year


@register()
def check_years_are_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without make-up days, working days of the year would silently be wrong."""
    try:
        year = find_unknown_year(clock.today())
    except DatabaseError:  # a build, or before the first migration: nobody works here
        return []
    if year is None:
        return []
    return [
        Warning(
            f"The make-up working days of {year} are not known: its weekends are "
            "counted as days off.",
            hint="Import the State Council's notice on the page “Working calendar”, "
            "or install a newer release of the package `holidays`.",
            id="hospital.W001",
        )
    ]
