"""Taking over what other systems tell: each fact once, in any order, all or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from followups.models import FeedEvent, FeedKind, Patient, Stay
from followups.services.calls.queue import refresh_queue
from followups.services.feed.folding import fold_patient, fold_stay
from followups.services.planning.sync import sync_follow_ups
from followups.services.writing import write_all
from hospital import clock

PATIENT_FIELDS = (
    "name",
    "sex",
    "born_on",
    "phone",
    "relative",
    "relative_phone",
    "language",
    "is_deceased",
)


@dataclass(frozen=True)
class Told:
    """One fact a feed tells; `key` is what makes it the same when it comes again."""

    kind: FeedKind
    patient: str
    recorded_at: datetime
    key: str
    visit: str = ""
    merged_from: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    source: str = ""


@transaction.atomic
def take_over(told: Sequence[Told]) -> list[Stay]:
    """Keep the facts, refold the stays they touch and plan their follow-ups.

    The patients are locked in order of their numbers, so batches never wait for each
    other in a circle. Returns the stays touched.
    """
    patients = _lock_patients(told)
    stays = _ensure_stays(told, patients)
    FeedEvent.objects.bulk_create(
        (_event(each, patients, stays) for each in told), ignore_conflicts=True
    )
    _fold_patients(patients.values())
    _fold_stays(list(stays.values()))
    _merge(told, patients)
    roots = {_root(patient).pk for patient in patients.values()}
    sync_follow_ups(roots)
    refresh_queue(roots)
    return list(stays.values())


def _lock_patients(told: Iterable[Told]) -> dict[str, Patient]:
    """The patients told of, and the survivors their records were merged into."""
    numbers = {n for each in told for n in (each.patient, each.merged_from) if n}
    Patient.objects.bulk_create(
        (Patient(number=number) for number in sorted(numbers)), ignore_conflicts=True
    )
    merged = Patient.objects.filter(number__in=numbers, merged_into__isnull=False)
    roots = merged.values_list("merged_into__number", flat=True)
    found = Patient.objects.filter(number__in=numbers | set(roots)).order_by("number")
    locked = list(found.select_for_update(no_key=True))
    by_key = {patient.pk: patient for patient in locked}
    # A merge may have come between reading and locking.
    new_roots = {p.merged_into_id for p in locked if p.merged_into_id} - by_key.keys()
    for root in Patient.objects.filter(pk__in=new_roots).select_for_update():
        by_key[root.pk] = root
        locked.append(root)
    for patient in locked:
        if patient.merged_into_id in by_key:
            patient.merged_into = by_key[patient.merged_into_id]
    return {patient.number: patient for patient in locked}


def _ensure_stays(
    told: Iterable[Told], patients: dict[str, Patient]
) -> dict[tuple[int, str], Stay]:
    keys = {(patients[t.patient].pk, t.visit) for t in told if t.visit}
    Stay.objects.bulk_create(
        [
            Stay(patient_id=patient, visit_number=visit)
            for patient, visit in sorted(keys)
        ],
        ignore_conflicts=True,
    )
    found = Stay.objects.filter(
        patient__in={patient for patient, __ in keys},
        visit_number__in={visit for __, visit in keys},
    )
    return {
        (stay.patient_id, stay.visit_number): stay
        for stay in found.order_by("pk")
        if (stay.patient_id, stay.visit_number) in keys
    }


def _event(
    told: Told, patients: dict[str, Patient], stays: dict[tuple[int, str], Stay]
) -> FeedEvent:
    patient = patients[told.patient]
    return FeedEvent(
        patient=patient,
        stay=stays.get((patient.pk, told.visit)),
        kind=told.kind,
        recorded_at=told.recorded_at,
        facts=told.facts | ({"from": told.merged_from} if told.merged_from else {}),
        key=told.key,
        source=told.source,
    )


def _fold_patients(patients: Iterable[Patient]) -> None:
    by_key = {patient.pk: patient for patient in patients}
    events: dict[int, list[FeedEvent]] = {key: [] for key in by_key}
    for event in FeedEvent.objects.filter(patient__in=by_key):
        events[event.patient_id].append(event)
    for key, patient in by_key.items():
        patient.is_deceased = False
        for name, value in fold_patient(events[key]).items():
            setattr(patient, name, value)
    write_all(Patient, list(by_key.values()), PATIENT_FIELDS)


def _fold_stays(stays: list[Stay]) -> None:
    events: dict[int, list[FeedEvent]] = {stay.pk: [] for stay in stays}
    for event in FeedEvent.objects.filter(stay__in=events):
        events[event.stay_id or 0].append(event)
    fields = {"admitted_at", "discharged_at", "cancelled", "folded_at", "disposition"}
    for stay in stays:
        fold = fold_stay(events[stay.pk])
        stay.admitted_at, stay.discharged_at = fold.admitted_at, fold.discharged_at
        stay.cancelled, stay.folded_at = fold.cancelled, clock.now()
        stay.disposition = ""
        for name, value in fold.facts.items():
            setattr(stay, name, value)
            fields.add("department" if name == "department_id" else name)
    write_all(Stay, stays, sorted(fields))


def _merge(told: Iterable[Told], patients: dict[str, Patient]) -> None:
    """Point the merged records at the survivor; all of them at the same one."""
    merges = [each for each in told if each.merged_from]
    for each in sorted(merges, key=lambda each: (each.recorded_at, each.key)):
        into, away = _root(patients[each.patient]), _root(patients[each.merged_from])
        if into.pk == away.pk:
            continue
        Patient.objects.filter(merged_into=away).update(merged_into=into)
        Patient.objects.filter(pk=away.pk).update(merged_into=into)
        for patient in patients.values():
            if patient.pk == away.pk or patient.merged_into_id == away.pk:
                patient.merged_into = into


def _root(patient: Patient) -> Patient:
    return patient.merged_into or patient
