"""Clocks that stand still, promises to keep, time asked for, an order from 12345."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from complaints import services
from complaints.demo.steps import a_little_later, accepted, ask_department, spoken_about
from complaints.demo.voices import Spoken
from complaints.demo.world import Life, World
from complaints.models import Case, Channel, Clock, Extension, Pause

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOCK_SCENES = 7


def run_clocks(world: World) -> Iterator[tuple[Spoken, Life]]:
    tell = partial(spoken_about, world)
    spoken = tell(72, "FEE-03", "YBB", "1001")
    yield spoken, _waits_for_the_person(world, spoken)
    spoken = tell(95, "DRUG-01", "YXB", "1002")
    yield spoken, _waited_and_went_on(world, spoken)
    for hours, receiver, due in ((26, "1001", 3), (50, "1003", 22), (75, "1001", -2)):
        spoken = tell(hours, "INFO-01", "XXK", receiver)
        yield spoken, _promised(world, spoken, world.now + due * HOUR)
    spoken = tell(24 * 4, "TREAT-01", "GK", "1001")
    yield spoken, _needs_longer(world, spoken, granted=False)
    spoken = replace(
        tell(30, "REG-01", "MZB", "1002"),
        channel=Channel.HOTLINE,
        order_number="20260012345",
        order_due_at=_close_of(world.now + 40 * HOUR),
    )
    yield spoken, _needs_longer(world, spoken, granted=True)


def _close_of(moment: datetime) -> datetime:
    """When an office that sets an order expects the answer."""
    local = timezone.localtime(moment)
    return local.replace(hour=17, minute=0, second=0, microsecond=0)


def _waits_for_the_person(world: World, spoken: Spoken) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    yield world.now - 20 * HOUR
    services.pause_case(
        found[0],
        actor=spoken.receiver,
        waits_for=Pause.WaitsFor.PERSON,
        reason="需家属补充外院发票，已电话告知，等待送达。",
    )


def _waited_and_went_on(world: World, spoken: Spoken) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    yield spoken.entered_at + 20 * HOUR
    services.pause_case(
        found[0],
        actor=spoken.receiver,
        waits_for=Pause.WaitsFor.OUTSIDE,
        reason="等待药品生产企业书面说明。",
    )
    yield world.now - 22 * HOUR
    services.resume_case(found[0], actor=spoken.receiver)
    yield a_little_later()
    ask_department(world, spoken, found[0])


def _promised(world: World, spoken: Spoken, due_at: datetime) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    services.make_promise(
        found[0],
        actor=spoken.receiver,
        text="回电告知处理进展",
        due_at=due_at,
    )


def _needs_longer(world: World, spoken: Spoken, *, granted: bool) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    ask_department(world, spoken, found[0])
    yield world.now - 5 * HOUR
    deadline = found[0].deadlines.running().get(clock=Clock.FEEDBACK)
    extension: Extension = services.ask_extension(
        found[0],
        actor=spoken.receiver,
        deadline=deadline,
        until=deadline.due_at + 3 * DAY,
        reason="需请外院专家会诊后才能答复。",
        words="您反映的问题需要请专家会诊，我们会在新的时限前答复您，感谢您的耐心。",
    )
    if granted:
        yield a_little_later()
        services.decide_extension(
            extension, actor=world.people["1021"], granted=True, answer="同意"
        )
