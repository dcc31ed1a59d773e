"""Whoever writes follow-ups or the queue holds the people first."""

from collections.abc import Collection

from followups.models import Patient


def lock_people(keys: Collection[int]) -> list[Patient]:
    """These patients and those their records were merged into, in order of number."""
    merged = Patient.objects.filter(pk__in=keys, merged_into__isnull=False)
    roots = merged.values_list("merged_into", flat=True)
    wanted = {*keys, *(root for root in roots if root)}
    people = Patient.objects.filter(pk__in=wanted).order_by("number")
    locked = list(people.select_for_update(no_key=True))
    # A merge may have come between reading and locking.
    if missing := {key for each in locked if (key := each.merged_into_id)} - wanted:
        late = Patient.objects.filter(pk__in=missing).order_by("number")
        locked += late.select_for_update(no_key=True)
    return locked
