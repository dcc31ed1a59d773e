"""Addresses of people and departments: enter, try out, remove."""

import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hospital import clock
from hospital.models import Department, User
from notifications.models import Address, Channel, Delivery, Failure
from notifications.permissions import can_manage_departments, channels_open_to
from notifications.services.posting import send_to
from notifications.services.reading import parse_address
from notifications.services.sending import send_mail


def add_address(
    *,
    actor: User,
    channel: Channel,
    url: str,
    label: str = "",
    department: Department | None = None,
) -> Address:
    """An address of the actor's own, or of a department."""
    if channel not in channels_open_to(actor, for_department=department is not None):
        raise PermissionDenied
    if department is not None and not can_manage_departments(actor):
        raise PermissionDenied
    parsed = parse_address(channel, url)
    return Address.objects.create(
        user=None if department else actor,
        department=department,
        channel=channel,
        label=label,
        url=parsed.url,
        shown=parsed.shown,
    )


@transaction.atomic
def remove_address(address: Address, *, actor: User) -> None:
    """Stop using it and forget its secret; what still waits for it is given up."""
    _require_owner(address, actor)
    Delivery.objects.unsent().filter(address=address).update(
        given_up_at=clock.now(), failure=Failure.REMOVED, last_error=""
    )
    address.is_active = False
    address.url = ""
    address.save(update_fields=["is_active", "url"])


def try_address(address: Address, *, actor: User) -> None:
    """Send a test at once; raises NotDelivered with the reason."""
    _require_owner(address, actor)
    language = actor.language if address.user_id else ""
    with translation.override(language or settings.LANGUAGE_CODE):
        title, body = _test_words()
    key = f"test-{secrets.token_hex(8)}"
    if address.channel == Channel.EMAIL:
        send_mail(address.url, title, body, key=key)
        return
    channel = Channel(address.channel)
    send_to(channel, address.url, title=title, body=body, key=key)


def try_email(user: User) -> None:
    """Send a test to the person's own e-mail; raises NotDelivered."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        title, body = _test_words()
    send_mail(user.email, title, body, key=f"test-{secrets.token_hex(8)}")


def _test_words() -> tuple[str, str]:
    title = _("Test message of the patient-service centre")
    body = _("If you can read this, the channel works.")
    return title, f"{body}\n{settings.PUBLIC_URL}"


def _require_owner(address: Address, actor: User) -> None:
    if address.user_id != actor.pk and not (
        address.department_id and can_manage_departments(actor)
    ):
        raise PermissionDenied
