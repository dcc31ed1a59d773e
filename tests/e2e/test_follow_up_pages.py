"""The pages of the callback room, as people look at them; they come after its day."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.e2e.looking import OpenPage, look_over
from tests.e2e.patients import NEUROLOGY_AGENT
from tests.e2e.places import Place, at, beneath, first_of, in_dialog, led_to

SUPERVISOR, HEAD, QUALITY, IT = "1021", "4005", "3001", "3002"
WORK = at("/calls/work/")
COHORT = first_of("/cohorts/", "main a[href^='/cohorts/dialysis']")
PLAN = at("/plans/heart-failure/")


def in_hand(page: Page) -> Response | None:
    """A person to call; the one already in hand comes first."""
    page.goto("/calls/")
    next_call = page.locator("form[action='/calls/next/'] [type=submit]")
    if next_call.count():
        next_call.first.click()
    expect(page.locator("#call-form")).to_be_visible()
    return page.reload()


def draft(page: Page) -> Response | None:
    """A script that somebody is rewriting."""
    page.goto("/scripts/surgery/")
    begin = page.locator("form[action$='/surgery/edit/'] [type=submit]")
    if begin.count():
        begin.click()
        page.wait_for_url("**/draft/**")
    return page.goto("/scripts/surgery/draft/")


PLACES = {
    "call": Place(NEUROLOGY_AGENT, in_hand),
    "voice-dialog": Place(
        NEUROLOGY_AGENT, in_dialog(in_hand, "a[href$='/hear/complaint/']")
    ),
    "work-list": Place(SUPERVISOR, WORK),
    "work-people": Place(SUPERVISOR, led_to(WORK, "main a[href*='/work/people/']")),
    "assign": Place(SUPERVISOR, in_dialog(WORK, "a[href*='/work/assign/']")),
    "agents": Place(SUPERVISOR, at("/calls/agents/")),
    "quality": Place(SUPERVISOR, at("/calls/quality/")),
    "draw": Place(
        SUPERVISOR, in_dialog(at("/calls/quality/"), "a[href$='/quality/draw/']")
    ),
    "refusals": Place(SUPERVISOR, at("/calls/refusals/")),
    "numbers": Place(HEAD, at("/numbers/")),
    "alerts": Place(HEAD, at("/alerts/"), is_for_phones=True),
    "visits": Place(HEAD, at("/visits/"), is_for_phones=True),
    "visit": Place(HEAD, first_of("/visits/", "main a.visit-row"), is_for_phones=True),
    "cohorts": Place(SUPERVISOR, at("/cohorts/")),
    "cohort": Place(SUPERVISOR, COHORT),
    "member-list": Place(SUPERVISOR, beneath(COHORT, "list/")),
    "plans": Place(QUALITY, at("/plans/")),
    "plan": Place(QUALITY, PLAN),
    "plan-edit": Place(QUALITY, beneath(PLAN, "edit/")),
    "scripts": Place(QUALITY, at("/scripts/")),
    "script": Place(QUALITY, at("/scripts/general/")),
    "script-draft": Place(QUALITY, draft),
    "imports": Place(SUPERVISOR, at("/stays/imports/")),
    "import": Place(SUPERVISOR, first_of("/stays/imports/", ".import-name a")),
    "messages": Place(IT, at("/feed/messages/?show=all")),
    "follow-up-figures": Place(SUPERVISOR, at("/figures/follow-ups/")),
    "follow-up-rows": Place(
        SUPERVISOR, led_to(at("/figures/follow-ups/"), ".figure-lines a")
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_page_of_the_callback_room_is_sound(
    name: str, open_page: OpenPage, axe: Axe
) -> None:
    assert look_over(PLACES[name], open_page, axe) == []
