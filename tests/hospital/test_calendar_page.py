"""The page of a year: what each day is, and the hospital's own word on it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from hospital import clock, services
from hospital.calendars import load_calendars
from hospital.checks import check_years_are_known
from hospital.models import CalendarDay, User
from hospital.services import OwnDay

SignIn = Callable[[User], Client]
YEAR = "/calendar/2026/"
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
UNKNOWN = "The make-up working days of {year} are not known yet"


@pytest.fixture
def browser(english: SignIn, quality_admin: User) -> Iterator[Client]:
    with clock.at(NOON):
        yield english(quality_admin)


def page_of(browser: Client, path: str = YEAR) -> str:
    return browser.get(path).content.decode()


def day_cell(page: str, day: str) -> str:
    """The words of one day's link."""
    start = page.rindex("<a ", 0, page.index(f'href="/calendar/day/{day}/"'))
    return page[start : page.index("</a>", start)]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-04", "Working day"),
        ("2026-03-07", "Weekend"),
        ("2026-10-01", "Statutory holiday: National Day"),
        ("2026-10-10", "Make-up working day"),
        ("2026-10-07", "Statutory holiday: Day off, worked on 2026-10-10 instead"),
    ],
)
def test_every_day_of_the_year_says_what_it_is(
    browser: Client, day: str, words: str
) -> None:
    cell = day_cell(page_of(browser), day)
    assert cell.split('<span class="visually-hidden"> ')[1] == f"{words}</span>"


def test_the_days_of_the_hospital_are_marked_and_listed(browser: Client) -> None:
    services.set_days(
        [
            OwnDay(date(2026, 3, 4), works=False, name="Anniversary"),
            OwnDay(date(2026, 3, 7), works=True),
        ],
        actor=None,
    )
    page = page_of(browser)
    off, on = day_cell(page, "2026-03-04"), day_cell(page, "2026-03-07")
    assert "Day off of the hospital: Anniversary</span>" in off
    assert "Working day of the hospital</span>" in on
    assert "is-own" in off
    assert "is-own" in on
    assert page.count('<span class="row-main">') == 2
    assert "248 working days" in page


def test_the_year_begins_with_the_present_one_and_can_be_turned(
    browser: Client,
) -> None:
    page = page_of(browser, "/calendar/")
    assert 'aria-current="date"' in day_cell(page, "2026-03-04")
    assert 'href="/calendar/2025/"' in page
    assert 'href="/calendar/2027/"' in page
    assert 'aria-current="date"' not in page_of(browser, "/calendar/2025/")


def test_the_years_end_somewhere(browser: Client) -> None:
    assert browser.get("/calendar/1999/").status_code == 404
    assert browser.get("/calendar/2100/").status_code == 404
    assert browser.get("/calendar/day/1999-12-31/").status_code == 404
    assert browser.get("/calendar/day/2026-02-30/").status_code == 404
    assert "/calendar/1999/" not in page_of(browser, "/calendar/2000/")
    assert "/calendar/2100/" not in page_of(browser, "/calendar/2099/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_year_asks_the_database_a_fixed_number_of_times(
    browser: Client,
    django_assert_num_queries: Callable[..., AbstractContextManager[Any]],
    rows: int,
) -> None:
    days = [OwnDay(date(2026, 3, day), works=False) for day in range(2, 2 + rows)]
    services.set_days(days, actor=None)
    browser.get(YEAR)
    # Session, person, token, own days.
    with django_assert_num_queries(4):
        browser.get(YEAR)


