"""Messages are read as they come, and as another library reads them."""

import itertools
from typing import Any

import pytest
from hl7apy.parser import parse_message
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from followups.services.feed import hl7
from followups.services.feed.problems import NotUnderstood, Problem
from tests.followups.hl7_world import DG1, NK1, PID, PV1, adt, segment


def problem_of(body: bytes) -> tuple[Problem, str]:
    with pytest.raises(NotUnderstood) as refused:
        hl7.read(body)
    return refused.value.problem, refused.value.where


def test_a_message_is_asked_by_segment_field_component_and_repetition() -> None:
    message = hl7.read(adt().encode())
    pid = message.first("PID")
    assert (message.event, message.control_id) == ("A03", "M1")
    assert message.sender == "HIS|第一医院"
    assert message.header.get(1) == "|"
    assert message.header.raw(2) == "^~\\&"
    assert (pid.get(3), pid.get(3, 5), pid.get(5)) == ("0012345", "MR", "张建国")
    assert (pid.get(99), pid.get(3, 9), pid.get(3, 1, 2)) == ("", "", "")
    assert message.first("ZZZ").get(1) == ""


def test_repetitions_components_and_subcomponents_come_apart() -> None:
    line = 'PID|1||A^^^^MR~B&b^x^^^PI~""~|'
    pid = hl7.parse(f"MSH|^~\\&|\r{line}").first("PID")
    assert [each.get() for each in pid.repetitions(3)] == ["A", "B"]
    assert pid.repetitions(3)[1].get(1, 2) == "b"
    assert list(pid.repetitions(3)[1].parts()) == ["B", "b", "x", "PI"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n"])
def test_any_line_end_ends_a_segment(end: str) -> None:
    message = hl7.read(adt().replace("\r", end).encode())
    names = [each.name for each in message.segments]
    assert names == ["MSH", "EVN", "PID", "NK1", "PV1", "DG1"]


def test_a_line_end_within_a_text_stays_in_the_text() -> None:
    message = hl7.read(adt(more="NTE|1||第一行\n第二行").encode())
    assert message.first("NTE").get(3) == "第一行\n第二行"


def test_other_separators_are_taken_from_the_header() -> None:
    text = adt().replace("|", "#").replace("^", ":")
    message = hl7.read(text.encode())
    assert message.first("PID").get(3, 5) == "MR"
    assert message.separators.encoding == ":~\\&"


def test_separators_that_are_left_out_do_not_occur() -> None:
    message = hl7.parse("MSH|^|HIS\rPID|1||A~B&C^X")
    assert message.first("PID").get(3) == "A~B&C"
    assert hl7.parse("MSH||HIS\rPID|1||A~B").first("PID").get(3) == "A"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\F\b\S\c\R\d\T\e\E\f", "a|b^c~d&e\\f"),
        (r"one\.br\two\.sp\three", "one\ntwo\nthree"),
        (r"\H\bold\N\ \.in+2\text", "bold text"),
        ("\\XE5BCA0\\", "张"),
        (r"\Zlocal\x\C2842\y\M00\z", "xyz"),
        (r"C:\Temp", "C:\\Temp"),
        (r"\F\ and C:\Temp", "| and C:\\Temp"),
        (r"\no escape\ at all", "\\no escape\\ at all"),
        ('""', ""),
        ("", ""),
    ],
)
def test_escapes_become_what_they_mean(written: str, meant: str) -> None:
    message = hl7.parse(f"MSH|^~\\&|\rNTE|1||{written}")
    assert message.first("NTE").get(3) == meant


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("utf-8", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("GBK", "gb18030"),
        ("~GB 18030-2000", "gb18030"),
        ("ASCII~UNICODE UTF-8", "utf-8"),
        ("", "utf-8"),
        ("", "gb18030"),
        ("ASCII", "gb18030"),
    ],
)
def test_the_encoding_is_what_msh_18_says_else_what_fits(
    declared: str, codec: str
) -> None:
    message = hl7.read(adt(charset=declared).encode(codec))
    assert message.first("PID").get(5) == "张建国"
    assert message.codec == codec


def test_a_separator_inside_a_chinese_character_is_none() -> None:
    # The second byte of these is a bar, a circumflex or a tilde.
    for sign in ("|", "^", "~", "\\"):
        name = b"\x81" + sign.encode()
        text = adt(MSH={3: name.decode("gb18030")}, charset="GB 18030-2000")
        message = hl7.read(text.encode("gb18030"))
        assert message.header.get(4) == name.decode("gb18030")
        assert message.header.get(18) == "GB 18030-2000"


def test_a_byte_order_mark_and_blanks_before_the_message_do_not_count() -> None:
    message = hl7.read(b"\xef\xbb\xbf\r\n " + adt().encode())
    assert message.event == "A03"


