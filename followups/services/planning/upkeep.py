"""People follow a plan that was changed or switched: at once the first, soon the rest.

Nothing is noted down for it. Who is out of step shows in the rows: an open contact of a
plan that is switched off; a member whose rounds were planned before the version in
force; a stay that has no contact of a plan it may fit. So a worker that dies, or a
request that is cut off, leaves nobody behind.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from followups.models import (
    Anchor,
    CohortMember,
    Disposition,
    FollowUp,
    Patient,
    Plan,
    PlanVersion,
    State,
    Stay,
    StopReason,
)
from followups.services.calls.queue import refresh_queue
from followups.services.locking import lock_people
from followups.services.planning.sync import sync_follow_ups
from followups.services.planning.wanted import HORIZON
from hospital import clock

BATCH = 200
# So many people a person who saves or switches a plan waits for.
AT_ONCE = 1000

People = QuerySet[Patient]


def follow_switch(plan: Plan, *, most: int = AT_ONCE) -> int:
    """After a plan was switched off or on: stop or plan contacts; how many people."""
    return _walk(_left_out(plan) if plan.is_active else _still_open(plan), most)


def follow_version(plan: Plan, *, most: int = AT_ONCE) -> int:
    """After a new version: members of its cohort follow; how many people."""
    return _walk(_behind(plan), most) if plan.is_active else 0


def follow_plans() -> int:
    """What was too much to wait for: stop and plan anew; how many people."""
    count = 0
    for plan in _plans():
        people = _behind(plan) if plan.is_active else _still_open(plan)
        count += _walk(people, None)
    return count


def find_left_out() -> int:
    """Once a night: nobody whom a plan wants is without contact; how many looked at."""
    active = _plans().filter(is_active=True)
    return sum(_walk(_left_out(plan), None) for plan in active)


def count_open(plan: Plan) -> int:
    return FollowUp.objects.filter(plan=plan, state=State.OPEN).count()


def _plans() -> QuerySet[Plan]:
    """Those that say anything yet."""
    return Plan.objects.filter(Exists(PlanVersion.objects.filter(plan=OuterRef("pk"))))


def _walk(people: People, most: int | None) -> int:
    count, last = 0, 0
    while most is None or count < most:
        left = BATCH if most is None else min(BATCH, most - count)
        coming = people.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        batch = list(coming[:left])
        if not batch:
            break
        _settle(batch)
        count, last = count + len(batch), batch[-1]
    return count


@transaction.atomic
def _settle(keys: Collection[int]) -> None:
    """Lock the people with the records theirs were merged into, then plan."""
    locked = lock_people(keys)
    roots = {patient.merged_into_id or patient.pk for patient in locked}
    sync_follow_ups(roots)
    refresh_queue(roots)
    theirs = CohortMember.objects.present().filter(patient__in=locked)
    theirs.update(planned_until=clock.now() + HORIZON)


def _still_open(plan: Plan) -> People:
    rows = FollowUp.objects.filter(plan=plan, state=State.OPEN)
    return Patient.objects.filter(pk__in=rows.values("patient"))


def _behind(plan: Plan) -> People:
    """Members whose rounds were planned before the plan's newest version."""
    newest = plan.versions.latest("number")
    cohorts = plan.versions.filter(cohort__isnull=False).values("cohort")
    members = CohortMember.objects.present().filter(
        cohort__in=cohorts, planned_until__lt=newest.from_at + HORIZON
    )
    return Patient.objects.filter(pk__in=members.values("patient"))


def _left_out(plan: Plan) -> People:
    """Those of stays and cohorts who may lack a contact of the plan."""
    now = clock.now()
    # The newest first.
    versions = list(plan.versions.prefetch_related("points", "departments"))
    wanted = Q()
    for version in versions:
        if version.cohort_id is None:
            wanted |= _kind(version) & _in_reach(version, now)
    mine = FollowUp.objects.filter(plan=plan)
    people = Q()
    if wanted:
        stopped = Q(state=State.STOPPED, stop_reason=StopReason.NOT_PLANNED)
        theirs = mine.filter(stay=OuterRef("pk"))
        lacking = ~Exists(theirs) | Exists(theirs.filter(stopped, closes_at__gt=now))
        stays = Stay.objects.filter(wanted, lacking, cancelled=False)
        people |= Q(pk__in=stays.values("patient"))
    if versions[0].cohort_id is not None:
        open_now = mine.filter(member=OuterRef("pk"), state=State.OPEN)
        members = CohortMember.objects.present().filter(
            ~Exists(open_now), cohort=versions[0].cohort_id, cohort__is_active=True
        )
        people |= Q(pk__in=members.values("patient"))
    return Patient.objects.filter(people, is_deceased=False)


def _kind(version: PlanVersion) -> Q:
    """The stays a version may be for, as far as the stay alone can tell."""
    kind = ~Q(disposition__in=[Disposition.DECEASED, Disposition.TRANSFER])
    if departments := version.departments.all():
        kind &= Q(department__in=[department.pk for department in departments])
    if version.diagnosis_prefixes:
        begins = Q()
        for prefix in version.diagnosis_prefixes:
            begins |= Q(diagnosis_code__startswith=prefix)
        kind &= begins
    return kind & Q(had_surgery=True) if version.only_surgery else kind


def _in_reach(version: PlanVersion, now: datetime) -> Q:
    """The stays of which a contact may still be open, or is to come."""
    reach = {Anchor.ADMISSION: 0, Anchor.DISCHARGE: 0}
    for point in version.points.all():
        hours = point.after_hours + point.window_hours
        reach[Anchor(point.anchor)] = max(reach[Anchor(point.anchor)], hours)
    admitted, left = (
        now - timedelta(hours=reach[anchor])
        for anchor in (Anchor.ADMISSION, Anchor.DISCHARGE)
    )
    in_hospital = Q(discharged_at=None, admitted_at__gt=admitted)
    return Q(discharged_at__gt=left) | in_hospital
