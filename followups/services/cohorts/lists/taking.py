"""Taking lines in: all together or nothing, and nobody twice."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from followups.models import Cohort, CohortMember, FeedKind, Patient
from followups.services.cohorts.lists.judging import Judged, judge
from followups.services.cohorts.lists.reading import Line
from followups.services.cohorts.membership import (
    enrol,
    find_present,
    require_manager,
)
from followups.services.feed.facts import Told, take_over
from followups.services.locking import lock_people
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User

FIELDS = {"unknown_patient": "name", "other_name": "name"}


@transaction.atomic
def take_in(cohort: Cohort, lines: Sequence[Line], *, actor: User) -> list[Judged]:
    """Make members of the people of the good lines, judged anew under their locks.

    Who is unknown becomes a patient with the name and phone of the line; what the
    hospital's record says of a known one is kept.
    """
    require_manager(actor)
    numbers = {each.line.number for each in judge(cohort, lines) if each.is_new}
    Patient.objects.bulk_create(
        (Patient(number=number) for number in sorted(numbers)), ignore_conflicts=True
    )
    keys = Patient.objects.filter(number__in=numbers).values_list("pk", flat=True)
    lock_people(set(keys))
    judged = judge(cohort, [line for line in lines if line.number in numbers])
    new = {each.line.number: each for each in judged if each.is_new}
    if told := [_told(each, actor) for each in new.values() if _facts(each)]:
        take_over(told)
    people = Patient.objects.in_bulk(new, field_name="number")
    days = {
        people[number].merged_into_id or people[number].pk: each.line.joined_on
        for number, each in new.items()
    }
    enrol(cohort, days, actor=actor)
    return judged


@transaction.atomic
def add_member(cohort: Cohort, line: Line, *, actor: User) -> CohortMember:
    """One person by hand; RuleViolation says why not."""
    require_manager(actor)
    if line.joined_on > clock.today():
        raise RuleViolation(_("The day is in the future."), field="joined_on")
    (found,) = judge(cohort, [line])
    if found.is_new:
        take_in(cohort, [line], actor=actor)
    else:
        against = [reason for reason in found.reasons if not reason.is_warning]
        reason = against[0]
        raise RuleViolation(reason.words, field=FIELDS.get(reason.code, "number"))
    patient = Patient.objects.get(number=line.number)
    root = patient.merged_into_id or patient.pk
    return find_present(cohort, [root])[root]


def _facts(judged: Judged) -> dict[str, Any]:
    """What the line adds to what is known."""
    line, patient = judged.line, judged.patient
    facts = {}
    if line.name and not (patient and patient.name):
        facts["name"] = line.name
    for name in ("phone", "relative_phone"):
        value = getattr(line, name)
        if value and not (patient and (patient.phone or patient.relative_phone)):
            facts[name] = value
    return facts


def _told(judged: Judged, actor: User) -> Told:
    patient = judged.patient
    return Told(
        kind=FeedKind.UPDATE,
        patient=patient.number if patient else judged.line.number,
        recorded_at=clock.now(),
        key=f"member:{uuid4()}",
        facts=_facts(judged),
        source=f"user:{actor.pk}",
    )
