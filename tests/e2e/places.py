"""Where a page is, who works on it, and how they get there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, Response

Reach = Callable[[Page], Response | None]


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
