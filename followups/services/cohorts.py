"""Who is in a cohort, and the rounds that follow from it."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from followups.models import Cohort, CohortMember, Patient
from followups.permissions import can_manage_cohorts
from followups.services.planning import sync_follow_ups
from followups.services.queue import refresh_queue
from followups.services.wanted import HORIZON
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User

# How long before the planned rounds run out the next ones are planned.
LEAD = HORIZON - timedelta(days=7)
BATCH = 500


@transaction.atomic
def join_cohort(
    cohort: Cohort, patient: Patient, *, actor: User, joined_on: date
) -> CohortMember:
    """Take a person in; who is in already stays as they are."""
    _require(actor)
    if joined_on > clock.today():
        raise RuleViolation(_("The day is in the future."), field="joined_on")
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if patient.is_deceased:
        raise RuleViolation(_("This patient has died."), field="number")
    member, is_new = CohortMember.objects.present().get_or_create(
        cohort=cohort,
        patient=patient,
        left_on=None,
        defaults={"joined_on": joined_on, "added_by": actor},
    )
    if is_new:
        _plan([member])
    return member


@transaction.atomic
def leave_cohort(
    member: CohortMember, *, actor: User, left_on: date, why: str
) -> CohortMember:
    """The person is called for this cohort no more; what is open is stopped."""
    _require(actor)
    Patient.objects.select_for_update(no_key=True).get(pk=member.patient_id)
    member = CohortMember.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.left_on is not None:
        return member
    if left_on < member.joined_on:
        raise RuleViolation(_("That is before they joined."), field="left_on")
    if left_on > clock.today():
        raise RuleViolation(_("The day is in the future."), field="left_on")
    if not why.strip():
        raise RuleViolation(_("Say why they leave."), field="why")
    member.left_on, member.why_left = left_on, why.strip()
    member.save(update_fields=["left_on", "why_left"])
    _plan([member])
    return member


def plan_rounds() -> int:
    """Plan the coming rounds of those whose planned ones run out; how many members."""
    count = 0
    while planned := _plan_batch():
        count += planned
    return count


@transaction.atomic
def _plan_batch() -> int:
    running_out = CohortMember.objects.present().filter(
        planned_until__lt=clock.now() + LEAD, cohort__is_active=True
    )
    wanted = running_out.order_by("planned_until").values_list("patient", flat=True)
    people = Patient.objects.filter(pk__in=set(wanted[:BATCH]))
    locked = list(people.order_by("number").select_for_update(no_key=True))
    members = list(running_out.filter(patient__in=locked))
    _plan(members)
    return len(members)


def _plan(members: list[CohortMember]) -> None:
    """Callers hold the patients' locks."""
    if not members:
        return
    patients = Patient.objects.filter(memberships__in=members)
    roots = {p.merged_into_id or p.pk for p in patients}
    sync_follow_ups(roots)
    refresh_queue(roots)
    planned = CohortMember.objects.filter(pk__in=[member.pk for member in members])
    planned.update(planned_until=clock.now() + HORIZON)


def _require(actor: User) -> None:
    if not can_manage_cohorts(actor):
        raise PermissionDenied
