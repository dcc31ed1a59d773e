"""Every main page, for the role that works on it: wide, narrow, light, dark, zh, en.

A page is loaded once per language and then resized and recoloured, as a person would.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Response

from tests.e2e.hands import watch

WIDE, TABLET, NARROW = 1440, 768, 390
WIDTHS = (WIDE, TABLET, NARROW)
SCHEMES = ("light", "dark")
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast"]}
SHAPES = EVERYTHING | {"rules": {"color-contrast": {"enabled": False}}}
# Judging colours takes most of the time, and they hardly differ with the width.
AXE_RUNS = {
    (WIDE, "light"): EVERYTHING,
    (WIDE, "dark"): COLOURS,
    (NARROW, "light"): SHAPES,
}
# Colours that are still fading, or not drawn yet, are no colours to judge.
SETTLED = """async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    await frame();
    await frame();
    await Promise.allSettled(
        document.getAnimations()
            .filter((it) => it instanceof CSSTransition)
            .map((it) => it.finished)
    );
}"""

Reach = Callable[[Page], Response | None]
OpenContext = Callable[..., BrowserContext]


@dataclass(frozen=True)
class Place:
    """A page, who works on it, and how to get there."""

    who: str | None
    reach: Reach
    status: int = 200
    is_for_phones: bool = False


def at(path: str) -> Reach:
    return lambda page: page.goto(path)


def first_of(path: str, link: str) -> Reach:
    """Where the first such link of a list leads."""
    return led_to(at(path), link)


def led_to(reach: Reach, link: str) -> Reach:
    """Where such a link of another page leads."""

    def reach_link(page: Page) -> Response | None:
        reach(page)
        address = page.locator(link).first.get_attribute("href")
        assert address
        return page.goto(address)

    return reach_link


def beneath(reach: Reach, part: str) -> Reach:
    """An address below that of another page."""

    def reach_part(page: Page) -> Response | None:
        reach(page)
        return page.goto(f"{page.url.split('?')[0]}{part}")

    return reach_part


def in_dialog(reach: Reach, link: str) -> Reach:
    """The page with one of its actions open."""

    def reach_dialog(page: Page) -> Response | None:
        answer = reach(page)
        page.locator(link).first.click()
        page.locator("#action-dialog [data-action-body]").wait_for()
        return answer

    return reach_dialog


def fetched(reach: Reach, link: str, part: str) -> Reach:
    """The page with a part of it fetched by one of its links."""

    def reach_part(page: Page) -> Response | None:
        answer = reach(page)
        page.locator(link).first.click()
        page.locator(part).wait_for()
        return answer

    return reach_part


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


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.fixture
def open_page(open_context: OpenContext) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def open_for(who: str | None, language: str) -> Page:
        context = open_context(who, language=language)
        contexts.append(context)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PLACES)
def test_a_page_is_sound(name: str, open_page: Callable[..., Page], axe: Axe) -> None:
    place = PLACES[name]
    found: list[str] = []
    page = arrive(open_page(place.who, "zh"), place, found)
    page.wait_for_load_state("networkidle")
    runs = AXE_RUNS | ({(NARROW, "light"): EVERYTHING} if place.is_for_phones else {})
    for width in WIDTHS:
        for scheme in SCHEMES:
            found += look_at(page, width, scheme)
            if options := runs.get((width, scheme)):
                found += judge(axe, page, options, f"{width} {scheme}")
    # English words are longer.
    page = arrive(open_page(place.who, "en"), place, found)
    for width in WIDTHS:
        found += look_at(page, width, "light")
    assert found == []


def arrive(page: Page, place: Place, complaints: list[str]) -> Page:
    watch(page, complaints)
    answer = place.reach(page)
    assert answer is not None
    assert answer.status == place.status
    return page


def look_at(page: Page, width: int, scheme: str) -> list[str]:
    """Resize and recolour the page; whether it is too wide then."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
    page.evaluate(SETTLED)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    language = page.locator("html").get_attribute("lang")
    return [f"{language} {width} {scheme}: {over} px too wide"] if over > 1 else []


def judge(axe: Axe, page: Page, options: dict[str, Any], view: str) -> list[str]:
    """What axe-core objects to."""
    return [
        f"{view}: {broken['id']}: {node['html'][:160]}"
        for broken in axe.run(page, options=options).response["violations"]
        for node in broken["nodes"][:3]
    ]
