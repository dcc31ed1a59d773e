"""What tests of home share: reading the blocks and tiles of the page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import Case, Handover, RectificationTask
from hospital import clock
from hospital.models import User

English = Callable[[User], Client]
NewTask = Callable[[], RectificationTask]
HOME = reverse("home")


def blocks(client: Client) -> dict[str, list[Any]]:
    """The records in each block that the page shows, by the block's title."""
    shown: dict[str, list[Any]] = {}
    for section in client.get(HOME).context["sections"]:
        for block in section.shown_blocks:
            rows = [row["task"] if isinstance(row, dict) else row for row in block.rows]
            shown[block.title] = rows
    return shown


def tiles(client: Client) -> dict[str, Any]:
    sections = client.get(HOME).context["sections"]
    return {tile.label: tile.value for section in sections for tile in section.tiles}


def offer(case: Case, giver: User, taker: User) -> Handover:
    return services.offer_handover(case, actor=giver, to=taker, reason="请接手")


def hours_from_now(count: int) -> datetime:
    return clock.now() + timedelta(hours=count)
