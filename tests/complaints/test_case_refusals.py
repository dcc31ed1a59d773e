"""Refused on the page of a case: the text is kept; who spoke is guarded."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import (
    AccessLog,
    Case,
    RectificationTask,
    Reply,
)
from hospital.models import User

English = Callable[[User], Client]
NewCase = Callable[..., Case]
HTMX = {"HX-Request": "true"}
COMPOSER = HTMX | {"HX-Target": "composer"}

REPLY: dict[str, Any] = {"method": "phone", "text": "已说明并致歉"}


def url(name: str, case: Case, *more: int) -> str:
    return reverse(f"complaints:{name}", args=[case.number, *more])


# --- refusals keep what was typed ------------------------------------------------


def test_acting_on_an_ended_case_is_refused_in_a_sentence_and_keeps_the_text(
    case: Case, front_desk: User, english: English
) -> None:
    services.withdraw_case(case, actor=front_desk, reason="已解决")
    typed = {"tier": 3, "reason": "写了很久的理由"}
    response = english(front_desk).post(url("tier", case), typed, headers=HTMX)
    text = response.content.decode()
    assert "The case is “Withdrawn”; reopen it first." in text
    assert "写了很久的理由" in text


def test_who_saves_second_keeps_the_text_is_shown_what_changed_and_may_send_again(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    client = english(front_desk)
    typed = REPLY | {"text": "我写的答复", "revision": case.revision}
    services.set_tier(case, actor=supervisor, tier=2, reason="别人先改了")
    stale = client.post(url("reply", case), typed, headers=HTMX)
    text = stale.content.decode()
    for words in (
        "Somebody else changed this case meanwhile.",
        "我写的答复",
        "What happened meanwhile:",
        "别人先改了",
    ):
        assert words in text
    typed["revision"] = stale.context["form"]["revision"].value()
    client.post(url("reply", case), typed)
    assert Reply.objects.get().text == "我写的答复"


def test_the_composer_writes_notes_and_replies_in_place(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    client = english(front_desk)
    for name, shown in (("note", "composer_text"), ("reply", "composer_method_0")):
        part = client.get(url(name, case), headers=COMPOSER).content.decode()
        assert ('id="composer"' in part, shown in part) == (True, True)
    wrong = client.post(url("reply", case), {"text": "只有话"}, headers=COMPOSER)
    text = wrong.content.decode()
    assert ('id="composer"' in text, "Say how the person was told." in text) == (
        True,
        True,
    )
    done = client.post(url("note", case), {"text": "记下"}, headers=COMPOSER)
    assert done.headers["HX-Redirect"] == case.get_absolute_url()


# --- who spoke -------------------------------------------------------------------


def test_the_contact_is_shown_for_a_reason_that_is_kept(
    case: Case, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    assert "13812345678" not in client.get(url("reveal", case)).content.decode()
    empty = client.post(url("reveal", case), headers=HTMX).content.decode()
    assert "13812345678" not in empty
    shown = client.post(url("reveal", case), {"reason": "回电"}, headers=HTMX)
    assert 'href="tel:13812345678"' in shown.content.decode()
    assert shown.headers["Cache-Control"] == "private, no-store"
    plain = client.post(url("reveal", case), {"reason": "再回电"})
    assert "张建国" in plain.content.decode()
    kept = AccessLog.objects.filter(act="reveal").values_list("user", "reason")
    assert set(kept) == {(front_desk.pk, "回电"), (front_desk.pk, "再回电")}


def test_the_contact_takes_the_place_of_a_form_on_its_own_page(
    case: Case, front_desk: User, english: English
) -> None:
    address = url("reveal", case)
    on_its_page = HTMX | {"HX-Current-URL": f"http://testserver{address}"}
    shown = english(front_desk).post(address, {"reason": "回电"}, headers=on_its_page)
    assert 'href="tel:13812345678"' in shown.content.decode()
    assert "hx-swap-oob" not in shown.content.decode()
    assert "HX-Reswap" not in shown.headers


def test_a_department_sees_who_spoke_only_after_the_release(
    case: Case, task: RectificationTask, front_desk: User, head: User, english: English
) -> None:
    client = english(head)
    ask = {"reason": "当面致歉"}
    assert client.post(url("reveal", case), ask).status_code == 403
    services.release_contact(task, actor=front_desk)
    assert "张建国" in client.post(url("reveal", case), ask).content.decode()
    services.cancel_task(task, actor=front_desk, reason="不必了")
    assert client.post(url("reveal", case), ask).status_code == 403


def test_nothing_is_shown_of_a_person_who_left_nothing(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    case = new_case(contact=None)
    response = english(front_desk).post(url("reveal", case), {"reason": "回电"})
    assert "The person left no name or number." in response.content.decode()
    assert AccessLog.objects.count() == 0
