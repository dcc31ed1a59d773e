"""What the providers are sent, what their answers mean, and that no secret gets out."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from notifications.models import (
    Address,
    Channel,
    Delivery,
    Failure,
    Heartbeat,
    Preference,
    Topic,
)
from notifications.services import (
    NotDelivered,
    add_address,
    beat,
    choose_channels,
    notify,
    remove_address,
    send_due_deliveries,
    try_address,
)
from notifications.services.posting import send_to
from notifications.services.reading import parse_address
from tests.notifications.servers import HookServer

SECRET = "very-secret-key-1234"
WECOM = "apprise.plugins.wecombot.NotifyWeComBot.notify_url"
DINGTALK = "apprise.plugins.dingtalk.NotifyDingTalk.notify_url"
FEISHU = "apprise.plugins.feishu.NotifyFeishu.notify_url"
LARK = "apprise.plugins.lark.NotifyLark.notify_url"
NOWHERE = "http://127.0.0.1:9"  # nobody listens to the discard port


@pytest.fixture
def post(
    hook_server: HookServer, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Send to a provider that lives at our server, or at another base."""

    def send(channel: Channel, url: str, base: str = hook_server.url) -> None:
        monkeypatch.setattr(WECOM, base + "/wecom?key={key}")
        monkeypatch.setattr(DINGTALK, base + "/ding?access_token={token}")
        monkeypatch.setattr(FEISHU, base + "/feishu/{token}/")
        monkeypatch.setattr(LARK, base + "/lark/")
        send_to(channel, url, title="Title", body="Body", key="delivery-1")

    return send


