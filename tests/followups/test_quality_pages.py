"""The pages of quality checks: for supervisors all, for agents their own."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from complaints.models import Case
from followups.models import QualityCheck, Recording
from hospital import clock
from hospital.models import Role, User
from tests.factories import UserFactory
from tests.followups.check_world import checked, make_call, make_check, points
from tests.followups.world import NOW

SignIn = Callable[[User], Client]
CHECKS = "/calls/quality/"
DRAW = "/calls/quality/draw/"
PEN = "https://recorder.example/play?id=7"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def read(browser: Client, path: str = CHECKS) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def card(mark: str = "2", **others: str) -> dict[str, str]:
    return {key: mark for key in points()} | others


def test_a_supervisor_draws_listens_and_scores(
    supervisor: User, agent: User, english: SignIn
) -> None:
    make_call(agent, note="恢复良好")
    browser = english(supervisor)
    assert "No call waits for a check." in read(browser)
    assert "random number generator" in read(browser, DRAW)
    sent = {"first": "2026-03-03", "last": "2026-03-09", "each": "3", "seconds": "30"}
    page = browser.post(DRAW, sent, follow=True).content.decode()
    for words in ("they wait for a check", f"Fewer calls than asked for: {agent.name}"):
        assert words in page
    check = QualityCheck.objects.get()
    path = check.get_absolute_url()
    assert path in page
    page = read(browser, path)
    for words in (agent.name, "张建国", "Reached the patient", "恢复良好", "Listening"):
        assert words in page
    sent = card(closing="1", red_flags="na", comment="语速稍快")
    page = browser.post(path, sent, follow=True).content.decode()
    assert "The check is kept; the agent is told." in page
    check.refresh_from_db()
    assert (check.percent, check.comment) == (93, "语速稍快")
    assert "93 %" in read(browser, f"{CHECKS}?show=checked")


def test_a_draw_that_finds_nothing_says_so(supervisor: User, english: SignIn) -> None:
    sent = {"first": "2026-03-03", "last": "2026-03-09", "each": "3", "seconds": "30"}
    page = english(supervisor).post(DRAW, sent).content.decode()
    assert "No call of these days is left to draw." in page


def test_the_page_shows_answers_cases_and_the_recording(
    supervisor: User, agent: User, case: Case, english: SignIn
) -> None:
    answer = {
        "question": {"zh": "伤口红吗？", "en": "Is the wound red?"},
        "answer": {"zh": "红", "en": "Yes, red"},
        "flag": {"zh": "感染", "en": "Infection"},
    }
    check = make_check(agent, supervisor, answers=[answer])
    check.attempt.cases.add(case)
    browser = english(supervisor)
    assert "none is linked" in read(browser, check.get_absolute_url())
    Recording.objects.create(attempt=check.attempt, url=PEN)
    page = read(browser, check.get_absolute_url())
    for words in (
        "Is the wound red?",
        "Yes, red",
        case.number,
        f'href="{PEN}" target="_blank" rel="noopener noreferrer"',
    ):
        assert words in page


def test_a_card_with_gaps_comes_back_with_what_was_said(
    supervisor: User, agent: User, english: SignIn
) -> None:
    check = make_check(agent, supervisor)
    sent = card(comment="语速稍快")
    del sent["identity"]
    page = english(supervisor).post(check.get_absolute_url(), sent).content.decode()
    for words in ("Score every criterion.", "语速稍快"):
        assert words in page
    sent = card("na")
    page = english(supervisor).post(check.get_absolute_url(), sent).content.decode()
    assert "At least one criterion must apply." in page
    check.refresh_from_db()
    assert check.checked_at is None


def test_scoring_what_was_scored_meanwhile_is_told(
    supervisor: User, agent: User, english: SignIn
) -> None:
    check = checked(agent, supervisor)
    path = check.get_absolute_url()
    page = english(supervisor).post(path, card("0"), follow=True).content.decode()
    assert "Somebody has checked this call already." in page
    check.refresh_from_db()
    assert check.percent == 100


def test_an_agent_reads_the_own_checked_calls_only(
    supervisor: User, agent: User, english: SignIn
) -> None:
    other = UserFactory(name="李娜", roles=[Role.CALLBACK_AGENT])
    mine, theirs = checked(agent, supervisor), checked(other, supervisor)
    waiting = make_check(agent, supervisor)
    browser = english(agent)
    page = read(browser)
    assert mine.get_absolute_url() in page
    for hidden in (theirs, waiting):
        assert hidden.get_absolute_url() not in page
        assert browser.get(hidden.get_absolute_url()).status_code == 404
    assert "李娜" not in page
    assert "not read yet" in page
    page = read(browser, mine.get_absolute_url())
    for words in ("100 %", "很好", "Checked by 主管"):
        assert words in page
    assert "read by the agent" in read(browser)
    mine.refresh_from_db()
    assert mine.seen_at == NOW


def test_an_agent_scores_and_draws_nothing(
    supervisor: User, agent: User, english: SignIn
) -> None:
    browser = english(agent)
    check = checked(agent, supervisor)
    assert browser.post(check.get_absolute_url(), card("0")).status_code == 403
    assert browser.get(DRAW).status_code == 403
    assert browser.post(DRAW, {}).status_code == 403


def test_a_supervisor_is_not_offered_the_card_of_the_own_call(
    supervisor: User, english: SignIn
) -> None:
    check = make_check(supervisor, supervisor)
    browser = english(supervisor)
    page = read(browser, check.get_absolute_url())
    assert "This is a call of your own." in page
    assert "Keep the check" not in page
    assert browser.post(check.get_absolute_url(), card()).status_code == 403


@pytest.mark.parametrize("who", ["front_desk", "head", "leader", "it_admin"])
def test_nobody_else_sees_quality_checks(
    request: pytest.FixtureRequest,
    supervisor: User,
    agent: User,
    english: SignIn,
    who: str,
) -> None:
    browser = english(request.getfixturevalue(who))
    check = checked(agent, supervisor)
    assert browser.get(CHECKS).status_code == 403
    assert browser.get(check.get_absolute_url()).status_code == 403


def test_the_recording_is_linked_nowhere_else(
    supervisor: User, agent: User, english: SignIn
) -> None:
    check = checked(agent, supervisor)
    Recording.objects.create(attempt=check.attempt, url=PEN)
    browser = english(supervisor)
    for path in (CHECKS, f"{CHECKS}?show=checked", reverse("followups:calls")):
        assert "recorder.example" not in read(browser, path)


@pytest.mark.parametrize("show", ["waiting", "checked"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(
    supervisor: User,
    english: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
    show: str,
) -> None:
    for __ in range(count):
        person = UserFactory(roles=[Role.CALLBACK_AGENT])
        (checked if show == "checked" else make_check)(person, supervisor)
    browser = english(supervisor)
    with django_assert_num_queries(5):
        read(browser, f"{CHECKS}?show={show}")
