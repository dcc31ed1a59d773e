"""The builder's pages: forms, faults, dialogs, and who may open them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from followups.models import Script, ScriptVersion
from followups.services.scripts import drafts, outline
from followups.services.scripts.outline import Part, PartKind
from hospital import clock
from hospital.models import User
from tests.followups.builder_world import (
    question_url,
    raw_of,
    revision_of,
    url,
    words,
)
from tests.followups.script_world import FEVER, WISH, content, make_script, text
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


def test_a_new_script_is_written_and_published_from_the_list(
    client: Client, english: English, supervisor: User
) -> None:
    names = {"name_zh": "血透随访", "name_en": "Dialysis call", "code": ""}
    made = client.post(reverse("followups:new_script"), names)
    assert made["Location"] == "/scripts/dialysis-call/draft/"
    page = client.get(reverse("followups:scripts"))
    assert "not published yet" in page.content.decode()
    assert client.get("/scripts/dialysis-call/")["Location"] == made["Location"]
    section = {"title_zh": "开始", "title_en": "Start", "again": "1"}
    led = client.post("/scripts/dialysis-call/draft/add/", section)
    assert led["Location"] == "/scripts/dialysis-call/draft/add/start/"
    led = client.post(led["Location"], words())
    assert led["Location"] == "/scripts/dialysis-call/draft/question/more/"
    publish = "/scripts/dialysis-call/draft/publish/"
    page = client.get(publish)
    assert "This is the first version of the script." in page.content.decode()
    sent = {"revision": page.context["form"]["revision"].value()}
    assert client.post(publish, sent)["Location"] == "/scripts/dialysis-call/"
    assert ScriptVersion.objects.published().get().number == 1


def test_a_taken_code_is_told_beside_its_field(client: Client, script: Script) -> None:
    names = {"name_zh": "新", "name_en": "New", "code": "short"}
    page = client.post(reverse("followups:new_script"), names)
    assert page.context["form"].errors == {"code": ["This code is taken."]}
    page = client.post(reverse("followups:new_script"), names | {"code": "Ä b"})
    assert page.context["form"].errors == {
        "code": ["Small letters, digits and hyphens."]
    }


PAGES = [
    ("new_script", [], "get"),
    ("rename_script", ["short"], "get"),
    ("edit_script", ["short"], "post"),
    ("script_draft", ["short"], "get"),
    ("publish_script", ["short"], "get"),
    ("discard_script", ["short"], "get"),
    ("add_section", ["short"], "get"),
    ("add_question", ["short", "health"], "get"),
    ("script_part", ["short", "question", "wish"], "get"),
    ("act_on_script_part", ["short", "question", "wish", "up"], "post"),
    ("delete_script_part", ["short", "question", "wish"], "get"),
]


@pytest.mark.parametrize(("name", "args", "method"), PAGES)
def test_only_writers_open_the_builder(
    name: str,
    args: list[str],
    method: str,
    script: Script,
    english: English,
    agent: User,
    it_admin: User,
    quality_admin: User,
) -> None:
    address = reverse(f"followups:{name}", args=args)
    for stranger in (agent, it_admin):
        assert getattr(english(stranger), method)(address).status_code == 403
    found = getattr(english(quality_admin), method)(address)
    assert found.status_code == (302 if method == "post" else 200)
    if method == "post":
        assert english(quality_admin).get(address).status_code == 405


def test_the_edit_button_begins_a_draft_and_leads_to_it(
    client: Client, supervisor: User
) -> None:
    make_script()
    page = client.get(url("script"))
    assert url("edit_script") in page.content.decode()
    assert client.get(url("script_draft"))["Location"] == url("script")
    assert client.get(url("add_section"))["Location"] == url("script")
    assert client.get(url("publish_script"))["Location"] == url("script_draft")
    assert client.get(url("discard_script"))["Location"] == url("script_draft")
    assert client.post(url("edit_script"))["Location"] == url("script_draft")
    assert "Go on with the draft" in client.get(url("script")).content.decode()
    assert client.get(url("script_draft")).status_code == 200


def test_a_section_needs_a_title_in_one_language(
    client: Client, script: Script
) -> None:
    page = client.post(url("add_section"), {"title_zh": "", "title_en": ""})
    assert "title_zh" in page.context["form"].errors
    address = url("script_part", "section", "health")
    assert client.get(address).context["form"].initial["title_en"] == "Health"
    sent = {"title_zh": "身体", "title_en": ""}
    seen = {"revision": client.get(address).context["revision"]}
    assert client.post(address, sent | seen)["Location"] == address
    page = client.get(url("script_draft"))
    assert "“title” needs Chinese and English words" in page.content.decode()
    assert url("publish_script") not in page.content.decode()
    page = client.get(url("publish_script"))
    assert "The draft has faults" in page.content.decode()
    refused = client.post(url("publish_script"), {"revision": revision_of(script)})
    assert refused.status_code == 200
    assert ScriptVersion.objects.published().count() == 1


def test_a_stale_form_keeps_what_was_typed_and_shows_the_words_of_the_other(
    client: Client, script: Script, quality_admin: User
) -> None:
    seen = client.get(question_url("wish")).context["revision"]
    drafts.save_draft(
        script,
        lambda raw: outline.put_question(
            raw, "wish", {"kind": "text", "text": text("他的", "Theirs")}
        ),
        actor=quality_admin,
    )
    wrong = client.post(
        question_url("wish"), words(text_zh="", text_en="", revision=seen)
    )
    assert wrong.context["revision"] == seen  # a mistake renews nothing
    mine = words(text_en="Mine", revision=seen)
    page = client.post(question_url("wish"), mine)
    html = page.content.decode()
    assert "Somebody else changed this meanwhile." in html
    assert "As it is now: 他的 · Theirs" in html
    assert ">\nMine</textarea>" in html
    again = mine | {"revision": page.context["revision"]}
    assert client.post(question_url("wish"), again).status_code == 302
    raw = raw_of(script, "wish")
    assert raw is not None
    assert raw["text"]["en"] == "Mine"


def test_a_question_deleted_under_the_pen_comes_back_when_it_is_sent_again(
    client: Client, script: Script, quality_admin: User
) -> None:
    seen = client.get(question_url("wish")).context["revision"]
    wish = Part(PartKind.QUESTION, "wish")
    drafts.save_draft(
        script, lambda raw: outline.delete_part(raw, wish), actor=quality_admin
    )
    page = client.post(question_url("wish"), words(revision=seen))
    assert "Somebody else deleted this meanwhile." in page.content.decode()
    again = words(revision=page.context["revision"])
    assert client.post(question_url("wish"), again).status_code == 302
    assert raw_of(script, "wish") is not None


def test_a_full_script_takes_no_more_but_keeps_what_was_typed(
    client: Client, script: Script
) -> None:
    client.post(url("add_section"), {"title_zh": "末", "title_en": "Last"})
    full = drafts.read_sheet(script).content
    asked = [FEVER | {"key": f"q{number}"} for number in range(80)]
    full["sections"][0]["questions"] = asked
    ScriptVersion.objects.filter(published_at=None).update(content=full)
    assert client.get(url("add_question", "last")).status_code == 200
    page = client.post(url("add_question", "last"), words(short_en="Kept"))
    html = page.content.decode()
    assert "A script has at most 80 questions." in html
    assert 'value="Kept"' in html


def test_a_form_sent_without_its_revision_replaces_nothing(
    client: Client, script: Script
) -> None:
    assert client.post(question_url("wish"), words()).status_code == 200
    assert raw_of(script, "wish") == WISH


def test_parts_are_moved_copied_and_what_is_gone_is_told(
    client: Client, script: Script
) -> None:
    moved = client.post(url("act_on_script_part", "question", "wish", "up"))
    assert moved["Location"] == question_url("wish")
    copied = client.post(url("act_on_script_part", "question", "wish", "copy"))
    assert copied["Location"] == question_url("anything_else")
    client.post(url("act_on_script_part", "question", "wish", "down"))
    gone = client.post(url("act_on_script_part", "question", "gone", "up"))
    assert gone["Location"] == url("script_draft")
    page = client.get(question_url("gone"), follow=True)
    assert "This is no longer in the draft." in page.content.decode()
    for address in (
        url("add_question", "gone"),
        url("delete_script_part", "question", "gone"),
    ):
        assert client.get(address)["Location"] == url("script_draft")
    for wrong in (
        url("act_on_script_part", "question", "wish", "sideways"),
        url("act_on_script_part", "chapter", "wish", "up"),
    ):
        assert client.post(wrong).status_code == 404


def test_deleting_names_the_questions_that_need_it(
    client: Client, script: Script
) -> None:
    address = url("delete_script_part", "question", "fever")
    page = client.get(address)
    assert page.context["needed_by"] == ["Temperature"]
    seen = {"revision": page.context["form"]["revision"].value()}
    assert client.post(address, seen)["Location"] == url("script_draft")
    assert raw_of(script, "fever") is None
    fault = client.get(url("script_draft")).content.decode()
    assert "the branch asks for “fever”, which is no earlier choice" in fault
    # the branch stays visible in its form until another is chosen
    page = client.get(question_url("temperature"))
    assert "fever: yes (not asked before this)" in page.content.decode()
    section = client.get(url("delete_script_part", "section", "health"))
    assert "5 questions are deleted with it." in section.content.decode()


def test_a_deletion_of_what_somebody_changed_meanwhile_is_told(
    client: Client, script: Script, quality_admin: User
) -> None:
    address = url("delete_script_part", "question", "wish")
    seen = {"revision": revision_of(script)}
    drafts.add_section(script, text("新", "New"), actor=quality_admin)
    page = client.post(address, seen)
    assert "Somebody else changed the draft meanwhile" in page.content.decode()
    assert raw_of(script, "wish") is not None
    again = {"revision": page.context["form"]["revision"].value()}
    assert client.post(address, again).status_code == 302


def test_publishing_shows_the_changes_and_is_done_once(
    client: Client, script: Script, supervisor: User
) -> None:
    page = client.get(url("publish_script"))
    assert "Nothing has changed since the newest version." in page.content.decode()
    seen = {"revision": revision_of(script)}
    client.post(url("add_question", "health"), words())
    stale = client.post(url("publish_script"), seen)
    assert [change.words for change in stale.context["builder"].changes] == ["More?"]
    fresh = {"revision": stale.context["form"]["revision"].value()}
    assert client.post(url("publish_script"), fresh)["Location"] == url("script")
    twice = client.post(url("publish_script"), fresh)
    assert "The draft was published or discarded" in twice.content.decode()
    assert client.get(url("script")).context["shown"].number == 2


def test_a_draft_is_discarded_and_a_script_renamed(
    client: Client, script: Script
) -> None:
    names = {"name_zh": "新名", "name_en": "Other name"}
    assert client.post(url("rename_script"), names)["Location"] == url("script_draft")
    page = client.get(url("discard_script"))
    assert "All changes since the newest version are lost." in page.content.decode()
    seen = {"revision": page.context["form"]["revision"].value()}
    assert client.post(url("discard_script"), seen)["Location"] == url("script")
    assert client.get(url("script")).context["script"].name_en == "Other name"
    client.post(reverse("followups:new_script"), names | {"code": "fresh"})
    page = client.get("/scripts/fresh/draft/discard/")
    assert "it is deleted with its draft" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_builder_costs_the_same_for_one_question_and_for_three(
    client: Client, script: Script, django_assert_num_queries: Any, count: int
) -> None:
    asked = [FEVER | {"key": f"q{number}"} for number in range(count)]
    ScriptVersion.objects.filter(published_at=None).update(content=content(*asked))
    client.get(url("script_draft"))
    with django_assert_num_queries(5):  # session, person, script, versions twice
        assert client.get(question_url("q0")).status_code == 200
