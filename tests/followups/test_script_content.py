"""What may be written into a script: every fault is said in words."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.utils import translation

from followups.script_content import ContentError, find_names, read_content
from hospital import clock
from tests.followups.script_world import (
    CHEST_PAIN,
    FEVER,
    PAIN,
    TEMPERATURE,
    content,
    text,
    yes_no,
)
from tests.followups.world import NOW


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def errors_of(raw: Any) -> list[str]:
    with translation.override("en"), pytest.raises(ContentError) as refusal:
        read_content(raw)
    return refusal.value.errors


def test_a_script_reads_as_it_was_written() -> None:
    questions = list(read_content(content()).questions)
    assert [question.key for question in questions] == [
        "chest_pain",
        "fever",
        "temperature",
        "pain",
        "wish",
        "farewell",
    ]
    assert questions[2].show_if == {"fever": ("yes",)}
    assert str(questions[2].limits.red_from) == "38.5"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, ["Script: “sections” must be a list."]),
        ([], ["Script: “sections” must be a list."]),
        ({"sections": []}, ["Script: at least one section is needed."]),
        ({"sections": ["x"]}, ["1: must be an object."]),
        (
            {"sections": [{"key": "a", "title": text("甲", "A"), "questions": []}]},
            ["a: a section needs a question."],
        ),
    ],
)
def test_content_that_is_no_script_is_refused(raw: Any, said: list[str]) -> None:
    assert errors_of(raw) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "Bad Key"}, "“key” must be made of small letters, digits and _."),
        ({"kind": "riddle"}, "the kind of question is not known."),
        ({"text": None}, "“wording” is missing."),
        ({"text": {"zh": "甲"}}, "“wording” needs Chinese and English words."),
        ({"text": text("甲" * 501, "A")}, "“wording” is longer than 500 letters."),
        ({"required": "yes"}, "“required” must be true or false."),
        ({"least": 2}, "only numbers have limits."),
        ({"show_if": []}, ""),
        ({"show_if": ["fever"]}, "“branch” must be an object."),
        (
            {"show_if": {"later": ["yes"]}},
            "the branch asks for “later”, which is no earlier choice.",
        ),
        (
            {"show_if": {"fever": []}},
            "the branch must list answers of “Have you had a fever?”.",
        ),
        (
            {"show_if": {"fever": ["maybe"]}},
            "the branch asks for an answer that “Have you had a fever?” does not have.",
        ),
    ],
)
def test_a_fault_of_a_question_is_said_in_words(
    changes: dict[str, Any], said: str
) -> None:
    raw = content(FEVER, CHEST_PAIN | changes)
    if not said:
        assert read_content(raw)
        return
    (error,) = errors_of(raw)
    assert error.endswith(f": {said}")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            PAIN | {"options": PAIN["options"][:1]},  # type: ignore[index]  # a list
            "pain: between two and 12 options.",
        ),
        (
            PAIN | {"options": [PAIN["options"][0]] * 2},  # type: ignore[index]  # a list
            "pain: two options have the same value.",
        ),
        (
            yes_no("ill", "病", "Ill") | {"options": PAIN["options"]},
            "ill: a yes-or-no question has the options yes and no.",
        ),
        (TEMPERATURE | {"options": PAIN["options"], "show_if": {}}, ""),
        (TEMPERATURE | {"least": 50, "show_if": {}}, "the least is above the most."),
        (
            TEMPERATURE | {"red_from": "hot", "show_if": {}},
            "“red flag from” must be a number.",
        ),
        (
            TEMPERATURE | {"red_from": True, "show_if": {}},
            "“red flag from” must be a number.",
        ),
    ],
)
def test_a_fault_of_options_or_limits_is_said_in_words(
    question: dict[str, Any], said: str
) -> None:
    expected = said or "only questions with a choice have options."
    (error,) = errors_of(content(question))
    assert error.endswith(expected)


def test_a_score_is_a_whole_number_and_a_flag_is_red() -> None:
    question = deepcopy(PAIN)
    question["options"][0] |= {"score": True, "flag": "blue"}  # type: ignore[index]  # a list
    assert errors_of(content(question)) == [
        "health › pain › none: the score must be a whole number.",
        "health › pain › none: the flag must be “red” or empty.",
    ]


def test_keys_are_used_once_and_there_are_not_too_many_questions() -> None:
    assert errors_of(content(FEVER, FEVER)) == [
        "health › fever: the key is used twice."
    ]
    both = content(FEVER)["sections"] + content(PAIN)["sections"]
    assert errors_of({"sections": both}) == ["health: the key is used twice."]
    many = [FEVER | {"key": f"q{number}"} for number in range(81)]
    assert errors_of(content(*many)) == ["Script: at most 80 questions."]


def test_all_faults_are_told_at_once() -> None:
    raw = content(FEVER | {"kind": "riddle", "options": []}, PAIN | {"key": ""})
    assert len(errors_of(raw)) == 2


def test_what_has_no_words_has_no_name() -> None:
    raw = content(FEVER, {"key": "mute", "short": text("", "")})
    raw["sections"] += ["x", {"questions": ["y", {"key": 3}]}]
    with translation.override("en"):
        assert find_names(raw) == {"fever": "Have you had a fever?", "mute": "mute"}
