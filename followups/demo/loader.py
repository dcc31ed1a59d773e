"""Three weeks in the callback room: stays come in, agents call, some in vain."""

from datetime import date, datetime, time, timedelta
from random import Random

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from followups.call_hours import day_part, next_call_time
from followups.demo.answers import invent_answers
from followups.demo.checks import check_some_calls
from followups.demo.cohorts import fill_cohorts
from followups.demo.patients import invent_stay, read_illnesses
from followups.demo.visits import fill_beds
from followups.models import (
    REACHED,
    Attempt,
    ClinicalAlert,
    Mode,
    Outcome,
    Patient,
    PlanVersion,
)
from followups.services.alerts import (
    acknowledge_alert,
    close_alert,
    raise_by_hand,
)
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call, close_windows, fill_queue
from followups.services.feed.facts import take_over
from hospital import clock
from hospital.models import Department, Role, User

DAYS = 21
DISCHARGES = (5, 9)  # a day
CALLS = 6  # a day and agent
OUTCOMES = {
    Outcome.REACHED_PATIENT: 52,
    Outcome.REACHED_PROXY: 13,
    Outcome.NO_ANSWER: 17,
    Outcome.BUSY: 5,
    Outcome.SWITCHED_OFF: 5,
    Outcome.WRONG_NUMBER: 3,
    Outcome.DECLINED: 3,
    Outcome.CALL_LATER: 2,
}
NOTES = (
    "恢复良好，按时服药。",
    "伤口干燥，已提醒按时拆线。",
    "睡眠欠佳，已建议门诊复诊。",
    "对护士服务表示感谢。",
    "",
    "",
)


DONE = (
    "值班医生已回电，嘱当日来院复查。",
    "主管医生电话评估，调整用药，次日复诊。",
    "已联系急诊绿色通道，患者到院处理。",
)


def load(*, seed: int) -> int:
    """Live through the last weeks day by day; how many people came in."""
    rng = Random(seed)  # noqa: S311  # shapes a demo, guards nothing
    now = clock.now()
    with translation.override("zh-hans"), transaction.atomic():
        call_command("load_plans", verbosity=0)
        # The plans hold for the weeks that the demo looks back on.
        PlanVersion.objects.update(from_at=now - timedelta(days=DAYS + 60))
        departments = {each.code: each for each in Department.objects.active()}
        illnesses, weights = read_illnesses(departments)
        agents = list(User.objects.active().with_role(Role.CALLBACK_AGENT))
        number = 0
        for offset in range(DAYS, -1, -1):
            day = timezone.localdate(now) - timedelta(days=offset)
            told = []
            for __ in range(rng.randint(*DISCHARGES)):
                number += 1
                illness = rng.choices(illnesses, weights)[0]
                left_at = _at(day, 10 + rng.randint(0, 5), rng.randint(0, 59))
                told += invent_stay(rng, number, illness, min(left_at, now))
            with clock.at(min(_at(day, 17), now)):
                take_over(told)
            if offset:
                _call_people(rng, agents, day)
            if offset > 1:
                _answer_alerts(rng)
        fill_cohorts(rng, departments, agents)
        number = fill_beds(rng, illnesses, weights, agents, number)
        check_some_calls(rng)
        _leave_an_alert(now)
    return number


def _call_people(rng: Random, agents: list[User], day: date) -> None:
    """The agents work through their day; what they do not reach waits for the next."""
    with clock.at(_at(day, 8, 45)):
        close_windows()
        fill_queue()
    for agent in agents:
        moment = _at(day, 9, rng.randint(0, 20))
        for __ in range(CALLS):
            if not day_part(moment):
                moment = next_call_time(moment)
            if timezone.localdate(moment) != day:
                break
            with clock.at(moment):
                _call(rng, agent)
            moment += timedelta(minutes=rng.randint(12, 40))


def _call(rng: Random, agent: User) -> None:
    row = claim_next_call(agent)
    if row is None:
        return
    outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    started_at = clock.now()
    later = clock.now() + timedelta(days=1, hours=1)
    answers = invent_answers(rng, row.patient) if outcome in REACHED else None
    result = CallResult(
        outcome=outcome,
        answers=answers,
        started_at=started_at,
        note=rng.choice(NOTES) if outcome == Outcome.REACHED_PATIENT else "",
        call_at=next_call_time(later) if outcome == Outcome.CALL_LATER else None,
        check_up_told=_tell_check_up(rng, row.patient),
    )
    with clock.at(started_at + timedelta(minutes=rng.randint(1, 9))):
        record_attempt(row.patient, agent=agent, result=result)


def _tell_check_up(rng: Random, patient: Patient) -> date | None:
    """Most agents remember the check-up, if the record tells of one."""
    known = patient.stays.filter(check_up_on__gte=clock.today())
    days = known.order_by("-check_up_on").values_list("check_up_on", flat=True)
    return days.first() if rng.random() < 0.8 else None


def _answer_alerts(rng: Random) -> None:
    """The wards answer within minutes; those of yesterday still wait."""
    alerts = ClinicalAlert.objects.open().select_related("department__head")
    for alert in alerts:
        head = alert.department.head if alert.department else None
        if head is None:
            continue
        with clock.at(alert.raised_at + timedelta(minutes=rng.randint(4, 25))):
            acknowledge_alert(alert, actor=head)
        with clock.at(alert.raised_at + timedelta(minutes=rng.randint(40, 200))):
            close_alert(alert, actor=head, done=rng.choice(DONE))


def _leave_an_alert(now: datetime) -> None:
    """One red flag that a ward still has to answer."""
    calls = Attempt.objects.filter(mode=Mode.CALL, department__isnull=False)
    talks = calls.filter(outcome__in=REACHED)
    latest = talks.select_related("patient").first()
    supervisor = User.objects.active().with_role(Role.SUPERVISOR).first()
    if latest is not None and supervisor is not None:
        with clock.at(now - timedelta(minutes=12)):
            raise_by_hand(
                latest.patient,
                agent=supervisor,
                note="患者诉胸闷、夜间不能平卧，双下肢水肿较出院时加重。",
            )


def is_loaded() -> bool:
    return Patient.objects.exists()


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
