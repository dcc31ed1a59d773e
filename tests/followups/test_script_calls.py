"""Scripts on a call: joined, shown, kept with the attempt, and read on their page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import Attempt, ClinicalAlert, Outcome, Script
from followups.services.calls.outcomes import CallResult, record_attempt
from followups.services.calls.queue import claim_next_call, fill_queue
from followups.services.scripts.answers import Answers, read_answers
from followups.services.scripts.publishing import publish_version
from followups.services.scripts.questionnaires import (
    build_questionnaire,
    fill_in,
    find_questionnaire,
    find_sent_questionnaire,
)
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from tests.followups.script_world import (
    CHEST_PAIN,
    FEVER,
    PAIN,
    QUESTIONS,
    TEMPERATURE,
    answers,
    ask_in,
    content,
    make_script,
    reached,
    text,
    yes_no,
)
from tests.followups.world import NOW, discharge, make_plan, patient

English = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def test_the_questions_of_two_scripts_are_asked_once() -> None:
    general = make_script(CHEST_PAIN, FEVER, code="general")
    special = make_script(PAIN, CHEST_PAIN, TEMPERATURE | {"show_if": {}}, code="heart")
    questionnaire = build_questionnaire([special, general])
    assert [asked.key for asked in questionnaire.asked] == [
        "pain",
        "chest_pain",
        "temperature",
        "fever",
    ]
    assert len(questionnaire.sections) == 1
    assert questionnaire.version == special


def test_two_different_questions_of_one_key_are_both_asked() -> None:
    first = make_script(PAIN, code="one")
    other = yes_no("pain", "您疼吗？", "Are you in pain?", red="yes")
    where = {"key": "where", "kind": "text", "text": text("哪里？", "Where?")}
    branch = where | {"show_if": {"pain": ["yes"]}}
    second = make_script(other, branch, code="two")
    questionnaire = build_questionnaire([first, second])
    sent = {"q_pain": "none", "q_two_pain": "yes", "q_where": "腰"}
    found = read_answers(questionnaire, sent)
    assert [(each.key, each.value) for each in found.given] == [
        ("pain", "none"),
        ("two_pain", "yes"),
        ("where", "腰"),
    ]


def test_a_branch_may_stand_before_its_question_once_scripts_are_joined() -> None:
    first = make_script(CHEST_PAIN, code="one", key="health")
    script = Script.objects.create(code="two", name_zh="二", name_en="Two")
    sections = content(FEVER, key="early")["sections"]
    second = publish_version(
        script, {"sections": sections + content(TEMPERATURE)["sections"]}
    )
    questionnaire = build_questionnaire([first, second])
    assert [asked.key for asked in questionnaire.asked] == [
        "chest_pain",
        "temperature",
        "fever",
    ]
    sent = {"q_chest_pain": "no", "q_fever": "yes", "q_temperature": "39"}
    assert len(read_answers(questionnaire, sent).flags) == 1


def test_what_was_typed_is_shown_again_with_its_errors() -> None:
    questionnaire = build_questionnaire([make_script()])
    sent = {"q_chest_pain": "yes", "q_fever": "yes", "q_temperature": "39"}
    filled = fill_in(questionnaire, sent, {"q_pain": "Choose one of the answers."})
    by_key = {asked.key: asked for asked in filled.asked}
    assert by_key["chest_pain"].is_red is True
    assert by_key["temperature"].is_red is True
    assert by_key["temperature"].is_shown is True
    assert by_key["wish"].can_be_red is False
    assert by_key["pain"].error == "Choose one of the answers."
    assert [each.letter for each in by_key["pain"].options] == ["a", "b", "c"]
    assert [each.letter for each in by_key["fever"].options] == ["y", "n"]
    assert by_key["temperature"].branches_on == '{"fever": ["yes"]}'


def test_the_most_urgent_contact_gives_the_first_script(agent: User) -> None:
    general, special = make_script(FEVER, code="a"), make_script(PAIN, code="b")
    ask_in(make_plan(), general)
    ask_in(make_plan(("early", 48, 24 * 7), code="heart"), special, priority=30)
    discharge("1")
    found = find_questionnaire(patient("1"))
    assert found is not None
    assert found.versions == (special, general)
    assert find_sent_questionnaire({"script_versions": found.versions_value}) == found


def test_a_contact_without_a_script_asks_nothing() -> None:
    make_plan()
    discharge("1")
    assert find_questionnaire(patient("1")) is None


@pytest.mark.parametrize("sent", ["", "x", "999999", "9" * 40])
def test_a_page_without_a_script_sends_none(sent: str) -> None:
    assert find_sent_questionnaire({"script_versions": sent}) is None


def test_a_page_is_judged_by_the_version_it_showed() -> None:
    old = make_script()
    make_script(FEVER)
    found = find_sent_questionnaire({"script_versions": str(old.pk)})
    assert found is not None
    assert found.version == old


def call(agent: User, given: Answers | None) -> Attempt:
    discharge("1")
    fill_queue()
    row = claim_next_call(agent)
    assert row is not None
    return record_attempt(row.patient, agent=agent, result=reached(given))


def test_an_attempt_keeps_its_answers_in_the_words_they_were_asked_in(
    agent: User,
) -> None:
    make_plan()
    version = make_script()
    attempt = call(agent, answers(version, fever="yes", temperature="38"))
    make_script(FEVER | {"text": text("新问法", "Asked anew")})
    attempt.refresh_from_db()
    assert attempt.script_version == version
    assert attempt.answers[1] == {
        "key": "fever",
        "version": version.pk,
        "question": text("您有没有发热？", "Have you had a fever?"),
        "value": "yes",
        "answer": text("有", "Yes"),
        "score": None,
        "flag": None,
    }
    assert attempt.answers[2]["answer"] == text("38 ℃", "38 ℃")


def test_a_call_without_a_script_keeps_no_answers(agent: User) -> None:
    make_plan()
    attempt = call(agent, None)
    assert (attempt.script_version, attempt.answers) == (None, [])


def test_nothing_is_kept_of_a_call_that_is_refused(agent: User) -> None:
    make_plan()
    version = make_script()
    discharge("1")
    fill_queue()
    claim_next_call(agent)
    result = CallResult(
        Outcome.CALL_LATER,
        started_at=NOW,
        answers=answers(version, chest_pain="yes"),
    )
    with pytest.raises(RuleViolation):
        record_attempt(patient("1"), agent=agent, result=result)
    assert Attempt.objects.count() == 0
    assert ClinicalAlert.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_scripts_costs_the_same_for_one_row_and_for_three(
    supervisor: User, english: English, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        make_script(code=f"s{number}")
    client = english(supervisor)
    with django_assert_num_queries(3):  # session, person, scripts
        response = client.get(reverse("followups:scripts"))
    assert len(response.context["scripts"]) == rows


def test_a_supervisor_reads_every_version_of_a_script(
    supervisor: User, english: English
) -> None:
    make_script(*QUESTIONS)
    newest = make_script(FEVER)
    url = newest.script.get_absolute_url()
    client = english(supervisor)
    assert client.get(url).context["shown"] == newest
    first = client.get(url, {"version": "1"})
    assert first.context["shown"].number == 1
    assert "Do you have chest pain?" in first.content.decode()
    assert client.get(url, {"version": "9"}).status_code == 404
    assert client.get(reverse("followups:script", args=["none"])).status_code == 404


def test_an_agent_may_not_read_the_scripts_page(agent: User, english: English) -> None:
    version = make_script()
    client = english(agent)
    assert client.get(reverse("followups:scripts")).status_code == 403
    assert client.get(version.script.get_absolute_url()).status_code == 403
