"""Whatever goes wrong is told in words, and nothing typed is lost."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.e2e.hands import (
    Hand,
    begin_case,
    complain_by_phone,
    read_saved,
    type_complaint,
)

FRONT_DESK, SUPERVISOR, OUTPATIENTS = "1001", "1022", "4024"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(512)
OFFLINE = "The server cannot be reached. Nothing you typed is lost"

Visit = Callable[..., Page]


def test_an_empty_narrative_keeps_everything_else(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    hand = Hand(desk)
    begin_case(hand)
    for key, words in (("c", ""), ("Tab", "xnk"), ("Tab", "hzsj"), ("Alt+p", "")):
        hand.press(key)
        hand.type(words)
    expect(desk.locator("#id_phone")).to_be_focused()
    hand.type("19900003377")
    hand.press("Control+Enter")
    expect(desk.get_by_text("Say in a few words what happened.")).to_be_visible()
    expect(desk.get_by_label("What happened")).to_be_focused()
    expect_filled_line(desk)
    expect(desk.locator("#id_phone")).to_have_value("19900003377")
    expect(desk.get_by_role("radio", name="Complaint")).to_be_checked()


def test_a_form_waits_for_a_type_ahead_that_is_slow(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    held: list[Route] = []
    desk.route(re.compile(r"[?&]q=xnk"), lambda route: held.append(route))
    desk.goto("/")
    type_complaint(Hand(desk), "候诊太久。", phone="19900003378", name="钟离春")
    expect(desk.locator("#intake-form")).to_be_visible()
    for route in held:
        route.continue_()
    desk.goto(f"/cases/{read_saved(desk)}/")
    expect(desk.locator("main")).to_contain_text("Cardiology")
    expect(desk.locator("main")).to_contain_text("Waiting to be seen")


def expect_filled_line(desk: Page) -> None:
    expect(desk.get_by_label("Department").first).to_have_value("Cardiology")
    expect(desk.get_by_label("About what").first).to_have_value("Waiting to be seen")


def test_of_two_people_at_one_case_the_second_is_told(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    number = complain_by_phone(
        Hand(desk), "护士站电话无人接听。", phone="19900008152", name="公孙瑶"
    )
    desk.goto(f"/cases/{number}/")
    desk.get_by_role("link", name="Reply", exact=True).first.click()
    dialog = desk.locator("#action-dialog")
    answer = dialog.get_by_label("What the person was told")
    answer.fill("已请护士长回电。")

    raise_tier(visit(SUPERVISOR), number)
    dialog.get_by_role("button", name="Record the reply").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_text("What happened meanwhile:")).to_be_visible()
    expect(dialog).to_contain_text("家属情绪激动")
    expect(answer).to_have_value("已请护士长回电。")

    dialog.get_by_role("button", name="Record the reply").click()
    expect(desk.get_by_text("The reply was recorded.")).to_be_visible()


def raise_tier(supervisor: Page, number: str) -> None:
    supervisor.goto(f"/cases/{number}/tier/")
    supervisor.get_by_role("radio").first.check()
    supervisor.get_by_label("Reason").fill("家属情绪激动")
    supervisor.get_by_role("button", name="Set the tier").click()
    expect(supervisor.get_by_text("The tier was set.")).to_be_visible()


def test_a_disguised_file_is_refused_beside_the_field(visit: Visit) -> None:
    head = visit(OUTPATIENTS)
    head.goto("/")
    head.get_by_role("link", name="Submit").last.click()
    result = head.get_by_label("What was done")
    result.fill("照片见附件")
    head.locator("#id_files").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": PROGRAM}
    )
    head.get_by_role("button", name="Submit", exact=True).click()
    expect(head.locator("#files-error")).to_contain_text(
        "“photo.jpg” is not what its name says."
    )
    expect(result).to_have_value("照片见附件")


def test_a_note_written_without_a_network_waits_for_it(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    number = complain_by_phone(
        Hand(desk), "轮椅借不到。", phone="19900002648", name="东方晓"
    )
    desk.goto(f"/cases/{number}/")
    note = desk.get_by_label("Note for colleagues")
    note.fill("已电话核实")
    desk.context.set_offline(True)
    desk.get_by_role("button", name="Keep the note").click()
    expect(desk.get_by_text(OFFLINE)).to_be_visible()
    expect(note).to_have_value("已电话核实")
    desk.context.set_offline(False)
    desk.get_by_role("button", name="Keep the note").click()
    expect(desk.locator(".timeline")).to_contain_text("已电话核实")


def test_a_case_sent_without_a_network_comes_back(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    hand = Hand(desk)
    begin_case(hand)
    for key, words in (("c", "电梯停了两天。"), ("Tab", "xnk"), ("Tab", "hzsj")):
        hand.press(key)
        hand.type(words)
    hand.press("Alt+p")
    expect(desk.locator("#id_phone")).to_be_focused()
    hand.type("19900007719")
    desk.context.set_offline(True)
    hand.press("Control+Enter")
    expect(desk).to_have_url(re.compile("^chrome-error:"))
    desk.context.set_offline(False)
    desk.goto("/intake/")
    expect(desk.get_by_label("What happened")).to_have_value("电梯停了两天。")
    expect(desk.locator("#id_phone")).to_have_value("19900007719")
    expect_filled_line(desk)
    hand.press("Control+Enter")
    expect(desk.locator("#saved-title")).to_contain_text("is registered.")
