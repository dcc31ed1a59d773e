"""The files themselves: encodings, quotes, workbooks, and what is no list at all."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook

from followups.models import Import
from followups.services import importing
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.stay_files import (
    HEADINGS,
    LI,
    ZHANG,
    check,
    csv_file,
    csv_text,
    verdicts,
    workbook,
)

NOW = moment("2026-03-10T09:00")
CELLS = tuple(HEADINGS.split(","))


@pytest.fixture(autouse=True)
def a_morning(department: Department, other_department: Department) -> Iterator[None]:
    with clock.at(NOW):
        yield


def raw_file(raw: bytes, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw)


def names(upload: Import) -> list[str]:
    return [row.facts.get("name", "") for row in upload.rows.all()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_utf8_and_gb18030_are_told_apart(
    supervisor: User, encoding: str, delimiter: str
) -> None:
    text = csv_text(ZHANG, LI).replace(",", delimiter)
    upload = check(raw_file(text.encode(encoding)), supervisor)
    assert upload.encoding == encoding.removesuffix("-sig")
    assert names(upload) == ["张建国", "李秀英"]
    assert verdicts(upload) == [(2, "new", []), (3, "new", [])]


def test_a_row_in_utf8_within_gb18030_is_read_with_a_warning(supervisor: User) -> None:
    head, tail = csv_text(LI).encode("gb18030"), f"{ZHANG}\r\n".encode()
    upload = check(raw_file(head + tail), supervisor)
    assert names(upload) == ["李秀英", "张建国"]
    assert verdicts(upload) == [(2, "new", []), (3, "new", ["other_encoding"])]


def test_a_row_that_cannot_be_decoded_is_told_alone(supervisor: User) -> None:
    head, tail = csv_text(LI, LI).encode(), f"{ZHANG}\r\n".encode("gb18030")
    upload = check(raw_file(head + tail + LI.encode()), supervisor)
    line, verdict, codes = verdicts(upload)[2]
    assert (line, verdict, set(codes)) == (4, "error", {"undecodable"})
    assert [row.verdict for row in upload.rows.all()] == [
        "new",
        "same",
        "error",
        "same",
    ]


def test_a_title_above_the_headings_is_passed_over(supervisor: User) -> None:
    text = f"某医院出院患者一览表,,,\r\n打印日期,2026-03-10\r\n{csv_text(ZHANG)}"
    upload = check(raw_file(text.encode("gb18030")), supervisor)
    assert upload.headings == list(CELLS)
    assert verdicts(upload) == [(4, "new", [])]


def test_a_cell_over_two_lines_is_one_cell(supervisor: User) -> None:
    broken = ZHANG.replace("心力衰竭", '"心力\r\n衰竭, 3级"')
    upload = check(csv_file(broken, LI), supervisor)
    assert verdicts(upload) == [(2, "new", []), (4, "new", [])]
    assert upload.rows.get(line=2).facts["diagnosis"] == "心力 衰竭, 3级"


def test_a_quote_never_closed_costs_its_own_row_only(supervisor: User) -> None:
    broken = ZHANG.replace("心力衰竭", '"心力衰竭')
    upload = check(csv_file(broken, LI), supervisor)
    assert [row[:2] for row in verdicts(upload)] == [(2, "error"), (3, "new")]
    assert "open_quote" in verdicts(upload)[0][2]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\r\n\r\n", "The file is empty."),
        (HEADINGS.encode(), "Below the headings there is no row."),
        (ZHANG.encode(), "No row of headings was found."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is a workbook of an old Excel"),
        (b"PK\x03\x04 and then nothing", "The workbook cannot be opened"),
        (csv_text(ZHANG).encode("utf-16"), "This is “Unicode text” (UTF-16)."),
        (b"%PDF-1.4\0\0", "This is not a text file"),
        (b"a,b,c" * 300_000, "This is not a text file"),
        (b"x," * 600 + b"\r\n1", "The file has more than 500 columns."),
    ],
)
def test_what_is_no_list_is_refused_with_the_way_out(
    supervisor: User, raw: bytes, sentence: str
) -> None:
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        importing.accept_upload(raw_file(raw), actor=supervisor)
    assert str(refusal.value).startswith(sentence)
    assert Import.objects.count() == 0


def test_a_workbook_is_read_with_its_own_days_and_numbers(supervisor: User) -> None:
    row: tuple[Any, ...] = (
        *(12345, 1.0, "张建国", "男", datetime(1956, 3, 2)),  # noqa: DTZ001
        *(13812345678, "心内科", datetime(2026, 2, 20, 8, 5), 46085.5),  # noqa: DTZ001
        *("心力衰竭", 1),
    )
    upload = check(workbook([("出院一览",), CELLS, row, ("合计", 1)]), supervisor, 7)
    assert (upload.kind, upload.sheet) == ("xlsx", "出院")
    assert verdicts(upload) == [
        (3, "new", ["zeros_added"]),
        (4, "skipped", ["subtotal"]),
    ]
    kept = upload.rows.get(line=3)
    assert (kept.patient_number, kept.visit_number) == ("0012345", "1")
    assert kept.facts["phone"] == "13812345678"
    assert kept.facts["born_on"] == "1956-03-02"
    assert kept.facts["admitted_at"] == "2026-02-20T08:05:00+08:00"
    assert kept.facts["discharged_at"] == "2026-03-04T12:00:00+08:00"


def test_numbers_excel_has_cut_and_formulas_without_value(supervisor: User) -> None:
    cut = [123456789012345678, *ZHANG.split(",")[1:]]
    formula = LI.split(",")
    formula[9] = '="股骨"&"骨折"'
    upload = check(workbook([CELLS, cut, formula]), supervisor)
    assert verdicts(upload) == [
        (2, "error", ["cut_number"]),
        (3, "error", ["formula_unknown"]),
    ]


def test_a_sheet_of_charts_and_an_empty_sheet_are_refused(supervisor: User) -> None:
    book = Workbook()
    book.create_chartsheet("图")
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    for file in (raw_file(out.getvalue(), "a.xlsx"), workbook([])):
        with translation.override("en"), pytest.raises(RuleViolation) as refusal:
            importing.accept_upload(file, actor=supervisor)
        assert str(refusal.value) == "The file is empty."
