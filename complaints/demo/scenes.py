"""The last weeks: open work for every role, and one of each awkward thing.

A scene is told as how long ago it began and how far it has come.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from complaints import services
from complaints.demo.clock_scenes import CLOCK_SCENES, run_clocks
from complaints.demo.files import photo, report
from complaints.demo.lives import (
    REASONS_TO_REFUSE,
    REASONS_TO_RETURN,
    answer,
    decline,
    plan,
    tell_person,
)
from complaints.demo.steps import (
    STEP,
    a_little_later,
    accepted,
    ask_department,
    spoken_about,
)
from complaints.demo.voices import Spoken, register
from complaints.demo.world import Life, World
from complaints.models import Case, Channel, Contact, Kind
from complaints.services import ContactDetails
from hospital import clock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Since when, category, department, receiver.
JUST_RECEIVED = (
    (0.3, "WAIT-01", "XNK", "1001"),
    (0.8, "FEE-01", "SFC", "1002"),
    (1.6, "INFO-01", "XXK", "1001"),
    (2.5, "ENV-02", "ZWK", "1003"),
    (3.5, "REG-03", "SJNK", "1013"),
    (1.2, "CARE-03", "GK", "1011"),
    (4.2, "ENV-08", "MZB", "1002"),
)
# ... and when the task is due from now, in hours; how far the task has come.
TASKS = (
    (3, "ATT-03", "MZB", "1001", 52, "assigned"),
    (5, "COMM-01", "XNK", "1001", 50, "assigned"),
    (6, "LOG-03", "ZWK", "1002", 48, "assigned"),
    (20, "EXAM-02", "JYK", "1003", 30, "assigned"),
    (30, "WAIT-01", "XNK", "1002", 5, "planned"),
    (28, "ENV-03", "ZWK", "1001", 20, "planned"),
    (44, "INFO-03", "MZB", "1013", 9, "planned"),
    (26, "EXAM-01", "CSK", "1011", 7, "planned"),
    (96, "CARE-03", "XNK", "1001", -26, "planned"),
    (150, "INFO-02", "XXK", "1003", -50, "planned"),
    (120, "WAIT-02", "YXK", "1002", -30, "assigned"),
    (74, "ATT-02", "XNK", "1003", 26, "returned"),
    (98, "ENV-05", "ZWK", "1001", -3, "returned"),
    (70, "REG-05", "MZB", "1002", 24, "returned"),
    (50, "LOG-02", "SSK", "1001", 22, "submitted"),
    (76, "PROC-04", "BAS", "1001", 8, "submitted"),
    (54, "ENV-03", "ZWK", "1002", 30, "submitted"),
    (31, "TREAT-01", "GK", "1011", 40, "submitted"),
    (29, "FEE-02", "SFC", "1001", 27, "refused"),
    (52, "COMM-03", "YBB", "1003", 20, "refused"),
)
# Answered, and waiting for what the person says.
ANSWERED = (
    (80, "FEE-03", "YBB", "1001"),
    (100, "COMM-05", "EK", "1001"),
    (60, "DRUG-01", "YXB", "1003"),
    (90, "REG-01", "PFK", "1011"),
)
SCENES = len(JUST_RECEIVED) + len(TASKS) + len(ANSWERED) + 16 + CLOCK_SCENES


def plan_scenes(world: World) -> None:
    for hours, category, department, receiver in JUST_RECEIVED:
        spoken = spoken_about(world, hours, category, department, receiver)
        world.plan(spoken.entered_at, _just_received(world, spoken))
    for hours, category, department, receiver, due, state in TASKS:
        spoken = spoken_about(world, hours, category, department, receiver)
        life = _task_comes_to(world, spoken, world.now + due * HOUR, state)
        world.plan(spoken.entered_at, life)
    for hours, category, department, receiver in ANSWERED:
        spoken = spoken_about(world, hours, category, department, receiver)
        world.plan(spoken.entered_at, _answered(world, spoken))
    for scenes in (_get_stuck, _come_to_an_end, _spoken_by_or_about, run_clocks):
        for spoken, life in scenes(world):
            world.plan(spoken.entered_at, life)


def _get_stuck(world: World) -> Iterator[tuple[Spoken, Life]]:
    """Handed over, raised, overdue, come back: what needs somebody today."""
    tell = partial(spoken_about, world)
    spoken = tell(27, "WAIT-06", "JZK", "1002")
    yield spoken, _handed_over(world, spoken, to="1001")
    spoken = tell(9, "FEE-05", "YBB", "1001")
    yield spoken, _handed_over(world, spoken, to="1021")
    spoken = tell(70, "SAFE-01", "GK", "1001")
    yield spoken, _major(world, spoken)
    spoken = tell(46, "ATT-05", "MZB", "1003")
    yield spoken, _raised(world, spoken)
    spoken = tell(24 * 26, "LOG-05", "HLB", "1003")
    yield spoken, _long_overdue(world, spoken)
    spoken = tell(24 * 33, "ENV-03", "ZWK", "1001")
    yield spoken, _reopened(world, spoken)


def _come_to_an_end(world: World) -> Iterator[tuple[Spoken, Life]]:
    """Every way a case ends but the ordinary one."""
    tell = partial(spoken_about, world)
    spoken = tell(24 * 9, "TREAT-02", "XHK", "1002")
    yield spoken, _declined(world, spoken)
    spoken = tell(24 * 6, "FEE-01", "PWK", "1001")
    yield spoken, _withdrawn(world, spoken)
    spoken = tell(58, "LOG-01", "BWK", "1001")
    found: list[Case] = []
    yield spoken, _complained_first(world, spoken, found)
    spoken = replace(tell(33, "LOG-01", "BWK", "1002"), contact=spoken.contact)
    yield spoken, _complained_again(world, spoken, found)
    spoken = tell(24 * 5, "REG-01", "FCK", "1003")
    yield spoken, _converted(world, spoken)


def _spoken_by_or_about(world: World) -> Iterator[tuple[Spoken, Life]]:
    """People who leave no name, name a head, or need a hand; solved on the spot."""
    tell = partial(spoken_about, world)
    spoken = replace(
        tell(24 * 2, "ATT-06", "YWK", "1001"),
        contact=None,
        channel=Channel.OPINION_BOX,
        received_at=world.now - timedelta(days=8),
    )
    yield spoken, _task_comes_to(world, spoken, world.now + 60 * HOUR, "planned")
    spoken = replace(tell(25, "ATT-01", "XNK", "1001"), named=world.people["4001"])
    yield spoken, _task_comes_to(world, spoken, world.now + 30 * HOUR, "planned")
    foreigner = ContactDetails(
        "Anna", "19900000917", Contact.Relation.COMPANION, Contact.Need.LANGUAGE
    )
    spoken = tell(7, "COMM-06", "KFZX", "1013", kind=Kind.HELP)
    yield _with(spoken, world, contact=foreigner)
    spoken = tell(2, "ATT-02", "XNK", "1003", kind=Kind.PRAISE)
    yield _with(spoken, world, solved=True)
    spoken = tell(1.1, "OTH-02", "MZB", "1001")
    yield _with(spoken, world, solved=True)


def _with(spoken: Spoken, world: World, **changes: Any) -> tuple[Spoken, Life]:
    spoken = replace(spoken, **changes)
    return spoken, _just_received(world, spoken)


def _just_received(world: World, spoken: Spoken) -> Life:
    register(world, spoken)
    yield a_little_later()


def _task_comes_to(world: World, spoken: Spoken, due_at: datetime, state: str) -> Life:
    """A case whose task stands in that state now."""
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    task = ask_department(world, spoken, found[0], due_at)
    if state == "assigned":
        return
    yield a_little_later()
    if state == "refused":
        reason = world.rng.choice(REASONS_TO_REFUSE)
        services.refuse_task(task, actor=task.holder, reason=reason)
        return
    plan(world, spoken, task)
    if state == "planned":
        return
    yield clock.now() + 4 * STEP
    doer = task.responsible or task.holder
    files = [photo(world.rng, "现场照片.png"), report("Checked on site", "报告.pdf")]
    result = spoken.telling.result
    services.submit_task(task, actor=doer, result=result, files=files)
    if state == "returned":
        yield clock.now() + 4 * STEP
        reason = world.rng.choice(REASONS_TO_RETURN)
        services.return_task(task, actor=spoken.receiver, reason=reason)


def _answered(world: World, spoken: Spoken) -> Life:
    """The whole work is done and told; satisfaction is still to be asked."""
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    task = ask_department(world, spoken, found[0])
    services.release_contact(task, actor=spoken.receiver)
    yield a_little_later()
    plan(world, spoken, task)
    yield clock.now() + 20 * HOUR
    doer = task.responsible or task.holder
    services.submit_task(task, actor=doer, result=spoken.telling.result)
    yield a_little_later()
    services.verify_task(task, actor=spoken.receiver)
    yield a_little_later()
    tell_person(world, spoken, found[0], spoken.receiver)


def _handed_over(world: World, spoken: Spoken, *, to: str) -> Life:
    """Offered, and still waiting for the colleague's answer."""
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    services.offer_handover(
        found[0],
        actor=spoken.receiver,
        to=world.people[to],
        reason="我今晚轮休，这件事需要有人继续跟进，请接手。",
    )


