from datetime import date, time

import pytest
from django.utils import translation

from hospital.calendars import build_calendars
from hospital.day_notes import DayKind, DayNote, why_off

CARDIOLOGY = 1
EMERGENCY = 2
CALENDARS = build_calendars(
    days=[
        (date(2025, 10, 13), False, "院庆"),
        (date(2025, 10, 19), True, "义诊"),
        (date(2025, 10, 20), False, ""),
    ],
    hours=[
        *((None, weekday, time(8), time(18)) for weekday in range(5)),
        *((CARDIOLOGY, weekday, time(8), time(18)) for weekday in (0, 2, 5)),
        *((EMERGENCY, weekday, time(0), time(0)) for weekday in range(7)),
    ],
)


@pytest.mark.parametrize(
    ("day", "note", "words"),
    [
        (date(2025, 10, 9), DayNote(DayKind.WORKING), "Working day"),
        (date(2025, 10, 11), DayNote(DayKind.MAKE_UP), "Make-up working day"),
        (date(2025, 10, 12), DayNote(DayKind.WEEKEND, works=False), "Weekend"),
        (
            date(2025, 10, 1),
            DayNote(DayKind.HOLIDAY, "National Day", works=False),
            "National Day",
        ),
        (date(2025, 10, 13), DayNote(DayKind.OWN_OFF, "院庆", works=False), "院庆"),
        (date(2025, 10, 19), DayNote(DayKind.OWN_WORKING, "义诊"), "义诊"),
        (
            date(2025, 10, 20),
            DayNote(DayKind.OWN_OFF, works=False),
            "Day off of the hospital",
        ),
    ],
)
def test_every_day_of_the_office_says_why_it_works_or_not(
    day: date, note: DayNote, words: str
) -> None:
    with translation.override("en"):
        found = why_off(day, CALENDARS.office)
        assert found == note
        assert str(found) == words


def test_a_department_closed_on_tuesdays_says_so() -> None:
    note = why_off(date(2025, 10, 14), CALENDARS.of(CARDIOLOGY))
    assert note == DayNote(DayKind.NO_HOURS, works=False)


def test_a_department_around_the_clock_works_on_every_day_there_is() -> None:
    emergency = CALENDARS.of(EMERGENCY)
    for day in (date(2025, 10, 1), date(2025, 10, 12), date(2025, 10, 13)):
        assert why_off(day, emergency) == DayNote(DayKind.WORKING)
