"""One voice through six pairs of hands, from the desk to the month's figures."""

from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.e2e.centre import Centre
from tests.e2e.hands import (
    PHONE,
    Hand,
    complain_by_phone,
    photo_of,
    read_bell,
    wait_for,
)

FRONT_DESK, SUPERVISOR, LEADER = "1001", "1022", "2001"
HEAD, NURSE, OTHER_HEAD = "4001", "5001", "4008"
NURSE_NAME, NURSE_INITIALS = "贾晓雨", "jxy"
NAME, PHONE_NUMBER = "钟离春", "19900004711"
WORDS = "在心内科门诊等了三个小时，叫号屏一直没有动。"
DEMAND = "请查明叫号屏停顿的原因并整改"

Visit = Callable[..., Page]


def test_a_voice_is_heard_put_right_answered_rated_closed_and_counted(
    centre: Centre, visit: Visit
) -> None:
    leader = visit(LEADER)
    received_before = read_received(leader)
    head = visit(HEAD)
    head.goto("/")
    bell_before = read_bell(head)

    desk = visit(FRONT_DESK)
    number = take_the_call(desk)
    code = read_slip(desk, number)

    ask_the_department(visit(SUPERVISOR), number)
    mail = wait_for(lambda: find_mail(centre, number))
    check_mail(mail, centre)

    assert read_bell(head) == bell_before + 1
    acknowledge_and_plan(head, number)
    check_outsider(visit(OTHER_HEAD), number)

    submit_with_photo(visit(NURSE, **PHONE), number)
    verify_and_reply(desk, number)
    rate(visit(**PHONE), code, number)
    close(desk, number)

    assert read_received(leader) == received_before + 1
    leader.locator("#value-received").click()
    row = leader.get_by_role("row", name=number)
    expect(row).to_contain_text("Closed")
    expect(leader.locator("#figure-value")).to_have_text(str(received_before + 1))


def read_received(page: Page) -> int:
    page.goto("/figures/")
    return int(page.locator("#value-received").inner_text())


def take_the_call(desk: Page) -> str:
    """The front desk writes the complaint down without touching the mouse."""
    desk.goto("/")
    return complain_by_phone(Hand(desk), WORDS, phone=PHONE_NUMBER, name=NAME)


def read_slip(desk: Page, number: str) -> str:
    """The slip carries number, code and a QR code that is really drawn."""
    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="Print slip").click()
    slip = opened.value
    expect(slip.locator(".slip-number")).to_have_text(number)
    qr = slip.get_by_alt_text("QR code of the progress page")
    expect(qr).to_be_visible()
    assert qr.evaluate("async image => { await image.decode(); return image.width }")
    code = slip.locator(".slip-code").inner_text()
    slip.close()
    return code


def ask_the_department(supervisor: Page, number: str) -> None:
    supervisor.goto(f"/cases/{number}/")
    supervisor.get_by_role("button", name="Accept").click()
    expect(supervisor.get_by_text("The case is yours to handle now.")).to_be_visible()
    supervisor.get_by_role("link", name="Open a task").click()
    dialog = supervisor.locator("#action-dialog")
    # The department that the case is about is chosen already.
    expect(dialog.locator("input#id_department")).to_have_value("Cardiology")
    dialog.get_by_label("What the department is asked to do").fill(DEMAND)
    dialog.get_by_role("button", name="Open the task").click()
    told = "The task was opened and the department told."
    expect(supervisor.get_by_text(told)).to_be_visible()
    expect(supervisor.locator(".case-task")).to_contain_text("Cardiology")


def find_mail(centre: Centre, number: str) -> EmailMessage | None:
    """The mail that the worker delivered to the head."""
    return next(
        (
            mail
            for mail in centre.mails()
            if number in mail["Subject"] and mail["To"].startswith(HEAD)
        ),
        None,
    )


