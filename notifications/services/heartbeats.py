"""Signs of life of the periodic tasks."""

from datetime import datetime

from celery import current_app
from kombu.exceptions import OperationalError

from hospital import clock
from notifications.models import Heartbeat

BROKER_TIMEOUT_SECONDS = 2


def beat(name: str) -> None:
    """The periodic task of this name has just run."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=clock.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def last_seen(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def is_broker_reachable() -> bool:
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)
    except (OperationalError, OSError):
        return False
    return True
