"""Who is in a cohort, and the rounds that follow from it."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from followups.models import Cohort, CohortMember, Patient
from followups.permissions import can_manage_cohorts
from followups.services.calls.queue import refresh_queue
from followups.services.locking import lock_people
from followups.services.planning.sync import sync_follow_ups
from followups.services.planning.wanted import HORIZON
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User

# How long before the planned rounds run out the next ones are planned.
LEAD = HORIZON - timedelta(days=7)
BATCH = 500
LONGEST_CODE = 40
# Words that stand in addresses of pages.
RESERVED = {"new"}


@transaction.atomic
def save_cohort(
    cohort: Cohort | None,
    *,
    actor: User,
    name_zh: str,
    name_en: str,
    department: Department | None,
    is_active: bool = True,
) -> Cohort:
    """Make or change a cohort; the rounds of its members follow within minutes."""
    require_manager(actor)
    if cohort is None:
        cohort = Cohort(code=_free_code(name_en))
    else:
        cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    before = (cohort.department_id, cohort.is_active)
    cohort.name_zh, cohort.name_en = name_zh, name_en
    cohort.department, cohort.is_active = department, is_active
    _save(cohort)
    if before != (cohort.department_id, cohort.is_active):
        cohort.members.present().update(planned_until=clock.now())
    return cohort


@transaction.atomic
def join_cohort(
    cohort: Cohort, patient: Patient, *, actor: User, joined_on: date
) -> CohortMember:
    """Take a person in; who is in already, by whichever record, stays as they are."""
    require_manager(actor)
    if joined_on > clock.today():
        raise RuleViolation(_("The day is in the future."), field="joined_on")
    locked = {each.pk: each for each in lock_people([patient.pk])}
    patient = locked[patient.pk]
    patient = locked[patient.merged_into_id or patient.pk]
    if patient.is_deceased:
        raise RuleViolation(_("This patient has died."), field="number")
    known = find_present(cohort, [patient.pk]).get(patient.pk)
    return known or enrol(cohort, {patient.pk: joined_on}, actor=actor)[0]


@transaction.atomic
def leave_cohort(
    member: CohortMember, *, actor: User, left_on: date, why: str
) -> CohortMember:
    """The person is called for this cohort no more; what is open is stopped."""
    require_manager(actor)
    lock_people([member.patient_id])
    member = CohortMember.objects.select_related("patient").get(pk=member.pk)
    if member.left_on is not None:
        return member
    if left_on < member.joined_on:
        raise RuleViolation(_("That is before they joined."), field="left_on")
    if left_on > clock.today():
        raise RuleViolation(_("The day is in the future."), field="left_on")
    if not why.strip():
        raise RuleViolation(_("Say why they leave."), field="why")
    root = member.patient.merged_into_id or member.patient_id
    leaving = list(member.cohort.members.present().of_people([root]))
    for each in leaving:  # a merged record may be in as well
        each.left_on = max(left_on, each.joined_on)
        each.why_left = why.strip()
        each.save(update_fields=["left_on", "why_left"])
    _plan(leaving)
    return next(each for each in leaving if each.pk == member.pk)


def plan_rounds() -> int:
    """Plan the coming rounds of those whose planned ones run out; how many members."""
    count = 0
    while planned := _plan_batch():
        count += planned
    return count


@transaction.atomic
def _plan_batch() -> int:
    running_out = CohortMember.objects.present().filter(
        planned_until__lt=clock.now() + LEAD
    )
    wanted = running_out.order_by("planned_until").values_list("patient", flat=True)
    locked = lock_people(set(wanted[:BATCH]))
    members = list(running_out.filter(patient__in=locked))
    _plan(members)
    return len(members)


def find_present(cohort: Cohort, roots: Collection[int]) -> dict[int, CohortMember]:
    """Who of these people is in the cohort now, by whichever of their records."""
    present = cohort.members.present().of_people(roots).select_related("patient")
    return {
        each.patient.merged_into_id or each.patient_id: each
        for each in present.order_by("-pk")
    }


def enrol(
    cohort: Cohort, days: Mapping[int, date], *, actor: User
) -> list[CohortMember]:
    """Make members of patients who are not in yet, by the day of joining.

    Callers hold the patients' locks. A long list is planned by the next `plan_rounds`.
    """
    members = CohortMember.objects.bulk_create(
        CohortMember(cohort=cohort, patient_id=key, joined_on=day, added_by=actor)
        for key, day in days.items()
    )
    if len(members) <= BATCH:
        _plan(members)
    return members


def require_manager(actor: User) -> None:
    if not can_manage_cohorts(actor):
        raise PermissionDenied


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


def _save(cohort: Cohort) -> None:
    try:
        with transaction.atomic():
            cohort.save()
    except IntegrityError as taken:
        sentence = _("Somebody has just made a cohort of this name.")
        raise RuleViolation(sentence, field="name_en") from taken


def _free_code(name: str) -> str:
    """A code for addresses after the English name."""
    stem = slugify(name)[: LONGEST_CODE - 4] or "cohort"
    taken = {*Cohort.objects.values_list("code", flat=True), *RESERVED}
    if stem not in taken:
        return stem
    return next(c for n in range(2, 1000) if (c := f"{stem}-{n}") not in taken)
