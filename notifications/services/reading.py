"""Reading the address that a person entered."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hospital.exceptions import RuleViolation
from notifications.models import Channel
from notifications.services.plugins import open_service, scheme_of

# What the provider's own page offers to copy → what apprise reads.
COPIED = (
    (r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]+)", "wecombot"),
    (r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)", "dingtalk"),
    (r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?", "feishu"),
    (r"https://open\.larksuite\.com/open-apis/bot/v2/hook/([\w-]+)/?", "lark"),
)
EXPLANATIONS = {
    Channel.WECOM: gettext_lazy(
        "Copy the webhook address of the group robot: "
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
    ),
    Channel.DINGTALK: gettext_lazy(
        "Copy the webhook address of the group robot, or enter "
        "dingtalk://secret@token if it asks for a signature."
    ),
    Channel.FEISHU: gettext_lazy(
        "Copy the webhook address of the group robot: "
        "https://open.feishu.cn/open-apis/bot/v2/hook/…"
    ),
    Channel.SMS: gettext_lazy(
        "Enter a mobile number, or the apprise URL of a gateway."
    ),
    Channel.WEBHOOK: gettext_lazy(
        "Enter an address that begins with https:// or http://"
    ),
}
PHONE = re.compile(r"\+?[0-9]{5,15}")


@dataclass(frozen=True)
class ParsedAddress:
    """An address as it is kept, and as it may be shown."""

    url: str
    shown: str


def parse_address(channel: Channel, text: str) -> ParsedAddress:
    """What the person means; refused with a sentence that says what to enter."""
    text = text.strip()
    if channel == Channel.EMAIL:
        return _parse_email(text)
    if channel == Channel.SMS and PHONE.fullmatch(text.replace(" ", "")):
        return _parse_phone(text.replace(" ", ""))
    url = _as_apprise(channel, text)
    if open_service(channel, url) is None:
        raise RuleViolation(EXPLANATIONS[channel], field="url")
    host = urlsplit(url).hostname or ""
    if channel == Channel.WEBHOOK:
        return ParsedAddress(url, f"{scheme_of(url)}://{host}/…"[:120])
    # The last characters of the key, enough to tell two robots apart.
    return ParsedAddress(url, f"{scheme_of(url)}://…{host[-4:]}")


def is_phone(text: str) -> bool:
    return PHONE.fullmatch(text) is not None


def _parse_email(text: str) -> ParsedAddress:
    try:
        validate_email(text)
    except ValidationError:
        raise RuleViolation(_("This is not an e-mail address."), field="url") from None
    return ParsedAddress(text, text[:120])


def _parse_phone(number: str) -> ParsedAddress:
    if not settings.SMS_GATEWAY_URL:
        raise RuleViolation(
            _("The hospital has no gateway for text messages; enter an apprise URL."),
            field="url",
        )
    return ParsedAddress(number, f"…{number[-4:]}")


def _as_apprise(channel: Channel, text: str) -> str:
    for pattern, scheme in COPIED:
        if found := re.fullmatch(pattern, text):
            return f"{scheme}://{found[1]}"
    if channel == Channel.WEBHOOK:
        return re.sub(r"^http(s?)://", r"json\1://", text)
    return text
