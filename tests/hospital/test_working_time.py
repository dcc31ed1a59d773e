from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.working_time import (
    DAY,
    Slot,
    WorkingCalendar,
    add_working_days,
    add_working_time,
    is_working_day,
    subtract_working_time,
    working_time_between,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkingCalendar.office(Slot(time(8), time(12)), Slot(time(14), time(18)))
ALWAYS = WorkingCalendar.around_the_clock()
CALENDARS = st.sampled_from(
    [
        OFFICE,
        ALWAYS,
        WorkingCalendar(((Slot(time(8), time(12)),),) * 6 + ((),)),
        WorkingCalendar.office(Slot(time(22), time(0)), zone=ZoneInfo("Europe/Berlin")),
        WorkingCalendar.around_the_clock(zone=ZoneInfo("America/New_York")),
    ]
)
MOMENTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - the zone comes from the next line
    datetime(2026, 10, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
DURATIONS = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]  # year … minute


@pytest.mark.parametrize(
    ("received", "five", "ten"),
    [
        # National Day with a make-up Saturday; make-up Sunday and Spring Festival;
        # due on a make-up Sunday (arrangements of the State Council).
        (date(2025, 9, 29), date(2025, 10, 13), date(2025, 10, 20)),
        (date(2025, 1, 24), date(2025, 2, 7), date(2025, 2, 13)),
        (date(2024, 9, 13), date(2024, 9, 23), date(2024, 9, 29)),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_days(
    received: date, five: date, ten: date
) -> None:
    assert add_working_days(received, 5) == five
    assert add_working_days(received, 10) == ten


def test_no_days_is_the_start_day_even_on_a_holiday() -> None:
    assert add_working_days(date(2025, 10, 1), 0) == date(2025, 10, 1)


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2025, 10, 1), -1)


def test_a_calendar_that_never_works_is_refused_not_waited_for() -> None:
    with pytest.raises(ValueError, match="too few"):
        add_working_days(date(2025, 1, 1), 1, works=lambda day: False)
    never = WorkingCalendar(((),) * 7)
    with pytest.raises(ValueError, match="too little"):
        add_working_time(local(2025, 1, 6), timedelta(hours=1), never)
    with pytest.raises(ValueError, match="too little"):
        subtract_working_time(local(2025, 1, 6), timedelta(hours=1), never)


def test_the_hours_run_over_lunch_night_and_the_whole_holiday() -> None:
    due = add_working_time(local(2025, 9, 30, 16), timedelta(hours=10), OFFICE)
    assert due == local(2025, 10, 9, 18)


def test_a_make_up_saturday_has_mondays_hours() -> None:
    assert OFFICE.slots(date(2025, 10, 11)) == OFFICE.slots(date(2025, 10, 13))
    assert OFFICE.slots(date(2025, 10, 12)) == ()


def test_a_make_up_saturday_has_mondays_hours_where_saturdays_are_shorter_too() -> None:
    morning, whole = Slot(time(8), time(12)), Slot(time(8), time(18))
    shop = WorkingCalendar(((whole,),) * 5 + ((morning,), ()))
    assert shop.slots(date(2025, 10, 18)) == (morning,)
    assert shop.slots(date(2025, 10, 11)) == (whole,)


def test_who_works_weekends_only_works_a_make_up_saturday_as_any_saturday() -> None:
    night = Slot(time(18), time(0))
    weekend = WorkingCalendar(((),) * 5 + ((night,), (night,)))
    assert weekend.slots(date(2025, 10, 11)) == (night,)
    assert weekend.slots(date(2025, 10, 13)) == ()


def test_time_is_taken_away_over_lunch_night_and_the_whole_holiday() -> None:
    start = subtract_working_time(local(2025, 10, 9, 18), timedelta(hours=10), OFFICE)
    assert start == local(2025, 9, 30, 16)


def test_taking_nothing_away_stays_where_one_is() -> None:
    noon = local(2025, 10, 1, 12)
    assert subtract_working_time(noon, timedelta(0), OFFICE) == noon


@pytest.mark.parametrize("reckon", [add_working_time, subtract_working_time])
def test_a_negative_duration_is_refused(
    reckon: Callable[[datetime, timedelta, WorkingCalendar], datetime],
) -> None:
    with pytest.raises(ValueError, match="negative"):
        reckon(local(2025, 1, 6), timedelta(minutes=-1), OFFICE)


def test_around_the_clock_counts_holidays_and_nights() -> None:
    due = add_working_time(local(2025, 9, 30, 16), timedelta(hours=10), ALWAYS)
    assert due == local(2025, 10, 1, 2)


def test_the_hospitals_own_days_override_the_statutory_ones() -> None:
    own = WorkingCalendar.office(
        Slot(time(8), time(12)),
        overrides={date(2025, 10, 1): True, date(2025, 9, 30): False},
    )
    assert own.works(date(2025, 10, 1))
    assert not own.works(date(2025, 9, 30))


def test_a_slot_across_the_change_of_clocks_has_its_true_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = WorkingCalendar.around_the_clock(zone=berlin)
    spring = datetime(2025, 3, 30, 0, tzinfo=berlin)
    autumn = datetime(2025, 10, 26, 0, tzinfo=berlin)
    day = timedelta(days=1)
    assert working_time_between(spring, spring + day, night) == timedelta(hours=23)
    assert working_time_between(autumn, autumn + day, night) == timedelta(hours=25)


@pytest.mark.parametrize(
    "slots",
    [
        (Slot(time(8), time(12)), Slot(time(11), time(18))),
        (Slot(time(14), time(18)), Slot(time(8), time(12))),
        (Slot(time(18), time(0)), Slot(time(20), time(21))),
    ],
)
def test_slots_that_overlap_or_run_backwards_are_refused(
    slots: tuple[Slot, ...],
) -> None:
    with pytest.raises(ValueError, match="follow"):
        WorkingCalendar.office(*slots)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        WorkingCalendar(((),) * 6)


def test_a_slot_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Slot(time(12), time(8))


@given(MOMENTS, DURATIONS, CALENDARS)
def test_adding_then_measuring_gives_the_time_back(
    start: datetime, duration: timedelta, calendar: WorkingCalendar
) -> None:
    due = add_working_time(start, duration, calendar)
    assert working_time_between(start, due, calendar) == duration
    assert working_time_between(due, start, calendar) == -duration


@given(MOMENTS, DURATIONS, DURATIONS, CALENDARS)
def test_time_added_in_parts_is_time_added_at_once(
    start: datetime, one: timedelta, two: timedelta, calendar: WorkingCalendar
) -> None:
    parts = add_working_time(add_working_time(start, one, calendar), two, calendar)
    assert parts == add_working_time(start, one + two, calendar) or not two


@given(MOMENTS, DURATIONS, CALENDARS)
def test_taking_away_is_the_inverse_of_adding(
    moment: datetime, duration: timedelta, calendar: WorkingCalendar
) -> None:
    start = subtract_working_time(moment, duration, calendar)
    assert working_time_between(start, moment, calendar) == duration
    due = add_working_time(moment, duration, calendar)
    back = subtract_working_time(due, duration, calendar)
    # The last moment that leads there: not before the one it started from.
    assert back >= moment
    assert working_time_between(moment, back, calendar) == timedelta(0)
    if duration:
        assert add_working_time(back, duration, calendar) == due


@given(MOMENTS, DURATIONS, CALENDARS)
def test_taking_away_finds_the_last_such_moment(
    end: datetime, duration: timedelta, calendar: WorkingCalendar
) -> None:
    start = subtract_working_time(end, duration, calendar)
    later = start + timedelta(minutes=1)
    if duration:
        assert working_time_between(later, end, calendar) < duration


@given(MOMENTS, DURATIONS)
def test_the_statutory_holidays_never_make_a_deadline_earlier_than_no_holidays_at_all(
    start: datetime, duration: timedelta
) -> None:
    """Make-up days only give back what the same notice took."""
    everyday = WorkingCalendar((OFFICE.week[0],) * 7, keeps_holidays=False)
    off = {
        day: False
        for n in range(400)
        if not is_working_day(day := start.astimezone(SHANGHAI).date() + n * DAY)
    }
    kept = replace(everyday, overrides=off)
    due = add_working_time(start, duration, kept)
    assert due == add_working_time(start, duration, OFFICE)
    assert due >= add_working_time(start, duration, everyday)


@given(MOMENTS, DURATIONS)
def test_a_holiday_never_makes_a_deadline_earlier(
    start: datetime, duration: timedelta
) -> None:
    without = WorkingCalendar(OFFICE.week, keeps_holidays=False)
    holiday = start.astimezone(SHANGHAI).date() + timedelta(days=3)
    with_holiday = WorkingCalendar(
        OFFICE.week, keeps_holidays=False, overrides={holiday: False}
    )
    plain = add_working_time(start, duration, without)
    assert add_working_time(start, duration, with_holiday) >= plain


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(1, 30))
def test_a_deadline_in_days_falls_on_a_working_day_after_the_start(
    start: date, days: int
) -> None:
    due = add_working_days(start, days)
    assert is_working_day(due)
    assert due > start
