"""Writing scripts: drafts, two editors at once, publishing."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from followups.models import Script, ScriptVersion
from followups.script_content import ContentError
from followups.services.scripts import drafts, outline
from followups.services.scripts.builder import Builder
from followups.services.scripts.outline import UP, Part, PartKind
from followups.services.scripts.questionnaires import find_questionnaire
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User
from tests.followups.script_world import (
    FEVER,
    WISH,
    ask_in,
    content,
    make_script,
    text,
    yes_no,
)
from tests.followups.world import NOW, discharge, make_plan, patient

CHILLS = yes_no("chills", "您有没有寒战？", "Do you have chills?")
CHILLS_RAW = {key: value for key, value in CHILLS.items() if key != "key"}


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW), translation.override("en"):
        yield


def question(key: str) -> Part:
    return Part(PartKind.QUESTION, key)


def section(key: str) -> Part:
    return Part(PartKind.SECTION, key)


def keys_of(script: Script) -> list[str]:
    return [raw["key"] for raw in outline.all_questions(sheet(script).content)]


def sheet(script: Script) -> drafts.Sheet:
    return drafts.read_sheet(script)


@pytest.fixture
def script(supervisor: User) -> Script:
    """A script with one published version and a draft of the next."""
    found = make_script().script
    drafts.start_draft(found, actor=supervisor)
    return found


def reword(script: Script, actor: User, revision: str, words: str) -> Part:
    raw = {"kind": "text", "text": text(words, words)}
    return drafts.save_draft(
        script,
        lambda content: outline.put_question(content, "wish", raw),
        actor=actor,
        part=question("wish"),
        revision=revision,
    )


def test_a_draft_begins_with_the_newest_version_and_is_one(
    script: Script, quality_admin: User
) -> None:
    first = sheet(script).draft
    assert first is not None
    assert (first.number, first.content) == (2, content())
    assert drafts.start_draft(script, actor=quality_admin) == first


def test_who_may_not_write_is_refused_at_every_door(
    script: Script, agent: User
) -> None:
    seen = sheet(script).revision()
    doors: list[Any] = [
        lambda: drafts.start_draft(script, actor=agent),
        lambda: drafts.create_script(name_zh="新", name_en="New", actor=agent),
        lambda: drafts.rename_script(script, name_zh="新", name_en="N", actor=agent),
        lambda: drafts.add_section(script, text("新", "New"), actor=agent),
        lambda: drafts.discard_draft(script, actor=agent, revision=seen),
        lambda: drafts.publish_draft(script, actor=agent, revision=seen),
    ]
    for door in doors:
        with pytest.raises(PermissionDenied):
            door()
    assert sheet(script).revision() == seen


def test_an_edit_of_words_that_somebody_changed_is_told_and_replaces_nothing(
    script: Script, supervisor: User, quality_admin: User
) -> None:
    seen = sheet(script).revision(question("wish"))
    reword(script, quality_admin, seen, "Theirs")
    with pytest.raises(StaleRecord, match="Somebody else changed this"):
        reword(script, supervisor, seen, "Mine")
    raw = outline.find_part(sheet(script).content, question("wish"))
    assert raw is not None
    assert raw["text"]["en"] == "Theirs"
    reword(script, supervisor, sheet(script).revision(question("wish")), "Mine")
    assert keys_of(script) == [q["key"] for q in outline.all_questions(content())]


def test_two_editors_of_two_questions_do_not_disturb_each_other(
    script: Script, supervisor: User, quality_admin: User
) -> None:
    seen = sheet(script).revision(question("wish"))
    drafts.save_draft(
        script,
        lambda raw: outline.move_part(raw, question("pain"), UP),
        actor=quality_admin,
    )
    reword(script, supervisor, seen, "Mine")
    assert keys_of(script).index("pain") == 2


def test_an_edit_of_a_deleted_question_brings_it_back_only_when_sent_again(
    script: Script, supervisor: User
) -> None:
    seen = sheet(script).revision(question("wish"))
    drafts.save_draft(
        script,
        lambda raw: outline.delete_part(raw, question("wish")),
        actor=supervisor,
    )
    with pytest.raises(StaleRecord, match="deleted this"):
        reword(script, supervisor, seen, "Mine")
    reword(script, supervisor, sheet(script).revision(question("wish")), "Mine")
    assert keys_of(script)[-1] == "wish"


def test_an_edit_after_the_draft_was_discarded_begins_a_new_one_when_sent_again(
    script: Script, supervisor: User
) -> None:
    seen = sheet(script).revision(question("wish"))
    of_all = sheet(script).revision()
    drafts.discard_draft(script, actor=supervisor, revision=of_all)
    with pytest.raises(StaleRecord, match="published or discarded"):
        drafts.discard_draft(script, actor=supervisor, revision=of_all)
    with pytest.raises(StaleRecord, match="published or discarded"):
        reword(script, supervisor, seen, "Mine")
    with pytest.raises(StaleRecord, match="published or discarded"):
        drafts.add_section(script, text("新", "New"), actor=supervisor)
    reword(script, supervisor, sheet(script).revision(question("wish")), "Mine")
    draft = sheet(script).draft
    assert draft is not None
    assert draft.number == 2


def test_a_question_that_another_needs_may_go_but_the_draft_says_so(
    script: Script, supervisor: User
) -> None:
    before = sheet(script).content
    (needy,) = outline.needed_by(before, question("fever"))
    assert needy["key"] == "temperature"
    drafts.save_draft(
        script,
        lambda raw: outline.delete_part(raw, question("fever")),
        actor=supervisor,
    )
    builder = Builder(sheet(script))
    (fault,) = builder.faults
    assert (fault.name, fault.part) == ("Temperature", question("temperature"))
    assert fault.why == "the branch asks for “fever”, which is no earlier choice"
    assert builder.changes == []
    preview = builder.preview
    assert preview is not None
    assert "temperature" not in [asked.key for asked in preview.asked]
    with pytest.raises(ContentError):
        drafts.publish_draft(
            script, actor=supervisor, revision=sheet(script).revision()
        )


def test_an_empty_draft_is_not_published(supervisor: User) -> None:
    draft = drafts.create_script(
        name_zh="血透随访", name_en="Dialysis: monthly", actor=supervisor
    )
    script = draft.script
    assert script.code == "dialysis-monthly"
    builder = Builder(sheet(script))
    assert (builder.preview, builder.outline) == (None, [])
    assert [fault.why for fault in builder.faults] == ["at least one section is needed"]
    with pytest.raises(ContentError):
        drafts.publish_draft(
            script, actor=supervisor, revision=sheet(script).revision()
        )
    part = drafts.add_section(script, text("开始", "Start"), actor=supervisor)
    (fault,) = Builder(sheet(script)).faults
    assert (fault.part, fault.why) == (part, "a section needs a question")
    assert Builder(sheet(script)).preview is None


def test_a_code_is_made_from_the_name_and_taken_once(supervisor: User) -> None:
    def new(zh: str, en: str, code: str = "") -> str:
        draft = drafts.create_script(
            name_zh=zh, name_en=en, code=code, actor=supervisor
        )
        return draft.script.code

    assert new("新", "New") == "new-2"
    assert new("血透", "!!!") == "xt"
    assert new("血透", "!!!") == "xt-2"
    assert new("？", "？") == "script"
    assert new("长", "long " * 20) == "long-long-long-long-long-long-long-l"
    for taken in ("xt", "new"):
        with pytest.raises(RuleViolation, match="taken"):
            new("血透", "Dialysis", taken)


def test_a_new_question_gets_a_key_that_never_stood_for_other_words(
    script: Script, supervisor: User
) -> None:
    part = drafts.add_question(script, "health", CHILLS_RAW, actor=supervisor)
    assert part == question("do_you_have_chills")
    # the same words in another script are the same question
    other = make_script(FEVER, code="other").script
    drafts.start_draft(other, actor=supervisor)
    assert drafts.add_question(other, "health", CHILLS_RAW, actor=supervisor) == part
    # a former question of the same name that meant something else keeps its answers
    fever = {"kind": "text", "text": text("退烧药？", "Fever")}
    assert drafts.add_question(script, "health", fever, actor=supervisor) == question(
        "fever_2"
    )
    chinese = {"kind": "text", "text": {"zh": "睡得好吗", "en": ""}}
    assert drafts.add_question(script, "health", chinese, actor=supervisor) == question(
        "sdhm"
    )
    signs = {"kind": "text", "text": text("？", "3?")}
    assert drafts.add_question(script, "health", signs, actor=supervisor) == question(
        "part"
    )


def test_a_question_is_not_added_to_a_section_that_is_gone(
    script: Script, supervisor: User
) -> None:
    with pytest.raises(StaleRecord, match="deleted"):
        drafts.add_question(script, "gone", CHILLS_RAW, actor=supervisor)


def test_there_is_no_eighty_first_question(script: Script, supervisor: User) -> None:
    full = content(*[WISH | {"key": f"q{number}"} for number in range(80)])
    ScriptVersion.objects.filter(script=script, published_at=None).update(content=full)
    with pytest.raises(RuleViolation, match="at most 80 questions"):
        drafts.add_question(script, "health", CHILLS_RAW, actor=supervisor)
    for part in (question("q3"), section("health")):
        with pytest.raises(RuleViolation, match="at most 80 questions"):
            drafts.save_draft(
                script,
                partial(outline.copy_part, part=part),
                actor=supervisor,
            )
    assert len(keys_of(script)) == 80
    too_many = content(*[WISH | {"key": f"q{number}"} for number in range(81)])
    ScriptVersion.objects.filter(script=script, published_at=None).update(
        content=too_many
    )
    builder = Builder(sheet(script))
    assert [fault.why for fault in builder.faults] == ["at most 80 questions"]
    assert builder.preview is None


def test_there_are_at_most_forty_sections(script: Script, supervisor: User) -> None:
    for number in range(39):
        drafts.add_section(script, text("节", f"S {number}"), actor=supervisor)
    with pytest.raises(RuleViolation, match="at most 40 sections"):
        drafts.add_section(script, text("节", "One more"), actor=supervisor)


def test_words_of_one_language_show_in_the_preview_but_are_not_published(
    script: Script, supervisor: User
) -> None:
    raw = CHILLS_RAW | {"text": {"zh": "您有没有寒战？", "en": ""}}
    drafts.add_question(script, "health", raw, actor=supervisor)
    builder = Builder(sheet(script))
    assert builder.preview is not None
    assert "您有没有寒战？" in [str(a.question.text) for a in builder.preview.asked]
    (fault,) = builder.faults
    assert fault.name == "您有没有寒战？"
    assert fault.why == "“wording” needs Chinese and English words"


def test_a_published_version_is_used_by_the_next_call(
    script: Script, supervisor: User
) -> None:
    plan = make_plan()
    newest = sheet(script).newest
    assert newest is not None
    ask_in(plan, newest)
    discharge("1")
    drafts.add_question(script, "health", CHILLS_RAW, actor=supervisor)
    drafts.publish_draft(script, actor=supervisor, revision=sheet(script).revision())
    found = find_questionnaire(patient("1"))
    assert found is not None
    assert found.version.number == 2
    assert "do_you_have_chills" in [asked.key for asked in found.asked]


def test_a_version_is_published_once_and_only_when_something_changed(
    script: Script, supervisor: User
) -> None:
    seen = sheet(script).revision()
    with pytest.raises(RuleViolation, match="Nothing has changed"):
        drafts.publish_draft(script, actor=supervisor, revision=seen)
    drafts.add_question(script, "health", CHILLS_RAW, actor=supervisor)
    with pytest.raises(StaleRecord, match="changed the draft"):
        drafts.publish_draft(script, actor=supervisor, revision=seen)
    seen = sheet(script).revision()
    published = drafts.publish_draft(script, actor=supervisor, revision=seen)
    assert (published.published_at, published.is_own) == (NOW, True)
    with pytest.raises(StaleRecord, match="published or discarded"):
        drafts.publish_draft(script, actor=supervisor, revision=seen)


def test_a_shipped_version_that_came_meanwhile_is_not_hidden_behind_the_draft(
    script: Script, supervisor: User
) -> None:
    make_script(FEVER)  # takes number 3: the draft has 2
    published = drafts.publish_draft(
        script, actor=supervisor, revision=sheet(script).revision()
    )
    assert published.number == 4
    assert list(ScriptVersion.objects.current()) == [published]


def test_a_discarded_first_draft_takes_its_script_along_unless_a_plan_needs_it(
    supervisor: User,
) -> None:
    draft = drafts.create_script(name_zh="新", name_en="Fresh", actor=supervisor)
    plan = make_plan()
    ask_in(plan, draft)
    seen = sheet(draft.script).revision()
    with pytest.raises(RuleViolation, match="plan uses"):
        drafts.discard_draft(draft.script, actor=supervisor, revision=seen)
    plan.versions.get().points.update(script=None)
    with pytest.raises(StaleRecord):
        drafts.discard_draft(draft.script, actor=supervisor, revision="0-0")
    drafts.discard_draft(draft.script, actor=supervisor, revision=seen)
    assert not Script.objects.filter(code="fresh").exists()
    with pytest.raises(StaleRecord, match="deleted this script"):
        drafts.start_draft(draft.script, actor=supervisor)
