"""The answers of a call as they are read again, in the wording they were given to."""

from dataclasses import dataclass

from django.utils.translation import get_language

from followups.models import Attempt


@dataclass(frozen=True)
class AnswerLine:
    """An answer of the call in the reader's language."""

    question: str
    words: str
    is_red: bool


def answer_lines(attempt: Attempt) -> list[AnswerLine]:
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return [
        AnswerLine(
            question=answer["question"][language],
            words=answer["answer"][language],
            is_red=answer["flag"] is not None,
        )
        for answer in attempt.answers
    ]
