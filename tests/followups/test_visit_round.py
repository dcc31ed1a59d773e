"""Today's round: bed by bed, how far it has come, for whom."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from followups.models import (
    FeedKind,
    Outcome,
)
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.calling import read
from tests.followups.ward import (
    ROUND,
    admit,
    make_visits,
    send,
    tell,
)
from tests.followups.world import DAY, NOW, patient

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


def test_the_round_goes_from_bed_to_bed_with_masked_names(
    browser: Client, department: Department, other_department: Department
) -> None:
    make_visits(("welcome", 24, 48), ("week", 168, 72))
    admit("1", department=department, ward="1病区12床", name="张桂梅")
    admit(
        "2",
        department=department,
        ward="1病区2床",
        name="李强",
        sex="male",
        born_on="1959-01-15",
        at=NOW - timedelta(days=8),
    )
    admit("3", department=other_department, ward="3病区1床", name="王小明")
    page = read(browser, ROUND)
    places = [page.index(words) for words in ("3病区1床", "1病区2床", "1病区12床")]
    assert places == sorted(places)  # orthopaedics (GK) before cardiology (XNK)
    for words in (
        "Orthopaedics",
        "Cardiology",
        "张*",
        "李*",
        "Male",
        "67 years old",
        "day 9 in hospital",
        "day 2 in hospital",
        "Admission visit",
        "Done today <strong>0</strong> of 3",
    ):
        assert words in page
    assert "张桂梅" not in page


def test_the_round_has_what_is_due_today_and_nothing_else(browser: Client) -> None:
    make_visits()
    admit("1", ward="now")
    admit("2", ward="afternoon", at=NOW - timedelta(hours=18))
    admit("3", ward="tomorrow", at=NOW - timedelta(hours=1))
    admit("4", ward="gone")
    tell("4", FeedKind.DISCHARGE, disposition="home")
    page = read(browser, ROUND)
    assert "now" in page
    assert "from 15:30" in page
    assert "tomorrow" not in page
    assert "gone" not in page


def test_what_closes_soon_is_marked(browser: Client) -> None:
    make_visits(("welcome", 24, 10))
    admit("1")
    assert "Closing soon" in read(browser, ROUND)
    with clock.at(NOW - timedelta(hours=9)):
        assert "Closing soon" not in read(browser, ROUND)


def test_the_day_counts_what_was_done_and_whoever_was_away_stays(
    browser: Client,
) -> None:
    make_visits()
    for number in "1234":
        admit(number)
    send(browser, "1", Outcome.REACHED_PATIENT)
    send(browser, "2", Outcome.DECLINED)
    page = send(browser, "3", Outcome.AWAY)
    assert "Recorded: Not at the bed. The visit stays on the round." in page
    assert "Done today <strong>2</strong> of 4" in page
    assert "Not at the bed" in page.split("visit-rows", 1)[1]
    with clock.at(NOW + timedelta(hours=20)):
        assert "Done today <strong>0</strong> of 2" in read(browser, ROUND)


def test_the_round_can_be_of_one_department(
    browser: Client, department: Department, other_department: Department
) -> None:
    make_visits()
    admit("1", department=department, ward="bed one")
    admit("2", department=other_department, ward="bed two")
    page = read(browser, f"{ROUND}?department={department.pk}")
    assert "bed one" in page
    assert "bed two" not in page
    assert "of 1" in page
    assert "bed two" in read(browser, f"{ROUND}?department=999")


def test_an_empty_round_says_so(browser: Client) -> None:
    make_visits()
    assert "Nobody is to be visited today." in read(browser, ROUND)
    admit("1")
    assert "Everybody has been visited today." in send(
        browser, "1", Outcome.REACHED_PATIENT
    )


def test_a_long_round_has_pages(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("followups.views.visits.PAGE_SIZE", 2)
    make_visits()
    for number in range(1, 6):
        admit(str(number), ward=f"bed {number}")
    seen, page = [], read(browser, ROUND)
    while True:
        seen.append([n for n in range(1, 6) if f"bed {n}" in page])
        if 'rel="next"' not in page:
            break
        link = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        page = read(browser, ROUND + link)
    assert seen == [[1, 2], [3, 4], [5]]
    assert 'rel="prev"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_round_costs_the_same_however_long_it_is(
    browser: Client,
    department: Department,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    make_visits()
    for number in range(1, count + 2):
        admit(str(number), department=department, ward=f"bed {number}")
        send(browser, str(number), Outcome.AWAY)
    send(browser, "1", Outcome.REACHED_PATIENT)
    read(browser, ROUND)
    with django_assert_num_queries(7):
        read(browser, ROUND)


def test_the_menu_leads_to_the_round(
    browser: Client, staff: User, front_desk: User, english: SignIn
) -> None:
    for client, is_offered in (
        (browser, True),
        (english(staff), True),
        (english(front_desk), False),
    ):
        assert (f'href="{ROUND}"' in read(client, "/")) is is_offered


def test_a_late_page_still_knows_its_day(browser: Client) -> None:
    """Before midnight the round is of that day, not of the day of the server."""
    make_visits()
    admit("1")
    with clock.at(moment("2026-03-10T23:50")):
        send(browser, "1", Outcome.REACHED_PATIENT)
        assert "Done today <strong>1</strong> of 1" in read(browser, ROUND)
    with clock.at(moment("2026-03-11T00:10")):
        assert "Nobody is to be visited today." in read(browser, ROUND)
    assert patient("1").attempts.get().ended_at < NOW + DAY
