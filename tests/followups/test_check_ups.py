"""Check-ups: from the feed to the agent's page, told and ticked."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from followups.models import Attempt, Outcome, QueuedCall, Stay
from followups.services.calls.queue import fill_queue
from followups.services.importing.reasons import from_json
from hospital import clock
from hospital.models import Department, User
from tests.followups.calling import finish, read, take
from tests.followups.stay_files import HEADINGS, ZHANG, check, csv_file
from tests.followups.world import DAY, NOW, discharge, make_plan, patient

SignIn = Callable[[User], Client]
ASKED = "Check-up on March 24, 2026 (Tuesday), 心内科门诊"
CHECK_UP: dict[str, Any] = {"check_up_on": "2026-03-24", "check_up_at": "心内科门诊"}


@pytest.fixture(autouse=True)
def a_morning(department: Department) -> Iterator[None]:
    with clock.at(NOW):
        make_plan(("first", 48, 24 * 7), ("second", 144, 24 * 7))
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-24", date(2026, 3, 24)),
        ("2026年3月24日", date(2026, 3, 24)),
        ("2026/3/24 9:30", date(2026, 3, 24)),
        ("2026-03-01", date(2026, 3, 1)),
        ("", None),
    ],
)
def test_a_list_tells_the_check_up(
    supervisor: User, cell: str, day: date | None
) -> None:
    headings = f"{HEADINGS},复诊日期,复诊科室"
    upload = check(
        csv_file(f"{ZHANG},{cell},心内科门诊", headings=headings), supervisor
    )
    row = upload.rows.get()
    assert row.reasons == []
    assert row.facts.get("check_up_on") == (day.isoformat() if day else None)
    assert row.facts["check_up_at"] == "心内科门诊"


@pytest.mark.parametrize("cell", ["两周后", "2026/2/30", "2099-01-01", "0026-03-24"])
def test_a_day_that_is_none_is_left_out_and_told(supervisor: User, cell: str) -> None:
    headings = f"{HEADINGS},复诊时间"
    row = check(csv_file(f"{ZHANG},{cell}", headings=headings), supervisor).rows.get()
    assert "check_up_on" not in row.facts
    with translation.override("en"):
        assert [reason.words for reason in from_json(row.reasons)] == [
            f"Check-up on: “{cell}” was left out, it is not a day in the coming years."
        ]
    assert row.verdict == "new"


def test_a_long_place_is_shortened(supervisor: User) -> None:
    headings = f"{HEADINGS},复诊地点"
    row = check(csv_file(f"{ZHANG},{'楼' * 120}", headings=headings), supervisor)
    assert row.rows.get().facts["check_up_at"] == "楼" * 100


def test_another_system_sends_the_check_up_and_moves_it(
    api_of: Callable[[User], APIClient], it_admin: User
) -> None:
    system = api_of(it_admin)
    sent: dict[str, Any] = {
        "patient": "0012345",
        "visit": 1,
        "phone": "13812345678",
        "department": "XNK",
        "discharged_at": "2026-03-04T10:30:00+08:00",
        **CHECK_UP,
    }
    assert system.post("/api/v1/stays/", [sent]).status_code == 200
    stay = Stay.objects.get()
    assert (stay.check_up_on, stay.check_up_at) == (date(2026, 3, 24), "心内科门诊")
    again = system.post("/api/v1/stays/", [sent])
    assert again.json()["rows"][0]["verdict"] == "same"
    with clock.at(NOW + DAY):
        system.post("/api/v1/stays/", [sent | {"check_up_on": "2026-03-31"}])
    stay.refresh_from_db()
    assert stay.check_up_on == date(2026, 3, 31)


def test_what_a_feed_told_already_is_the_same_in_a_list(supervisor: User) -> None:
    headings = "病案号,住院次数,出院日期,复诊日期"
    discharge("1", at=NOW - 3 * DAY, check_up_on="2026-03-24")
    row = f"1,1,{NOW - 3 * DAY:%Y-%m-%d %H:%M},2026-03-24"
    upload = check(csv_file(row, headings=headings), supervisor)
    assert upload.rows.get().verdict == "same"


def test_the_agent_is_shown_the_check_up_and_ticks_it(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    page = take(browser)
    assert f"{ASKED}: told" in page
    assert 'data-key="alt+k"' in page
    finish(browser, "1", Outcome.REACHED_PATIENT, check_up_told="2026-03-24")
    assert Attempt.objects.get().check_up_told == date(2026, 3, 24)


def test_without_a_place_only_the_day_is_shown(browser: Client) -> None:
    discharge("1", check_up_on="2026-03-24")
    assert "Check-up on March 24, 2026 (Tuesday): told" in take(browser)


def test_an_unknown_check_up_is_not_asked_for(browser: Client) -> None:
    discharge("1", check_up_at="心内科门诊")
    page = take(browser)
    assert "check_up_told" not in page
    assert "心内科门诊" not in page


def test_a_check_up_that_is_over_is_told_of_to_nobody(browser: Client) -> None:
    discharge("1", check_up_on="2026-03-09")
    page = take(browser)
    assert "Check-up on March 9, 2026 (Monday)" in page
    assert "check_up_told" not in page


def test_a_call_may_end_without_the_tick(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT)
    assert Attempt.objects.get().check_up_told is None


def test_nobody_was_told_when_nobody_answered(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    take(browser)
    finish(browser, "1", Outcome.NO_ANSWER, check_up_told="2026-03-24")
    assert Attempt.objects.get().check_up_told is None


def test_a_later_call_shows_who_told_it_and_when(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT, check_up_told="2026-03-24")
    with clock.at(NOW + 4 * DAY):
        fill_queue()
        page = take(browser)
    assert ASKED in page
    assert "Told on March 10, 2026 by 回访员" in page


def test_a_check_up_that_was_moved_has_to_be_told_again(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT, check_up_told="2026-03-24")
    with clock.at(NOW + 4 * DAY):
        discharge("1", at=NOW - 3 * DAY, check_up_on="2026-03-31")
        Stay.objects.update(check_up_on=date(2026, 3, 31))
        page = take(browser)
    assert "On March 10, 2026 回访员 told another day: March 24, 2026" in page


def test_what_was_told_in_an_earlier_stay_is_no_reminder_of_this_one(
    browser: Client, agent: User
) -> None:
    discharge("1", **CHECK_UP)
    long_ago = NOW - 90 * DAY
    Attempt.objects.create(
        patient=patient("1"),
        agent=agent,
        started_at=long_ago,
        ended_at=long_ago,
        outcome=Outcome.REACHED_PATIENT,
        day_part="morning",
        check_up_told=date(2025, 12, 24),
    )
    page = take(browser)
    assert ASKED in page
    assert "told another day" not in page


def test_the_tick_survives_a_browser_that_dies(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    take(browser)
    path = reverse("followups:keep", args=[patient("1").pk])
    browser.post(path, {"check_up_told": "2026-03-24"})
    assert QueuedCall.objects.get().draft["fields"]["check_up_told"] == ["2026-03-24"]
    tick = read(browser).split('name="check_up_told"')[1].split(">")[0]
    assert "checked" in tick


def test_a_day_that_nobody_could_tick_is_refused(browser: Client) -> None:
    discharge("1", **CHECK_UP)
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT, check_up_told="soon")
    assert not Attempt.objects.exists()
