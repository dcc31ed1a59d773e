"""The page “How I am told”: addresses, what comes where, quiet hours."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from hospital.models import Department, User
from notifications.models import (
    Address,
    Channel,
    Preference,
    QuietHours,
    TopicGroup,
)
from notifications.services import add_address, set_quiet_hours
from tests.factories import UserFactory
from tests.notifications.servers import HookServer

English = Callable[[User], Client]
PAGE = reverse("notifications:channels")
ADD = reverse("notifications:add_address")
CHOOSE = reverse("notifications:choose_channels")
QUIET = reverse("notifications:set_quiet_hours")
TEST_MAIL = reverse("notifications:test_email")
DEPARTMENTS = reverse("notifications:department_channels")
ADD_DEPARTMENT = reverse("notifications:add_department_address")
COPIED = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-secret-key-1234"
WECOM = "apprise.plugins.wecombot.NotifyWeComBot.notify_url"


def trial_url(address: Address) -> str:
    return reverse("notifications:test_address", args=[address.pk])


def removal_url(address: Address) -> str:
    return reverse("notifications:remove_address", args=[address.pk])


def said(client: Client, path: str = PAGE) -> list[str]:
    return [str(message) for message in client.get(path).context["messages"]]


def test_without_any_address_there_is_the_inbox(db: None, english: English) -> None:
    page = english(UserFactory()).get(PAGE).text
    assert "Only the inbox so far." in page
    assert "No e-mail address is on record" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_address_and_for_three(
    reader: User, english: English, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        url = f"wecombot://key1234{number}"
        add_address(actor=reader, channel=Channel.WECOM, url=url)
    client = english(reader)
    # session, person, quiet hours, addresses, refusals
    with django_assert_num_queries(5):
        response = client.get(PAGE)
    assert len(response.context["rows"]) == rows


def test_an_address_is_added_and_never_shown_again(
    reader: User, english: English
) -> None:
    client = english(reader)
    typed = {"channel": "wecom", "url": COPIED, "label": "Night shift"}
    assertRedirects(client.post(ADD, typed), PAGE, fetch_redirect_response=False)
    assert said(client) == ["The address was added. Send a test to it."]
    page = client.get(PAGE).text
    assert "wecombot://…1234" in page
    assert "Night shift" in page
    assert "very-secret" not in page
    assert Address.objects.get().url == "wecombot://very-secret-key-1234"


def test_what_is_no_address_is_explained_beside_the_field(
    reader: User, english: English
) -> None:
    response = english(reader).post(ADD, {"channel": "wecom", "url": "http://evil/"})
    assert response.status_code == 200
    assert response.context["form"].errors["url"] == [
        "Copy the webhook address of the group robot: "
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
    ]
    assert not Address.objects.exists()


def test_the_form_comes_alone_into_the_dialog(reader: User, english: English) -> None:
    response = english(reader).get(ADD, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert "Add an address" in response.text


@pytest.mark.parametrize(("who", "offered"), [("reader", False), ("it_admin", True)])
def test_only_the_it_administrator_is_offered_webhooks(
    request: pytest.FixtureRequest, english: English, who: str, offered: bool
) -> None:
    client = english(request.getfixturevalue(who))
    form = client.get(ADD).context["form"]
    assert ("webhook" in dict(form.fields["channel"].choices)) is offered
    answer = client.post(ADD, {"channel": "webhook", "url": "http://oa/in"})
    assert (answer.status_code == 302) is offered
    assert Address.objects.exists() is offered


def test_a_test_message_tells_how_it_went(
    reader: User,
    robot: Address,
    english: English,
    hook_server: HookServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(WECOM, hook_server.url + "/?key={key}")
    client = english(reader)
    client.post(trial_url(robot))
    assert said(client) == ["The test message was handed over."]
    assert hook_server.calls[0].body["text"]["content"] == (
        "Test message of the patient-service centre\n"
        "If you can read this, the channel works.\nhttp://localhost:8000"
    )
    hook_server.answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
    client.post(trial_url(robot))
    assert said(client) == [
        "The test message did not get out. "
        "The other side refused the message. 93000: invalid webhook url"
    ]


def test_the_mail_can_be_tried_too(
    reader: User, english: English, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = english(reader)
    client.post(TEST_MAIL)
    assert [message.to for message in mail.outbox] == [["reader@hospital.test"]]
    assert said(client) == ["The test message was handed over."]

    def hang(*__: object, **___: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", hang)
    client.post(TEST_MAIL)
    assert said(client) == [
        "The test message did not get out. No answer in time. TimeoutError: timed out"
    ]


def test_without_mail_address_there_is_no_mail_to_try(
    db: None, english: English
) -> None:
    assert english(UserFactory()).post(TEST_MAIL).status_code == 403


def test_an_address_is_removed(reader: User, robot: Address, english: English) -> None:
    client = english(reader)
    assertRedirects(
        client.post(removal_url(robot)), PAGE, fetch_redirect_response=False
    )
    assert said(client) == ["The address was removed and forgotten."]
    assert client.get(PAGE).context["rows"] == []
    assert client.post(removal_url(robot)).status_code == 404


@pytest.mark.parametrize("url_of", [trial_url, removal_url])
@pytest.mark.parametrize("who", ["outsider", "it_admin"])
def test_the_address_of_another_does_not_exist(
    request: pytest.FixtureRequest,
    robot: Address,
    english: English,
    url_of: Callable[[Address], str],
    who: str,
) -> None:
    client = english(request.getfixturevalue(who))
    assert client.post(url_of(robot)).status_code == 404
    robot.refresh_from_db()
    assert robot.is_active


def test_what_comes_where_is_chosen_and_shown(
    reader: User, robot: Address, english: English
) -> None:
    client = english(reader)
    wanted = ["tasks:email", "tasks:wecom", "cases:email", "tasks:sms", "nonsense"]
    client.post(CHOOSE, {"wanted": wanted})
    assert said(client) == ["Your choice was saved."]
    matrix = {
        line["group"]: [cell["is_wanted"] for cell in line["cells"]]
        for line in client.get(PAGE).context["matrix"]
    }
    assert matrix == dict.fromkeys(TopicGroup, [False, False]) | {
        TopicGroup.TASKS: [True, True],
        TopicGroup.CASES: [True, False],
    }
    assert not Preference.objects.filter(channel="sms").exists()


def test_quiet_hours_are_set_shown_and_lifted(reader: User, english: English) -> None:
    client = english(reader)
    client.post(QUIET, {"starts": "22:00", "ends": "07:00"})
    hours = QuietHours.objects.get()
    assert (hours.starts, hours.ends) == (time(22), time(7))
    assert 'value="22:00"' in client.get(PAGE).text
    client.post(QUIET, {"starts": "21:00", "ends": "06:30"})
    assert str(QuietHours.objects.get()) == "21:00 to 06:30"
    client.post(QUIET, {"starts": "", "ends": ""})
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "field", "sentence"),
    [
        ("22:00", "", "ends", "Give both times, or neither."),
        ("22:00", "22:00", "ends", "The quiet hours end when they begin."),
        ("noon", "22:00", "starts", "Enter a valid time."),
    ],
)
def test_quiet_hours_that_are_none_are_refused_in_words(
    reader: User, english: English, starts: str, ends: str, field: str, sentence: str
) -> None:
    set_quiet_hours(reader, time(20), time(21))
    response = english(reader).post(QUIET, {"starts": starts, "ends": ends})
    assert response.context["quiet"].errors[field] == [sentence]
    assert str(QuietHours.objects.get()) == "20:00 to 21:00"


@pytest.mark.parametrize("path", [CHOOSE, QUIET, TEST_MAIL])
def test_nothing_is_changed_by_a_get(reader: User, english: English, path: str) -> None:
    assert english(reader).get(path).status_code == 405


@pytest.mark.parametrize("path", [DEPARTMENTS, ADD_DEPARTMENT])
@pytest.mark.parametrize("who", ["supervisor", "head", "quality_admin"])
def test_the_addresses_of_departments_are_the_it_administrators(
    request: pytest.FixtureRequest, english: English, path: str, who: str
) -> None:
    assert english(request.getfixturevalue(who)).get(path).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_it_administrator_keeps_the_addresses_of_departments(
    it_admin: User,
    department: Department,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    client = english(it_admin)
    assert "No department has an address of its own." in client.get(DEPARTMENTS).text
    typed = {"department": department.pk, "channel": "wecom", "url": COPIED}
    for __ in range(rows):
        client.post(ADD_DEPARTMENT, typed)
    with django_assert_num_queries(3):  # session, person, addresses
        page = client.get(DEPARTMENTS)
    assert page.text.count("Cardiology · WeCom") == rows
    assert "very-secret" not in page.text
    address = Address.objects.first()
    assert address is not None
    client.post(removal_url(address))
    assert len(client.get(DEPARTMENTS).context["rows"]) == rows - 1


def test_the_departments_mail_can_be_tried(
    it_admin: User, department: Department, english: English
) -> None:
    ward = add_address(
        actor=it_admin,
        channel=Channel.EMAIL,
        url="ward@hospital.test",
        department=department,
    )
    client = english(it_admin)
    client.post(trial_url(ward))
    assert said(client, DEPARTMENTS) == ["The test message was handed over."]
    assert [message.to for message in mail.outbox] == [["ward@hospital.test"]]
