"""The callback room: an agent works the queue by keyboard, the ward finds a number."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.hands import Hand
from tests.e2e.patients import AGENT

HEAD = "4001"  # of cardiology
Visit = Callable[..., Page]


def test_an_agent_works_the_queue_by_keyboard(visit: Visit) -> None:
    page = visit(AGENT)
    page.goto("/calls/")
    hand = Hand(page)

    take(hand)
    moves = hand.moves
    finish(hand, "3", "Recorded: No answer. They will be called again.")
    assert hand.moves - moves == 2

    wrong = take(hand)
    told = "Recorded: Wrong number. The ward will look for the right number."
    finish(hand, "6", told)

    take(hand)
    hand.press("7")
    hand.press("Alt+d")
    expect(page.get_by_label("Do not call again")).to_be_checked()
    hand.press("Alt+w")
    hand.type("不想再接电话")
    hand.press("Control+Enter")
    expect(page.get_by_text("Recorded: Declined.")).to_be_visible()

    reached = take(hand)
    hand.press("Alt+w")
    with page.expect_response("**/keep/"):
        hand.type("夜间咳嗽，已嘱复诊")
    # This browser dies; in another one the words are there.
    page = visit(AGENT)
    page.goto("/calls/")
    hand = Hand(page)
    expect(page.locator("#call-name")).to_have_text(reached)
    expect(page.get_by_label("Note")).to_have_value("夜间咳嗽，已嘱复诊")
    hand.press("Alt+w")
    hand.press("Control+Enter")
    expect(page.get_by_text("Choose what came of the call.")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("夜间咳嗽，已嘱复诊")
    finish(hand, "1", "Recorded: Reached the patient.")

    take(hand)
    complaint = hear(hand, "Alt+c", "出院手续排队两个小时")
    praise = hear(hand, "Alt+p", "护士长很耐心")
    expect(page.locator("#heard li")).to_have_count(2)
    finish(hand, "2", "Recorded: Reached a relative.")

    take(hand)
    hand.press("8")
    hand.press("b")
    hand.press("Enter")
    told = "Recorded: Asked to be called later. They will be called at the time"
    expect(page.get_by_text(told)).to_be_visible()

    expect(page.locator(".call-day")).to_contain_text("Today 6 / 20")
    page.goto("/")
    expect(page.locator(".measure", has_text="My calls today")).to_contain_text(
        "6 / 20"
    )
    for number, kind in ((complaint, "Complaint"), (praise, "Praise")):
        page.goto(f"/cases/{number}/")
        expect(page.locator("main")).to_contain_text(kind)
        expect(page.locator("main")).to_contain_text("Follow-up call")

    find_number(visit(HEAD), wrong)
    page.goto("/calls/")
    assert reached not in names_to_come(hand)


def take(hand: Hand) -> str:
    """One key for the next call; the name of the person."""
    expect(hand.page.get_by_role("button", name="Next call")).to_be_visible()
    hand.press("Space")
    expect(hand.page.locator("#call-form")).to_be_visible()
    name: str = hand.page.locator("#call-name").inner_text()
    return name


def finish(hand: Hand, digit: str, told: str) -> None:
    hand.press(digit)
    hand.press("Enter")
    expect(hand.page.get_by_text(told)).to_be_visible()


def hear(hand: Hand, key: str, words: str) -> str:
    """A voice becomes a case without leaving the call; its number."""
    page = hand.page
    heard = page.locator("#heard li")
    before = heard.count()
    hand.press(key)
    expect(page.locator("#action-dialog textarea")).to_be_focused()
    hand.type(words)
    hand.press("Tab")
    hand.type("hzsj")
    hand.press("Tab")
    expect(page.get_by_label("About what")).to_have_value("Waiting to be seen")
    hand.press("Control+Enter")
    expect(page.locator("#action-dialog")).to_be_hidden()
    expect(heard).to_have_count(before + 1)
    found = re.search(r"C-\d{4}-\d+", heard.last.inner_text())
    assert found
    return found[0]


def find_number(ward: Page, name: str) -> None:
    ward.goto("/numbers/")
    row = ward.get_by_role("row", name=name)
    row.get_by_role("link", name="Enter the number").click()
    ward.get_by_label("The right number").fill("199 0000 2999")
    ward.get_by_role("button", name="Keep the number").click()
    told = "The number is corrected; they will be called again."
    expect(ward.get_by_text(told)).to_be_visible()
    expect(ward.get_by_text("No number has to be found.")).to_be_visible()


def names_to_come(hand: Hand) -> list[str]:
    """Who is still to be called, worked off one by one."""
    page, names = hand.page, []
    numbers = []
    page.goto("/calls/")
    while page.get_by_text("Ready for the next call.").count():
        names.append(take(hand))
        numbers.append(page.locator(".call-number").inner_text().strip())
        finish(hand, "1", "Recorded: Reached the patient.")
        page.goto("/calls/")
    expect(page.get_by_text("Nobody is to be called now.")).to_be_visible()
    # Ten people less six, and the one whose number was found.
    assert len(names) == 5
    assert numbers.count("199 0000 2999") == 1
    return names
