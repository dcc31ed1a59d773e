"""Numbers at which nobody wants to be contacted: kept, and taken back."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from followups.models import Patient
from followups.permissions import can_supervise_calls
from followups.services.calls.queue import refresh_queue
from followups.services.locking import lock_people
from followups.services.planning.sync import sync_follow_ups
from hospital.contacts import allow_contact, refuse_contact
from hospital.exceptions import RuleViolation
from hospital.models import ContactRefusal, User
from hospital.text import normalise_phone


@transaction.atomic
def refuse_calls(phone: str, *, actor: User) -> int:
    """Nobody calls this number any more; how many patients have it."""
    _require(actor)
    phone = normalise_phone(phone)
    if not phone:
        raise RuleViolation(_("Enter the telephone number."), field="phone")
    patients = _lock_patients(phone)
    refuse_contact(phone, noted_by=actor)
    _bring(patients)
    return len(patients)


def find_refusals(phone: str) -> QuerySet[ContactRefusal]:
    """Numbers that contain these figures, with who noted it."""
    refusals = ContactRefusal.objects.select_related("noted_by")
    return refusals.filter(phone__contains=phone) if phone else refusals


@transaction.atomic
def allow_calls(phone: str, *, actor: User) -> int:
    """The person changed their mind; how many patients have the number."""
    _require(actor)
    patients = _lock_patients(phone)
    allow_contact(phone)
    keys = [patient.pk for patient in patients]
    Patient.objects.filter(pk__in=keys).update(do_not_call=False)
    _bring(patients)
    return len(patients)


def _lock_patients(phone: str) -> list[Patient]:
    theirs = Patient.objects.filter(Q(phone=phone) | Q(relative_phone=phone))
    keys = set(theirs.values_list("pk", flat=True))
    return [patient for patient in lock_people(keys) if patient.pk in keys]


def _bring(patients: list[Patient]) -> None:
    roots = {patient.merged_into_id or patient.pk for patient in patients}
    sync_follow_ups(roots)
    refresh_queue(roots)


def _require(actor: User) -> None:
    if not can_supervise_calls(actor):
        raise PermissionDenied
