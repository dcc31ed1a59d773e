"""The dry run: every row gets its verdict, nothing else is touched."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from followups.models import Import, ImportRow, Verdict
from followups.services.importing.cells import EXCEL_EPOCH
from followups.services.importing.comparing import look_up
from followups.services.importing.departments import DepartmentFinder
from followups.services.importing.reading import read_rows
from followups.services.importing.reasons import Reason
from followups.services.importing.records import Record
from followups.services.importing.rows import understand
from followups.services.importing.verdicts import Context

BATCH = 500
TO_TAKE = (Verdict.NEW, Verdict.CHANGED)
GOOD = (*TO_TAKE, Verdict.SAME)
MOST_NAMES = 50
UNKNOWN_DEPARTMENT = ("unknown_department", "unknown_department_near")


def check_rows(upload: Import) -> Iterator[int]:
    """Check batch by batch, each in its own transaction; yields after each.

    Begins where an earlier check broke off. Ends at once when another worker has
    taken the work, or the person has changed the columns.
    """
    context = _context(upload)
    with upload.file.open("rb") as file:
        records = islice(read_rows(file, upload), upload.rows_read, None)
        while batch := list(islice(records, BATCH)):
            rows = [understand(record, upload, context) for record in batch]
            if not _keep(upload, batch, rows):
                return
            yield len(batch)
    _refresh_statistics()
    _finish(upload)


def _context(upload: Import) -> Context:
    return Context(
        departments=DepartmentFinder(),
        now=upload.uploaded_at,
        number_length=upload.number_length,
        epoch=CALENDAR_MAC_1904 if upload.counts_from_1904 else EXCEL_EPOCH,
    )


@transaction.atomic
def _keep(upload: Import, batch: Sequence[Record], rows: list[ImportRow]) -> bool:
    locked = _lock(upload)
    if locked is None:
        return False
    good = [row for row in rows if row.verdict in GOOD]
    known = look_up(good)
    for row in good:
        row.verdict = known.verdict_on(row)
        if known.is_still_discharged(row):
            row.reasons.append(Reason("still_discharged").as_json())
            row.has_warnings = True
    ImportRow.objects.bulk_create(rows)
    upload.rows_read = locked.rows_read + len(batch)
    upload.rows_total = max(upload.rows_total, upload.rows_read)
    upload.tries = 0
    upload.save(update_fields=["rows_read", "rows_total", "tries"])
    return True


def _lock(upload: Import) -> Import | None:
    """The import, if this worker is the one that goes on with it."""
    mine = Import.objects.filter(
        pk=upload.pk,
        state=Import.State.CHECKING,
        round=upload.round,
        rows_read=upload.rows_read,
    )
    return mine.select_for_update(skip_locked=True, no_key=True).first()


def _refresh_statistics() -> None:
    """Let PostgreSQL know of the new rows at once.

    Until autovacuum has come by it takes them for a handful, and sorts all that are
    left for every batch that is taken over.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(ImportRow._meta.db_table)}")


@transaction.atomic
def _finish(upload: Import) -> None:
    if _lock(upload) is None:
        return
    _judge_repeated(upload.rows.filter(verdict__in=GOOD))
    upload.counts = count_rows(upload) | {"departments": _unknown_departments(upload)}
    upload.rows_to_take = sum(upload.counts[verdict] for verdict in TO_TAKE)
    upload.rows_total = upload.rows_read
    upload.state = Import.State.CHECKED
    upload.save(update_fields=["counts", "rows_to_take", "rows_total", "state"])


def count_rows(upload: Import) -> dict[str, int]:
    """How many rows have each verdict, and how many have warnings."""
    counted = upload.rows.order_by().values_list("verdict").annotate(Count("pk"))
    warned = upload.rows.filter(has_warnings=True).exclude(verdict=Verdict.ERROR)
    counts = dict.fromkeys(Verdict.values, 0) | dict(counted)
    return counts | {"warnings": warned.count()}


def _judge_repeated(rows: QuerySet[ImportRow]) -> None:
    """Visits told twice: the same again is no news, a contradiction is an error."""
    visits = rows.order_by().values_list("patient_number", "visit_number")
    repeated = visits.annotate(times=Count("pk")).filter(times__gt=1)
    chunks = repeated.values_list("patient_number", "visit_number").iterator()
    while chunk := set(islice(chunks, BATCH)):
        found = rows.filter(
            patient_number__in={patient for patient, __ in chunk},
            visit_number__in={visit for __, visit in chunk},
        )
        of_chunk = [
            row
            for row in found.order_by("line", "pk")
            if (row.patient_number, row.visit_number) in chunk
        ]
        changed = judge_repeated_rows(of_chunk)
        ImportRow.objects.bulk_update(changed, ["verdict", "reasons"])


def judge_repeated_rows(rows: Iterable[ImportRow]) -> list[ImportRow]:
    """Those of the rows, in order of their lines, whose verdict changed."""
    groups: dict[tuple[str, str], list[ImportRow]] = {}
    for row in rows:
        groups.setdefault((row.patient_number, row.visit_number), []).append(row)
    return [row for group in groups.values() for row in _judge_group(group)]


def _judge_group(group: list[ImportRow]) -> list[ImportRow]:
    first, *others = group
    contradicted = next((row for row in others if row.digest != first.digest), None)
    for row in others:
        _add(row, "twice" if contradicted is None else "contradicts", first.line)
    if contradicted is None:
        return others
    _add(first, "contradicts", contradicted.line)
    return group


def _add(row: ImportRow, code: str, line: int) -> None:
    row.verdict = Verdict.SAME if code == "twice" else Verdict.ERROR
    row.reasons.append(Reason(code, {"line": line}).as_json())


def _unknown_departments(upload: Import) -> list[list[str | int]]:
    """The names the file has for departments we do not know, the commonest first."""
    counts: dict[str, int] = {}
    wrong = upload.rows.filter(verdict=Verdict.ERROR).values_list("reasons", flat=True)
    for reasons in wrong.iterator():
        for reason in reasons:
            if reason["code"] in UNKNOWN_DEPARTMENT:
                name = reason["params"]["text"]
                counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: -counts[name])[:MOST_NAMES]
    return [[name, counts[name]] for name in names]
