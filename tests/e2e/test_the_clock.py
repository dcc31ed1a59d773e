"""The clock in the browser: what burns first, why, and who changes it."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.e2e.centre import Centre
from tests.e2e.hands import Hand, complain_by_phone, wait_for

FRONT_DESK, SUPERVISOR, HEAD = "1001", "1021", "4001"
WORDS = "在心内科候诊两小时，没有人解释原因。"
DEMAND = "请说明候诊延误的原因并改进叫号"
PROMISE = "周五上午十点回电说明处理进展"

FRIDAY = 4

Visit = Callable[..., Page]


def test_time_is_shown_explained_changed_and_promised(
    centre: Centre, visit: Visit
) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    number = complain_by_phone(Hand(desk), WORDS, phone="19900004712", name="上官平")
    supervisor = visit(SUPERVISOR)
    ask_the_department(supervisor, number)

    head = visit(HEAD)
    see_what_burns(head)
    explain(head, number)
    acknowledge(head, number)

    change_the_rule(supervisor, desk, number)
    accept(desk, number)
    ask_for_time(desk, number)
    grant(supervisor, desk, number)
    promise_and_keep(desk, number)


def ask_the_department(supervisor: Page, number: str) -> None:
    supervisor.goto(f"/cases/{number}/task/")
    supervisor.get_by_label("What the department is asked to do").fill(DEMAND)
    supervisor.get_by_role("button", name="Open the task").click()
    told = "The task was opened and the department told."
    expect(supervisor.get_by_text(told)).to_be_visible()


def see_what_burns(head: Page) -> None:
    """In every heap the most urgent task stands first."""
    head.goto("/")
    titles = head.locator(".home-card .card-title")
    expect(titles.first).to_contain_text("To acknowledge")
    for card in head.locator(".home-card:has(.task-row)").all():
        if "Waiting for the centre" in card.inner_text():
            continue
        moments = [
            moment
            for row in card.locator(".task-row").all()
            if (moment := read_moment(row))
        ]
        assert moments == sorted(moments)


def read_moment(row: Locator) -> str | None:
    """The exact due time that stands behind "in 3 h"."""
    left = row.locator(".task-state time").first
    return left.get_attribute("datetime") if left.count() else None


def explain(head: Page, number: str) -> None:
    """The parts of the sum add up to its total."""
    row = head.locator("[data-key-row]", has_text=number)
    row.get_by_role("link", name=re.compile("Why this due time")).click()
    dialog = head.locator("#action-dialog")
    expect(dialog.get_by_text("All together")).to_be_visible()
    lines = dialog.locator(".why-sum tr:not(.why-edge):not(.why-total)")
    parts = [read_span(text) for text in lines.locator(".numeric").all_inner_texts()]
    whole = read_span(dialog.locator(".why-total .numeric").inner_text())
    assert whole > 0
    assert sum(parts) == whole
    dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_be_hidden()


def read_span(text: str) -> int:
    """Minutes in "2 days 3 h 5 min"."""
    sizes = {"d": 24 * 60, "h": 60, "m": 1}
    found = re.findall(r"([\d,]+)\s*([dhm])", text)
    assert found, text
    return sum(int(n.replace(",", "")) * sizes[unit] for n, unit in found)


def acknowledge(head: Page, number: str) -> None:
    """One move."""
    hand = Hand(head)
    row = head.locator("[data-key-row]", has_text=number)
    hand.click(row.get_by_role("button", name="Acknowledge"))
    expect(row.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert hand.moves == 1


def change_the_rule(supervisor: Page, desk: Page, number: str) -> None:
    """The due time of the open case follows; the old one stays on record."""
    before = read_due(desk, number, "Feedback to the person")
    supervisor.goto("/policies/")
    supervisor.locator('a[href="/policies/feedback/1/"]').click()
    dialog = supervisor.locator("#action-dialog")
    dialog.locator("#id_amount").fill("8")
    expect(dialog.locator(".policy-foresee")).to_contain_text("8 working days")
    dialog.get_by_role("button", name="Save").click()
    expect(supervisor.get_by_text("The time limit is saved.")).to_be_visible()
    expect(supervisor.locator("#rules-title")).to_be_visible()

    def follows() -> str | None:
        due = read_due(desk, number, "Feedback to the person")
        return due if due != before else None

    assert wait_for(follows)
    expect(desk.locator(".clock-old summary")).to_contain_text("earlier due time")


def read_due(page: Page, number: str, name: str) -> str:
    page.goto(f"/cases/{number}/")
    clock = page.locator(".clock", has_text=name)
    due: str = clock.locator(".clock-due").inner_text()
    return due


def accept(desk: Page, number: str) -> None:
    """The case is the desk's; it may have been taken on by opening the task."""
    desk.goto(f"/cases/{number}/")
    button = desk.get_by_role("button", name="Accept", exact=True)
    if button.count():
        button.click()


def ask_for_time(desk: Page, number: str) -> None:
    desk.goto(f"/cases/{number}/extension/")
    desk.get_by_label("Why the time does not suffice").fill("等外院的检查资料")
    desk.get_by_label("What the person is told").fill("还需要几天，会尽快答复。")
    desk.get_by_role("button", name="Ask for more time").click()
    expect(desk.get_by_text("More time was asked for")).to_be_visible()


def grant(supervisor: Page, desk: Page, number: str) -> None:
    """The supervisor decides from home, and the due time moves."""
    before = read_due(desk, number, "Feedback to the person")
    supervisor.goto("/")
    block = supervisor.get_by_role("region", name="More time asked for")
    row = block.locator("li", has_text=number)
    row.get_by_role("button", name="Grant").click()
    expect(supervisor.get_by_text("More time was granted.")).to_be_visible()
    assert read_due(desk, number, "Feedback to the person") != before


def promise_and_keep(desk: Page, number: str) -> None:
    """ "Friday 10:00" from the case page, ticked off at home."""
    desk.goto(f"/cases/{number}/promise/")
    desk.get_by_label("What was promised").fill(PROMISE)
    desk.get_by_label("Another time", exact=True).first.check()
    friday = timezone.localdate() + timedelta(days=1)
    while friday.weekday() != FRIDAY:
        friday += timedelta(days=1)
    desk.locator("#id_due_at").fill(f"{friday}T10:00")
    desk.get_by_role("button", name="Note the promise").click()
    expect(desk.get_by_text("The promise was noted")).to_be_visible()
    desk.goto("/")
    block = desk.get_by_role("region", name="Promised")
    row = block.locator("li", has_text=PROMISE)
    expect(row).to_contain_text("10:00")
    row.get_by_role("button", name="Kept").click()
    expect(desk.get_by_text("The promise is kept.")).to_be_visible()
    expect(block.locator("li", has_text=PROMISE)).to_have_count(0)
