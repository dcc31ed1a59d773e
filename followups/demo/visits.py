"""The beds of the demo hospital: people in hospital now, most of them visited."""

from datetime import datetime, timedelta
from random import Random

from followups.demo.answers import invent_answers_to
from followups.demo.patients import Illness, invent_admission
from followups.models import FollowUp, Mode, Outcome
from followups.services.feed.facts import take_over
from followups.services.scripts.questionnaires import questionnaire_for
from followups.services.visits.record import (
    STAYS_DUE,
    VisitResult,
    due_visits,
    due_with,
    record_visit,
)
from hospital import clock
from hospital.models import User

DAYS = 10
ADMISSIONS = (3, 5)  # a day, of those who are still here
OUTCOMES = {
    Outcome.REACHED_PATIENT: 70,
    Outcome.REACHED_PROXY: 14,
    Outcome.AWAY: 11,
    Outcome.DECLINED: 4,
    Outcome.LANGUAGE_BARRIER: 1,
}
TODAY = 5  # visits that are done already this morning
NOTES = (
    "已发放联系卡，介绍了病区环境。",
    "患者情绪平稳。",
    "家属希望加一张陪护床。",
    "",
    "",
)


def fill_beds(
    rng: Random,
    illnesses: list[Illness],
    weights: list[int],
    visitors: list[User],
    number: int,
) -> int:
    """Admit people day by day and visit them; the number of the last."""
    now = clock.now()
    for offset in range(DAYS, -1, -1):
        noon = now - timedelta(days=offset)
        for __ in range(rng.randint(*ADMISSIONS)):
            number += 1
            illness = rng.choices(illnesses, weights)[0]
            admitted_at = noon - timedelta(minutes=rng.randint(5, 300))
            told = invent_admission(rng, number, illness, admitted_at)
            with clock.at(admitted_at):
                take_over([told])
        with clock.at(noon):
            _go_round(rng, visitors, noon, most=TODAY if offset == 0 else None)
    return number


def _go_round(
    rng: Random, visitors: list[User], noon: datetime, *, most: int | None
) -> None:
    for visit in due_visits(FollowUp.objects.filter(mode=Mode.BEDSIDE))[:most]:
        visitor = rng.choice(visitors)
        outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        questionnaire = questionnaire_for(due_with(visit))
        answers = None
        if questionnaire is not None and outcome not in (*STAYS_DUE, Outcome.DECLINED):
            answers = invent_answers_to(rng, questionnaire)
        result = VisitResult(
            outcome,
            note=rng.choice(NOTES) if outcome == Outcome.REACHED_PATIENT else "",
            answers=answers,
        )
        record_visit(visit, visitor=visitor, result=result)
