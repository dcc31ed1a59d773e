"""Every main page, for the role that works on it, as people look at it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.e2e.looking import OpenPage, look_over
from tests.e2e.places import (
    Place,
    at,
    beneath,
    fetched,
    first_of,
    in_dialog,
    led_to,
)


def about_a_work_order(page: Page) -> Response | None:
    """The intake asks for number and due time of an order from the hotline."""
    answer = page.goto("/intake/")
    page.locator("[name=channel]").select_option("hotline")
    page.locator("[name=external_due_at]").wait_for()
    return answer


def progress(page: Page) -> Response | None:
    """What a patient sees of a case whose slip the desk has printed."""
    slip = SLIP(page)
    assert slip
    code = page.locator(".slip-code").inner_text()
    page.context.clear_cookies()
    return page.goto(f"/track/{code}/")


DESK, SUPERVISOR, HEAD, NURSE = "1001", "1022", "4001", "5001"
LEADER, QUALITY, IT = "2001", "3001", "3002"
ITEM = "main [data-key-item]"
CASE = first_of("/cases/?scope=mine", ITEM)
WORKED_CASE = first_of("/cases/?scope=all&status=in_progress", ITEM)
ANSWERED_CASE = first_of("/cases/?scope=all&status=replied", ITEM)
SLIP = beneath(CASE, "slip/")
POLICIES = at("/policies/")
WHY = "main a.why-link"
DAY = "main a[href*='/calendar/day/']"

PLACES = {
    "login": Place(None, at("/login/")),
    "not-found": Place(DESK, at("/cases/C-1999-000001/"), 404),
    "stranger-not-found": Place(None, at("/no/such/page/"), 404),
    "desk-home": Place(DESK, at("/")),
    "intake": Place(DESK, at("/intake/")),
    "cases": Place(DESK, at("/cases/")),
    "case": Place(DESK, CASE),
    "slip": Place(DESK, SLIP),
    "task-dialog": Place(DESK, in_dialog(CASE, "a[href$='/task/'][data-dialog]")),
    "track": Place(None, at("/track/"), is_for_phones=True),
    "progress": Place(DESK, progress, is_for_phones=True),
    "search": Place(SUPERVISOR, at("/search/?q=xnk")),
    "supervisor-home": Place(SUPERVISOR, at("/")),
    "worked-case": Place(SUPERVISOR, WORKED_CASE),
    "answered-case": Place(SUPERVISOR, ANSWERED_CASE),
    "decline-page": Place(SUPERVISOR, beneath(WORKED_CASE, "decline/")),
    "head-home": Place(HEAD, at("/"), is_for_phones=True),
    "tasks": Place(HEAD, at("/tasks/")),
    "task": Place(HEAD, first_of("/tasks/?show=open", ITEM), is_for_phones=True),
    "inbox": Place(HEAD, at("/inbox/")),
    "nurse-home": Place(NURSE, at("/"), is_for_phones=True),
    "leader-home": Place(LEADER, at("/")),
    "figures": Place(LEADER, at("/figures/")),
    "figure-cases": Place(LEADER, at("/figures/on-time/cases/")),
    "quality-home": Place(QUALITY, at("/")),
    "it-home": Place(IT, at("/")),
    # The clock.
    "work-order": Place(DESK, about_a_work_order),
    "why-dialog": Place(DESK, in_dialog(CASE, WHY)),
    "why-page": Place(DESK, led_to(CASE, WHY)),
    "why-task-dialog": Place(HEAD, in_dialog(at("/tasks/"), WHY), is_for_phones=True),
    "promise-tab": Place(
        DESK,
        fetched(CASE, "#composer a[href$='/promise/']", "#composer [name=text]"),
    ),
    "pause-page": Place(DESK, beneath(CASE, "pause/")),
    "promise-page": Place(DESK, beneath(CASE, "promise/")),
    "extension-page": Place(DESK, beneath(CASE, "extension/")),
    "refuse-time-dialog": Place(
        SUPERVISOR, in_dialog(at("/"), "main a[href*='/extension/'][data-dialog]")
    ),
    "keep-promise": Place(DESK, in_dialog(at("/"), "main a[href*='/promises/']")),
    "policies": Place(SUPERVISOR, POLICIES),
    "rule-dialog": Place(
        QUALITY, in_dialog(POLICIES, "a[href='/policies/feedback/1/']")
    ),
    "steps-dialog": Place(
        QUALITY, in_dialog(POLICIES, "a[href='/policies/feedback/1/steps/']")
    ),
    "special-dialog": Place(
        QUALITY, in_dialog(POLICIES, "a[href='/policies/special/']")
    ),
    "preset-dialog": Place(QUALITY, in_dialog(POLICIES, "a[href*='/policies/adopt/']")),
    "calendar": Place(QUALITY, at("/calendar/")),
    "calendar-read": Place(SUPERVISOR, at("/calendar/")),
    "day-dialog": Place(QUALITY, in_dialog(at("/calendar/"), DAY)),
    "calendar-import": Place(QUALITY, at("/calendar/import/")),
    "working-hours": Place(QUALITY, at("/calendar/hours/")),
    "hours-dialog": Place(
        QUALITY, in_dialog(at("/calendar/hours/"), "a[href='/calendar/hours/office/']")
    ),
    "channels": Place(HEAD, at("/channels/"), is_for_phones=True),
    "address-dialog": Place(
        HEAD, in_dialog(at("/channels/"), "a[href='/channels/add/']")
    ),
    "deliveries": Place(IT, at("/deliveries/")),
    "sent-deliveries": Place(IT, at("/deliveries/?show=sent")),
    "department-addresses": Place(IT, at("/channels/departments/")),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_page_is_sound(name: str, open_page: OpenPage, axe: Axe) -> None:
    assert look_over(PLACES[name], open_page, axe) == []
