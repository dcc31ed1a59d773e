"""The words of a message outside the application: sentence, lines, links."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.models import Channel, Delivery, Notification

# Robots take two thousand bytes (WeCom) or more; a text message costs by its length.
MOST_BYTES = {
    Channel.WECOM: 2000,
    Channel.DINGTALK: 15_000,
    Channel.FEISHU: 15_000,
    Channel.SMS: 0,
}


@dataclass(frozen=True)
class Message:
    subject: str
    body: str


def compose(delivery: Delivery) -> Message:
    """What is sent, in the language of who reads it."""
    language = settings.LANGUAGE_CODE
    if delivery.address is None or delivery.address.user_id:
        language = delivery.notification.recipient.language or language
    with translation.override(language):
        return _say(delivery.notification, MOST_BYTES.get(Channel(delivery.channel)))


def _say(notification: Notification, most_bytes: int | None) -> Message:
    subject = notification.sentence
    link = f"{settings.PUBLIC_URL}{notification.path}"
    lines = _lines(notification)
    body = "\n".join([*lines, link])
    size = len(f"{subject}\n{body}".encode())
    if most_bytes is not None and size > most_bytes:
        return Message(subject, link)  # the rest is read in the inbox
    return Message(subject, body)


def _lines(notification: Notification) -> list[str]:
    lines = []
    absent = notification.stands_in_for
    if absent is not None:
        lines += [_("For {person}, who is on leave.").format(person=absent.name), ""]
    for told in notification.told_lines:
        sentence = told.sentence
        if told.stands_in_for:
            sentence = _("{sentence} (for {person}, on leave)").format(
                sentence=sentence, person=told.stands_in_for
            )
        lines += [sentence, f"{settings.PUBLIC_URL}{told.path}", ""]
    return lines
