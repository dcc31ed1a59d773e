"""What the dry run says of good, odd and bad rows."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from followups.models import DepartmentAlias, Import, ImportRow
from followups.services import importing
from followups.services.importing.cells import read_moment, read_phones, text_of
from followups.services.importing.reasons import Problem, from_json
from followups.services.importing.words import (
    read_disposition,
    read_emergency,
    read_surgery,
)
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.stay_files import (
    LI,
    ZHANG,
    check,
    csv_file,
    verdicts,
)

NOW = moment("2026-03-10T09:00")


@pytest.fixture(autouse=True)
def a_morning(department: Department, other_department: Department) -> Iterator[None]:
    with clock.at(NOW):
        yield


def row_of(upload: Import) -> ImportRow:
    return upload.rows.get()


def words_of(row: ImportRow) -> list[str]:
    with translation.override("en"):
        return [reason.words for reason in from_json(row.reasons)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("0012345", "", "Patient number: the cell is empty."),
        (",1,张", ",,张", "Visit number: the cell is empty."),
        (
            "0012345",
            "1.23E+17",
            "Patient number: Excel has cut the number to 1.23E+17, the last digits are "
            "lost. Format the column as text and enter the number again.",
        ),
        ("0012345", "9" * 41, "Patient number: longer than 40 characters."),
        (
            "2026/3/4",
            "4.3.26",
            "Discharged at: “4.3.26” is not a day such as 2026-10-01.",
        ),
        (
            "2026/3/4",
            "2026/2/30",
            "Discharged at: “2026/2/30” is not a day such as 2026-10-01.",
        ),
        (
            "2026/3/4",
            "2026/3/11",
            "Discharged at: “2026/3/11” lies in the future.",
        ),
        (
            "2026/3/4",
            "2026/3/10 9:01",
            "Discharged at: “2026/3/10 9:01” lies in the future.",
        ),
        (
            "2026/2/20",
            "1026/2/20",
            "Admitted at: the year of “1026/2/20” cannot be right.",
        ),
        ("2026/2/20", "2026/3/5", "The discharge is before the admission."),
        (
            "2026/2/20,2026/3/4",
            ",",
            "Neither the day of admission nor the day of discharge is known.",
        ),
        ("心内科", "宠物科室", "There is no department “宠物科室”."),
        (
            "心内科",
            "心内",
            "There is no department “心内”. Is it one of these: 心内科?",
        ),
        ("心力衰竭", "#REF!", "Diagnosis: the formula gives the error #REF!."),
        (
            "心力衰竭",
            "心力,衰竭,x",
            "The row has more cells than there are headings (11): a separator within "
            "a cell, perhaps.",
        ),
    ],
)
def test_a_row_in_error_says_why(
    supervisor: User, old: str, new: str, sentence: str
) -> None:
    upload = check(csv_file(ZHANG.replace(old, new)), supervisor)
    row = row_of(upload)
    assert (row.verdict, words_of(row)) == ("error", [sentence])
    assert upload.rows_to_take == 0


@pytest.mark.parametrize(
    ("old", "new", "sentence", "facts"),
    [
        (
            ",1",
            ",飞走了",
            "Discharged to: “飞走了” is not known; taken as “Other”.",
            {"disposition": "other"},
        ),
        ("男", "甲", "Sex: “甲” is not known and was left out.", {"sex": None}),
        (
            "1956-03-02",
            "3026-03-02",
            "Date of birth: “3026-03-02” was left out, it is not a birthday.",
            {"born_on": None},
        ),
        (
            "13812345678",
            "没有电话",
            "Phone: “没有电话” is not a phone number and was left out.",
            {"phone": None},
        ),
        (
            "13812345678",
            "13812345678/13812345679/13812345670",
            "Phone: more than two numbers, the others were left out.",
            {"phone": "13812345678", "relative_phone": "13812345679"},
        ),
        ("心内科", "", "No department is named.", {"department_id": None}),
        (
            "心力衰竭",
            "长" * 201,
            "Diagnosis: longer than 200 characters and was shortened.",
            {"diagnosis": "长" * 200},
        ),
    ],
)
def test_a_warning_keeps_the_row(
    supervisor: User, old: str, new: str, sentence: str, facts: dict[str, Any]
) -> None:
    head, __, tail = ZHANG.rpartition(old)
    row = row_of(check(csv_file(head + new + tail), supervisor))
    assert (row.verdict, words_of(row)) == ("new", [sentence])
    assert {key: row.facts.get(key) for key in facts} == facts


def test_lost_zeros_are_put_back(supervisor: User) -> None:
    upload = check(csv_file(ZHANG.replace("0012345", "12345")), supervisor, 7)
    row = row_of(upload)
    assert (row.patient_number, row.verdict) == ("0012345", "new")
    assert words_of(row) == ["Leading zeros were added to the patient number: 0012345."]


def test_the_same_visit_twice_and_two_stories_about_one(supervisor: User) -> None:
    other = LI.replace("股骨", "髋部")
    upload = check(csv_file(ZHANG, LI, ZHANG, other), supervisor)
    assert verdicts(upload) == [
        (2, "new", []),
        (3, "error", ["contradicts"]),
        (4, "same", ["twice"]),
        (5, "error", ["contradicts"]),
    ]
    told = upload.rows.filter(verdict="error").order_by("line")
    assert [words_of(row) for row in told] == [
        ["Line 5 tells something else about the same visit."],
        ["Line 3 tells something else about the same visit."],
    ]


def test_sums_repeated_headings_and_blank_lines_are_no_stays(supervisor: User) -> None:
    again = csv_file().read().decode().strip()
    upload = check(csv_file(ZHANG, ",,合 计：,1", "", again, "总计,,,2"), supervisor)
    assert verdicts(upload) == [
        (2, "new", []),
        (3, "skipped", ["subtotal"]),
        (5, "skipped", ["heading_again"]),
        (6, "skipped", ["subtotal"]),
    ]


def test_a_department_is_known_by_code_name_and_remembered_name(
    supervisor: User, department: Department
) -> None:
    rows = [
        ZHANG.replace("0012345", f"{n}").replace("心内科", name)
        for n, name in enumerate(("xnk", "Cardiology", "心血管病区"), start=1)
    ]
    upload = check(csv_file(*rows), supervisor)
    assert [row.verdict for row in upload.rows.all()] == ["new", "new", "error"]
    assert upload.counts["departments"] == [["心血管病区", 1]]
    importing.name_departments(upload, {"心血管病区": department}, actor=supervisor)
    importing.work_on_imports()
    assert [row.verdict for row in upload.rows.all()] == ["new", "new", "new"]
    assert DepartmentAlias.objects.get().department == department


def test_the_columns_are_remembered_for_the_next_list(supervisor: User) -> None:
    headings = "编号甲,编号乙,何时出院"
    file = csv_file("A1,1,2026-03-01", headings=headings)
    upload = importing.accept_upload(file, actor=supervisor)
    assert upload.columns == {}
    columns = {"patient": 0, "visit": 1, "discharged_at": 2}
    importing.set_columns(upload, columns, number_length=9, actor=supervisor)
    again = csv_file("A2,1,2026-03-02", headings=headings.replace("编号甲", "编号 甲"))
    upload = importing.accept_upload(again, actor=supervisor)
    assert (upload.columns, upload.number_length) == (columns, 9)


def test_two_hundred_columns_are_no_trouble(supervisor: User) -> None:
    headings = ",".join(f"指标{n}" for n in range(100))
    extra = ",".join(["=1+1"] * 100)
    file = csv_file(
        f"{extra},{ZHANG},{extra}",
        headings=f"{headings},病案号,住院次数,姓名,性别,出生日期,联系电话,出院科室,"
        f"入院日期,出院日期,主要诊断,离院方式,{headings}",
    )
    assert verdicts(check(file, supervisor)) == [(2, "new", [])]


@pytest.mark.parametrize(
    ("cell", "expected", "has_time"),
    [
        ("2025/9/3", datetime(2025, 9, 3), False),  # noqa: DTZ001  # as files tell it
        ("2025-09-03 14:20", datetime(2025, 9, 3, 14, 20), True),  # noqa: DTZ001
        ("2025-09-03T14:20:05", datetime(2025, 9, 3, 14, 20, 5), True),  # noqa: DTZ001
        ("20250903", datetime(2025, 9, 3), False),  # noqa: DTZ001
        ("20250903142005", datetime(2025, 9, 3, 14, 20, 5), True),  # noqa: DTZ001
        ("２０２５年９月３日", datetime(2025, 9, 3), False),  # noqa: DTZ001
        ("2025年9月3日 14时20分", datetime(2025, 9, 3, 14, 20), True),  # noqa: DTZ001
        ("45903", datetime(2025, 9, 3), False),  # noqa: DTZ001
        (45903.5, datetime(2025, 9, 3, 12), True),  # noqa: DTZ001
        (date(2025, 9, 3), datetime(2025, 9, 3), False),  # noqa: DTZ001
        (datetime(2025, 9, 3, 8, 1), datetime(2025, 9, 3, 8, 1), True),  # noqa: DTZ001
    ],
)
def test_days_are_read_as_systems_write_them(
    cell: Any, expected: datetime, has_time: bool
) -> None:
    assert read_moment(cell) == (expected, has_time)


@pytest.mark.parametrize("cell", ["3/9/2025", "25-9-3", "2025-13-01", "昨天", "", True])
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(Problem):
        read_moment(cell)


@pytest.mark.parametrize(
    ("cell", "own", "relative"),
    [
        ("13812345678", "13812345678", ""),
        ("138 1234 5678", "13812345678", ""),
        ("+86-138-1234-5678", "13812345678", ""),
        ("13812345678/13987654321", "13812345678", "13987654321"),
        ("13812345678、0592-2345678", "13812345678", "05922345678"),
        ("家属13987654321，本人13812345678", "13812345678", "13987654321"),
        ("13987654321（儿子）/13812345678（本人）", "13812345678", "13987654321"),
        ("本人13812345678 家属13987654321", "13812345678", "13987654321"),
        ("女儿：13987654321", "", "13987654321"),
        (13812345678, "13812345678", ""),
        (13812345678.0, "13812345678", ""),
    ],
)
def test_phones_are_parted(cell: Any, own: str, relative: str) -> None:
    assert read_phones(cell)[:2] == (own, relative)


def test_cells_that_look_like_formulas_are_text() -> None:
    assert text_of('="00123"') == "00123"
    assert text_of("=1+1") == "=1+1"
    assert text_of("'=1+1") == "=1+1"
    assert text_of("'O") == "'O"


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("1", "home"),
        ("医嘱离院", "home"),
        ("2", "transfer"),
        ("医嘱转院", "transfer"),
        ("3-医嘱转社区卫生服务机构/乡镇卫生院", "community"),
        ("4.非医嘱离院", "against_advice"),
        ("5", "deceased"),
        ("死亡", "deceased"),
        ("9", "other"),
        ("其他", "other"),
        ("8", None),
        ("12", None),
    ],
)
def test_how_a_stay_ended(text: str, disposition: str | None) -> None:
    assert read_disposition(text) == disposition


def test_surgery_and_emergency() -> None:
    assert [read_surgery(text) for text in ("是", "阑尾切除术", "无", "无手术")] == [
        True,
        True,
        False,
        False,
    ]
    assert [
        read_emergency(text) for text in ("1", "急诊", "2 门诊", "非急诊", "?")
    ] == [
        True,
        True,
        False,
        False,
        None,
    ]


def test_an_empty_discharge_takes_nothing_back(supervisor: User) -> None:
    upload = check(csv_file(ZHANG), supervisor)
    importing.start_run(upload, actor=supervisor)
    importing.work_on_imports()
    row = row_of(check(csv_file(ZHANG.replace("2026/3/4", "")), supervisor))
    assert (row.verdict, words_of(row)) == (
        "changed",
        ["The stay has ended already; an empty cell takes no discharge back."],
    )


def test_a_file_that_is_gone_fails_in_words(supervisor: User) -> None:
    upload = importing.accept_upload(csv_file(ZHANG), actor=supervisor)
    importing.set_columns(upload, upload.columns, number_length=None, actor=supervisor)
    upload.file.storage.delete(str(upload.file.name))
    importing.work_on_imports()
    upload.refresh_from_db()
    assert (upload.state, upload.failure["code"]) == ("failed", "file_gone")


def test_an_empty_upload_is_refused(supervisor: User) -> None:
    with pytest.raises(Exception, match="The file is empty"):
        importing.accept_upload(SimpleUploadedFile("x.csv", b""), actor=supervisor)