def _major(world: World, spoken: Spoken) -> Life:
    """Suspected harm goes straight to the leadership."""
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    services.add_note(
        found[0], actor=spoken.receiver, text="已电话报告总值班和分管院长，病历已封存。"
    )
    task = ask_department(world, spoken, found[0])
    yield a_little_later()
    plan(world, spoken, task)


def _raised(world: World, spoken: Spoken) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    services.set_tier(
        found[0],
        actor=spoken.receiver,
        tier=3,
        reason="家属称将联系媒体，且患者为重度残疾，需院领导协调。",
    )
    ask_department(world, spoken, found[0], world.now + 20 * HOUR)


def _long_overdue(world: World, spoken: Spoken) -> Life:
    """Nobody answered in time; a note tells why."""
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    task = ask_department(world, spoken, found[0])
    yield clock.now() + 10 * DAY
    plan(world, spoken, task)
    yield clock.now() + 4 * DAY
    services.add_note(
        found[0], actor=spoken.receiver, text="护工公司仍未提交处理意见，已再次催办。"
    )


def _reopened(world: World, spoken: Spoken) -> Life:
    """Closed weeks ago; the person rang again the day before yesterday."""
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    task = ask_department(world, spoken, found[0])
    plan(world, spoken, task)
    yield clock.now() + DAY
    doer = task.responsible or task.holder
    services.submit_task(task, actor=doer, result=spoken.telling.result)
    services.verify_task(task, actor=spoken.receiver)
    yield a_little_later()
    tell_person(world, spoken, found[0], spoken.receiver)
    yield clock.now() + DAY
    services.record_satisfaction(found[0], actor=spoken.receiver, score=4)
    services.close_case(found[0], actor=spoken.receiver)
    yield world.now - 2 * DAY
    services.reopen_case(
        found[0],
        actor=world.people["1002"],
        reason="反映人来电，空调修好一周后又坏了。",
    )


