from notifications.models.addresses import (
    Address,
    AddressQuerySet,
    Channel,
    Preference,
    QuietHours,
)
from notifications.models.heartbeats import Heartbeat
from notifications.models.inbox import Notification, NotificationQuerySet, ToldLine
from notifications.models.outbox import (
    Delivery,
    DeliveryQuerySet,
    DeliveryState,
    Failure,
)
from notifications.models.topics import GROUP_OF, Topic, TopicGroup

__all__ = [
    "GROUP_OF",
    "Address",
    "AddressQuerySet",
    "Channel",
    "Delivery",
    "DeliveryQuerySet",
    "DeliveryState",
    "Failure",
    "Heartbeat",
    "Notification",
    "NotificationQuerySet",
    "Preference",
    "QuietHours",
    "ToldLine",
    "Topic",
    "TopicGroup",
]
