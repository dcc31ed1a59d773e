"""Renews the README's pictures from a running demo.

Usage: python -m scripts.screenshots http://localhost:8000
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.find_browser import find_browser

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
MOST_BYTES = 200_000
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "is_mobile": True}
SUPERVISOR, DESK, HEAD, LEADER = "1022", "1001", "4001", "2001"
AGENT = "1011"


@dataclass(frozen=True)
class Picture:
    name: str
    who: str
    show: Callable[[Page], None]
    locale: str
    device: dict[str, Any]


def show_home(page: Page) -> None:
    page.goto("/")


def reveal_somebody(page: Page) -> tuple[str, str]:
    """Name and number of a person whom the desk knows already."""
    page.goto("/cases/?scope=mine")
    row = page.locator("main [data-row]", has=page.locator(".case-phone")).first
    row.get_by_role("link").first.click()
    page.locator(".contact-show").click()
    page.locator("[name=reason]").fill("demo")
    page.keyboard.press("Enter")
    phone = page.locator(".contact-phone a").inner_text()
    return page.locator(".contact-name").inner_text().split()[0], phone


def show_intake(page: Page) -> None:
    """A complaint as the front desk has typed it, a moment before saving."""
    name, phone = reveal_somebody(page)
    page.goto("/intake/")
    page.locator("[name=kind][value=complaint]").check()
    page.locator("#id_narrative").fill(
        "父亲预约了上午九点的心内科门诊，等到十二点还没有叫到号。"
        "导诊台说叫号屏坏了，一直没有人来通知候诊的患者。"
    )
    for field, initials in (("department", "xnk"), ("category", "hzsj")):
        page.locator(f"#id_subjects-0-{field}").fill(initials)
        page.locator(".combo-option:visible").first.click()
    page.locator("#id_phone").fill(phone)
    page.locator("#id_name").fill(name)
    expect(page.locator("#known .row-item").first).to_be_visible()
    expect(page.locator("#preview .preview-part").first).to_be_visible()
    page.locator("#id_narrative").focus()


def show_case(page: Page) -> None:
    """A case in the midst of its life: the longest waiting task to be verified."""
    page.goto("/tasks/?show=verify")
    task = page.locator("main [data-key-item]").first.get_attribute("href")
    page.goto(str(task))
    page.locator("#main .facts a[href^='/cases/']").first.click()
    page.locator(".case-columns").wait_for()


def show_figures(page: Page) -> None:
    """The month before this one: it is whole."""
    page.goto("/figures/")
    page.locator(".figure-filters a[rel=prev]").click()
    page.locator("[data-chart] canvas").first.wait_for()


def show_call(page: Page) -> None:
    """A patient in the agent's hand, the first questions answered."""
    page.goto("/calls/")
    next_call = page.locator("form[action='/calls/next/'] [type=submit]")
    if next_call.count():
        next_call.first.click()
    page.locator("#call-form").wait_for()
    for letter in "annn":
        page.keyboard.press(letter)


def show_work(page: Page) -> None:
    page.goto("/calls/work/")


PICTURES = (
    Picture("home", SUPERVISOR, show_home, "zh-CN", WIDE),
    Picture("intake", DESK, show_intake, "zh-CN", WIDE),
    Picture("case", SUPERVISOR, show_case, "en-US", WIDE),
    Picture("phone", HEAD, show_home, "zh-CN", PHONE),
    Picture("figures", LEADER, show_figures, "zh-CN", WIDE),
    Picture("call", AGENT, show_call, "zh-CN", WIDE),
    Picture("work", SUPERVISOR, show_work, "zh-CN", WIDE),
)


def take(browser: Browser, url: str, picture: Picture) -> None:
    context = browser.new_context(
        base_url=url,
        locale=picture.locale,
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        reduced_motion="reduce",
        **picture.device,
    )
    page = context.new_page()
    page.goto("/login/")
    account = page.locator("[data-fill-password]").first
    password = str(account.get_attribute("data-fill-password"))  # one for everybody
    page.locator("[name=username]").fill(picture.who)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)
    picture.show(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    file = IMAGES / f"{picture.name}.png"
    size = len(page.screenshot(path=file, animations="disabled", caret="hide"))
    context.close()
    if size > MOST_BYTES:
        raise SystemExit(f"{file.name} is too large for a README: {size} bytes.")
    print(f"{file.relative_to(Path.cwd())}  {size // 1024} KB")


def main(url: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--disable-gpu", *root]
        )
        for picture in PICTURES:
            take(browser, url, picture)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
