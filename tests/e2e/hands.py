"""What people do with a page, and how many moves it takes them."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import ConsoleMessage, FilePayload, Locator, Page, expect

T = TypeVar("T")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.1


class Hand:
    """Counts keys, clicks and chosen files; typing the words themselves is free."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.moves = 0

    def press(self, key: str) -> None:
        self.moves += 1
        self.page.keyboard.press(key)

    def click(self, target: Locator) -> None:
        self.moves += 1
        target.click()

    def attach(self, target: Locator, file: FilePayload) -> None:
        self.moves += 1
        target.set_input_files(file)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)


def watch(page: Page, complaints: list[str]) -> None:
    """Note what the console complains of: errors, and violations of the policy."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not _is_expected(message, page):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


def _is_expected(message: ConsoleMessage, page: Page) -> bool:
    """A page that is refused as a whole, and a network that a test took away."""
    text = message.text
    if "ERR_INTERNET_DISCONNECTED" in text or text.startswith("htmx:"):
        return True  # htmx repeats what the browser said of the network
    return text.startswith("Failed to load resource") and (
        message.location["url"].split("#")[0] == page.url.split("#")[0]
    )


def photo_of(page: Page, name: str = "photo.jpg") -> FilePayload:
    """A real picture: of the page itself."""
    picture = page.screenshot(type="jpeg", quality=40)
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture}


def wait_for(find: Callable[[], T | None]) -> T:
    """What `find` finds, once it finds something; for what happens outside a page."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(POLL_SECONDS)
    return found


def begin_case(hand: Hand) -> None:
    """`N` from wherever one is, and the form is ready for the first letter."""
    hand.press("n")
    expect(hand.page.locator("[name=kind]:focus")).to_have_count(1)


def read_bell(page: Page) -> int:
    """How many unread messages stand on the bell, once it has been asked."""
    with page.expect_response("**/inbox/bell/"):
        page.reload()
    page.wait_for_load_state("networkidle")
    count = page.locator("#bell .bell-count [aria-hidden]")
    return int(count.inner_text()) if count.count() else 0


def complain_by_phone(hand: Hand, words: str, *, phone: str, name: str) -> str:
    """A complaint about the waiting time in cardiology, all by keyboard; its number."""
    type_complaint(hand, words, phone=phone, name=name)
    return read_saved(hand.page)


def type_complaint(hand: Hand, words: str, *, phone: str, name: str) -> None:
    """Nothing waits for the type-aheads: whoever types fast gets what they meant."""
    begin_case(hand)
    hand.press("c")
    hand.type(words)
    hand.press("Tab")
    hand.type("xnk")
    hand.press("Tab")
    hand.type("hzsj")
    hand.press("Alt+p")
    expect(hand.page.locator("#id_phone")).to_be_focused()
    hand.type(phone)
    hand.press("Tab")
    hand.type(name)
    hand.press("Control+Enter")


def read_saved(page: Page) -> str:
    """The number of the case that was just saved."""
    expect(page.locator("#saved-title")).to_be_visible()
    number: str = page.locator("#saved-title").inner_text().split()[0]
    return number
