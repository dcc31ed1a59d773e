"""What people must be told: rows in the transaction of the change that is told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from hospital import clock
from hospital.models import Bilingual, Department, User
from notifications.models import Notification, Topic
from notifications.services.routing import plan_deliveries

LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Line:
    """One line of a digest; `stands_in_for` names the colleague on leave it is for."""

    topic: Topic
    path: str
    params: Mapping[str, object] = field(default_factory=dict)
    stands_in_for: str = ""


def notify(
    recipients: Iterable[User],
    topic: Topic,
    *,
    path: str,
    urgent: bool = False,
    **params: Any,
) -> None:
    """Put the news into each recipient's inbox, and into the outbox of each channel.

    Call it inside the transaction of the change: both are kept or neither is. What is
    urgent is delivered in quiet hours too. A department among the params gets a copy
    at the addresses of its own.
    """
    words = _words(params)
    _write(
        [
            Notification(
                recipient=user, topic=topic, path=path, params=words, urgent=urgent
            )
            for user in dict.fromkeys(recipients)
            if user.is_active
        ],
        [value for value in params.values() if isinstance(value, Department)],
    )


def notify_digest(
    recipient: User,
    topic: Topic,
    lines: Sequence[Line],
    *,
    path: str,
    count: int | None = None,
    stands_in_for: User | None = None,
    urgent: bool = False,
) -> Notification:
    """Tell one person many things at once: one message, a line for each thing.

    `count` tells of more things than there are lines; `stands_in_for` is the colleague
    on leave for whom all of it was meant.
    """
    notification = Notification(
        recipient=recipient,
        topic=topic,
        path=path,
        params={"count": str(len(lines) if count is None else count)},
        lines=[_line(line) for line in lines],
        stands_in_for=stands_in_for,
        urgent=urgent,
    )
    _write([notification])
    return notification


def mark_read(
    user: User, *, pk: int | None = None, before: datetime | None = None
) -> int:
    """Mark one notification, or all up to a moment, as read; how many changed."""
    unread = Notification.objects.visible_to(user).unread()
    if pk is not None:
        unread = unread.filter(pk=pk)
    if before is not None:
        unread = unread.filter(created_at__lte=before)
    return unread.update(read_at=clock.now())


def _write(
    notifications: Sequence[Notification], departments: Sequence[Department] = ()
) -> None:
    plan_deliveries(Notification.objects.bulk_create(notifications), departments)


def _line(line: Line) -> dict[str, Any]:
    return {
        "topic": str(line.topic),
        "path": line.path,
        "params": _words(line.params),
        "stands_in_for": line.stands_in_for,
    }


def _words(params: Mapping[str, object]) -> dict[str, str | dict[str, str]]:
    return {name: _word(value) for name, value in params.items()}


def _word(value: object) -> str | dict[str, str]:
    """What fills a hole of the sentence, in both languages where they differ."""
    if isinstance(value, Bilingual):
        return {"zh": value.name_zh, "en": value.name_en}
    if isinstance(value, Promise):
        return {key: _translate(value, code) for key, code in LANGUAGES.items()}
    return str(value)


def _translate(value: Promise, language: str) -> str:
    with translation.override(language):
        return str(value)
