"""What home shows of calls."""

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.views.home_blocks import Tile
from followups.services.calls.sheet import day_of
from hospital.models import Role, User


def calls_tile(user: User) -> list[Tile]:
    """For callback agents: how far they have come, and the way to the next call."""
    if not user.has_role(Role.CALLBACK_AGENT):
        return []
    day = day_of(user)
    return [
        Tile(
            _("My calls today"),
            f"{day.done} / {day.target}",
            reverse("followups:calls"),
            tone="green" if day.is_reached else "",
            icon="phone",
            hint=_("Next call"),
        )
    ]
