"""The script of a call on the agent's page: asked, kept, judged with the outcome."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import Attempt, ClinicalAlert, Outcome, QueuedCall, ScriptVersion
from hospital import clock
from hospital.models import Department, User
from tests.followups.calling import finish, read, take
from tests.followups.script_world import CHEST_PAIN, ask_in, make_script
from tests.followups.world import NOW, discharge, make_plan, patient, states

SignIn = Callable[[User], Client]
QUESTION = "Do you have chest pain?"


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def version() -> ScriptVersion:
    """A script with one question, asked on the first call of the plan."""
    asked = make_script(CHEST_PAIN)
    ask_in(make_plan(), asked)
    return asked


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


def sent(version: ScriptVersion, **answers: str) -> dict[str, str]:
    return {"script_versions": str(version.pk), **answers}


def test_the_answers_stand_beside_the_outcome(
    browser: Client, version: ScriptVersion
) -> None:
    discharge("1")
    assert QUESTION in take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT, **sent(version, q_chest_pain="no"))
    attempt = Attempt.objects.get()
    given = [(each["key"], each["value"]) for each in attempt.answers]
    assert (attempt.script_version, given) == (version, [("chest_pain", "no")])
    assert ClinicalAlert.objects.count() == 0


def test_a_red_flag_alerts_the_ward(
    browser: Client, version: ScriptVersion, department: Department
) -> None:
    discharge("1", department=department)
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT, **sent(version, q_chest_pain="yes"))
    alert = ClinicalAlert.objects.get()
    assert (alert.department, alert.attempt) == (department, Attempt.objects.get())


def test_a_question_left_out_is_marked_and_the_rest_is_kept(
    browser: Client, version: ScriptVersion
) -> None:
    discharge("1")
    take(browser)
    page = finish(
        browser, "1", Outcome.REACHED_PATIENT, note="一切都好", **sent(version)
    )
    assert "This question has no answer yet." in page
    assert "一切都好" in page
    assert (states("1"), Attempt.objects.count()) == (["open"], 0)


def test_where_nobody_was_reached_nothing_was_asked(
    browser: Client, version: ScriptVersion
) -> None:
    discharge("1")
    take(browser)
    finish(browser, "1", Outcome.NO_ANSWER, **sent(version))
    attempt = Attempt.objects.get()
    assert (attempt.script_version, attempt.answers) == (None, [])


def test_what_was_said_before_the_talk_broke_off_is_kept(
    browser: Client, version: ScriptVersion
) -> None:
    discharge("1")
    take(browser)
    finish(
        browser,
        "1",
        Outcome.CALL_LATER,
        call_at="2026-03-11T09:30",
        **sent(version, q_chest_pain="yes"),
    )
    assert (Attempt.objects.get().script_version, QueuedCall.objects.count()) == (
        version,
        1,
    )
    assert ClinicalAlert.objects.count() == 1


def test_answers_come_back_from_the_draft(
    browser: Client, version: ScriptVersion
) -> None:
    discharge("1")
    take(browser)
    keep = reverse("followups:keep", args=[patient("1").pk])
    browser.post(keep, {"q_chest_pain": "yes"})
    page = read(browser)
    chosen = page[page.index('id="q_chest_pain-yes"') :].split(">")[0]
    assert chosen.endswith("checked")


def test_home_tells_agents_how_far_they_have_come(
    browser: Client, front_desk: User, english: SignIn
) -> None:
    make_plan()
    discharge("1")
    take(browser)
    finish(browser, "1", Outcome.REACHED_PATIENT)
    page = read(browser, "/")
    tile = page[page.index("My calls today") :].split("</a>")[0]
    assert "1 / 80" in tile
    assert "My calls today" not in read(english(front_desk), "/")
