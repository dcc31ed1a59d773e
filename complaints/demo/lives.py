"""How a case lives: every step is one service, done by the person whose job it is.

Each function is a generator that does a step and yields the moment of its next one.
"""

from collections.abc import Generator
from datetime import datetime

from complaints import services
from complaints.demo.files import photo, report
from complaints.demo.voices import Spoken, pick_score, register
from complaints.demo.world import Life, World
from complaints.models import (
    Case,
    Channel,
    DeclineGround,
    Kind,
    RectificationTask,
    Reply,
    Satisfaction,
    Tier,
)
from hospital.models import Department, User

ONLINE = (Channel.WECHAT, Channel.WEB, Channel.QR_CODE)
TASK_SHARE = {"complaint": 0.75, "suggestion": 0.5, "help": 0.2}
REASONS_TO_HAND_OVER = (
    "反映人由您接待过，情况更熟悉，请接手。",
    "我明日轮休，请协助跟进，避免超时。",
    "涉及出院随访，请回访室接手。",
)
REASONS_TO_REFUSE = (
    "经核查，该项工作不属于我科职责，建议转主管部门。",
    "当日患者并未在我科就诊，请核实后重新派单。",
)
REASONS_TO_RETURN = (
    "只写了原因，没有写整改措施和完成时间，请补充。",
    "请补充现场照片，并说明是否已向反映人致歉。",
    "整改覆盖面不够，请核对同类点位后再报。",
)
COMMENTS = {
    1: ("问题没有真正解决。", "等了太久，没有诚意。"),
    2: ("答复比较笼统。", "希望以后不要再发生。"),
    3: ("一般，看以后的改进。", ""),
    4: ("处理得还可以。", "", ""),
    5: ("处理很快，谢谢。", "非常满意，辛苦了。", "", ""),
}


def ordinary_life(world: World, spoken: Spoken) -> Life:
    """From the first word to the end, as most cases go."""
    case = register(world, spoken)
    owner = spoken.receiver
    if spoken.solved:
        return
    yield world.soon(8, 240)
    if spoken.topic.kind not in (Kind.ENQUIRY, Kind.PRAISE):
        services.accept_case(case, actor=owner)
    if world.chance(0.07):
        owner = yield from hand_over(world, case, owner)
    ended = yield from strange_turn(world, spoken, case, owner)
    if ended:
        return
    if world.chance(TASK_SHARE.get(spoken.topic.kind, 0)) and spoken.topic.demand:
        yield world.soon(15, 300)
        ask_departments(world, spoken, case, owner)
    else:
        yield world.office()
        yield from answer(world, spoken, case, owner, late=False)


def hand_over(world: World, case: Case, owner: User) -> Generator[datetime, None, User]:
    """Offer the case to a colleague, who takes it four times out of five."""
    to = world.colleague("1001", "1002", "1011", "1012", "1022", besides=owner)
    handover = services.offer_handover(
        case, actor=owner, to=to, reason=world.rng.choice(REASONS_TO_HAND_OVER)
    )
    yield world.soon(20, 300)
    accepted = world.chance(0.8)
    answer = "" if accepted else "手上案件较多，仍请首接人办理。"
    services.answer_handover(handover, actor=to, accepted=accepted, answer=answer)
    return to if accepted else owner


def strange_turn(
    world: World, spoken: Spoken, case: Case, owner: User
) -> Generator[datetime, None, bool]:
    """Now and then a case ends early, changes its kind or grows; True if it ended."""
    if spoken.topic.kind != Kind.COMPLAINT:
        return False
    turn = world.rng.random()
    if turn > 0.13:
        return False
    yield world.soon(30, 400)
    if turn < 0.02:
        decline(world, case, spoken)
        return True
    if turn < 0.045:
        services.withdraw_case(
            case, actor=owner, reason="反映人来电表示误会已解除，主动撤回。"
        )
        return True
    if turn < 0.09:
        services.convert_kind(
            case,
            actor=owner,
            kind=world.rng.choice((Kind.ENQUIRY, Kind.HELP)),
            reason="经沟通，反映人主要想了解流程并请求协助，不再作投诉处理。",
        )
    elif case.tier < Tier.MAJOR:
        services.set_tier(
            case,
            actor=owner,
            tier=case.tier + 1,
            reason="反映人情绪激动，且同类问题近期多次出现。",
        )
    return False


def decline(world: World, case: Case, spoken: Spoken) -> None:
    services.decline_case(
        case,
        actor=world.people["1021"],
        ground=world.rng.choice((DeclineGround.IN_COURT, DeclineGround.OUT_OF_REMIT)),
        method=spoken.method,
        text="已告知反映人：该事项已进入诉讼或不属本院职责，依法不予受理，可按告知途径办理。",
    )


def ask_departments(world: World, spoken: Spoken, case: Case, owner: User) -> None:
    """A task for each department the case is about, worked on side by side."""
    departments = [spoken.department, *spoken.also]
    if spoken.department.code == "KFZX":
        departments = [world.departments["HLB"]]
    waiting: set[int] = set()
    for department in departments:
        task = services.open_task(
            case,
            actor=owner,
            department=department,
            demand=spoken.telling.demand,
            contact_released=world.chance(0.15),
        )
        waiting.add(task.pk)
        life = work_on_task(world, spoken, case, owner, task, waiting)
        world.plan(first_look(world, department), life)


def first_look(world: World, department: Department) -> datetime:
    return world.office(2 if world.is_late(department, 0.05) else world.chance(0.35))


