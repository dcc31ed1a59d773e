"""How few moves the main jobs take: keys and clicks beyond typing the words."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.hands import (
    PHONE,
    Hand,
    begin_case,
    complain_by_phone,
    photo_of,
    read_saved,
)

FRONT_DESK = "1001"
# Heads of departments that have work waiting in the demo hospital.
LOGISTICS, OUTPATIENTS = "4032", "4024"

Visit = Callable[..., Page]


def test_an_enquiry_answered_on_the_spot_takes_six_moves(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    hand = Hand(desk)
    begin_case(hand)
    hand.press("e")
    hand.type("影像科取片在哪里？")
    hand.press("Tab")
    hand.type("yxk")
    hand.press("Tab")
    hand.type("jcdh")
    hand.press("Alt+o")
    expect(desk.locator("#id_how")).to_be_focused()
    hand.type("已告知在一楼自助机取片")
    hand.press("Control+Enter")
    expect(desk.locator("#saved-title")).to_contain_text("is registered and closed.")
    assert hand.moves <= 6
    desk.goto(f"/cases/{read_saved(desk)}/")
    expect(desk.locator("main")).to_contain_text("影像科取片在哪里？")
    expect(desk.locator("main")).to_contain_text("已告知在一楼自助机取片")
    expect(desk.locator(".case-title")).to_contain_text("Solved on the spot")


def test_a_phone_complaint_takes_ten_moves(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    hand = Hand(desk)
    number = complain_by_phone(
        hand, "预约九点，十二点才叫到号。", phone="199 0000 5820", name="司马青"
    )
    assert hand.moves <= 10
    desk.goto(f"/cases/{number}/")
    expect(desk.locator("main")).to_contain_text("Waiting to be seen")
    expect(desk.locator("main")).to_contain_text("Cardiology")
    expect(desk.locator("#contact")).to_contain_text("199****5820")


def test_an_old_case_is_found_by_four_digits_in_three_moves(visit: Visit) -> None:
    desk = visit(FRONT_DESK)
    desk.goto("/")
    number = complain_by_phone(
        Hand(desk), "取药窗口只开了一个。", phone="19900006394", name="端木雪"
    )
    desk.goto("/")
    hand = Hand(desk)
    hand.press("Control+k")
    hand.type("6394")
    found = desk.locator("#palette-results [aria-selected=true]")
    expect(found).to_contain_text(number)
    hand.press("Enter")
    desk.wait_for_url(f"**/cases/{number}/")
    assert hand.moves <= 3


def test_a_head_acknowledges_from_home_with_one_key(visit: Visit) -> None:
    head = visit(LOGISTICS)
    head.goto("/")
    waiting = int(head.locator("#count-acknowledge").inner_text())
    assert waiting > 0
    hand = Hand(head)
    hand.press("a")
    expect(head.locator("#count-acknowledge")).to_have_text(str(waiting - 1))
    assert hand.moves == 1


def test_work_is_submitted_with_a_photo_from_a_phone_in_four_moves(
    visit: Visit,
) -> None:
    head = visit(OUTPATIENTS, **PHONE)
    head.goto("/")
    head.get_by_role("link", name="Submit").first.click()
    expect(head.locator("#submit")).to_be_in_viewport()
    hand = Hand(head)
    hand.click(head.get_by_label("What was done"))
    hand.type("已现场处理并培训当班人员")
    hand.attach(head.locator("#id_photo"), photo_of(head))
    expect(head.locator("[data-picked]")).to_contain_text("photo.jpg")
    hand.click(head.get_by_role("button", name="Submit", exact=True))
    expect(head.get_by_text("Submitted. The centre will verify")).to_be_visible()
    expect(head.locator(".proofs")).to_contain_text("photo.jpg")
    assert hand.moves <= 4
