"""The IT administrator sees what was not understood, and has it read again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from followups.models import RawMessage, Stay
from followups.services.feed import inbox
from followups.services.feed.inbox import read_again, read_all_again, receive
from followups.services.feed.masking import show_masked
from hospital.models import User
from tests.followups.hl7_world import adt

English = Callable[[User], Client]
PAGE = reverse("followups:messages")
AGAIN = reverse("followups:read_messages_again")
pytestmark = pytest.mark.django_db


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RawMessage]:
    """A message that was not understood, for a reason that has gone since."""

    def make(control: str = "M1", **changes: Any) -> RawMessage:
        def break_down(__: object) -> None:
            raise LookupError

        with monkeypatch.context() as broken:
            broken.setattr(inbox, "take_over", break_down)
            receive(adt(control=control, **changes).encode())
        return RawMessage.objects.get(control_id=control)

    return make


Fail = Callable[..., RawMessage]


@pytest.mark.parametrize(
    "who", ["supervisor", "head", "quality_admin", "leader", "agent"]
)
def test_messages_are_the_it_administrators(
    request: pytest.FixtureRequest, english: English, fail: Fail, who: str
) -> None:
    user = request.getfixturevalue(who)
    client, message = english(user), fail()
    one = reverse("followups:message", args=[message.pk])
    again = reverse("followups:read_message_again", args=[message.pk])
    answers = [client.get(PAGE), client.get(one), client.post(AGAIN)]
    codes = [each.status_code for each in [*answers, client.post(again)]]
    assert codes == [403, 403, 403, 403]
    with pytest.raises(PermissionDenied):
        read_again(message.pk, actor=user)
    with pytest.raises(PermissionDenied):
        read_all_again(actor=user)
    assert Stay.objects.count() == 0


def test_reading_again_is_asked_by_post(it_admin: User, english: English) -> None:
    client = english(it_admin)
    assert client.get(AGAIN).status_code == 405
    assert client.get(
        reverse("followups:read_message_again", args=[1])
    ).status_code == (405)


def test_without_messages_the_page_says_so(it_admin: User, english: English) -> None:
    client = english(it_admin)
    assert "Every message was understood." in client.get(PAGE).text
    assert "No system has sent a message yet." in client.get(f"{PAGE}?show=all").text


def test_the_page_tells_who_sent_what_and_what_is_wrong(
    it_admin: User, english: English
) -> None:
    receive(adt(control="bad", PV1={19: ""}).encode())
    receive(adt(control="good").encode())
    client = english(it_admin)
    page = client.get(PAGE)
    assert [row["message"].control_id for row in page.context["rows"]] == ["bad"]
    assert page.context["rows"][0]["why"] == "PV1-19 is missing."
    assert page.context["rows"][0]["sender"] == "HIS · 第一医院"
    every = client.get(f"{PAGE}?show=all").context["rows"]
    assert [row["message"].control_id for row in every] == ["good", "bad"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(
    fail: Fail,
    it_admin: User,
    english: English,
    rows: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for n in range(rows):
        fail(f"M{n}")
    client = english(it_admin)
    client.get(PAGE)
    with django_assert_num_queries(4):
        assert len(client.get(PAGE).context["rows"]) == rows


def test_a_message_is_shown_without_anybodys_particulars(
    it_admin: User, english: English, fail: Fail
) -> None:
    message = fail(PID={19: "150102195603010011"})
    page = english(it_admin).get(reverse("followups:message", args=[message.pk]))
    hidden = ["张建国", "张小华", "13812345678", "13900001111", "19560301", "呼和浩特"]
    assert [word for word in [*hidden, "150102"] if word in page.text] == []
    lines = page.context["lines"]
    assert lines[2].startswith("PID|1||0012345^^^HIS^MR||张*||•••|M|||•••||•••||zh|")
    assert lines[3] == "NK1|1|张*|DAU||•••"
    assert "It could not be processed here (LookupError)" in page.text


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", []),
        ("张建国 13812345678".encode(), ["•••"]),
        ("MSH|^~\\&|HIS|医院\rZPI|张建国".encode(), ["MSH|^~\\&|HIS|医院", "ZPI|•••"]),
        ("EVN|A03|张建国\rPID".encode("gb18030"), None),
        (
            "MSH|^~\\&|H\rPV1|1|张三|13812345678|||•\rMRG|150102195603010011||||||李四".encode(),
            ["MSH|^~\\&|H", "PV1|1|•••|•••|||•••", "MRG|•••||||||李*"],
        ),
        (b'MSH|^~\\&|H\rPID|""|' + b"x" * 9, ["MSH|^~\\&|H", 'PID|""|•••']),
        (b"MSH|^~\\&|H\rPID|" + b"9" * 121, ["MSH|^~\\&|H", "PID|•••"]),
        (b"MSH|^~\\&|H|\xff", ["MSH|^~\\&|H|\ufffd"]),
    ],
)
def test_whatever_came_is_masked(body: bytes, shown: list[str] | None) -> None:
    found = show_masked(body)
    assert "张" not in "".join(found)
    if shown is not None:
        assert found == shown


def test_a_very_long_message_is_cut() -> None:
    found = show_masked(b"MSH|^~\\&|H\r" + b"NTE|1\r" * 500)
    assert (len(found), found[-1]) == (401, "…")


def test_one_message_is_read_again(
    it_admin: User, english: English, fail: Fail
) -> None:
    message = fail()
    address = reverse("followups:read_message_again", args=[message.pk])
    page = english(it_admin).post(address, follow=True)
    assert "The message was taken over." in page.text
    assert not page.context["can_read_again"]
    message.refresh_from_db()
    assert (message.state, message.tries, message.error) == ("done", 2, "")
    assert Stay.objects.count() == 1


def test_what_still_fails_says_why(it_admin: User, english: English) -> None:
    receive(adt(PV1={19: ""}).encode())
    message = RawMessage.objects.get()
    address = reverse("followups:read_message_again", args=[message.pk])
    page = english(it_admin).post(address, follow=True)
    assert page.context["why"] == "PV1-19 is missing."
    assert page.context["can_read_again"]
    assert page.context["message"].tries == 2


def test_all_messages_are_read_again(
    it_admin: User, english: English, fail: Fail
) -> None:
    fail("M1")
    fail("M2", PID={3: "P2"})
    RawMessage.objects.create(sender="a|b", control_id="gone", state="failed", body=b"")
    receive(adt(control="M3", PV1={19: ""}).encode())
    client = english(it_admin)
    page = client.post(AGAIN, follow=True)
    assert "2 messages were taken over. 1 is still not understood." in page.text
    assert Stay.objects.count() == 2
    RawMessage.objects.filter(control_id="M3").delete()
    again = client.post(AGAIN, follow=True)
    assert "There was nothing to read again." in again.text
    fail("M4", PID={3: "P4"})
    last = client.post(AGAIN, follow=True)
    assert "1 message was taken over." in last.text


def test_nothing_kept_is_shown_as_such(it_admin: User, english: English) -> None:
    inbox.refuse_too_large(adt().encode())
    message = RawMessage.objects.get()
    page = english(it_admin).get(reverse("followups:message", args=[message.pk]))
    assert "Nothing of it was kept." in page.text
    assert not page.context["can_read_again"]
