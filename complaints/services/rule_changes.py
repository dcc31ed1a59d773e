"""After a change of calendar, hours or policies: the open deadlines follow.

The progress is a row, so a worker that dies goes on where it was; every batch is one
transaction, and a case that somebody holds is waited for.
"""

from django.db import transaction

from complaints.models import AppliedRules, Case
from complaints.services.due_times import recompute_case, recompute_task
from complaints.services.timekeeping import Timekeeper, timekeeper
from hospital import clock
from hospital.calendars import current_token

BATCH = 100


def apply_rule_changes() -> int:
    """Bring all open cases up to the rules as they stand; how many clocks changed."""
    changed = 0
    while (batch := _apply_batch()) is not None:
        changed += batch
    return changed


@transaction.atomic
def _apply_batch() -> int | None:
    token = current_token()
    AppliedRules.objects.get_or_create(pk=1, defaults={"token": token})
    progress = AppliedRules.objects.select_for_update().get(pk=1)
    if progress.token != token:
        progress.token, progress.last_case, progress.finished_at = token, 0, None
    if progress.finished_at is not None:
        return None
    later = Case.objects.open().filter(pk__gt=progress.last_case).order_by("pk")
    cases = list(later.select_for_update(no_key=True)[:BATCH])
    if cases:
        progress.last_case = cases[-1].pk
    else:
        progress.finished_at = clock.now()
    progress.save()
    keeper = timekeeper()
    return sum(_apply(case, keeper) for case in cases)


def _apply(case: Case, keeper: Timekeeper) -> int:
    changed = recompute_case(case, keeper=keeper)
    for task in case.tasks.open():
        task.case = case
        changed += recompute_task(task, keeper=keeper)
    return changed
