"""The form of one question: kinds, answers, limits, branches."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from followups.models import Script
from followups.services.scripts import drafts
from hospital import clock
from hospital.models import User
from tests.followups.builder_world import (
    answer,
    question_url,
    raw_of,
    url,
    words,
)
from tests.followups.script_world import make_script, text
from tests.followups.world import NOW

English = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW), translation.override("en"):
        yield


@pytest.fixture
def script(supervisor: User) -> Script:
    found = make_script().script
    drafts.start_draft(found, actor=supervisor)
    return found


@pytest.fixture
def client(supervisor: User, english: English) -> Client:
    return english(supervisor)


def test_a_question_with_scores_red_flags_and_a_branch_is_added(
    client: Client, script: Script
) -> None:
    sent = words(
        kind="choice",
        short_zh="疼痛",
        short_en="Pain today",
        is_required="on",
        option=["0", "1", "2", "9"],
        show_if=["fever:yes", "chest_pain:no", "fever:no"],
        unit_zh="不读",
        least="not read",
    )
    sent |= answer(0, "不疼", "None", score="0")
    sent |= answer(1, "剧烈", "Severe", score="3", is_red="on", teaching_en="Rest")
    sent |= answer(9, "说不清", "")
    added = client.post(url("add_question", "health"), sent)
    assert added["Location"] == question_url("pain_today")
    raw = raw_of(script, "pain_today")
    assert raw == {
        "key": "pain_today",
        "kind": "choice",
        "text": text("还有吗？", "More?"),
        "short": text("疼痛", "Pain today"),
        "required": True,
        "options": [
            {"value": "none", "text": text("不疼", "None"), "score": 0},
            {
                "value": "severe",
                "text": text("剧烈", "Severe"),
                "score": 3,
                "flag": "red",
                "teaching": text("", "Rest"),
            },
            {"value": "sbq", "text": text("说不清", "")},
        ],
        "show_if": {"fever": ["yes", "no"], "chest_pain": ["no"]},
    }


def test_values_of_answers_stay_when_they_are_reworded_or_moved(
    client: Client, script: Script
) -> None:
    page = client.get(question_url("pain"))
    rows = page.context["form"].rows
    assert [row["value"].value() for row in rows[:4]] == [
        "none",
        "slight",
        "severe",
        None,
    ]
    sent = words(kind="choice", option=["2", "0"], revision=page.context["revision"])
    sent |= answer(2, "很疼", "Terrible", value="severe")
    sent |= answer(0, "不疼", "None", value="none")
    assert client.post(question_url("pain"), sent).status_code == 302
    raw = raw_of(script, "pain")
    assert raw is not None
    found = [(each["value"], each["text"]["en"]) for each in raw["options"]]
    assert found == [("severe", "Terrible"), ("none", "None")]


def test_yes_and_no_need_no_words(client: Client, script: Script) -> None:
    sent = words(kind="yes_no", option=["0", "1"]) | answer(1, "", "", is_red="on")
    assert client.post(url("add_question", "health"), sent).status_code == 302
    raw = raw_of(script, "more")
    assert raw is not None
    assert raw["options"] == [
        {"value": "yes", "text": text("是", "Yes")},
        {"value": "no", "text": text("否", "No"), "flag": "red"},
    ]
    sent |= answer(0, "没有", "None", value="no") | answer(1, "", "", value="yes")
    sent["revision"] = client.get(question_url("more")).context["revision"]
    client.post(question_url("more"), sent)
    raw = raw_of(script, "more")
    assert raw is not None
    assert [each["value"] for each in raw["options"]] == ["no", "yes"]


def test_a_number_has_limits_as_people_type_them(
    client: Client, script: Script
) -> None:
    sent = words(kind="number", least="３４", most="43", red_from="hot")
    page = client.post(url("add_question", "health"), sent)
    assert page.context["form"].errors == {"red_from": ["Enter a number."]}
    page = client.post(url("add_question", "health"), sent | {"least": "50"})
    assert page.context["form"].errors["most"] == ["The least is above the most."]
    sent |= {"red_from": "38，5", "unit_zh": "℃", "unit_en": "℃"}
    assert client.post(url("add_question", "health"), sent).status_code == 302
    raw = raw_of(script, "more")
    assert raw is not None
    assert (raw["least"], raw["most"], raw["red_from"]) == (34, 43, 38.5)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        (
            {"text_zh": " ", "text_en": ""},
            "text_zh",
            "Enter the words, in one language at least.",
        ),
        ({"kind": "choice"}, "__all__", "Give at least two answers to choose from."),
        (
            {"kind": "choice", "option": ["0", "1", "x"]}
            | answer(0, "甲", "A", score="much")
            | answer(1, "", "", score="3"),
            "__all__",
            "Please correct the marked answers.",
        ),
    ],
)
def test_a_wrong_question_is_told_and_what_was_typed_stays(
    client: Client,
    script: Script,
    changes: dict[str, Any],
    field: str,
    said: str,
) -> None:
    sent = words(short_en="Kept") | changes
    page = client.post(url("add_question", "health"), sent)
    assert page.context["form"].errors[field] == [said]
    assert 'value="Kept"' in page.content.decode()
    assert raw_of(script, "kept") is None


def test_markup_in_the_words_is_shown_as_words(client: Client, script: Script) -> None:
    evil = "<script>alert(1)</script>'\"{{ x }}"
    sent = words(
        kind="choice",
        text_zh=evil,
        text_en=evil,
        short_zh=evil,
        short_en=evil,
        option=["0", "1"],
    )
    sent |= answer(0, evil, evil) | answer(1, "乙", "B")
    led = client.post(url("add_question", "health"), sent)
    assert led["Location"] == question_url("scriptalert1script_x")
    client.post(url("add_question", "health"), words(show_if=[]))
    for address in (
        led["Location"],
        question_url("more"),
        url("script_draft"),
        url("publish_script"),
        url("delete_script_part", "question", "scriptalert1script_x"),
    ):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html
