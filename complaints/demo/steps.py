"""The steps that scenes are made of."""

from datetime import datetime, timedelta

from complaints import services
from complaints.demo.voices import Spoken, invent_about, register
from complaints.demo.world import Life, World
from complaints.models import Case, RectificationTask
from hospital import clock

HOUR = timedelta(hours=1)
STEP = timedelta(minutes=25)


def spoken_about(
    world: World,
    hours: float,
    category: str,
    department: str,
    receiver: str,
    **fixed: object,
) -> Spoken:
    return invent_about(
        world,
        category,
        department,
        world.now - hours * HOUR,
        receiver=world.people[receiver],
        **fixed,
    )


def a_little_later() -> datetime:
    """A little later: scenes need not wait for office hours."""
    return clock.now() + STEP


def accepted(world: World, spoken: Spoken, found: list[Case]) -> Life:
    case = register(world, spoken)
    found.append(case)
    yield a_little_later()
    services.accept_case(case, actor=spoken.receiver)
    yield a_little_later()


def ask_department(
    world: World, spoken: Spoken, case: Case, due_at: datetime | None = None
) -> RectificationTask:
    return services.open_task(
        case,
        actor=spoken.receiver,
        department=spoken.department,
        demand=spoken.telling.demand,
        due_at=due_at,
    )
