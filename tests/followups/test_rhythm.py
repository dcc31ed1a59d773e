"""When contacts of cohorts come back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from followups import rhythm as module
from followups.models import Rhythm
from followups.rhythm import nth_round, rounds_between
from tests.complaints.clock_world import moment

DAY = timedelta(days=1)
RHYTHMS = [rhythm.value for rhythm in Rhythm]
STARTS = st.datetimes(
    datetime(1980, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    datetime(2060, 1, 1),  # noqa: DTZ001  # as above
    timezones=st.just(UTC),
)


def days(start: str, rhythm: str, count: int) -> list[str]:
    rounds = (nth_round(moment(start), rhythm, number) for number in range(count))
    return [f"{timezone.localtime(each):%Y-%m-%d %H:%M}" for each in rounds]


def test_a_month_that_is_too_short_gives_its_last_day_and_the_next_is_whole_again() -> (
    None
):
    assert days("2026-01-31T09:30", Rhythm.MONTH, 5) == [
        "2026-01-31 09:30",
        "2026-02-28 09:30",
        "2026-03-31 09:30",
        "2026-04-30 09:30",
        "2026-05-31 09:30",
    ]


def test_a_leap_day_comes_back_on_the_29th_of_other_months() -> None:
    found = days("2024-02-29T00:00", Rhythm.MONTH, 49)
    assert found[:3] == ["2024-02-29 00:00", "2024-03-29 00:00", "2024-04-29 00:00"]
    assert [found[12], found[48]] == ["2025-02-28 00:00", "2028-02-29 00:00"]


def test_a_quarter_is_three_months_also_over_the_end_of_the_year() -> None:
    assert days("2025-11-30T08:00", Rhythm.QUARTER, 4) == [
        "2025-11-30 08:00",
        "2026-02-28 08:00",
        "2026-05-30 08:00",
        "2026-08-30 08:00",
    ]


def test_weeks_keep_the_day_of_the_week() -> None:
    assert days("2026-12-28T10:00", Rhythm.WEEK, 3) == [
        "2026-12-28 10:00",
        "2027-01-04 10:00",
        "2027-01-11 10:00",
    ]
    assert days("2026-12-28T10:00", Rhythm.FORTNIGHT, 2)[-1] == "2027-01-11 10:00"


@pytest.mark.parametrize("rhythm", [Rhythm.WEEK, Rhythm.MONTH])
def test_summer_time_does_not_move_the_hour_on_the_wall(rhythm: Rhythm) -> None:
    with timezone.override("Europe/Berlin"):
        start = timezone.make_aware(datetime(2026, 3, 25, 9))  # noqa: DTZ001  # it is
        after = nth_round(start, rhythm, 1)
        assert timezone.localtime(after).hour == 9
        passed = after.astimezone(UTC) - start.astimezone(UTC)
        assert passed % DAY == timedelta(hours=23)


def test_what_does_not_come_back_comes_once() -> None:
    start = moment("2026-03-10T09:00")
    assert list(rounds_between(start, "", start - DAY, start)) == [(0, start)]
    assert list(rounds_between(start, "", start, start + DAY)) == []
    assert nth_round(start, "", 7) == start


def test_nothing_comes_before_the_start() -> None:
    start = moment("2026-03-10T09:00")
    early = start - 400 * DAY
    assert list(rounds_between(start, Rhythm.WEEK, early, start - DAY)) == []
    assert list(rounds_between(start, Rhythm.WEEK, early, start)) == [(0, start)]


@given(
    start=STARTS,
    rhythm=st.sampled_from(RHYTHMS),
    ahead=st.integers(-2_000, 20_000),
    span=st.integers(0, 400),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]),
)
@settings(deadline=None)
def test_the_rounds_of_a_span_are_all_of_them_in_order(
    start: datetime, rhythm: str, ahead: int, span: int, zone: str
) -> None:
    since = start + timedelta(hours=12 * ahead)
    until = since + span * DAY
    with timezone.override(zone):
        found = list(rounds_between(start, rhythm, since, until))
        assert all(since < each <= until for __, each in found)
        assert all(one[0] + 1 == other[0] for one, other in pairwise(found))
        assert all(one[1] < other[1] for one, other in pairwise(found))
        assert all(nth_round(start, rhythm, number) == each for number, each in found)
        if found:
            first, last = found[0][0], found[-1][0]
            assert not first or nth_round(start, rhythm, first - 1) <= since
            assert nth_round(start, rhythm, last + 1) > until


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_the_work_does_not_grow_with_the_years(
    rhythm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(start: datetime, rhythm: str, number: int) -> datetime:
        asked.append(number)
        return nth_round(start, rhythm, number)

    monkeypatch.setattr(module, "nth_round", counted)
    start = moment("1960-01-31T09:00")
    since = moment("2026-03-10T09:00")
    assert list(rounds_between(start, rhythm, since, since + 120 * DAY))
    assert len(asked) <= 22
