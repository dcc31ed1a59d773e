"""The hospital's own days from a file: read, previewed, saved as a whole."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from hospital import services
from hospital.calendar_csv import NotACalendar, read_file, read_text, write_text
from hospital.models import CalendarDay, User
from hospital.services import OwnDay

URL = "/calendar/import/"
NOTICE = "day,works,name\n2027-10-01,off,国庆节\n2027-10-09,works,\n"
NATIONAL_DAY = OwnDay(date(2027, 10, 1), works=False, name="国庆节")
MADE_UP = OwnDay(date(2027, 10, 9), works=True)


@pytest.fixture
def browser(english: Callable[[User], Client], it_admin: User) -> Client:
    return english(it_admin)


def upload(browser: Client, content: bytes, name: str = "days.csv") -> str:
    file = SimpleUploadedFile(name, content)
    return unescape(browser.post(URL, {"file": file}).content.decode())


def previewed_text(page: str) -> str:
    match = re.search(r'name="text" value="([^"]*)"', page)
    assert match
    return match[1]


def saved() -> list[OwnDay]:
    return [OwnDay(own.day, own.works, own.name) for own in CalendarDay.objects.all()]


def test_a_file_is_shown_first_and_saved_when_the_person_agrees(
    browser: Client,
) -> None:
    page = upload(browser, NOTICE.encode())
    assert "Save 2 days" in page
    assert "so far: National Day" in page
    assert saved() == []
    answer = browser.post(URL, {"text": previewed_text(page)})
    assert answer["Location"] == "/calendar/2027/"
    assert saved() == [NATIONAL_DAY, MADE_UP]


def test_a_second_import_shows_what_is_so_already_and_changes_the_rest(
    browser: Client,
) -> None:
    services.set_days([NATIONAL_DAY, OwnDay(MADE_UP.day, works=False)], actor=None)
    page = upload(browser, NOTICE.encode())
    assert page.count("as it is") == 1
    browser.post(URL, {"text": previewed_text(page)})
    assert saved() == [NATIONAL_DAY, MADE_UP]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        NOTICE,
        NOTICE.replace("\n", "\r\n"),
        "日期;上班;名称\n2027/10/1;休;国庆节\n2027/10/9;班;\n",
        "2027年10月1日\t休息\t国庆节\n\n2027年10月9日\t上班\n",
        "２０２７－１０－０１，放假，国庆节\n２０２７－１０－９，补班\n",
        '"2027-10-01 00:00","NO","国庆节"\n"2027.10.9","TRUE",\n',
    ],
)
def test_files_are_read_as_spreadsheets_and_people_write_them(
    text: str, encoding: str
) -> None:
    assert [row.own for row in read_file(text.encode(encoding))] == [
        NATIONAL_DAY,
        MADE_UP,
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2027-02-30,off", "“2027-02-30” is not a day such as 2026-10-01."),
        ("tomorrow,off", "“tomorrow” is not a day such as 2026-10-01."),
        (",off", "“” is not a day such as 2026-10-01."),
        ("1927-01-01,off", "The year is not between 2000 and 2099."),
        ("2027-10-01,on", "This day is already in line 2."),
        ("2027-05-01,maybe", "“maybe” is neither “works” nor “off”."),
        (
            "2027-05-01",
            "It is not said whether the day works: “works” or “off”.",
        ),
        ("2027-05-01,off,=cmd()", "A name does not begin with =, +, - or @."),
        (
            f"2027-05-01,off,{'长' * 61}",
            "The name is longer than 60 characters.",
        ),
    ],
)
def test_one_bad_row_is_told_in_words_and_nothing_is_saved(
    browser: Client, line: str, sentence: str
) -> None:
    page = upload(browser, f"{NOTICE}{line}\n".encode())
    assert sentence in page
    assert "1 row cannot be read." in page
    assert 'name="text"' not in page
    browser.post(URL, {"text": f"{NOTICE}{line}\n"})
    assert saved() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"day,works,name\n", "The file names no day."),
        (b"\n\n,,\n", "The file names no day."),
        (b"PK\x03\x04workbook", "This is a workbook, not a CSV file."),
        (b"\x00\x01\x02\x03", "This is not a text file in UTF-8 or GB18030."),
        (b"\xff\xff\xff\xff", "This is not a text file in UTF-8 or GB18030."),
        (
            b"2027-01-01,off," + b"x" * 140_000,
            "Line 1 is not a line of a CSV file.",
        ),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(
    browser: Client, content: bytes, sentence: str
) -> None:
    assert sentence in upload(browser, content)
    assert saved() == []


def test_a_file_of_more_than_a_thousand_days_is_refused() -> None:
    lines = "x,off\n" * 1000
    assert len(read_text(lines)) == 1000
    with translation.override("en"), pytest.raises(NotACalendar, match="1000 days"):
        read_text(lines + "x,off\n")


def test_a_file_larger_than_allowed_is_not_read_at_all() -> None:
    with pytest.raises(NotACalendar):
        read_file(b"x" * (5 * 1024 * 1024 + 1))


def test_no_file_or_no_text_is_told(browser: Client) -> None:
    assert "This field is required." in browser.post(URL).content.decode()
    answer = browser.post(URL, {"text": "day\n"})
    assert "The file names no day." in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_export_of_a_year_is_read_back_as_it_was(
    browser: Client, it_admin: User, language: str
) -> None:
    it_admin.language = language
    it_admin.save()
    own = OwnDay(date(2026, 3, 4), works=False, name="院庆，放假")
    services.set_days([own], actor=None)
    answer = browser.get("/calendar/2026/days.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="calendar-2026.csv"'
    rows = read_file(answer.content)
    days = {row.own.day: row.own for row in rows if row.own is not None}
    assert len(days) == len(rows) == 22 + 6 + 1
    assert days[own.day] == own
    assert days[date(2026, 10, 10)].works
    assert not days[date(2026, 10, 1)].works


def test_what_is_written_is_read_back() -> None:
    assert [row.own for row in read_text(write_text([NATIONAL_DAY, MADE_UP]))] == [
        NATIONAL_DAY,
        MADE_UP,
    ]
