"""Handing a message over to a provider.

For the robots of Chinese offices apprise looks at the status of the answer alone; but
they answer 200 and put the refusal into the body. So apprise reads the address and
signs, and the post itself is made here.
"""

import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests
from apprise import Apprise
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot
from django.conf import settings

from notifications.models import Channel, Failure
from notifications.services.plugins import open_gateway, open_service
from notifications.services.reading import is_phone

ROBOTS = (Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)
# Where the robots write how it went; nought is well.
VERDICTS = ("errcode", "code", "StatusCode")


class NotDelivered(Exception):
    """It did not get out; `detail` is what the other side said, without secrets."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure.value}: {detail}")
        self.failure = failure
        self.detail = detail


def send_to(channel: Channel, url: str, *, title: str, body: str, key: str) -> None:
    """Hand the message over, or raise NotDelivered; takes no longer than its limits."""
    if channel == Channel.SMS and is_phone(url):
        number = quote(url, safe="")
        service = open_gateway(settings.SMS_GATEWAY_URL.replace("{phone}", number))
    else:
        service = open_service(channel, url)
    if service is None:
        raise NotDelivered(Failure.BROKEN, "The address is not valid any more.")
    service.socket_connect_timeout = settings.CHANNEL_CONNECT_SECONDS
    service.socket_read_timeout = settings.CHANNEL_READ_SECONDS
    service.redirects = False
    try:
        if channel in ROBOTS:
            _post_to_robot(service, f"{title}\n{body}", key)
        else:
            _notify(service, title, body, key)
    except NotDelivered as failed:
        secrets = f"{url} {settings.SMS_GATEWAY_URL}"
        raise NotDelivered(failed.failure, scrub(failed.detail, secrets)) from None


def scrub(text: str, address: str) -> str:
    """The text without any part of the address that could be a secret."""
    parts = {unquote(part) for part in re.split(r"[^\w%-]+", address) if len(part) >= 6}
    for part in sorted(parts, key=len, reverse=True):
        text = text.replace(part, "…")
    return text


def _post_to_robot(service: Any, text: str, key: str) -> None:
    url, payload, params = _robot_request(service, text)
    host = urlsplit(url).hostname
    try:
        answer = requests.post(
            url,
            json=payload,
            params=params,
            headers={"Idempotency-Key": key},
            timeout=service.request_timeout,
            allow_redirects=False,
        )
    except requests.Timeout:
        raise NotDelivered(Failure.TIMEOUT, f"{host}") from None
    except requests.RequestException as error:  # its text holds the whole address
        detail = f"{host}: {type(error).__name__}"
        raise NotDelivered(Failure.UNREACHABLE, detail) from None
    _check_verdict(answer)


def _robot_request(
    service: Any, text: str
) -> tuple[str, dict[str, Any], dict[str, str] | None]:
    if isinstance(service, NotifyWeComBot):
        return service.api_url, {"msgtype": "text", "text": {"content": text}}, None
    if isinstance(service, NotifyDingTalk):
        at = {"atMobiles": service.targets, "isAtAll": False}
        payload = {"msgtype": "text", "text": {"content": text}, "at": at}
        return service.notify_url.partition("?")[0], payload, _sign(service)
    payload = {"msg_type": "text", "content": {"text": text}}
    if isinstance(service, NotifyLark):
        return f"{service.notify_url}{service.token}", payload, None
    # Feishu: with apprise's last slash it would be another address.
    url = service.notify_url.format(token=service.token).rstrip("/")
    return url, payload, None


def _sign(service: NotifyDingTalk) -> dict[str, str]:
    params = {"access_token": service.token}
    if service.secret:
        timestamp, sign = service.get_signature()
        params |= {"timestamp": timestamp, "sign": unquote(sign)}
    return params


def _check_verdict(answer: requests.Response) -> None:
    if answer.status_code != requests.codes.ok:
        raise NotDelivered(Failure.REFUSED, f"HTTP {answer.status_code}")
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise NotDelivered(Failure.REFUSED, "The answer is not understood.")
    verdict = next((told[name] for name in VERDICTS if name in told), None)
    if verdict != 0:
        words = told.get("errmsg") or told.get("msg") or ""
        raise NotDelivered(Failure.REFUSED, f"{verdict}: {words}"[:200])


def _notify(service: Any, title: str, body: str, key: str) -> None:
    """Through apprise; one try, for the outbox does the trying again."""
    service.retry = 0
    if isinstance(service, NotifyJSON):
        service.headers["Idempotency-Key"] = key
    sender = Apprise()
    sender.add(service)
    result = sender.notify(title=title, body=body)
    if result:
        return
    words = " ".join(entry.message for entry in result.logs())
    is_lost = "onnection error" in words
    raise NotDelivered(Failure.UNREACHABLE if is_lost else Failure.REFUSED, words[:200])