def test_a_day_is_set_named_and_given_back(browser: Client) -> None:
    url = reverse("hospital:set_day", args=[date(2026, 3, 4)])
    form = page_of(browser, url)
    assert "In the statutory calendar: Working day." in form
    answer = browser.post(url, {"word": "off", "name": " Anniversary "})
    assert answer["Location"] == YEAR
    own = CalendarDay.objects.get()
    assert (own.day, own.works, own.name) == (date(2026, 3, 4), False, "Anniversary")
    form = page_of(browser, url)
    assert 'value="Anniversary"' in form
    assert "In the statutory calendar: Working day." in form
    browser.post(url, {"word": "works", "name": ""})
    assert list(CalendarDay.objects.values_list("works", "name")) == [(True, "")]
    assert 'value="works" id="id_word_1" checked' in page_of(browser, url)
    browser.post(url, {"word": "statutory"})
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"word": "perhaps"}, "perhaps is not one of the available choices"),
        ({}, "This field is required"),
        ({"word": "off", "name": "=1+1"}, "A name does not begin with =, +, - or @."),
        ({"word": "off", "name": "x" * 61}, "at most 60 characters"),
    ],
)
def test_what_cannot_be_said_of_a_day_is_refused_in_words(
    browser: Client, sent: dict[str, str], sentence: str
) -> None:
    answer = browser.post(reverse("hospital:set_day", args=[date(2026, 3, 4)]), sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not CalendarDay.objects.exists()


PAGES = [
    "/calendar/",
    YEAR,
    "/calendar/2026/days.csv",
    "/calendar/import/",
    "/calendar/day/2026-03-04/",
    "/calendar/hours/",
    "/calendar/hours/office/",
]


@pytest.mark.parametrize("who", ["quality_admin", "it_admin", "supervisor"])
def test_those_who_keep_the_calendar_come_in(
    who: str, english: SignIn, request: pytest.FixtureRequest
) -> None:
    browser = english(request.getfixturevalue(who))
    assert [browser.get(path).status_code for path in PAGES] == [200] * len(PAGES)


@pytest.mark.parametrize("who", ["front_desk", "agent", "head", "staff", "leader"])
def test_all_others_stay_outside(
    who: str, english: SignIn, request: pytest.FixtureRequest
) -> None:
    browser = english(request.getfixturevalue(who))
    assert [browser.get(path).status_code for path in PAGES] == [403] * len(PAGES)
    day = browser.post("/calendar/day/2026-03-04/", {"word": "off"})
    preview = browser.post("/calendar/hours/preview/", {"day_0": "08:00-12:00"})
    assert (day.status_code, preview.status_code) == (403, 403)
    assert not CalendarDay.objects.exists()


# --- years that nobody has announced -------------------------------------------------


def test_a_year_without_a_notice_says_so_on_its_page(browser: Client) -> None:
    sentence = UNKNOWN.format(year=2090)
    assert sentence in page_of(browser, "/calendar/2090/")
    assert UNKNOWN.format(year=2026) not in page_of(browser)
    write_notice(2090)
    assert sentence not in page_of(browser, "/calendar/2090/")


def write_notice(year: int) -> None:
    """A weekend worked and a weekday off, as every notice has them."""
    days = [date(year, 1, day) for day in range(1, 15)]
    worked = next(day for day in days if day.weekday() == 5)
    off = next(day for day in days if day.weekday() == 0)
    services.set_days([OwnDay(worked, True), OwnDay(off, False)], actor=None)


IN_DECEMBER = datetime(2089, 12, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("who", ["quality_admin", "it_admin", "supervisor"])
def test_from_december_every_page_tells_the_keepers_of_the_next_year(
    who: str, english: SignIn, request: pytest.FixtureRequest
) -> None:
    browser = english(request.getfixturevalue(who))
    write_notice(2089)
    load_calendars()
    sentence = UNKNOWN.format(year=2090)
    with clock.at(IN_DECEMBER):
        assert sentence in page_of(browser, "/inbox/")
        write_notice(2090)
        load_calendars()  # as any page that reckons with time does
        assert sentence not in page_of(browser, "/inbox/")
    with clock.at(datetime(2089, 11, 30, 4, tzinfo=UTC)):
        assert UNKNOWN.split("{")[0] not in page_of(browser, "/inbox/")


def test_the_line_about_the_year_is_not_for_others(
    english: SignIn, front_desk: User
) -> None:
    with clock.at(IN_DECEMBER):
        assert UNKNOWN.split("{")[0] not in page_of(english(front_desk), "/inbox/")


def test_the_line_about_the_year_costs_no_query(
    english: SignIn,
    supervisor: User,
    django_assert_num_queries: Callable[..., AbstractContextManager[Any]],
) -> None:
    browser = english(supervisor)
    for moment in (NOON, IN_DECEMBER):
        with clock.at(moment), django_assert_num_queries(4):
            browser.get("/inbox/")


def test_the_start_warns_of_a_year_without_make_up_days(db: None) -> None:
    with clock.at(NOON):
        assert check_years_are_known(None) == []
    with clock.at(IN_DECEMBER):
        (warning,) = check_years_are_known(None)
        assert warning.id == "hospital.W001"
        assert "2089" in warning.msg
        write_notice(2089)
        (warning,) = check_years_are_known(None)
        assert "2090" in warning.msg
        write_notice(2090)
        assert check_years_are_known(None) == []
    with clock.at(NOON):
        call_command("check", fail_level="WARNING")


def test_a_build_without_a_database_is_not_warned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable() -> None:
        raise OperationalError

    monkeypatch.setattr("hospital.calendars.current_token", unreachable)
    with clock.at(IN_DECEMBER):
        assert check_years_are_known(None) == []