def work_on_task(
    world: World,
    spoken: Spoken,
    case: Case,
    owner: User,
    task: RectificationTask,
    waiting: set[int],
) -> Life:
    """The department reads, plans and does; the centre looks, and then answers."""
    if world.chance(0.05):
        task = yield from argue(world, task, owner)
    plan(world, spoken, task)
    late = world.is_late(task.department, 0.11)
    yield world.office(world.rng.choice((4, 5, 6)) if late else world.chance(0.6))
    if late and world.chance(0.3):
        reply = "您反映的问题正在整改，因涉及采购和施工需要几天，我们会尽快答复。"
        services.reply_to_person(case, actor=owner, method="phone", text=reply)
        services.make_promise(
            case, actor=owner, text="整改完成后回电告知结果", due_at=world.office(4)
        )
        yield world.office()
    submit(world, spoken, task)
    if world.chance(0.1):
        yield world.soon(30, 300)
        reason = world.rng.choice(REASONS_TO_RETURN)
        services.return_task(task, actor=owner, reason=reason)
        yield world.office(1)
        submit(world, spoken, task)
    yield world.office()
    services.verify_task(task, actor=owner)
    waiting.discard(task.pk)
    if not waiting:
        yield world.soon(10, 180)
        yield from answer(world, spoken, case, owner, late=late)


def argue(
    world: World, task: RectificationTask, owner: User
) -> Generator[datetime, None, RectificationTask]:
    """The department says it is not theirs; the centre insists or asks another."""
    services.refuse_task(
        task, actor=task.holder, reason=world.rng.choice(REASONS_TO_REFUSE)
    )
    yield world.soon(30, 400)
    elsewhere = world.departments["MZB" if world.chance(0.5) else "YWK"]
    insists = world.chance(0.4) or elsewhere == task.department
    task = services.decide_refused_task(
        task,
        actor=owner,
        department=task.department if insists else elsewhere,
        reason="首接科室应先行处理，请继续办理。"
        if insists
        else "经协调，改由主管部门牵头。",
    )
    yield world.office(1)
    return task


def plan(world: World, spoken: Spoken, task: RectificationTask) -> None:
    """The holder takes the task on and names who does it, never who is named."""
    able = [
        person
        for person in world.members.get(task.department_id, [])
        if person != spoken.named
    ]
    if not able:
        services.acknowledge_task(task, actor=task.holder)
        return
    task.responsible = world.rng.choice(able)
    services.plan_task(
        task,
        actor=task.holder,
        responsible=task.responsible,
        measure=spoken.telling.measure,
    )


def submit(world: World, spoken: Spoken, task: RectificationTask) -> None:
    files = []
    if world.chance(0.06):
        files = [photo(world.rng, "整改后.png")]
    elif world.chance(0.02):
        files = [report("Rectification report", "整改报告.pdf")]
    services.submit_task(
        task,
        actor=task.responsible or task.holder,
        result=spoken.telling.result,
        files=files,
    )


def answer(
    world: World, spoken: Spoken, case: Case, owner: User, *, late: bool
) -> Life:
    """Tell the person, ask how they find it, close; a few come back."""
    tell_person(world, spoken, case, owner)
    if late:
        for promise in case.promises.open():
            services.end_promise(promise, actor=owner, kept=True)
    yield world.soon(60, 3 * 24 * 60)
    score = ask_person(world, spoken, case, owner, late=late)
    services.close_case(case, actor=owner)
    unhappy = score is not None and score <= 2
    if not world.chance(0.35 if unhappy else 0.005):
        return
    yield world.office(world.rng.randint(2, 9))
    services.reopen_case(
        case, actor=owner, reason="反映人再次来电，表示同样的问题又出现，要求继续处理。"
    )
    yield world.soon(10, 200)
    services.accept_case(case, actor=owner)
    yield world.office(world.rng.randint(1, 3))
    tell_person(world, spoken, case, owner)
    yield world.soon(60, 2 * 24 * 60)
    ask_person(world, spoken, case, owner, late=False)
    services.close_case(case, actor=owner)


def tell_person(world: World, spoken: Spoken, case: Case, owner: User) -> None:
    if spoken.contact is None:
        services.reply_to_person(
            case, actor=owner, impossible=Reply.Impossible.ANONYMOUS
        )
    elif world.chance(0.03):
        services.reply_to_person(
            case,
            actor=owner,
            impossible=Reply.Impossible.UNREACHABLE,
            text="三次在不同时段拨打均无人接听，已发短信。",
        )
    else:
        services.reply_to_person(
            case, actor=owner, method=spoken.method, text=spoken.telling.reply
        )


def ask_person(
    world: World, spoken: Spoken, case: Case, owner: User, *, late: bool
) -> int | None:
    """The person's own verdict; on the tracking page, or told to the centre."""
    if spoken.contact is None:
        services.record_satisfaction(
            case, actor=owner, not_asked=Satisfaction.NotAsked.ANONYMOUS
        )
        return None
    if world.chance(0.12):
        services.record_satisfaction(
            case, actor=owner, not_asked=Satisfaction.NotAsked.UNREACHABLE
        )
        return None
    score = pick_score(world, late=late)
    comment = world.rng.choice(COMMENTS[score])
    if spoken.channel in ONLINE and world.chance(0.6):
        services.rate_case(case, score=score, comment=comment)
    else:
        services.record_satisfaction(case, actor=owner, score=score, comment=comment)
    return score
