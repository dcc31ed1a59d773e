"""The cohorts of the demo hospital: dialysis with months behind it, and chronic."""

from datetime import datetime, time, timedelta
from random import Random

from django.utils import timezone

from complaints.demo.stories import invent_name
from followups.call_hours import day_part
from followups.demo.answers import invent_answers_to
from followups.models import (
    REACHED,
    Attempt,
    Cohort,
    CohortMember,
    FollowUp,
    Outcome,
    State,
    TouchPoint,
)
from followups.rhythm import rounds_between
from followups.services.cohorts.lists import Line, take_in
from followups.services.cohorts.membership import leave_cohort, plan_rounds
from followups.services.planning.wanted import key_of
from followups.services.scripts.questionnaires import Questionnaire, questionnaire_for
from hospital import clock
from hospital.models import Department, Role, User

# Code, department, first patient number, members.
COHORTS = (("dialysis", "XTS", 620_001, 31), ("chronic", "NFM", 630_001, 9))
LOOKS_BACK = timedelta(days=130)
# The rounds of the last days are left to be called.
STILL_OPEN = timedelta(days=4)
FATES = {State.DONE: 82, State.UNREACHABLE: 9, State.DECLINED: 3, State.MISSED: 6}
OUTCOMES = {
    State.DONE: (Outcome.REACHED_PATIENT, Outcome.REACHED_PATIENT)
    + (Outcome.REACHED_PROXY,),
    State.UNREACHABLE: (Outcome.NO_ANSWER, Outcome.SWITCHED_OFF),
    State.DECLINED: (Outcome.DECLINED,),
}
NOTES = (
    "内瘘震颤良好，控水情况好。",
    "已提醒控制饮水。",
    "血压偏高，已告知责任护士。",
    "",
    "",
)


def fill_cohorts(
    rng: Random, departments: dict[str, Department], agents: list[User]
) -> None:
    """Members since long ago, with what became of their rounds until some days ago."""
    manager = User.objects.active().with_role(Role.SUPERVISOR).first()
    if manager is None:
        return
    for code, department, first, members in COHORTS:
        cohort = Cohort.objects.get(code=code)
        cohort.department = departments.get(department)
        cohort.save(update_fields=["department"])
        lines = [_invent_line(rng, first + n) for n in range(members)]
        take_in(cohort, lines, actor=manager)
        if agents:
            _live_through(rng, cohort, agents, clock.now() - STILL_OPEN)
    _let_one_go(Cohort.objects.get(code="dialysis"), manager)
    # The calls of what is over by now leave the queue.
    CohortMember.objects.present().update(planned_until=clock.now())
    plan_rounds()


def _invent_line(rng: Random, number: int) -> Line:
    return Line(
        number=str(number),
        name=invent_name(rng),
        phone=f"197{number:08d}",
        joined_on=clock.today() - timedelta(days=rng.randint(40, 1_500)),
    )


def _live_through(
    rng: Random, cohort: Cohort, agents: list[User], until: datetime
) -> None:
    """Rounds that were over before the demo begins, as an older system left them."""
    points = TouchPoint.objects.filter(version__cohort=cohort).exclude(rhythm="")
    point = points.select_related("version", "script").order_by("-version").first()
    if point is None:
        return
    mine = FollowUp.objects.filter(member__cohort=cohort)
    mine.filter(opens_at__lte=until).delete()
    rounds = []
    for member in cohort.members.select_related("patient", "cohort"):
        joined = timezone.make_aware(datetime.combine(member.joined_on, time()))
        over = rounds_between(joined, point.rhythm, until - LOOKS_BACK, until)
        for number, opens_at in over:
            rounds.append(_round(rng, member, point, number, opens_at))
    FollowUp.objects.bulk_create(rounds)
    questionnaire = questionnaire_for(mine)
    tried = [each for each in rounds if each.state != State.MISSED]
    attempts = [_attempt(rng, each, agents, questionnaire) for each in tried]
    Attempt.objects.bulk_create(attempts)
    link = Attempt.follow_ups.through
    link.objects.bulk_create(
        link(attempt=attempt, followup=follow_up)
        for attempt, follow_up in zip(attempts, tried, strict=True)
    )


def _round(
    rng: Random, member: CohortMember, point: TouchPoint, number: int, opens: datetime
) -> FollowUp:
    state = rng.choices(list(FATES), list(FATES.values()))[0]
    closes_at = min(opens + timedelta(hours=point.window_hours), clock.now())
    is_missed = state == State.MISSED
    was_tried = opens + timedelta(
        days=rng.randint(0, 3), hours=rng.choice((9, 10, 15, 16)), minutes=7
    )
    return FollowUp(
        patient=member.patient,
        member=member,
        round=number,
        plan_id=point.version.plan_id,
        point=point,
        point_key=key_of(point),
        department_id=member.cohort.department_id,
        mode=point.mode,
        opens_at=opens,
        closes_at=closes_at,
        state=state,
        ended_at=closes_at if is_missed else was_tried,
        priority=point.priority,
        queued_at=opens,
    )


def _attempt(
    rng: Random,
    follow_up: FollowUp,
    agents: list[User],
    questionnaire: Questionnaire | None,
) -> Attempt:
    outcome = rng.choice(OUTCOMES[State(follow_up.state)])
    talked = outcome in REACHED
    answers = None
    if talked and questionnaire is not None:
        answers = invent_answers_to(rng, questionnaire)
    ended_at = follow_up.ended_at or follow_up.closes_at
    return Attempt(
        patient_id=follow_up.patient_id,
        department_id=follow_up.department_id,
        agent=rng.choice(agents),
        started_at=ended_at - timedelta(minutes=rng.randint(2, 8)),
        ended_at=ended_at,
        outcome=outcome,
        dialled=follow_up.patient.phone,
        day_part=day_part(ended_at) or "off",
        note=rng.choice(NOTES) if talked else "",
        script_version=answers.version if answers else None,
        answers=answers.as_json() if answers else [],
    )


def _let_one_go(cohort: Cohort, manager: User) -> None:
    member = cohort.members.present().order_by("pk")[0]
    leave_cohort(
        member, actor=manager, left_on=clock.today(), why="肾移植成功，不再透析"
    )
