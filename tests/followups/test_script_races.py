"""Two people write one script at the same moment."""

from functools import partial

import pytest

from followups.models import Script, ScriptVersion
from followups.services.scripts import drafts, outline
from followups.services.scripts.outline import Part, PartKind
from hospital.exceptions import StaleRecord
from hospital.models import User
from tests.followups.script_world import make_script, text
from tests.races import overlap, race

pytestmark = pytest.mark.django_db(transaction=True)
WISH = Part(PartKind.QUESTION, "wish")


@pytest.fixture
def script() -> Script:
    return make_script().script


def revision_of(script: Script, part: Part | None = None) -> str:
    return drafts.read_sheet(script).revision(part)


def test_two_who_begin_at_once_share_one_draft(
    script: Script, supervisor: User, quality_admin: User
) -> None:
    one, other = overlap(
        partial(drafts.start_draft, script, actor=supervisor),
        partial(drafts.start_draft, script, actor=quality_admin),
    )
    assert one == other
    assert ScriptVersion.objects.filter(published_at=None).count() == 1


def test_of_two_edits_of_one_question_the_second_is_told(
    script: Script, supervisor: User, quality_admin: User
) -> None:
    drafts.start_draft(script, actor=supervisor)
    seen = revision_of(script, WISH)

    def reword(words: str, actor: User) -> Part:
        raw = {"kind": "text", "text": text(words, words)}
        return drafts.save_draft(
            script,
            lambda content: outline.put_question(content, "wish", raw),
            actor=actor,
            part=WISH,
            revision=seen,
        )

    one, other = overlap(
        lambda: reword("One", supervisor), lambda: reword("Other", quality_admin)
    )
    assert one == WISH
    assert type(other) is StaleRecord
    raw = outline.find_part(drafts.read_sheet(script).content, WISH)
    assert raw is not None
    assert raw["text"]["en"] == "One"


def test_questions_added_at_once_are_all_there(
    script: Script, supervisor: User
) -> None:
    drafts.start_draft(script, actor=supervisor)
    raws = [{"kind": "text", "text": text("问", f"Number {n}")} for n in "abc"]
    added = race(
        *(
            partial(drafts.add_question, script, "health", raw, actor=supervisor)
            for raw in raws
        )
    )
    assert {part.key for part in added} == {"number_a", "number_b", "number_c"}
    content = drafts.read_sheet(script).content
    assert len(list(outline.all_questions(content))) == 9


def test_a_draft_is_published_once_by_two(
    script: Script, supervisor: User, quality_admin: User
) -> None:
    drafts.start_draft(script, actor=supervisor)
    drafts.add_section(script, text("新", "New"), actor=supervisor)
    raw = {"kind": "text", "text": text("问", "Ask")}
    drafts.add_question(script, "new", raw, actor=supervisor)
    seen = revision_of(script)
    one, other = overlap(
        partial(drafts.publish_draft, script, actor=supervisor, revision=seen),
        partial(drafts.publish_draft, script, actor=quality_admin, revision=seen),
    )
    assert one.number == 2
    assert type(other) is StaleRecord
    assert ScriptVersion.objects.published().count() == 2


def test_a_draft_discarded_while_somebody_saves_is_told(
    script: Script, supervisor: User, quality_admin: User
) -> None:
    drafts.start_draft(script, actor=supervisor)
    seen, of_all = revision_of(script, WISH), revision_of(script)
    __, late = overlap(
        partial(drafts.discard_draft, script, actor=supervisor, revision=of_all),
        lambda: drafts.save_draft(
            script,
            lambda content: outline.copy_part(content, WISH),
            actor=quality_admin,
            part=WISH,
            revision=seen,
        ),
    )
    assert type(late) is StaleRecord
    assert not ScriptVersion.objects.filter(published_at=None).exists()
