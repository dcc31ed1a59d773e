"""Every message is kept, taken over once, and answered as it deserves."""

import pytest

from followups.models import Patient, RawMessage, Stay
from followups.services.feed import inbox
from tests.followups.hl7_world import adt, field_of

pytestmark = pytest.mark.django_db


def ask(message: str | bytes, codec: str = "utf-8") -> bytes:
    """What would be answered, without the wire."""
    body = message if isinstance(message, bytes) else message.encode(codec)
    return inbox.receive(body)


def code(answer: bytes, codec: str = "utf-8") -> str:
    return field_of(answer, "MSA", 1, codec)


def kept() -> list[tuple[str, str]]:
    rows = RawMessage.objects.order_by("pk")
    return list(rows.values_list("control_id", "state"))


def test_the_answer_is_addressed_back_in_the_same_encoding() -> None:
    answer = ask(adt(charset="GB 18030-2000"), "gb18030")
    msh = [field_of(answer, "MSH", n, "gb18030") for n in (3, 4, 5, 6)]
    assert msh == ["PSC", "呼叫中心", "HIS", "第一医院"]
    named = {n: field_of(answer, "MSH", n, "gb18030") for n in (9, 11, 12, 18)}
    assert named == {9: "ACK^A03^ACK", 11: "P", 12: "2.5", 18: "GB 18030-2000"}
    assert Patient.objects.get().name == "张建国"


def test_the_same_control_id_is_taken_over_once() -> None:
    assert code(ask(adt())) == "AA"
    assert code(ask(adt(PID={5: "李四"}))) == "AA"
    # Of another sender it is another message.
    assert code(ask(adt(MSH={2: "LIS"}, PID={3: "P2"}))) == "AA"
    assert kept() == [("M1", "done"), ("M1", "done")]
    assert Patient.objects.get(number="0012345").name == "张建国"


def test_a_message_that_failed_is_tried_again_when_it_comes_again() -> None:
    answer = ask(adt(PV1={19: ""}))
    assert code(answer) == "AE"
    assert field_of(answer, "MSA", 3) == "PV1-19 is missing."
    assert field_of(answer, "ERR", 2) == "PV1^1^19"
    assert field_of(answer, "ERR", 3) == "101^Required field missing^HL70357"
    assert (Stay.objects.count(), kept()) == (0, [("M1", "failed")])
    assert code(ask(adt())) == "AA"
    assert (Stay.objects.count(), kept()) == (1, [("M1", "done")])


def test_before_version_2_5_the_error_stands_in_one_field() -> None:
    answer = ask(adt(PV1={19: ""}, MSH={11: "2.4"}))
    assert field_of(answer, "ERR", 1) == ("PV1^1^19^101&Required field missing&HL70357")


def test_other_events_are_kept_and_answered_as_good() -> None:
    assert code(ask(adt("A05"))) == "AA"
    assert code(ask(adt("A05"))) == "AA"
    assert kept() == [("M1", "ignored")]
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "answer", "reason"),
    [
        (b"", "AR", "It does not begin with an MSH segment."),
        (b"hello", "AR", "It does not begin with an MSH segment."),
        (b"\x00\xff\xfe", "AR", "It does not begin with an MSH segment."),
        (
            adt(charset="BIG-5").encode(),
            "AR",
            "MSH-18 names an encoding that is not read here: BIG-5.",
        ),
        (
            adt().encode("gb18030"),
            "AR",
            "Its characters are not in the encoding UNICODE UTF-8.",
        ),
        (
            adt(control="9" * 91).encode(),
            "AR",
            "MSH-3, MSH-4 or MSH-10 is longer than anybody may write.",
        ),
        (adt(control="").encode(), "AE", "MSH-10 is missing."),
        (adt(more="P!D|1").encode(), "AE", "A line does not begin a segment: ?."),
        (adt(leave_out="PID").encode(), "AE", "PID-3 is missing."),
        (adt().encode() * 2, "AE", "There are two messages in one frame."),
    ],
)
def test_bad_input_is_kept_and_answered_with_the_reason(
    body: bytes, answer: str, reason: str
) -> None:
    first = ask(body)
    assert code(first, "latin-1") == answer
    assert field_of(first, "MSA", 3, "latin-1") == reason
    assert code(ask(adt(control="good"))) == "AA"
    message = RawMessage.objects.order_by("pk")[0]
    assert (message.state, bytes(message.body)) == ("failed", body)
    assert Stay.objects.count() == 1


def test_a_refused_message_is_echoed_byte_by_byte() -> None:
    answer = ask(adt(charset="BIG-5"))
    assert "第一医院".encode() in answer
    assert field_of(answer, "MSA", 2) == "M1"
