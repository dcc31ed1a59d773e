"""Stays that another system sends through the API, judged like rows of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from followups.models import ImportRow, Verdict
from followups.permissions import can_import
from followups.services.feed.facts import take_over
from followups.services.importing.cells import Cell
from followups.services.importing.checking import GOOD, judge_repeated_rows
from followups.services.importing.comparing import look_up
from followups.services.importing.departments import DepartmentFinder
from followups.services.importing.reasons import Reason
from followups.services.importing.rows import as_row
from followups.services.importing.verdicts import READERS, Context, judge
from hospital import clock
from hospital.models import User


@transaction.atomic
def import_stays(
    items: Sequence[Any], *, actor: User, dry_run: bool = False
) -> list[ImportRow]:
    """Take over the good ones, all together. Returns a judged row for each item."""
    if not can_import(actor):
        raise PermissionDenied
    now = clock.now()
    context = Context(DepartmentFinder(), now=now)
    rows = [_understand(item, context) for item in items]
    for line, row in enumerate(rows):
        row.line = line
    judge_repeated_rows([row for row in rows if row.verdict in GOOD])
    good = [row for row in rows if row.verdict in GOOD]
    known = look_up(good)
    for row in good:
        if not any(reason["code"] == "twice" for reason in row.reasons):
            row.verdict = known.verdict_on(row)
    if not dry_run:
        news = [row for row in good if row.verdict != Verdict.SAME]
        take_over([known.told_by(row, now) for row in news])
    return rows


def _understand(item: Any, context: Context) -> ImportRow:
    if not isinstance(item, Mapping):
        reasons = [Reason("not_an_object").as_json()]
        return ImportRow(verdict=Verdict.ERROR, reasons=reasons)
    cells = {key: _cell(item[key]) for key in item if key in READERS}
    draft = judge(cells, context)
    for key, value in item.items():
        if key not in READERS:
            draft.say("unknown_field", text=str(key)[:40])
        elif isinstance(value, (list, dict)):
            draft.say("not_a_value", column=key)
    return as_row(draft)


def _cell(value: Any) -> Cell:
    """Whole numbers of JSON are exact, however long; Excel's are not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:100]
    return None if isinstance(value, (list, dict)) else value