@pytest.mark.parametrize(
    ("channel", "text", "url", "shown"),
    [
        (
            Channel.WECOM,
            f" https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET} ",
            f"wecombot://{SECRET}",
            "wecombot://…1234",
        ),
        (Channel.WECOM, "wecombot://abcd1234", "wecombot://abcd1234", None),
        (
            Channel.DINGTALK,
            "https://oapi.dingtalk.com/robot/send?access_token=abcdef123456",
            "dingtalk://abcdef123456",
            "dingtalk://…3456",
        ),
        (
            Channel.FEISHU,
            "https://open.feishu.cn/open-apis/bot/v2/hook/ab-cd-12-34",
            "feishu://ab-cd-12-34",
            "feishu://…2-34",
        ),
        (
            Channel.FEISHU,
            "https://open.larksuite.com/open-apis/bot/v2/hook/ab-cd-12",
            "lark://ab-cd-12",
            None,
        ),
        (
            Channel.WEBHOOK,
            "https://user:pass@oa.hospital.test/in?token=abc",
            "jsons://user:pass@oa.hospital.test/in?token=abc",
            "jsons://oa.hospital.test/…",
        ),
        (Channel.WEBHOOK, "http://oa:8080/in", "json://oa:8080/in", "json://oa/…"),
        (Channel.EMAIL, "ward@hospital.test", "ward@hospital.test", None),
        (
            Channel.SMS,
            "bulksms://name:secret@13812345678",
            "bulksms://name:secret@13812345678",
            "bulksms://…5678",
        ),
    ],
)
def test_an_address_is_understood_as_the_app_lets_one_copy_it(
    channel: Channel, text: str, url: str, shown: str | None
) -> None:
    parsed = parse_address(channel, text)
    assert parsed.url == url
    if shown:
        assert parsed.shown == shown


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        (Channel.WECOM, "https://evil.test/cgi-bin/webhook/send?key=abc"),
        (Channel.WECOM, "json://10.0.0.1/"),
        (Channel.WECOM, "wecombot://"),
        (Channel.WECOM, "wecombot://a%20b"),
        (Channel.DINGTALK, "wecombot://abcd1234"),
        (Channel.FEISHU, "file:///etc/passwd"),
        (Channel.SMS, "jsons://10.0.0.1/"),
        (Channel.SMS, "infobip://key123456@10.0.0.1/13812345678"),
        (Channel.SMS, "13812345678"),
        (Channel.WEBHOOK, "ftp://oa.hospital.test"),
        (Channel.EMAIL, "ward at hospital"),
    ],
)
def test_what_is_not_an_address_of_the_channel_is_refused(
    channel: Channel, text: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        parse_address(channel, text)
    assert refusal.value.field == "url"


def test_every_robot_gets_what_it_understands(
    post: Callable[..., None], hook_server: HookServer
) -> None:
    post(Channel.WECOM, "wecombot://key12345")
    post(Channel.DINGTALK, "dingtalk://token123")
    hook_server.answer = {"code": 0, "msg": "success"}
    post(Channel.FEISHU, "feishu://token123")
    post(Channel.FEISHU, "lark://token123")
    text = "Title\nBody"
    at = {"atMobiles": [], "isAtAll": False}
    assert [(call.path, call.body) for call in hook_server.calls] == [
        ("/wecom?key=key12345", {"msgtype": "text", "text": {"content": text}}),
        (
            "/ding?access_token=token123",
            {"msgtype": "text", "text": {"content": text}, "at": at},
        ),
        ("/feishu/token123", {"msg_type": "text", "content": {"text": text}}),
        ("/lark/token123", {"msg_type": "text", "content": {"text": text}}),
    ]
    assert hook_server.keys == ["delivery-1"] * 4


def test_dingtalk_is_signed_once_not_twice(
    post: Callable[..., None], hook_server: HookServer
) -> None:
    post(Channel.DINGTALK, "dingtalk://SECabc@token123")
    query = parse_qs(urlsplit(hook_server.calls[0].path).query)
    assert sorted(query) == ["access_token", "sign", "timestamp"]
    assert (len(query["sign"][0]), query["sign"][0][-1]) == (44, "=")


def test_a_webhook_gets_json_and_the_key(
    post: Callable[..., None], hook_server: HookServer
) -> None:
    url = hook_server.url.replace("http", "json") + "/in"
    post(Channel.WEBHOOK, url)
    call = hook_server.calls[0]
    assert (call.body["title"], call.body["message"]) == ("Title", "Body")
    assert (call.path, call.headers["Idempotency-Key"]) == ("/in", "delivery-1")


def test_a_mobile_number_goes_through_the_hospitals_gateway(
    post: Callable[..., None], hook_server: HookServer, settings: Settings
) -> None:
    base = hook_server.url.replace("http", "json")
    settings.SMS_GATEWAY_URL = base + "/sms?:to={phone}"
    parsed = parse_address(Channel.SMS, "138 1234 5678")
    assert (parsed.url, parsed.shown) == ("13812345678", "…5678")
    post(Channel.SMS, parsed.url)
    assert hook_server.calls[0].body["to"] == "13812345678"


@pytest.mark.parametrize(
    ("status", "answer", "failure", "detail"),
    [
        (200, {"errcode": 93000, "errmsg": "bad key"}, "refused", "93000: bad key"),
        (200, {"code": 19001, "msg": "gone"}, "refused", "19001: gone"),
        (200, {"hello": "world"}, "refused", "None: "),
        (200, b"<html>", "refused", "The answer is not understood."),
        (200, ["errcode"], "refused", "The answer is not understood."),
        (500, {}, "refused", "HTTP 500"),
        (302, {}, "refused", "HTTP 302"),
    ],
)
def test_a_robot_that_answers_no_is_not_taken_for_yes(
    post: Callable[..., None],
    hook_server: HookServer,
    status: int,
    answer: Any,
    failure: str,
    detail: str,
) -> None:
    hook_server.status, hook_server.answer = status, answer
    with pytest.raises(NotDelivered) as failed:
        post(Channel.WECOM, f"wecombot://{SECRET}")
    assert (failed.value.failure, failed.value.detail) == (failure, detail)


def test_a_slow_provider_is_not_waited_for(
    post: Callable[..., None], hook_server: HookServer, settings: Settings
) -> None:
    settings.CHANNEL_READ_SECONDS = 0.1
    hook_server.slowness = 0.5
    with pytest.raises(NotDelivered) as failed:
        post(Channel.WECOM, f"wecombot://{SECRET}")
    assert failed.value.failure == Failure.TIMEOUT


@pytest.mark.parametrize(
    ("channel", "url", "detail"),
    [
        (Channel.WECOM, f"wecombot://{SECRET}", "127.0.0.1: ConnectionError"),
        (Channel.FEISHU, f"lark://{SECRET}", "127.0.0.1: ConnectionError"),
        (
            Channel.WEBHOOK,
            f"json://127.0.0.1:9/{SECRET}",
            "A Connection error occurred sending JSON notification to 127.0.0.1.",
        ),
    ],
)
def test_nobody_there_is_told_without_the_secret(
    post: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    channel: Channel,
    url: str,
    detail: str,
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(NotDelivered) as failed:
        post(channel, url, NOWHERE)
    assert (failed.value.failure, failed.value.detail) == ("unreachable", detail)
    assert SECRET not in caplog.text


def test_a_gateway_out_of_reach_is_told_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway = "apprise.plugins.bulksms.NotifyBulkSMS.notify_url"
    monkeypatch.setattr(gateway, NOWHERE)
    url = f"bulksms://hospital:{SECRET}@13812345678"
    with pytest.raises(NotDelivered) as failed:
        send_to(Channel.SMS, url, title="Title", body="Body", key="delivery-1")
    assert failed.value.failure == Failure.UNREACHABLE
    assert SECRET not in failed.value.detail


def test_a_webhook_that_answers_no_says_so(
    post: Callable[..., None], hook_server: HookServer
) -> None:
    hook_server.status = 500
    with pytest.raises(NotDelivered) as failed:
        post(Channel.WEBHOOK, hook_server.url.replace("http", "json"))
    assert failed.value.failure == Failure.REFUSED
    assert "error=500" in failed.value.detail


def test_what_a_provider_repeats_of_the_secret_is_blotted_out(
    post: Callable[..., None], hook_server: HookServer
) -> None:
    hook_server.answer = {"errcode": 1, "errmsg": f"unknown key {SECRET}"}
    with pytest.raises(NotDelivered) as failed:
        post(Channel.WECOM, f"wecombot://{SECRET}")
    assert failed.value.detail == "1: unknown key …"


def test_an_address_that_is_valid_no_more_is_told() -> None:
    with pytest.raises(NotDelivered) as failed:
        send_to(Channel.SMS, "13812345678", title="", body="", key="k")
    assert failed.value.failure == Failure.BROKEN


def test_a_delivery_goes_out_once_and_a_refusal_stands_in_its_row(
    reader: User,
    robot: Address,
    hook_server: HookServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(WECOM, hook_server.url + "/?key={key}")
    with caplog.at_level(logging.DEBUG):
        notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
        assert [send_due_deliveries("wecom"), send_due_deliveries("wecom")] == [1, 0]
        hook_server.answer = {"errcode": 93000, "errmsg": f"no such key: {SECRET}"}
        notify([reader], Topic.CASE_REOPENED, path="/", number="C-2")
        assert send_due_deliveries("wecom") == 0
    sent, refused = Delivery.objects.filter(channel="wecom").order_by("pk")
    assert hook_server.keys == [sent.key, refused.key]
    assert (refused.failure, refused.last_error) == (
        "refused",
        "93000: no such key: …",
    )
    assert SECRET not in caplog.text


def test_a_long_digest_reaches_a_robot_as_its_sentence_and_a_link(
    reader: User,
    robot: Address,
    hook_server: HookServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(WECOM, hook_server.url + "/?key={key}")
    notify([reader], Topic.CASE_REOPENED, path="/" + "x" * 150, number="长" * 700)
    send_due_deliveries("wecom")
    text = hook_server.calls[0].body["text"]["content"]
    assert text.endswith("\nhttp://localhost:8000/" + "x" * 150)


def test_a_webhook_is_the_administrators_alone(reader: User, it_admin: User) -> None:
    with pytest.raises(PermissionDenied):
        add_address(actor=reader, channel=Channel.WEBHOOK, url="http://oa/in")
    add_address(actor=it_admin, channel=Channel.WEBHOOK, url="http://oa/in")
    assert Address.objects.get().user == it_admin


@pytest.mark.parametrize("who", ["reader", "quality_admin"])
def test_a_departments_address_is_the_it_administrators(
    request: pytest.FixtureRequest, department: Department, who: str
) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        add_address(
            actor=actor,
            channel=Channel.WECOM,
            url="wecombot://abcd1234",
            department=department,
        )


def test_the_address_of_another_is_not_tried_nor_removed(
    robot: Address, it_admin: User
) -> None:
    for act in (try_address, remove_address):
        with pytest.raises(PermissionDenied):
            act(robot, actor=it_admin)


def test_records_name_themselves_without_a_secret(reader: User, robot: Address) -> None:
    choose_channels(reader, offered=[Channel.WECOM], wanted=[])
    beat("deliveries")
    assert str(robot) == "wecom wecombot://…1234"
    assert str(Preference.objects.get(group="tasks")) == "tasks wecom: False"
    assert str(Heartbeat.objects.get()).startswith("deliveries 20")
