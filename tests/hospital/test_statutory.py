from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.utils import translation

from hospital.statutory import (
    holiday_name,
    is_announced,
    is_made_up,
    is_statutory_holiday,
    statutory_year,
)
from hospital.working_time import is_working_day


def test_the_years_of_the_state_councils_notices_are_known() -> None:
    assert [year for year in range(1995, 2027) if is_announced(year)] == list(
        range(2001, 2027)
    )


@pytest.mark.parametrize("year", [1, 1900, 1949, 2000, 2090, 2150, 9998])
def test_the_years_the_package_does_not_know_are_reported(year: int) -> None:
    assert not is_announced(year)


def test_a_make_up_day_in_december_is_known_before_january_is_asked_for() -> None:
    statutory_year.cache_clear()
    assert is_made_up(date(2011, 12, 31))
    assert is_working_day(date(2005, 12, 31))


def test_threads_that_ask_first_all_get_the_whole_year() -> None:
    """The package marks a year as read before it has read it."""
    statutory_year.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(is_statutory_holiday, [date(2025, 10, 1)] * 64)
    assert set(answers) == {True}


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2025, 10, 1), "国庆节", "National Day"),
        (date(2020, 10, 1), "中秋节、国庆节", "Mid-Autumn Festival; National Day"),
        (date(2026, 4, 6), "清明节（补假）", "Tomb-Sweeping Day (observed)"),
        (date(2025, 9, 30), "", ""),
    ],
)
def test_a_holiday_is_named_in_the_readers_language(
    day: date, chinese: str, english: str
) -> None:
    with translation.override("zh-hans"):
        assert holiday_name(day) == chinese
    with translation.override("en"):
        assert holiday_name(day) == english


def test_a_day_off_names_the_day_that_is_worked_instead() -> None:
    with translation.override("en"):
        name = holiday_name(date(2025, 10, 8))
    assert name == "Day off, worked on 2025-10-11 instead"


def test_each_substituted_day_off_is_made_up_on_a_weekend() -> None:
    for year in range(2001, 2027):
        for off, worked in statutory_year(year).substituted.items():
            assert not is_working_day(off)
            assert is_working_day(worked)
            assert worked.weekday() >= 5


def test_a_year_has_about_two_hundred_and_fifty_working_days() -> None:
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert sum(map(is_working_day, days)) == 248
