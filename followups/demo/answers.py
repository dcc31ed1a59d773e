"""What the demo's patients answer: mostly well, now and then a red flag."""

from decimal import Decimal
from random import Random

from followups.models import Patient
from followups.script_content import Question, QuestionKind
from followups.services.scripts.answers import Answers, read_answers
from followups.services.scripts.questionnaires import Questionnaire, find_questionnaire

RED_SHARE = 0.004  # of the questions


def invent_answers(rng: Random, patient: Patient) -> Answers | None:
    """All answers of one talk; None when what is due has no script."""
    questionnaire = find_questionnaire(patient)
    return invent_answers_to(rng, questionnaire) if questionnaire else None


def invent_answers_to(rng: Random, questionnaire: Questionnaire) -> Answers:
    said = {asked.name: _answer(rng, asked.question) for asked in questionnaire.asked}
    return read_answers(questionnaire, said)


def _answer(rng: Random, question: Question) -> str:
    if question.kind == QuestionKind.NUMBER:
        return str(_usual_number(question))
    if not question.options:
        return ""
    is_red = rng.random() < RED_SHARE
    fitting = [each for each in question.options if each.is_red == is_red]
    options = fitting or list(question.options)
    # The first is the best in most scripts.
    return options[0 if rng.random() < 0.8 else -1].value


def _usual_number(question: Question) -> Decimal:
    """A value within the limits that raises no flag."""
    limits = question.limits
    value = limits.least if limits.least is not None else Decimal(0)
    if limits.red_below is not None:
        value = max(value, limits.red_below)
    if limits.red_from is not None and value >= limits.red_from:
        return limits.red_from - 1
    return value
