"""Scripts: what is published stays, and how answers are judged."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from followups.models import Script, ScriptVersion
from followups.script_content import ContentError, read_number
from followups.services.scripts.answers import AnswersRefused, read_answers
from followups.services.scripts.publishing import publish_version
from followups.services.scripts.questionnaires import (
    build_questionnaire,
)
from hospital import clock
from tests.followups.script_world import (
    FEVER,
    TEMPERATURE,
    answers,
    content,
    make_script,
    text,
)
from tests.followups.world import NOW


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def refused(version: ScriptVersion, **given: str) -> dict[str, str]:
    with translation.override("en"), pytest.raises(AnswersRefused) as refusal:
        answers(version, **given)
    return refusal.value.errors


def test_a_bad_script_is_never_published() -> None:
    script = Script.objects.create(code="bad", name_zh="坏", name_en="Bad")
    with pytest.raises(ContentError):
        publish_version(script, {"sections": []})
    assert ScriptVersion.objects.count() == 0


def test_a_published_version_never_changes() -> None:
    version = make_script()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ScriptVersion.objects.filter(pk=version.pk).update(content={})
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        version.delete()
    draft = ScriptVersion.objects.create(script=version.script, number=2, content={})
    ScriptVersion.objects.filter(pk=draft.pk).update(content=content())
    draft.delete()
    assert str(version) == f"{version.script_id} v1"


def test_only_the_newest_published_version_is_asked() -> None:
    make_script()
    newest = make_script(FEVER)
    ScriptVersion.objects.create(script=newest.script, number=3, content=content())
    assert list(ScriptVersion.objects.current()) == [newest]


def test_a_clean_call_has_no_score_and_no_flag() -> None:
    found = answers(make_script(), pain="none")
    assert (found.score, found.flags) == (0, [])
    assert [answer.value for answer in found.given] == ["no", "no", "none"]


def test_red_answers_and_scores_are_found() -> None:
    found = answers(
        make_script(), chest_pain="yes", fever="yes", temperature="38.5", pain="severe"
    )
    assert found.score == 3
    assert [flag.en for flag in found.flags] == [
        "Chest pain: Yes",
        "Temperature: 38.5 ℃",
        "How bad is the pain?: Severe",
    ]
    assert found.flags[0].zh == "胸痛：有"


@pytest.mark.parametrize(
    ("typed", "is_red"),
    [("38.4", False), ("38.5", True), ("３９", True), ("39,2", True)],
)
def test_a_temperature_flags_from_its_limit_on(typed: str, is_red: bool) -> None:
    found = answers(make_script(), fever="yes", temperature=typed)
    assert bool(found.flags) is is_red


def test_a_number_may_flag_from_below() -> None:
    pressure = TEMPERATURE | {"least": 50, "most": 250, "red_from": None}
    version = make_script(pressure | {"red_below": 90, "show_if": {}})
    sent = {"q_temperature": "89"}
    found = read_answers(build_questionnaire([version]), sent)
    assert [flag.en for flag in found.flags] == ["Temperature: 89 ℃"]


def test_a_number_without_a_unit_is_kept_as_it_is() -> None:
    times = {"key": "times", "kind": "number", "text": text("几次？", "How often?")}
    questionnaire = build_questionnaire([make_script(times)])
    (found,) = read_answers(questionnaire, {"q_times": "3"}).given
    assert found.words.en == "3"


def test_what_a_branch_does_not_reach_does_not_count() -> None:
    found = answers(make_script(), fever="no", temperature="41")
    assert [answer.key for answer in found.given] == ["chest_pain", "fever"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"chest_pain": ""}, {"q_chest_pain": "This question has no answer yet."}),
        ({"chest_pain": "perhaps"}, {"q_chest_pain": "Choose one of the answers."}),
        ({"fever": "yes"}, {"q_temperature": "This question has no answer yet."}),
        (
            {"fever": "yes", "temperature": "hot"},
            {"q_temperature": "Enter a number."},
        ),
        (
            {"fever": "yes", "temperature": "1e1"},
            {"q_temperature": "Enter a number."},
        ),
        ({"fever": "yes", "temperature": "33"}, {"q_temperature": "At least 34."}),
        ({"fever": "yes", "temperature": "43.1"}, {"q_temperature": "At most 43."}),
        ({"wish": "字" * 1001}, {"q_wish": "At most 1000 letters."}),
    ],
)
def test_a_wrong_answer_is_refused_with_a_sentence(
    given: dict[str, str], said: dict[str, str]
) -> None:
    assert refused(make_script(), **given) == said


def test_a_talk_that_was_cut_short_keeps_what_was_answered() -> None:
    questionnaire = build_questionnaire([make_script()])
    found = read_answers(questionnaire, {"q_chest_pain": "yes"}, is_complete=False)
    assert [answer.key for answer in found.given] == ["chest_pain"]


@pytest.mark.parametrize("typed", ["", "abc", "NaN", "1e9", "12345678", "--1", "1.2.3"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None
