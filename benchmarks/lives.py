"""How simulated cases live.

A full life goes through the services of the product with all they check and write. A
light life is one of the many: its rows are written in bulk with deadlines from the real
timekeeper, and its clocks are stopped by the real clock service; it has no timeline.
"""

from datetime import datetime, timedelta

from benchmarks.world import Life, World
from complaints import services
from complaints.models import (
    CASE_CLOCKS,
    Case,
    Channel,
    Clock,
    Deadline,
    DeclineGround,
    Kind,
    RectificationTask,
    Reply,
    Satisfaction,
    Source,
    Status,
    Subject,
)
from complaints.services import clocks
from complaints.services.timekeeping import timekeeper
from hospital import clock
from hospital.models import User

WORDS = "模拟的一句话"
BULK = 500_000  # numbers beyond those of the services


def full_life(world: World) -> Life:
    """Every step is one service, done by the person whose job it is."""
    case = _register(world)
    owner = case.owner
    yield _some_time(world, 0, 0, 0, 1, 1, 2, 3)
    services.accept_case(case, actor=owner)
    if world.chance(0.05):
        yield world.soon(20, 600)
        if world.chance(0.5):
            services.withdraw_case(case, actor=owner, reason=WORDS)
        else:
            _decline(world, case)
        return
    yield from _turns(world, case, owner)
    if world.chance(0.4):
        yield from _ask_departments(world, case, owner)
    yield _some_time(world, 0, 1, 2, 3, 4, 5, 6, 8, 12)
    yield from _answer(world, case, owner)
    if world.chance(0.04):
        yield world.office(world.rng.randint(2, 9))
        services.reopen_case(case, actor=owner, reason=WORDS)
        yield world.office(world.rng.randint(1, 9))
        services.accept_case(case, actor=owner)
        yield from _answer(world, case, owner)


def _some_time(world: World, *days: int) -> datetime:
    return world.office(world.rng.choice(days))


def _register(world: World) -> Case:
    departments = world.rng.sample(world.departments, 2 if world.chance(0.15) else 1)
    category = world.rng.choices(world.categories, (75, 20, 5))[0]
    hotline = world.chance(0.05)
    voice = services.Voice(
        kind=Kind.COMPLAINT,
        channel=Channel.HOTLINE if hotline else Channel.PHONE,
        source=Source.HOTLINE if hotline else Source.PATIENT,
        external_number="12345-1" if hotline else "",
        external_due_at=clock.now() + timedelta(days=4) if hotline else None,
        narrative=WORDS,
        subjects=[services.SubjectLine(category, each) for each in departments],
        contact=None
        if world.chance(0.1)
        else services.ContactDetails(name="某", phone="13800000000"),
    )
    return services.register_case(voice, actor=world.rng.choice(world.desk))


def _decline(world: World, case: Case) -> None:
    services.decline_case(
        case,
        actor=world.supervisors[0],
        ground=DeclineGround.OUT_OF_REMIT,
        method=Reply.Method.PHONE,
        text=WORDS,
    )


def _turns(world: World, case: Case, owner: User) -> Life:
    """Pauses, promises, other tiers, more time."""
    if world.chance(0.12):
        yield world.office(world.rng.choice((0, 1, 3)))
        services.pause_case(case, actor=owner, waits_for="person", reason=WORDS)
        yield world.office(world.rng.choice((0, 1, 2, 7)))
        services.resume_case(case, actor=owner)
    if world.chance(0.12):
        yield world.office()
        yield from _promise(world, case, owner)
    if world.chance(0.06):
        yield world.office(world.rng.choice((0, 2, 5)))
        yield from _change_tier(world, case)
    if world.chance(0.08):
        yield world.office(world.rng.choice((1, 3, 6)))
        yield from _ask_for_time(world, case, owner)


def _promise(world: World, case: Case, owner: User) -> Life:
    due_at = world.office(world.rng.choice((1, 2, 4)))
    promise = services.make_promise(case, actor=owner, text=WORDS, due_at=due_at)
    yield world.office(world.rng.choice((0, 1, 2, 4, 6)))
    services.end_promise(promise, actor=owner, kept=True)


def _change_tier(world: World, case: Case) -> Life:
    """Up, and sometimes a supervisor takes it back."""
    supervisor = world.supervisors[1]
    old = Case.objects.get(pk=case.pk).tier
    if old == 3:
        return
    services.set_tier(case, actor=supervisor, tier=old + 1, reason=WORDS)
    if world.chance(0.4):
        yield world.office(world.rng.choice((0, 1, 3)))
        if Case.objects.get(pk=case.pk).tier > old:
            services.set_tier(case, actor=supervisor, tier=old, reason=WORDS)


