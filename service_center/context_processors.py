"""What every page of the shell needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from service_center.navigation import menu_for


def shell(request: HttpRequest) -> dict[str, Any]:
    return {
        # Lazy: pages without an account must not touch the session.
        "menu": SimpleLazyObject(lambda: menu_for(request)),
        "demo_mode": settings.DEMO_MODE,
        "hospital_name": settings.HOSPITAL_NAME,
        "centre_phone": settings.CENTRE_PHONE,
        # Each named in itself: who cannot read the page still finds the own language.
        "languages": [("zh-hans", "中文"), ("en", "English")],
        "language_code": get_language(),
    }
