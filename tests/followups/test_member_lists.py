"""Lists of members: every row judged, the good ones taken in, nobody twice."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from followups.models import Cohort, CohortMember, FollowUp, Patient, QueuedCall
from followups.services.cohorts import lists, membership
from followups.services.cohorts.lists import Line, judge, read_list, reading, take_in
from followups.services.cohorts.membership import plan_rounds
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from tests.followups.cohort_world import join, make_cohort, make_patient
from tests.followups.stay_files import workbook
from tests.followups.world import DAY, NOW, discharge

TODAY = date(2026, 3, 10)
HEADINGS = "病案号,姓名,联系电话,入组日期"
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def cohort() -> Cohort:
    return make_cohort()


def lines(*rows: str, headings: str = HEADINGS, encoding: str = "utf-8") -> list[Line]:
    raw = "\r\n".join([headings, *rows]).encode(encoding)
    return read_list(io.BytesIO(raw), len(raw))


def verdicts(cohort: Cohort, *rows: str, **more: str) -> list[tuple[str, list[str]]]:
    return [
        (each.verdict, [reason.code for reason in each.reasons])
        for each in judge(cohort, lines(*rows, **more))
    ]


def test_every_row_has_its_verdict(cohort: Cohort, supervisor: User) -> None:
    join(cohort, "1", supervisor)
    make_patient("2", is_deceased=True)
    make_patient("3")
    assert verdicts(
        cohort,
        "1,患者1,,",
        "2,,,",
        "3,,,2025-03-01",
        "3,,,",
        "4,王五,13812345678,2026/2/1",
        "5,,13812345679,",
        "6,赵六,,",
        "3x,,,2026-02-30",
        "7,孙七,13812345670,2026-03-11",
        "8,=SUM(A1),13812345671,",
        ",周八,13812345672,",
        "9,吴九,不详,1900-01-01",
        "合计,,,",
    ) == [
        ("same", ["member_already"]),
        ("error", ["patient_died"]),
        ("new", []),
        ("same", ["same_person"]),
        ("new", []),
        ("error", ["unknown_patient"]),
        ("new", ["no_phone"]),
        ("error", ["not_a_moment"]),
        ("error", ["in_future"]),
        ("error", ["looks_like_formula"]),
        ("error", ["missing"]),
        ("error", ["year", "phone_left_out"]),
    ]


def test_a_number_that_belongs_to_somebody_else_is_not_taken(cohort: Cohort) -> None:
    make_patient("1", name="张三")
    assert verdicts(cohort, "1,李四,,") == [("error", ["other_name"])]
    assert verdicts(cohort, "1,张三,,") == [("new", [])]


def test_records_that_were_merged_are_one_person(
    cohort: Cohort, supervisor: User
) -> None:
    kept = make_patient("1", name="张三")
    make_patient("2", name="张三", merged_into=kept)
    assert verdicts(cohort, "2,张三,,", "1,张三,,") == [
        ("new", []),
        ("same", ["same_person"]),
    ]
    take_in(cohort, lines("2,张三,,"), actor=supervisor)
    assert CohortMember.objects.get().patient == kept


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_hospitals_are_read(encoding: str) -> None:
    (line,) = lines("00012,欧阳娜娜,138 1234 5678,2025.12.1", encoding=encoding)
    assert (line.number, line.name, line.phone, line.joined_on) == (
        "00012",
        "欧阳娜娜",
        "13812345678",
        date(2025, 12, 1),
    )


def test_columns_may_come_in_any_order_below_a_title() -> None:
    (line,) = lines(
        "血透室登记表,,",
        "登记日期,Patient No.,备注",
        "2024-05-06,77,每周三次",
        headings="",
    )
    assert (line.number, line.joined_on, line.row) == ("77", date(2024, 5, 6), 4)


def test_a_list_of_numbers_alone_is_enough_for_known_patients(cohort: Cohort) -> None:
    make_patient("1")
    assert verdicts(cohort, "1", headings="病案号") == [("new", [])]


def test_a_workbook_is_read_with_its_days_and_its_cut_numbers(cohort: Cohort) -> None:
    make_patient("0012345", name="张三")
    rows: list[list[object]] = [
        ["患者编号", "姓名", "电话", "加入日期"],
        [12345, "张三", 13812345678, date(2025, 6, 1)],
        ["12346", "李四", "=A1", "45000"],
    ]
    file = workbook(rows)
    found = judge(cohort, read_list(file, file.size or 0))
    assert [(each.line.number, each.verdict) for each in found] == [
        ("0012345", "new"),
        ("0012346", "error"),
    ]
    codes = [[reason.code for reason in each.reasons] for each in found]
    assert codes == [["zeros_added"], ["zeros_added", "formula_unknown"]]
    assert "值" not in found[1].reasons[1].words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"a,b\r\n1,2\r\n", "No column of patient numbers"),
        ("病案号\r\n".encode(), "no row"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"PK\x03\x04broken", "cannot be opened"),
        (b"\xff\xfea\0b\0", "UTF-16"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(raw: bytes, words: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        read_list(io.BytesIO(raw), len(raw))
    assert refused.value.field == "file"
    assert words in str(refused.value.message)


def test_a_list_that_is_too_long_or_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert len(lines("1,,,", "2,,,")) == 2
    with pytest.raises(RuleViolation):
        lines("1,,,", "2,,,", "3,,,")
    with pytest.raises(RuleViolation):
        read_list(io.BytesIO(b"x"), reading.MOST_BYTES + 1)


def test_taking_in_twice_takes_in_once(cohort: Cohort, supervisor: User) -> None:
    make_patient("1", name="张三", phone="13800000001")
    rows = lines("1,张三,13999999999,2026-03-01", "2,李四,13800000002/13800000003,")
    assert [each.is_new for each in take_in(cohort, rows, actor=supervisor)] == [
        True,
        True,
    ]
    assert take_in(cohort, rows, actor=supervisor) == []
    assert [
        (each.patient.number, each.joined_on, each.added_by)
        for each in CohortMember.objects.order_by("patient__number")
    ] == [("1", date(2026, 3, 1), supervisor), ("2", TODAY, supervisor)]
    known, unknown = Patient.objects.order_by("number")
    assert known.phone == "13800000001"
    assert (unknown.name, unknown.phone, unknown.relative_phone) == (
        "李四",
        "13800000002",
        "13800000003",
    )
    assert QueuedCall.objects.count() == 2


def test_what_the_list_told_is_kept_when_the_feed_speaks_of_the_person(
    cohort: Cohort, supervisor: User
) -> None:
    take_in(cohort, lines("甲7,李四,13800000002,"), actor=supervisor)
    discharge("甲7", at=NOW - DAY)
    assert Patient.objects.get().name == "李四"


def test_nothing_is_half_stored(
    cohort: Cohort, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(lists.taking, "enrol", fail)
    with pytest.raises(RuntimeError):
        take_in(cohort, lines("1,李四,13800000002,"), actor=supervisor)
    assert not Patient.objects.exists()


def test_a_long_list_is_planned_by_the_task(
    cohort: Cohort, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "BATCH", 2)
    rows = lines(*(f"{n},甲{n},138{n:08d}," for n in range(1, 4)))
    take_in(cohort, rows, actor=supervisor)
    assert FollowUp.objects.count() == 0
    assert plan_rounds() == 3
    assert QueuedCall.objects.count() == 3


def test_others_take_nobody_in(cohort: Cohort, head: User) -> None:
    with pytest.raises(PermissionDenied):
        take_in(cohort, lines("1,李四,13800000002,"), actor=head)


def upload(client: Client, cohort: Cohort, *rows: str) -> str:
    raw = "\r\n".join([HEADINGS, *rows]).encode()
    path = reverse("followups:member_list", args=[cohort.code])
    response = client.post(path, {"file": SimpleUploadedFile("血透.csv", raw)})
    assert response.status_code == 200
    return str(response.content.decode())


def take(client: Client, cohort: Cohort, packed: str) -> str:
    path = reverse("followups:take_list_in", args=[cohort.code])
    response = client.post(path, {"rows": packed}, follow=True)
    return str(response.content.decode())


def test_the_page_shows_the_verdicts_and_takes_in_what_it_showed(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    client = english(supervisor)
    html = upload(client, cohort, "1,张三丰,13800000001,", "2,,,")
    assert "Take in 1 member<" in html
    assert "Nobody with this number is known yet: the name is needed." in html
    assert "张三丰" not in html
    assert CohortMember.objects.count() == 0
    (packed,) = re.findall(r'name="rows" value="([^"]+)"', html)
    assert "1 member was taken in" in take(client, cohort, packed)
    assert CohortMember.objects.get().patient.name == "张三丰"
    assert "0 members were taken in" in take(client, cohort, packed)


def test_what_was_tampered_with_or_is_of_another_person_is_not_taken(
    cohort: Cohort, supervisor: User, quality_admin: User, english: SignIn
) -> None:
    html = upload(english(supervisor), cohort, "1,张三丰,13800000001,")
    (packed,) = re.findall(r'name="rows" value="([^"]+)"', html)
    for client, rows in (
        (english(quality_admin), packed),
        (english(supervisor), packed[:-2]),
        (english(supervisor), ""),
    ):
        assert "The list is too old" in take(client, cohort, rows)
    with clock.at(NOW):
        assert CohortMember.objects.count() == 0


def test_a_list_without_anybody_new_offers_nothing(
    cohort: Cohort, supervisor: User, english: SignIn
) -> None:
    html = upload(english(supervisor), cohort, "1,,,")
    assert "Nobody of this list is to be taken in." in html
    assert 'name="rows"' not in html


def test_only_managers_bring_lists_in(
    cohort: Cohort, head: User, agent: User, sign_in: SignIn
) -> None:
    cohort.department = head.departments.get()
    cohort.save()
    paths = [
        reverse(f"followups:{name}", args=[cohort.code])
        for name in ("member_list", "take_list_in")
    ]
    for path in paths:
        assert sign_in(head).post(path).status_code == 403
        assert sign_in(agent).post(path).status_code == 404
    assert sign_in(head).get(paths[1]).status_code == 405
