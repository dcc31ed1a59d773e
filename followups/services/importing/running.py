"""Taking the rows over, and the worker that does whatever waits to be done."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from followups.models import Import, ImportRow, Verdict
from followups.services.feed.facts import take_over
from followups.services.importing.checking import TO_TAKE, check_rows, count_rows
from followups.services.importing.comparing import look_up
from followups.services.importing.reasons import NotReadable, Reason
from hospital import clock

logger = logging.getLogger(__name__)
BATCH = 500
MOST_TRIES = 3
# The first key of our advisory locks, apart from those of others.
CLAIMS = 7101
# After so long a worker lets others have their turn; the next beat goes on.
BUDGET_SECONDS = 20.0
State = Import.State


def work_on_imports(budget: float = BUDGET_SECONDS) -> int:
    """Check and take over what waits. Returns how many rows were worked on.

    Several workers do not disturb each other, and one that is killed leaves whole
    batches: every batch is one transaction with the progress in it.
    """
    until = time.monotonic() + budget
    worked = 0
    for pk in list(_unfinished().values_list("pk", flat=True)):
        with _claim(pk) as is_mine:
            while is_mine and time.monotonic() < until:
                upload = _unfinished().filter(pk=pk).first()
                count = _work_on(upload, until) if upload else 0
                worked += count
                if not count:
                    break
    return worked


def _work_on(upload: Import, until: float) -> int:
    """Go on with one import until it is done or time is up.

    The check of a workbook is not interrupted: to come back to row 90,000, all rows
    before it have to be read again, which takes as long as checking them.
    """
    is_whole = upload.state == State.CHECKING and upload.kind == Import.Kind.XLSX
    worked = 0
    for count in _steps(upload):
        worked += count
        if time.monotonic() >= until and not is_whole:
            break
    return worked


@contextmanager
def _claim(pk: int) -> Iterator[bool]:
    """Whether this worker may work on the import; PostgreSQL frees it if it dies.

    This spares others the reading. What keeps rows from coming twice are the locks of
    the batches.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [CLAIMS, pk % 2**31])
        is_mine = cursor.fetchone()[0]
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_unlock(%s, %s)", [CLAIMS, pk % 2**31]
                )


def _unfinished() -> QuerySet[Import]:
    return Import.objects.filter(state__in=Import.UNFINISHED).order_by("pk")


def _steps(upload: Import) -> Iterator[int]:
    """The batches of an import; what goes wrong is written into it."""
    try:
        is_check = upload.state == State.CHECKING
        yield from check_rows(upload) if is_check else run_rows(upload)
    except NotReadable as wrong:
        _fail(upload, wrong.reason)
    except FileNotFoundError:
        _fail(upload, Reason("file_gone"))
    except Exception:  # of one list; it must not hold up the others
        logger.exception("Import %s broke off", upload.pk)
        _count_try(upload)


def run_rows(upload: Import) -> Iterator[int]:
    """Take over batch by batch, each in its own transaction; yields after each."""
    while True:
        try:
            taken = _take_batch(upload, BATCH)
        except (DataError, IntegrityError):
            taken = _take_singly(upload)
        if not taken:
            return
        yield taken


@transaction.atomic
def _take_batch(upload: Import, size: int) -> int:
    locked = _lock(upload)
    if locked is None:
        return 0
    rows = list(_waiting(locked)[:size])
    if not rows:
        _finish(locked)
        return 0
    known = look_up(rows)
    news = [row for row in rows if known.verdict_on(row) != Verdict.SAME]
    take_over([known.told_by(row, locked.uploaded_at) for row in news])
    _mark(locked, rows)
    return len(rows)


def _take_singly(upload: Import) -> int:
    """A batch in which some row is refused by the database: that row is found."""
    taken = 0
    for __ in range(BATCH):
        try:
            count = _take_batch(upload, 1)
        except (DataError, IntegrityError):
            logger.exception("A row of import %s was refused", upload.pk)
            count = _refuse_first(upload)
        if not count:
            break
        taken += count
    return taken


@transaction.atomic
def _refuse_first(upload: Import) -> int:
    locked = _lock(upload)
    row = _waiting(locked).first() if locked else None
    if locked is None or row is None:
        return 0
    row.verdict = Verdict.ERROR
    row.reasons.append(Reason("refused").as_json())
    row.save(update_fields=["verdict", "reasons"])
    _mark(locked, [row])
    return 1


def _lock(upload: Import) -> Import | None:
    running = Import.objects.filter(pk=upload.pk, state=State.RUNNING)
    return running.select_for_update(skip_locked=True, no_key=True).first()


def _waiting(upload: Import) -> QuerySet[ImportRow]:
    waiting = upload.rows.filter(is_taken=False, verdict__in=TO_TAKE)
    return waiting.order_by("line", "pk")


def _mark(upload: Import, rows: list[ImportRow]) -> None:
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(is_taken=True)
    upload.rows_taken += len(rows)
    upload.tries = 0
    upload.save(update_fields=["rows_taken", "tries"])


def _finish(upload: Import) -> None:
    upload.counts |= count_rows(upload)
    upload.state, upload.finished_at = State.DONE, clock.now()
    upload.save(update_fields=["counts", "state", "finished_at"])


def _count_try(upload: Import) -> None:
    """Something unforeseen: tried again by the next beat, but not for ever."""
    with transaction.atomic():
        locked = Import.objects.select_for_update(no_key=True).get(pk=upload.pk)
        locked.tries += 1
        locked.save(update_fields=["tries"])
    if locked.tries >= MOST_TRIES:
        _fail(upload, Reason("broke_off"))


def _fail(upload: Import, reason: Reason) -> None:
    working = Import.objects.filter(pk=upload.pk, state__in=Import.UNFINISHED)
    working.filter(round=upload.round).update(
        state=State.FAILED, failure=reason.as_json(), finished_at=clock.now()
    )
