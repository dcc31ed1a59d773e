"""From the file of the hospital's system to the figures the leadership reads."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.hands import Hand
from tests.e2e.patients import NEUROLOGY_AGENT
from tests.e2e.stay_list import DIED, MOVED, STAYS, write_stay_list
from tests.e2e.test_calls import finish, hear, take

SUPERVISOR, HEAD = "1021", "4005"  # of neurology
Visit = Callable[..., Page]

# What is answered when nothing is wrong; elsewhere the first of the answers.
WELL = {
    **dict.fromkeys(("chest_pain", "breathless", "weakness", "bleeding"), "n"),
    **dict.fromkeys(("fever", "leg_swelling", "fall", "side_effects"), "n"),
    **dict.fromkeys(("urine", "appointment_known", "appointment_able"), "y"),
    **{"results_pending": "n", "knows_signs": "y", "questions": "Enter"},
}
REACHED = "Recorded: Reached the patient."


def test_from_a_list_of_stays_to_the_figures(visit: Visit) -> None:
    left_at = datetime.now().astimezone() - timedelta(days=3)
    supervisor = visit(SUPERVISOR)
    bring_in(supervisor, left_at)

    agent = visit(NEUROLOGY_AGENT)
    agent.goto("/calls/")
    hand = Hand(agent)
    alarmed = call_twelve_people(hand)
    expect(agent.locator(".call-day")).to_contain_text("Today 12 / 40")

    answer_alert(visit(HEAD), alarmed)
    read_figures(supervisor, f"{left_at:%Y-%m}")


def bring_in(page: Page, left_at: datetime) -> None:
    page.goto("/stays/imports/")
    page.locator("input[type=file]").set_input_files(write_stay_list(left_at))
    page.get_by_role("button", name="Read the list").click()
    expect(page.locator(".import-file")).to_contain_text("GB18030")
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name=f"Take over {STAYS} rows").click()
    done = f"{STAYS} rows were taken over"
    expect(page.get_by_text(done)).to_be_visible(timeout=60_000)


def call_twelve_people(hand: Hand) -> str:
    """The name of the person with a red flag."""
    begin(hand)
    finish(hand, "3", "Recorded: No answer. They will be called again.")
    begin(hand)
    finish(hand, "6", "Recorded: Wrong number.")
    begin(hand)
    finish(hand, "7", "Recorded: Declined.")

    alarmed = begin(hand)
    answer(hand, WELL | {"chest_pain": "y"})
    expect(hand.page.locator("[data-red-mark]:visible")).to_have_count(1)
    finish(hand, "1", REACHED)

    begin(hand)
    answer(hand, WELL)
    hear(hand, "Alt+c", "出院结账等了一个上午")
    finish(hand, "1", REACHED)
    begin(hand)
    answer(hand, WELL)
    hear(hand, "Alt+p", "责任护士讲得很清楚")
    finish(hand, "1", REACHED)

    begin(hand)
    moves = hand.moves
    asked = answer(hand, WELL)
    finish(hand, "1", REACHED)
    assert hand.moves - moves == asked + 2

    begin(hand)
    answer(hand, WELL | {"who": "b"})
    finish(hand, "2", "Recorded: Reached a relative.")
    begin(hand)
    finish(hand, "4", "Recorded: Busy.")
    begin(hand)
    finish(hand, "5", "Recorded: Switched off.")

    begin(hand)
    hand.press("8")
    hand.press("b")
    hand.press("Enter")
    expect(hand.page.get_by_text("Recorded: Asked to be called later.")).to_be_visible()
    begin(hand)
    answer(hand, WELL)
    finish(hand, "1", REACHED)
    return alarmed


def begin(hand: Hand) -> str:
    """The next call; the name of the person."""
    name = take(hand)
    expect(hand.page.locator("[data-question]:focus-within").first).to_be_visible()
    return name


def answer(hand: Hand, answers: dict[str, str]) -> int:
    """Go through the script with one key a question; how many were asked."""
    page, count = hand.page, 0
    while (question := focused_question(page)) is not None:
        hand.press(answers.get(question, "a"))
        count += 1
        page.wait_for_function(
            "before => document.activeElement.closest('[data-question]')?.dataset"
            ".question !== before",
            arg=question,
        )
    return count


def focused_question(page: Page) -> str | None:
    found: str | None = page.evaluate(
        "document.activeElement.closest('[data-question]')?.dataset.question"
    )
    return found


def answer_alert(page: Page, name: str) -> None:
    """The ward sees whom to ring, says that it is on it, and what it did."""
    page.goto("/alerts/")
    row = page.locator(".alert-row", has_text=name)
    expect(row).to_contain_text("Chest pain")
    row.get_by_role("button", name="I am on it").click()
    row.get_by_role("link", name="Close").click()
    dialog = page.locator("#action-dialog")
    dialog.locator("textarea").fill("已电话评估，嘱立即来院，急诊绿色通道接诊。")
    dialog.locator("[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".alert-row", has_text=name)).to_have_count(0)


def read_figures(page: Page, month: str) -> None:
    """Six reached, one refused, five tried in vain, the others still to be called."""
    page.goto(f"/figures/follow-ups/?month={month}")
    line = page.locator("table").get_by_role("row", name=re.compile("^Neurology"))
    reached, tried, may_be_called = 6, 12, STAYS - DIED - MOVED
    for part in (
        str(STAYS),
        f"{reached} of {STAYS}",
        f"{reached} of {may_be_called}",
        f"{tried} of {may_be_called}",
        f"{reached} of {tried}",
        f"{reached} of {reached}",
    ):
        expect(line).to_contain_text(part)
    line.get_by_role("link", name="Neurology, Reached:").click()
    expect(page.locator("#rows-title")).to_contain_text(f"{tried} entries")
    for state, count in (
        ("Refused on the telephone", 1),
        ("Reached, and the questions answered", reached),
        ("No answer", 1),
        ("Wrong number", 1),
        ("Busy", 1),
        ("Switched off", 1),
        ("Asked to be called later", 1),
    ):
        cells = page.get_by_role("cell", name=state, exact=True)
        expect(cells).to_have_count(count)
