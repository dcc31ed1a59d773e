"""One running centre, one Chromium, and a browser for whoever is needed."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from complaints.demo.hospital import PASSWORD
from scripts.find_browser import find_browser
from tests.e2e.centre import Centre, run_centre
from tests.e2e.hands import watch
from tests.e2e.looking import OpenPage

SLOW = 30_000
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
SWITCHES = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with run_centre(tmp_path_factory.mktemp("centre")) as running:
        yield running
        failures = [
            line
            for name in ("web", "worker")
            for line in running.log(name).splitlines()
            if "Internal Server Error" in line or "raised unexpected" in line
        ]
    assert failures == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*SWITCHES, *root]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_context(centre: Centre, chromium: Browser) -> Callable[..., BrowserContext]:
    """A browser of its own: an employee number signs it in, None stays a stranger.

    The sign-in page is used once for each person; later browsers take the session.
    """
    sessions: dict[str, Any] = {}

    def open_for(
        number: str | None = None, *, language: str = "en", **options: Any
    ) -> BrowserContext:
        options = {
            "base_url": centre.url,
            "locale": LANGUAGES[language],
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1440, "height": 900},
            "reduced_motion": "reduce",
            **options,
        }
        context = chromium.new_context(
            storage_state=sessions.get(number or ""), **options
        )
        context.set_default_timeout(SLOW)
        if number and number not in sessions:
            sign_in(context, number)
            sessions[number] = context.storage_state()
        return context

    return open_for


def sign_in(context: BrowserContext, number: str) -> None:
    page = context.new_page()
    page.goto("/login/")
    page.locator("[name=username]").fill(number)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.close()


@pytest.fixture
def visit(open_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """A page in a fresh browser; what its console complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(number: str | None = None, **options: Any) -> Page:
        context = open_context(number, **options)
        contexts.append(context)
        page = context.new_page()
        watch(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext]) -> Iterator[OpenPage]:
    contexts: list[BrowserContext] = []

    def open_for(who: str | None, language: str) -> Page:
        context = open_context(who, language=language)
        contexts.append(context)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()
