"""Looking at a page as people do: wide, narrow, light, dark, in Chinese and English."""

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.hands import watch
from tests.e2e.places import Place

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

OpenPage = Callable[[str | None, str], Page]


def look_over(place: Place, open_page: OpenPage, axe: Axe) -> list[str]:
    """What is wrong with a page: too wide, against axe-core, noisy in the console.

    It is loaded once per language and then resized and recoloured, as a person would.
    """
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
    return found


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