def check_mail(mail: EmailMessage, centre: Centre) -> None:
    """A number and a link, and nothing about the person."""
    told = f"{mail['Subject']} {mail.get_content()}"
    assert f"{centre.url}/tasks/" in told
    assert [word for word in (NAME, PHONE_NUMBER, WORDS) if word in told] == []


def acknowledge_and_plan(head: Page, number: str) -> None:
    head.goto("/")
    row = head.locator("[data-key-row]", has_text=number)
    row.get_by_role("button", name="Acknowledge").click()
    expect(row.get_by_role("button", name="Acknowledge")).to_have_count(0)
    row.get_by_role("link", name=DEMAND).click()
    expect(head.get_by_text("The centre knows who spoke")).to_be_visible()
    assert PHONE_NUMBER not in head.content()
    assert NAME not in head.content()
    head.get_by_role("link", name="Plan", exact=True).click()
    dialog = head.locator("#action-dialog")
    # The type-ahead takes the place of a select with the same label.
    dialog.locator("input#id_responsible").fill(NURSE_INITIALS)
    dialog.get_by_role("option", name=NURSE_NAME).click()
    dialog.get_by_label("Measure").fill("重启叫号系统，并由护士每半小时巡视一次")
    dialog.get_by_role("button", name="Record the plan").click()
    expect(head.get_by_text("The plan is recorded.")).to_be_visible()


def check_outsider(outsider: Page, number: str) -> None:
    """For everybody else the case does not exist."""
    answer = outsider.goto(f"/cases/{number}/")
    assert answer is not None
    assert answer.status == 404
    outsider.goto(f"/search/?q={number}")
    expect(outsider.get_by_text("Nothing found.")).to_be_visible()


def submit_with_photo(nurse: Page, number: str) -> None:
    nurse.goto("/")
    nurse.locator("[data-key-row]", has_text=number).get_by_role(
        "link", name="Submit"
    ).click()
    nurse.get_by_label("What was done").fill("叫号屏已修复，候诊区已加派导诊")
    nurse.locator("#id_files").set_input_files(photo_of(nurse))
    expect(nurse.locator("[data-picked]")).to_contain_text("photo.jpg")
    nurse.get_by_role("button", name="Submit", exact=True).click()
    told = "Submitted. The centre will verify the work."
    expect(nurse.get_by_text(told)).to_be_visible()


def verify_and_reply(desk: Page, number: str) -> None:
    desk.goto(f"/cases/{number}/")
    picture = desk.get_by_alt_text("photo.jpg")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("async image => { await image.decode(); return 1 }")
    desk.get_by_role("button", name="Verify").click()
    expect(desk.get_by_text("The work is verified.")).to_be_visible()
    desk.get_by_role("link", name="Reply", exact=True).first.click()
    dialog = desk.locator("#action-dialog")
    dialog.get_by_label("What the person was told").fill("叫号屏已修复，向您致歉。")
    dialog.get_by_role("button", name="Record the reply").click()
    expect(desk.get_by_text("The reply was recorded.")).to_be_visible()


def rate(patient: Page, code: str, number: str) -> None:
    """No account, a phone, and the code typed the way people type."""
    patient.goto("/track/")
    patient.get_by_label("Tracking code").fill(code.lower().replace("-", " "))
    patient.get_by_role("button", name="Show the progress").click()
    expect(patient.get_by_role("heading", name=number)).to_be_visible()
    expect(patient.get_by_text("叫号屏已修复，向您致歉。")).to_be_visible()
    patient.get_by_role("button", name="Satisfied", exact=True).click()
    expect(patient.get_by_text("You said: Satisfied. Thank you.")).to_be_visible()


def close(desk: Page, number: str) -> None:
    desk.goto(f"/cases/{number}/")
    expect(desk.get_by_text("Nothing is missing.")).to_be_visible()
    desk.get_by_role("button", name="Close the case").click()
    expect(desk.get_by_text("The case was closed.")).to_be_visible()
