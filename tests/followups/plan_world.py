"""Plans that a supervisor writes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from followups.models import Anchor, Mode, Plan, PlanVersion, Rhythm
from followups.services.planning.content import PlanSaid, PointSaid, what_it_says
from followups.services.planning.plans import create_plan, write_version
from hospital.models import User

CALL = PointSaid(Anchor.DISCHARGE, Mode.CALL, after_hours=48, window_hours=96)
ROUND = PointSaid(
    Anchor.JOINING, Mode.CALL, after_hours=0, window_hours=240, rhythm=Rhythm.MONTH
)
Write = Callable[..., Any]


def writer(actor: User) -> Write:
    """A function that writes a new plan, or the next version of one."""
    return partial(_write, actor)


def _write(
    actor: User,
    *points: PointSaid,
    plan: Plan | None = None,
    name: str = "After falls",
    read: int | None = None,
    **whom: Any,
) -> PlanVersion | None:
    said = PlanSaid(points or (CALL,), **whom)
    names = {"name_zh": "跌倒随访", "name_en": name}
    if plan is None:
        return create_plan(actor=actor, said=said, **names)
    number = plan.versions.latest("number").number if read is None else read
    return write_version(plan, actor=actor, read_number=number, said=said, **names)


def keys(version: PlanVersion) -> list[str]:
    return [point.key for point in what_it_says(version).points]
