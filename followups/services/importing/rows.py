"""Rows of a file as they are kept: with verdict so far, reasons and facts."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from followups.models import Import, ImportRow, Verdict
from followups.services.importing.cells import Cell, plain_text, shown
from followups.services.importing.mapping import plain
from followups.services.importing.reading import is_filled, value_at
from followups.services.importing.reasons import Problem, Reason
from followups.services.importing.records import Record
from followups.services.importing.verdicts import Context, Draft, judge

SUMS = ("合计", "小计", "总计", "共计", "累计", "本页合计", "total", "subtotal", "sum")


def understand(record: Record, upload: Import, context: Context) -> ImportRow:
    """One row, judged by itself. Whether it is new is found by comparing."""
    skipped = _why_skipped(record, upload.headings, upload.columns)
    if skipped:
        return ImportRow(
            upload=upload,
            line=record.line,
            verdict=Verdict.SKIPPED,
            reasons=[Reason(skipped).as_json()],
        )
    values = {key: value_at(record.cells, at) for key, at in upload.columns.items()}
    draft = judge(values, context)
    _judge_shape(draft, record, len(upload.headings))
    row = as_row(draft)
    row.upload, row.line = upload, record.line
    return row


def as_row(draft: Draft) -> ImportRow:
    return ImportRow(
        patient_number=draft.patient,
        visit_number=draft.visit,
        verdict=Verdict.ERROR if draft.has_errors else Verdict.NEW,
        has_warnings=draft.has_warnings,
        reasons=[reason.as_json() for reason in draft.reasons],
        facts=draft.facts,
        digest=digest_of(draft.patient, draft.visit, draft.facts),
    )


def digest_of(patient: str, visit: str, facts: Mapping[str, Any]) -> str:
    """The same for rows that say the same."""
    together = json.dumps([patient, visit, facts], sort_keys=True)
    return hashlib.sha256(together.encode()).hexdigest()[:32]


def _judge_shape(draft: Draft, record: Record, width: int) -> None:
    if record.is_open:
        draft.say("open_quote")
    if any(is_filled(cell) for cell in record.cells[width:]):
        draft.reasons.clear()  # what the shifted cells seem to say would mislead
        draft.say("too_many_cells", most=width)
    if record.is_foreign:
        draft.say("other_encoding")


def _why_skipped(
    record: Record, headings: Sequence[str], columns: Mapping[str, int]
) -> str:
    """Rows of sums and repeated headings are no stays."""
    if [plain(shown(cell)) for cell in record.cells[: len(headings)]] == [
        plain(heading) for heading in headings
    ]:
        return "heading_again"
    patient = value_at(record.cells, columns["patient"])
    visit = value_at(record.cells, columns["visit"])
    filled = [cell for cell in record.cells if is_filled(cell)]
    if not filled or (_is_number(patient) and is_filled(visit)):
        return ""
    is_sum = any(plain(shown(cell)).startswith(SUMS) for cell in filled[:3])
    return "subtotal" if is_sum else ""


def _is_number(cell: Cell) -> bool:
    try:
        return any(sign.isdigit() for sign in plain_text(cell))
    except Problem:
        return False
