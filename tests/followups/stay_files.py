"""Lists of stays as hospitals' systems write them."""

import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from followups.models import FeedEvent, FollowUp, Import, ImportRow, Patient, Stay
from followups.services import importing
from hospital.models import User

HEADINGS = (
    "病案号,住院次数,姓名,性别,出生日期,联系电话,出院科室,"
    "入院日期,出院日期,主要诊断,离院方式"
)
ZHANG = (
    "0012345,1,张建国,男,1956-03-02,13812345678,心内科,2026/2/20,2026/3/4,心力衰竭,1"
)
LI = (
    "0012346,2,李秀英,女,1961/11/9,13987654321,骨科,"
    "2026/2/25 10:20,2026/3/5 9:30,股骨骨折,1"
)


def csv_text(*rows: str, headings: str = HEADINGS) -> str:
    return "\r\n".join([headings, *rows]) + "\r\n"


def csv_file(
    *rows: str, headings: str = HEADINGS, encoding: str = "utf-8"
) -> SimpleUploadedFile:
    raw = csv_text(*rows, headings=headings).encode(encoding)
    return SimpleUploadedFile("出院患者.csv", raw)


def workbook(rows: Sequence[Sequence[Any]], title: str = "出院") -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("出院患者.xlsx", out.getvalue())


def check(
    file: SimpleUploadedFile, actor: User, number_length: int | None = None
) -> Import:
    """Upload with the columns as proposed, and see what the dry run says."""
    upload = importing.accept_upload(file, actor=actor)
    importing.set_columns(
        upload,
        upload.columns,
        number_length=number_length or upload.number_length,
        actor=actor,
    )
    importing.work_on_imports()
    upload.refresh_from_db()
    return upload


def bring_in(file: SimpleUploadedFile, actor: User) -> Import:
    """The whole way."""
    upload = check(file, actor)
    importing.start_run(upload, actor=actor)
    importing.work_on_imports()
    upload.refresh_from_db()
    return upload


def verdicts(upload: Import) -> list[tuple[int, str, list[str]]]:
    """Line, verdict and the codes of the reasons."""
    return [(row.line, row.verdict, codes(row)) for row in upload.rows.all()]


def codes(row: ImportRow) -> list[str]:
    return [reason["code"] for reason in row.reasons]


def everything() -> list[Any]:
    """All that an import leaves behind, without keys and times of arrival."""
    patients = Patient.objects.order_by("number").values_list(
        "number", "name", "sex", "born_on", "phone", "relative_phone", "is_deceased"
    )
    stays = Stay.objects.order_by("patient__number", "visit_number").values_list(
        "patient__number",
        "visit_number",
        "department__code",
        "admitted_at",
        "discharged_at",
        "disposition",
        "diagnosis",
    )
    events = FeedEvent.objects.order_by("key").values_list("kind", "facts__name")
    calls = FollowUp.objects.order_by("stay__patient__number", "point_key")
    return [
        list(patients),
        list(stays),
        list(events),
        list(calls.values_list("stay__patient__number", "point_key", "opens_at")),
    ]