def _ask_for_time(world: World, case: Case, owner: User) -> Life:
    feedback = case.deadlines.running().filter(clock=Clock.FEEDBACK).first()
    if feedback is None:
        return
    extension = services.ask_extension(
        case,
        actor=owner,
        deadline=feedback,
        until=max(feedback.due_at, clock.now()) + timedelta(days=6),
        reason=WORDS,
        words=WORDS,
    )
    yield world.soon(30, 600)
    granted = world.chance(0.8)
    services.decide_extension(
        extension, actor=world.supervisors[0], granted=granted, answer=WORDS
    )
    for promise in list(case.promises.open()):
        yield world.office(world.rng.choice((0, 1, 2)))
        services.end_promise(promise, actor=owner, kept=world.chance(0.8), note=WORDS)


def _ask_departments(world: World, case: Case, owner: User) -> Life:
    departments = world.rng.sample(world.departments, 2 if world.chance(0.25) else 1)
    tasks = []
    for department in departments:
        due_at = world.office(7) if world.chance(0.1) else None
        task = services.open_task(
            case, actor=owner, department=department, demand=WORDS, due_at=due_at
        )
        tasks.append(task)
        yield world.soon(5, 300)
    for task in tasks:
        yield from _work(world, task, owner)


def _work(world: World, task: RectificationTask, owner: User) -> Life:
    """The department looks, plans and does; the centre pauses, returns, verifies."""
    yield _some_time(world, 0, 0, 1, 2, 4)
    if world.chance(0.06):
        services.refuse_task(task, actor=task.holder, reason=WORDS)
        yield _some_time(world, 0, 1, 3)
        other = world.rng.choice(world.departments)
        task = services.decide_refused_task(
            task, actor=owner, department=other, reason=WORDS
        )
        yield _some_time(world, 0, 1, 2)
    nurse = world.rng.choice(world.nurses[task.department_id])
    services.plan_task(task, actor=task.holder, responsible=nurse, measure=WORDS)
    if world.chance(0.1):
        yield world.office()
        services.pause_task(task, actor=owner, waits_for="outside", reason=WORDS)
        yield _some_time(world, 0, 1, 4)
        services.resume_task(task, actor=owner)
    yield _some_time(world, 0, 1, 2, 3, 5, 8)
    if world.chance(0.04):
        services.cancel_task(task, actor=owner, reason=WORDS)
        return
    services.submit_task(task, actor=nurse, result=WORDS)
    if world.chance(0.15):
        yield world.office()
        services.return_task(task, actor=owner, reason=WORDS)
        yield _some_time(world, 0, 1, 5)
        services.submit_task(task, actor=nurse, result=WORDS)
    yield world.office()
    services.verify_task(task, actor=owner)


def _answer(world: World, case: Case, owner: User) -> Life:
    services.reply_to_person(case, actor=owner, method="phone", text=WORDS)
    yield world.soon(60, 3000)
    asked = Satisfaction.NotAsked.UNREACHABLE
    services.record_satisfaction(case, actor=owner, not_asked=asked)
    services.close_case(case, actor=owner)


def start_light_lives(world: World, moments: list[datetime], number: int) -> None:
    """Cases of one day, written at once; their clocks start when each was received."""
    keeper = timekeeper()
    started: list[Deadline] = []
    cases = [_light_case(world, at, number + i) for i, at in enumerate(moments)]
    Case.objects.bulk_create(cases)
    Subject.objects.bulk_create(
        Subject(
            case=case,
            category=world.categories[case.tier - 1],
            department=world.rng.choice(world.departments),
        )
        for case in cases
    )
    for case in cases:
        made = [
            clocks.new_case_deadline(
                keeper, case, which, case.received_at, several=False
            )
            for which in CASE_CLOCKS
        ]
        deadlines = list(filter(None, made))
        case.due_at = min(each.due_at for each in deadlines)
        started += deadlines
    Deadline.objects.bulk_create(started)
    Case.objects.bulk_update(cases, ["due_at"])
    for case in cases:
        with clock.at(case.received_at):
            accepted = _some_time(world, *[0] * 9, 1, 1, 2, 3)
        world.plan(accepted, _light_life(world, case.pk))


def _light_case(world: World, at: datetime, number: int) -> Case:
    desk = world.rng.choice(world.desk)
    return Case(
        number=f"C-{at.year}-{BULK + number}",
        tracking_code=f"L-{number:06d}",
        kind=Kind.COMPLAINT,
        channel=Channel.PHONE,
        narrative=WORDS,
        tier=world.rng.choices((1, 2, 3), (80, 16, 4))[0],
        received_at=at,
        entered_at=at,
        received_by=desk,
        owner=desk,
    )


def _light_life(world: World, key: int) -> Life:
    now = clock.now()
    clocks.meet_case_clocks(Case.objects.get(pk=key), {Clock.ACKNOWLEDGE}, now)
    yield _some_time(world, *[0, 1, 1, 2, 2, 2, 3] * 3, 4, 4, 5, 8, 12)
    now = clock.now()
    case = Case.objects.get(pk=key)
    clocks.meet_case_clocks(case, clocks.ANSWERED, now)
    clocks.drop_clocks(case, met={Clock.RESOLVE})
    Case.objects.filter(pk=key).update(status=Status.CLOSED, closed_at=now)
