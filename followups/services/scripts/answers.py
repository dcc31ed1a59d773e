"""Judging the answers that were given to a script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from followups.models import ScriptVersion
from followups.script_content import QuestionKind, Text, read_number
from followups.services.scripts.questionnaires import Asked, Questionnaire, find_reached
from hospital.exceptions import RuleViolation
from hospital.text import clean_text

MOST_LETTERS = 1_000


@dataclass(frozen=True)
class Answer:
    """An answer with the wording of its question, as it is kept for ever."""

    key: str
    version: int
    question: Text
    value: str
    words: Text
    score: int | None
    flag: Text | None

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "version": self.version,
            "question": self.question.as_json(),
            "value": self.value,
            "answer": self.words.as_json(),
            "score": self.score,
            "flag": self.flag.as_json() if self.flag else None,
        }


@dataclass(frozen=True)
class Answers:
    """What was answered on one call, judged against what was asked."""

    version: ScriptVersion
    given: tuple[Answer, ...]

    @property
    def score(self) -> int:
        return sum(answer.score or 0 for answer in self.given)

    @property
    def flags(self) -> list[Text]:
        """The red flags in words: "Chest pain: Yes"."""
        return [answer.flag for answer in self.given if answer.flag]

    def as_json(self) -> list[dict[str, Any]]:
        return [answer.as_json() for answer in self.given]


class AnswersRefused(RuleViolation):
    """Some answers cannot be kept; `errors` has a sentence for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(_("Look at the marked questions."), field=next(iter(errors)))
        self.errors = errors


def read_answers(
    questionnaire: Questionnaire,
    sent: Mapping[str, str],
    *,
    is_complete: bool = True,
) -> Answers:
    """The answers in the fields `q_…`; only questions that are reached count.

    A talk that was cut short is not complete: nothing is required then. Raises
    AnswersRefused with a sentence for each wrong field.
    """
    reached = find_reached(questionnaire, sent)
    errors: dict[str, str] = {}
    answers = []
    for asked in questionnaire.asked:
        is_said = asked.question.kind == QuestionKind.INFORMATION
        if is_said or asked.key not in reached:
            continue
        typed = clean_text(sent.get(asked.name, ""))
        try:
            answer = _judge(asked, typed, is_complete=is_complete)
        except _Refused as refusal:
            errors[asked.name] = str(refusal)
            continue
        if answer is not None:
            answers.append(answer)
    if errors:
        raise AnswersRefused(errors)
    return Answers(questionnaire.version, tuple(answers))


class _Refused(Exception):
    """Why one answer cannot be kept."""


def _judge(asked: Asked, typed: str, *, is_complete: bool) -> Answer | None:
    if not typed:
        if asked.question.is_required and is_complete:
            raise _Refused(_("This question has no answer yet."))
        return None
    if asked.question.options:
        return _judge_choice(asked, typed)
    if asked.question.kind == QuestionKind.NUMBER:
        return _judge_number(asked, typed)
    if len(typed) > MOST_LETTERS:
        raise _Refused(_("At most {most} letters.").format(most=MOST_LETTERS))
    return _answer(asked, typed, Text(typed, typed))


def _judge_choice(asked: Asked, typed: str) -> Answer:
    option = asked.question.option(typed)
    if option is None:
        raise _Refused(_("Choose one of the answers."))
    return _answer(asked, typed, option.text, option.score, is_red=option.is_red)


def _judge_number(asked: Asked, typed: str) -> Answer:
    question = asked.question
    value = read_number(typed)
    if value is None:
        raise _Refused(_("Enter a number."))
    limits = question.limits
    if limits.least is not None and value < limits.least:
        raise _Refused(_("At least {least}.").format(least=limits.least))
    if limits.most is not None and value > limits.most:
        raise _Refused(_("At most {most}.").format(most=limits.most))
    number = f"{value:f}"
    words = Text(number, number)
    if question.unit:
        words = Text(f"{number} {question.unit.zh}", f"{number} {question.unit.en}")
    return _answer(asked, number, words, is_red=limits.is_red(value))


def _answer(
    asked: Asked,
    value: str,
    words: Text,
    score: int | None = None,
    *,
    is_red: bool = False,
) -> Answer:
    question = asked.question
    fact = question.short or question.text
    flag = Text(f"{fact.zh}：{words.zh}", f"{fact.en}: {words.en}")
    return Answer(
        key=asked.key,
        version=asked.version.pk,
        question=question.text,
        value=value,
        words=words,
        score=score,
        flag=flag if is_red else None,
    )