def _declined(world: World, spoken: Spoken) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    decline(world, found[0], spoken)


def _withdrawn(world: World, spoken: Spoken) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    ask_department(world, spoken, found[0])
    yield clock.now() + DAY
    services.withdraw_case(
        found[0], actor=spoken.receiver, reason="家属核对清单后表示收费无误，主动撤回。"
    )


def _complained_first(world: World, spoken: Spoken, found: list[Case]) -> Life:
    yield from accepted(world, spoken, found)
    ask_department(world, spoken, found[0], world.now + 30 * HOUR)


def _complained_again(world: World, spoken: Spoken, found: list[Case]) -> Life:
    """The same person about the same thing: one answer is enough."""
    case = register(world, spoken)
    yield a_little_later()
    services.merge_case(
        case,
        actor=world.people["1021"],
        into=found[0],
        reason="同一反映人、同一事项，合并办理。",
    )


def _converted(world: World, spoken: Spoken) -> Life:
    found: list[Case] = []
    yield from accepted(world, spoken, found)
    services.convert_kind(
        found[0],
        actor=spoken.receiver,
        kind=Kind.ENQUIRY,
        reason="沟通后确认反映人想了解夜间门诊安排，转为咨询。",
    )
    yield a_little_later()
    yield from answer(world, spoken, found[0], spoken.receiver, late=False)
