"""The page of the working hours: the hospital's, and those of each department."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from hospital import clock, services
from hospital.calendars import AROUND_THE_CLOCK, USUAL_WEEK, load_calendars
from hospital.hours import describe_week, length_of, read_slots, write_slots
from hospital.models import Department, User, WorkingHours
from hospital.working_time import Slot
from tests.factories import DepartmentFactory

URL = "/calendar/hours/"
OFFICE = "/calendar/hours/office/"
FRIDAY = datetime(2026, 3, 6, 8, tzinfo=UTC)  # 16:00 in Shanghai
EARLY = (Slot(time(7), time(12)), Slot(time(13), time(17)))


@pytest.fixture
def browser(english: Callable[[User], Client], supervisor: User) -> Iterator[Client]:
    with clock.at(FRIDAY):
        yield english(supervisor)


def typed(**changes: str) -> dict[str, str]:
    """A form as it is sent: mornings and afternoons from Monday to Friday."""
    days = {f"day_{weekday}": "07:00-12:00 13:00-17:00" for weekday in range(5)}
    return {"kind": "own", "day_5": "", "day_6": ""} | days | changes


def url_of(department: Department) -> str:
    return f"{URL}{department.pk}/"


def test_a_department_gets_hours_of_its_own_with_a_lunch_break(
    browser: Client, department: Department
) -> None:
    answer = browser.post(url_of(department), typed())
    assert answer["Location"] == URL
    assert load_calendars().of(department.pk).week == (EARLY,) * 5 + ((),) * 2
    page = browser.get(URL).content.decode()
    assert "Monday to Friday: 07:00-12:00 13:00-17:00" in page
    assert "45 hours a week" in page


def test_the_other_weekdays_follow_monday_on_request(
    browser: Client, department: Department
) -> None:
    sent = typed(alike="on", day_1="no matter", day_4="", day_5="7:00-12:00")
    browser.post(url_of(department), sent)
    week = (EARLY,) * 5 + ((EARLY[0],), ())
    assert load_calendars().of(department.pk).week == week


def test_a_department_works_around_the_clock_or_as_the_hospital_again(
    browser: Client, department: Department
) -> None:
    browser.post(url_of(department), typed(kind="always"))
    assert load_calendars().of(department.pk).week == AROUND_THE_CLOCK
    page = browser.get(URL).content.decode()
    assert page.count("Around the clock, also on holidays") == 1
    form = browser.get(url_of(department)).content.decode()
    assert 'value="always" id="id_kind_2" checked' in form
    assert 'value="08:00-12:00 14:00-18:00"' in form  # what to begin with
    browser.post(url_of(department), typed(kind="office"))
    assert not WorkingHours.objects.filter(department=department).exists()


def test_the_form_shows_the_hours_that_are_kept(
    browser: Client, department: Department
) -> None:
    form = browser.get(url_of(department)).content.decode()
    assert 'value="office" id="id_kind_0" checked' in form
    browser.post(url_of(department), typed())
    form = browser.get(url_of(department)).content.decode()
    assert 'value="own" id="id_kind_1" checked' in form
    assert form.count('value="07:00-12:00 13:00-17:00"') == 5


def test_the_office_hours_change_for_everybody_who_keeps_them(
    browser: Client, department: Department
) -> None:
    assert 'name="kind"' not in browser.get(OFFICE).content.decode()
    browser.post(OFFICE, typed(day_5="08:00-12:00"))
    week = (EARLY,) * 5 + ((Slot(time(8), time(12)),), ())
    assert load_calendars().of(department.pk).week == week


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "8 to 12",
            "“8” is not a time from … until …, such as 08:00-12:00.",
        ),
        ("08:00-25:00", "“08:00-25:00” is not a time of the day."),
        ("12:00-08:00", "“12:00-08:00” ends before it starts."),
        ("08:00-08:00", "“08:00-08:00” ends before it starts."),
        ("08:00-12:00 11:30-18:00", "08:00-12:00 and 11:30-18:00 overlap."),
        ("18:00-24:00 20:00-21:00", "18:00-24:00 and 20:00-21:00 overlap."),
        (
            " ".join(f"{hour:02}:00-{hour:02}:30" for hour in range(7)),
            "At most 6 times a day.",
        ),
    ],
)
def test_hours_that_cannot_be_are_told_beside_the_weekday(
    browser: Client, department: Department, text: str, sentence: str
) -> None:
    answer = browser.post(url_of(department), typed(day_2=text))
    page = unescape(answer.content.decode())
    assert page.count(sentence) == 1
    assert page.index(sentence) > page.index('for="id_day_2"')
    assert page.index(sentence) < page.index('for="id_day_3"')
    assert not WorkingHours.objects.filter(department=department).exists()


def test_a_wrong_monday_is_told_once_also_when_the_others_follow_it(
    browser: Client, department: Department
) -> None:
    answer = browser.post(url_of(department), typed(day_0="8-12", alike="on"))
    assert answer.content.decode().count("is not a time from") == 1


def test_a_week_without_any_hours_is_refused(browser: Client) -> None:
    sent = typed() | {f"day_{weekday}": "" for weekday in range(7)}
    answer = browser.post(OFFICE, sent)
    assert "A week without any working hours" in answer.content.decode()
    assert load_calendars().office.week == USUAL_WEEK


def test_a_kind_of_hours_that_there_is_not_is_refused(
    browser: Client, department: Department
) -> None:
    answer = browser.post(url_of(department), typed(kind="sometimes"))
    assert "sometimes is not one of the available choices" in answer.content.decode()
    assert not WorkingHours.objects.filter(department=department).exists()


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({}, ("45 hours a week", "end on Mon 2026-03-09 15:00.")),
        ({"kind": "always"}, ("Around the clock", "end on Sat 2026-03-07 00:00.")),
        ({"kind": "office"}, ("40 hours a week", "end on Mon 2026-03-09 16:00.")),
    ],
)
def test_the_preview_says_what_the_typed_hours_amount_to(
    browser: Client,
    department: Department,
    changes: dict[str, str],
    sentences: tuple[str, str],
) -> None:
    answer = browser.post(f"{url_of(department)}preview/", typed(**changes))
    page = answer.content.decode()
    assert all(sentence in page for sentence in sentences)
    assert not WorkingHours.objects.filter(department=department).exists()


def test_the_preview_of_the_office_hours_and_of_a_half_typed_line(
    browser: Client,
) -> None:
    good = browser.post("/calendar/hours/preview/", typed())
    assert "45 hours a week" in good.content.decode()
    half = browser.post("/calendar/hours/preview/", typed(day_0="08:0"))
    assert half.content == b""
    assert browser.get("/calendar/hours/preview/").status_code == 405


def test_a_department_that_is_not_there_is_not_found(browser: Client) -> None:
    closed = DepartmentFactory(is_active=False)
    assert browser.get(f"{URL}999/").status_code == 404
    assert browser.get(url_of(closed)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_hours_ask_the_database_a_fixed_number_of_times(
    browser: Client,
    django_assert_num_queries: Callable[..., AbstractContextManager[Any]],
    rows: int,
) -> None:
    for _n in range(rows):
        DepartmentFactory()
        services.set_week(DepartmentFactory(), (EARLY,) * 7, actor=None)
    browser.get(URL)
    # Session, person, token, departments.
    with django_assert_num_queries(4):
        browser.get(URL)


@pytest.mark.parametrize(
    "text",
    [
        "07:00-12:00 13:00-17:00",
        "13:00-17:00, 7:00-12:00",
        "7:00–12:00；13:00 — 17:00",
        "07：00～12：00、13：00至17：00",
    ],
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert read_slots(text) == EARLY


def test_midnight_ends_a_day() -> None:
    night = (Slot(time(18), time(0)),)
    assert read_slots("18:00-24:00") == read_slots("18:00-00:00") == night
    assert write_slots(night) == "18:00-24:00"
    assert length_of(night) == timedelta(hours=6)
    assert length_of(AROUND_THE_CLOCK[0]) == timedelta(days=1)
    with pytest.raises(ValidationError):
        read_slots("18:00-24:01")


def test_a_week_is_told_with_like_days_together() -> None:
    morning = (Slot(time(8), time(12)),)
    with translation.override("en"):
        lines = describe_week((EARLY, EARLY, (), morning, EARLY, morning, morning))
    assert lines == [
        "Monday to Tuesday: 07:00-12:00 13:00-17:00",
        "Thursday: 08:00-12:00",
        "Friday: 07:00-12:00 13:00-17:00",
        "Saturday to Sunday: 08:00-12:00",
    ]
