"""What every page of the shell needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from hospital import clock
from hospital.announcements import find_unknown_year
from hospital.permissions import can_set_calendar
from service_center.navigation import menu_for


def unknown_year_for(request: HttpRequest) -> str:
    """A year whose make-up days the reader should see to, or nothing."""
    if not can_set_calendar(request.user):
        return ""
    year = find_unknown_year(clock.today(), recently=True)
    return "" if year is None else str(year)


def shell(request: HttpRequest) -> dict[str, Any]:
    return {
        # Lazy: pages without an account must not touch the session.
        "menu": SimpleLazyObject(lambda: menu_for(request)),
        "unknown_year": SimpleLazyObject(lambda: unknown_year_for(request)),
        "demo_mode": settings.DEMO_MODE,
        "hospital_name": settings.HOSPITAL_NAME,
        "centre_phone": settings.CENTRE_PHONE,
        # Each named in itself: who cannot read the page still finds the own language.
        "languages": [("zh-hans", "中文"), ("en", "English")],
        "language_code": get_language(),
    }
