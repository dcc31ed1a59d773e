"""The statutory calendar of China, as the `holidays` package knows it.

Each year is read once into an unchanging record. The package fills its years while it
is asked, which two threads must not watch, and learns of a make-up day in December
only with the holiday of the January after it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SATURDAY = 5
# "Day off (substituted from 01/04/2026)"
_MADE_UP_ON = re.compile(r"substituted from (\d\d)/(\d\d)/(\d{4})")


@dataclass(frozen=True)
class StatutoryYear:
    """Days off by name, those worked on another day instead, and worked weekends."""

    names_zh: Mapping[date, str]
    names_en: Mapping[date, str]
    substituted: Mapping[date, date]
    made_up: frozenset[date]


def is_statutory_holiday(day: date) -> bool:
    return day in statutory_year(day.year).names_en


def is_made_up(day: date) -> bool:
    """Whether it is a weekend day that offices work (调休)."""
    return day in statutory_year(day.year).made_up


def is_announced(year: int) -> bool:
    """Whether the package knows the year's make-up days; else weekends are a guess."""
    return bool(statutory_year(year).substituted)


def holiday_name(day: date) -> str:
    """The name of a statutory day off in the reader's language, else nothing."""
    year = statutory_year(day.year)
    if day in year.substituted:
        worked = year.substituted[day].isoformat()
        return _("Day off, worked on {day} instead").format(day=worked)
    if (get_language() or "").startswith("zh"):
        return year.names_zh.get(day, "")
    return year.names_en.get(day, "")


@cache
def statutory_year(year: int) -> StatutoryYear:
    english, chinese = _read(year, "en_US"), _read(year, "zh_CN")
    names = {day: name for day, name in english.items() if day.year == year}
    substituted = {
        day: date(int(match[3]), int(match[1]), int(match[2]))
        for day, name in names.items()
        if (match := _MADE_UP_ON.search(name))
    }
    return StatutoryYear(
        names_zh={day: chinese[day].replace("; ", "、") for day in names},
        names_en=names,
        substituted=substituted,
        made_up=frozenset(day for day in english.weekend_workdays if day.year == year),
    )


def _read(year: int, language: str) -> holidays.HolidayBase:
    around = (year - 1, year, year + 1)
    return holidays.country_holidays(
        "CN", years=around, expand=False, language=language
    )
