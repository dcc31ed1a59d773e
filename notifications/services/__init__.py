"""Telling people, and the worker that delivers it."""

from notifications.services.addresses import (
    add_address,
    remove_address,
    try_address,
    try_email,
)
from notifications.services.heartbeats import beat, is_broker_reachable, last_seen
from notifications.services.operation import ChannelState, describe_channels, resend
from notifications.services.posting import NotDelivered
from notifications.services.preferences import (
    choose_channels,
    refused_cells,
    set_quiet_hours,
)
from notifications.services.sending import send_due_deliveries
from notifications.services.telling import Line, mark_read, notify, notify_digest

__all__ = [
    "ChannelState",
    "Line",
    "NotDelivered",
    "add_address",
    "beat",
    "choose_channels",
    "describe_channels",
    "is_broker_reachable",
    "last_seen",
    "mark_read",
    "notify",
    "notify_digest",
    "refused_cells",
    "remove_address",
    "resend",
    "send_due_deliveries",
    "set_quiet_hours",
    "try_address",
    "try_email",
]
