"""The providers that apprise knows and we use, each opened by its own class.

`Apprise.instantiate` would first load the other hundred and fifty.
"""

from typing import Any

from apprise.exception import AppriseException
from apprise.plugins.bulksms import NotifyBulkSMS
from apprise.plugins.clickatell import NotifyClickatell
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.d7networks import NotifyD7Networks
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.messagebird import NotifyMessageBird
from apprise.plugins.plivo import NotifyPlivo
from apprise.plugins.sinch import NotifySinch
from apprise.plugins.sns import NotifySNS
from apprise.plugins.twilio import NotifyTwilio
from apprise.plugins.vonage import NotifyVonage
from apprise.plugins.wecombot import NotifyWeComBot

from notifications.models import Channel

# Which host is called is fixed by the scheme; only a webhook names its own, which is
# why it is the administrator's to enter. A provider whose host people may choose has no
# place among the others.
PLUGINS: dict[Channel, dict[str, Any]] = {
    Channel.WECOM: {"wecombot": NotifyWeComBot},
    Channel.DINGTALK: {"dingtalk": NotifyDingTalk},
    Channel.FEISHU: {"feishu": NotifyFeishu, "lark": NotifyLark},
    Channel.SMS: {
        "bulksms": NotifyBulkSMS,
        "clickatell": NotifyClickatell,
        "d7sms": NotifyD7Networks,
        "msgbird": NotifyMessageBird,
        "plivo": NotifyPlivo,
        "sinch": NotifySinch,
        "sns": NotifySNS,
        "twilio": NotifyTwilio,
        "vonage": NotifyVonage,
    },
    Channel.WEBHOOK: {"json": NotifyJSON, "jsons": NotifyJSON},
}


def open_service(channel: Channel, url: str) -> Any | None:
    """The provider behind an apprise URL; nothing, if the channel has none such."""
    plugin = PLUGINS[channel].get(scheme_of(url))
    parsed = plugin.parse_url(url) if plugin else None
    if plugin is None or not parsed:
        return None
    try:
        return plugin(**parsed)
    except AppriseException:
        return None


def open_gateway(url: str) -> Any | None:
    """The hospital's own gateway for text messages: a provider, or any web address."""
    return open_service(Channel.SMS, url) or open_service(Channel.WEBHOOK, url)


def scheme_of(url: str) -> str:
    return url.partition("://")[0].lower()
