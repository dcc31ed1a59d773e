"""The parts of the day in which people may be called, as the settings tell them."""

from datetime import time, timedelta
from typing import Any

import pytest

from followups import tasks
from followups.call_hours import day_part, next_call_time, read_day_parts
from followups.checks import check_day_parts
from followups.services.calls.sheet import later_choices
from hospital import clock
from tests.complaints.clock_world import moment
from tests.followups.world import DAY, NOW, discharge, make_plan

WHOLE_DAY = "morning=00:00-12:00,afternoon=12:00-18:00,evening=18:00-24:00"


def test_hours_are_read_in_their_order() -> None:
    parts = read_day_parts("early=08:00-09:30, late=18:00-24:00")
    assert [(part.name, part.start, part.end) for part in parts] == [
        ("early", time(8), time(9, 30)),
        ("late", time(18), time(0)),
    ]


@pytest.mark.parametrize("at", ["00:00", "11:59", "12:00", "23:59"])
def test_a_whole_day_has_no_quiet_hour(settings: Any, at: str) -> None:
    settings.CALL_DAY_PARTS = WHOLE_DAY
    now = moment(f"2026-03-10T{at}")
    assert (day_part(now) != "", next_call_time(now)) == (True, now)


def test_a_sunday_within_the_national_holiday_is_quiet() -> None:
    assert day_part(moment("2026-10-04T10:00")) == ""
    assert next_call_time(moment("2026-10-02T10:00")) == moment("2026-10-08T09:00")


def test_a_weekend_beside_a_holiday_is_not_quiet() -> None:
    """Qingming of 2026 ends on a Monday; the Saturday after it is as usual."""
    assert day_part(moment("2026-04-11T10:00")) == "morning"


def test_holidays_may_be_opened(settings: Any) -> None:
    holiday = moment("2026-05-01T10:00")
    assert day_part(holiday) == ""
    settings.CALL_ON_HOLIDAYS = True
    assert day_part(holiday) == "morning"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "09:00-11:30",
        "=09:00-11:30",
        "a_very_long_name=09:00-11:30",
        "morning=9-11",
        "morning=11:30-09:00",
        "morning=09:00-12:00,noon=11:00-13:00",
        "morning=09:00-10:00,morning=11:00-12:00",
    ],
)
def test_hours_that_make_no_sense_stop_the_start(settings: Any, text: str) -> None:
    settings.CALL_DAY_PARTS = text
    assert [error.id for error in check_day_parts(None)] == ["followups.E001"]


def test_usual_hours_pass_the_check() -> None:
    assert check_day_parts(None) == []


def test_after_a_holiday_calls_go_on_with_the_first_day_that_is_none() -> None:
    after = next_call_time(moment("2026-05-01T10:00"))
    assert after == moment("2026-05-06T09:00")


def test_where_every_part_was_tried_any_part_will_do() -> None:
    everything = frozenset({"morning", "afternoon", "evening"})
    now = moment("2026-03-10T09:30")
    assert next_call_time(now, avoid=everything) == now


def test_a_holiday_without_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("followups.call_hours.LONGEST_HOLIDAY", 1)
    with pytest.raises(ValueError, match="no day in two weeks"):
        next_call_time(moment("2026-05-01T10:00"))


@pytest.mark.parametrize(
    ("at", "choices"),
    [
        ("2026-03-10T09:30", ["03-10 15:00", "03-11 09:30", "03-11 15:00", "03-13"]),
        ("2026-03-12T16:00", ["03-13 09:30", "03-13 15:00", "03-20"]),
        ("2026-04-30T16:00", ["05-08"]),  # the next day is a holiday
    ],
)
def test_the_times_people_name_are_times_at_which_one_may_call(
    at: str, choices: list[str]
) -> None:
    offers = [f"{when:%m-%d %H:%M}" for when, __ in later_choices(moment(at))]
    assert [offer.removesuffix(" 10:00") for offer in offers] == choices


def test_each_minute_the_queue_is_filled_and_windows_close(db: None) -> None:
    with clock.at(NOW):
        make_plan()
        discharge("1", at=NOW - timedelta(hours=47))
    with clock.at(NOW + timedelta(hours=1)):
        assert (tasks.fill_queue(), tasks.close_windows()) == (1, 0)
    with clock.at(NOW + 10 * DAY):
        assert (tasks.fill_queue(), tasks.close_windows()) == (0, 1)
