"""What tests of home share: reading the blocks and tiles of the page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import (
    Case,
    Clock,
    Extension,
    Handover,
    Promise,
    RectificationTask,
)
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


def due_in(task: RectificationTask, hours: int) -> None:
    """The department's clock runs out in so many hours."""
    moment = hours_from_now(hours)
    task.deadlines.filter(clock=Clock.RECTIFY).update(due_at=moment)
    RectificationTask.objects.filter(pk=task.pk).update(due_at=moment)


def promise_by(case: Case, owner: User, hours: int = 5) -> Promise:
    return services.make_promise(
        case, actor=owner, text="周五回电", due_at=hours_from_now(hours)
    )


def ask_for_time(case: Case, owner: User) -> Extension:
    feedback = case.deadlines.get(clock=Clock.FEEDBACK, superseded_at=None)
    return services.ask_extension(
        case,
        actor=owner,
        deadline=feedback,
        until=feedback.due_at + timedelta(days=7),
        reason="等外院资料",
        words="还需要几天",
    )