@pytest.mark.parametrize(
    ("body", "problem", "where"),
    [
        (b"", Problem.NO_HEADER, ""),
        (b"\r\n", Problem.NO_HEADER, ""),
        (b"MSH", Problem.NO_HEADER, ""),
        (b"EVN|A03\rMSH|^~\\&|", Problem.NO_HEADER, ""),
        (b"GET / HTTP/1.1\r\n", Problem.NO_HEADER, ""),
        (adt(charset="8859/1").encode(), Problem.UNKNOWN_CHARSET, "8859/1"),
        (adt(charset="BIG-5").encode(), Problem.UNKNOWN_CHARSET, "BIG-5"),
        (
            adt(charset="UNICODE UTF-8").encode("gb18030"),
            Problem.NOT_DECODED,
            "UNICODE UTF-8",
        ),
        (adt(charset="").encode() + b"\xff", Problem.NOT_DECODED, "UTF-8, GB18030"),
        (b"MSH|^\0|\rPID|1", Problem.BAD_SEPARATORS, ""),
        (b"MSH|^^^^|\rPID|1", Problem.BAD_SEPARATORS, ""),
        (b"MSHA^~\\&A", Problem.BAD_SEPARATORS, ""),
        (adt(more="PX!|1|secret").encode(), Problem.BROKEN_SEGMENT, "?"),
        (adt(more="P2|1").encode(), Problem.BROKEN_SEGMENT, "P2"),
        ((adt() + adt(control="M2")).encode(), Problem.TWO_MESSAGES, ""),
        (adt().encode() + b"NTE|1\r" * 20_001, Problem.TOO_MANY_SEGMENTS, ""),
    ],
)
def test_what_cannot_be_read_is_named(
    body: bytes, problem: Problem, where: str
) -> None:
    assert problem_of(body) == (problem, where)


def test_of_a_message_in_an_unknown_encoding_the_header_can_be_read() -> None:
    message = hl7.read_header(adt(charset="BIG-5").encode())
    assert message.control_id == "M1"
    assert message.header.raw(4).encode("latin-1") == "第一医院".encode()


def test_problems_are_kept_and_told_again() -> None:
    trouble = NotUnderstood.of(str(NotUnderstood(Problem.MISSING, "PV1-19")))
    assert trouble.problem == Problem.MISSING
    assert trouble.english == "PV1-19 is missing."


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (hl7.read, hl7.read_header):
        for prefix in (b"", b"MSH|^~\\&|"):
            try:
                message = read(prefix + body)
            except NotUnderstood:
                continue
            assert message.header.name == "MSH"


# What the oracle reads without question: letters, digits and Chinese.
TEXTS = st.text(
    st.characters(codec="utf-8", categories=("Lu", "Ll", "Nd", "Lo")), max_size=8
)
SEGMENTS = {"PID": PID, "PV1": PV1, "NK1": NK1, "DG1": DG1}


# Fields that have components in the standard; the oracle counts only theirs.
COMPLEX = {"PID": (3, 5, 11, 13), "PV1": (3, 7, 19), "NK1": (2, 3, 4, 5), "DG1": (3,)}


@st.composite
def fields(draw: Any, name: str) -> dict[int, str]:
    """Fields of a segment with components, subcomponents and repetitions."""
    found = dict(SEGMENTS[name])
    part = st.lists(TEXTS, min_size=1, max_size=2).map("&".join)
    whole = st.lists(part, min_size=1, max_size=4).map("^".join)
    for number in draw(st.lists(st.integers(1, 15), max_size=6, unique=True)):
        one = whole if number in COMPLEX[name] else TEXTS
        found[number] = draw(st.lists(one, min_size=1, max_size=3).map("~".join))
    return found


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_every_field_is_read_as_hl7apy_reads_it(data: st.DataObject) -> None:
    changed: dict[str, Any] = {n: data.draw(fields(n)) for n in SEGMENTS}
    text = adt(**changed)
    ours = hl7.read(text.encode())
    theirs = parse_message(text, find_groups=False)
    for name in SEGMENTS:
        mine, other = ours.first(name), getattr(theirs, name.lower())[0]
        for number in range(1, len(mine.fields) + 1):
            found = [leaves(each.raw) for each in mine.repetitions(number)]
            assert [each for each in found if each] == oracle(other, name, number)


Leaves = dict[tuple[int, int], str]


def leaves(raw: str) -> Leaves:
    """Every text that says anything, by component and subcomponent."""
    field = hl7.Field(raw, hl7.Separators())
    places = itertools.product(range(1, 6), range(1, 4))
    return {place: text for place in places if (text := field.get(*place))}


def oracle(segment_: Any, name: str, number: int) -> list[Leaves]:
    found = []
    for repetition in getattr(segment_, f"{name}_{number}".lower()):
        texts = {}
        for component in repetition.children:
            which = component.name.rpartition("_")[2]
            for sub, text in enumerate(component.to_er7().split("&"), 1):
                texts[int(which) if which.isdecimal() else 1, sub] = text
        found.append({place: text for place, text in texts.items() if text})
    return [each for each in found if each]


def test_segments_are_written_as_they_are_read() -> None:
    assert segment("PID", {1: "1", 3: "A"}) == "PID|1||A"
