"""The one clock. Everything that asks for the time asks here, so it can be moved.

Loading the demo's history and the tests live at another moment; production never
moves it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware."""
    return _moment.get() or timezone.now()


def today() -> date:
    """The present day in the hospital's time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live at another moment for the length of the block."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
