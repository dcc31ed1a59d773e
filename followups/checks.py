"""What an operator should hear at the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from followups.call_hours import read_day_parts


@register()
def check_day_parts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without parts of the day nobody could ever be called."""
    try:
        read_day_parts(settings.CALL_DAY_PARTS)
    except ValueError as reason:
        hint = "Write it like “morning=09:00-11:30,afternoon=14:00-17:00”."
        text = f"CALL_DAY_PARTS cannot be read: {reason}."
        return [Error(text, hint=hint, id="followups.E001")]
    return []
