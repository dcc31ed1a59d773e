"""Messages of other systems: kept first, then read, then answered; read again later."""

import logging
import traceback
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, transaction

from followups.models import RawMessage
from followups.permissions import can_read_messages
from followups.services.feed import hl7
from followups.services.feed.acknowledging import NOBODY, acknowledge
from followups.services.feed.adt import read_adt
from followups.services.feed.facts import take_over
from followups.services.feed.problems import NotUnderstood, Problem
from hospital.models import User
from hospital.text import clean_text

log = logging.getLogger(__name__)

MOST_BYTES = 5 * 1024 * 1024
MOST_AT_ONCE = 500  # messages read again in one request
SENDER_LENGTH, CONTROL_ID_LENGTH = 100, 90  # together they fit the key of an event
SETTLED = (RawMessage.State.DONE, RawMessage.State.IGNORED)
UNSETTLED = (RawMessage.State.NEW, RawMessage.State.FAILED)


def receive(body: bytes) -> bytes:
    """Keep the message, take over what it tells, and give the answer to send back.

    Raises a database error when it could not be kept or not be worked on: then nothing
    may be answered, so that the sender sends it again.
    """
    message = _open(body)
    kept = _keep(body, message)
    return acknowledge(message, process(kept.pk))


def refuse_too_large(beginning: bytes) -> bytes:
    """Note that a message was too large; its beginning serves only for the answer."""
    trouble = NotUnderstood(Problem.TOO_LARGE, f"{MOST_BYTES // 1024**2} MB")
    message = _open(beginning)
    RawMessage.objects.create(
        sender=_fitting(message)[0],
        body=b"",
        state=RawMessage.State.FAILED,
        error=str(trouble),
    )
    return acknowledge(message, trouble)


def process(pk: int) -> NotUnderstood | None:
    """Read a kept message and take it over, all or nothing; what is wrong with it."""
    with transaction.atomic():
        kept = RawMessage.objects.select_for_update(no_key=True).get(pk=pk)
        if kept.state in SETTLED:
            return None
        if not kept.body and kept.error:  # nothing of it was kept
            return NotUnderstood.of(kept.error)
        trouble = None
        try:
            with transaction.atomic():
                kept.state = _take_over(bytes(kept.body))
        except NotUnderstood as error:
            trouble = error
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # whatever it is, the next message must be read
            _log_bug(kept.pk, error)
            trouble = NotUnderstood(Problem.BUG, type(error).__name__)
        if trouble is not None:
            kept.state = RawMessage.State.FAILED
        kept.error = str(trouble or "")[:500]
        kept.tries = min(kept.tries + 1, 32_767)
        kept.save(update_fields=["state", "error", "tries"])
    return trouble


def read_again(pk: int, *, actor: User) -> NotUnderstood | None:
    """Try one message once more, after what was wrong has been put right."""
    if not can_read_messages(actor):
        raise PermissionDenied
    return process(pk)


def read_all_again(*, actor: User) -> tuple[int, int]:
    """Try what is not understood; how many were tried and how many failed again.

    As many as one request may take, those tried least often first. Each is taken over
    by itself, so an interruption loses nothing.
    """
    if not can_read_messages(actor):
        raise PermissionDenied
    tried = failed = 0
    for pk in _unsettled():
        tried += 1
        failed += process(pk) is not None
    return tried, failed


def _unsettled() -> Iterator[int]:
    """Those of which nothing was kept cannot be read again."""
    left = RawMessage.objects.filter(state__in=UNSETTLED).exclude(body=b"")
    yield from left.order_by("tries", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]


def _take_over(body: bytes) -> RawMessage.State:
    message = hl7.read(body)
    if not _fits(message.sender, message.control_id):
        raise NotUnderstood(Problem.BAD_CONTROL_ID)
    if not message.control_id:
        raise NotUnderstood(Problem.MISSING, "MSH-10")
    told = read_adt(message)
    if not told:
        return RawMessage.State.IGNORED
    take_over(told)
    return RawMessage.State.DONE


def _open(body: bytes) -> hl7.Message:
    """As much of the message as can be read: all, its header, or nothing."""
    for read in (hl7.read, hl7.read_header):
        try:
            return read(body)
        except NotUnderstood:
            continue
    return NOBODY


def _keep(body: bytes, message: hl7.Message) -> RawMessage:
    """The row of the message. One that failed may come again mended."""
    sender, control_id = _fitting(message)
    if not control_id:
        return RawMessage.objects.create(
            sender=sender, body=body, charset=message.codec
        )
    with transaction.atomic():
        kept, is_new = RawMessage.objects.get_or_create(
            sender=sender,
            control_id=control_id,
            defaults={"body": body, "charset": message.codec},
        )
        if not is_new:
            locked = RawMessage.objects.select_for_update(no_key=True)
            kept = locked.get(pk=kept.pk)
            if kept.state in UNSETTLED:
                kept.body, kept.charset = body, message.codec
                kept.save(update_fields=["body", "charset"])
    return kept


def _fitting(message: hl7.Message) -> tuple[str, str]:
    """Sender and control id as they are kept; without id if they do not fit whole."""
    sender, control_id = message.sender, message.control_id
    if _fits(sender, control_id):
        return sender, control_id
    return clean_text(sender)[:SENDER_LENGTH], ""


def _fits(sender: str, control_id: str) -> bool:
    return (
        len(sender) <= SENDER_LENGTH
        and len(control_id) <= CONTROL_ID_LENGTH
        and clean_text(sender + control_id) == sender + control_id
    )


def _log_bug(pk: int, error: Exception) -> None:
    """Where it happened, without the words of the error: they may be a patient's."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "message %s could not be taken over: %s\n%s", pk, type(error).__name__, where
    )
