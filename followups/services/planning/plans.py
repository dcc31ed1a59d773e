"""Writing plans: each change is a new version, and people follow it at once."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from followups.models import Plan, PlanVersion, TouchPoint
from followups.permissions import can_write_plans
from followups.services.planning.content import (
    PlanSaid,
    PointSaid,
    check_said,
    what_it_says,
    with_keys,
)
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User

LONGEST_CODE = 40


@transaction.atomic
def create_plan(
    *, actor: User, name_zh: str, name_en: str, said: PlanSaid
) -> PlanVersion:
    """A plan with its first version; it holds for stays from now on."""
    _require(actor)
    check_said(said)
    plan = Plan(code=_free_code(name_en), name_zh=name_zh, name_en=name_en)
    plan.save(force_insert=True)
    points = (replace(each, key="") for each in said.points)
    keyed = with_keys(points, before=(), used=set())
    return _publish(plan, replace(said, points=keyed), number=1, actor=actor)


@transaction.atomic
def write_version(
    plan: Plan,
    *,
    actor: User,
    read_number: int,
    name_zh: str,
    name_en: str,
    said: PlanSaid,
) -> PlanVersion | None:
    """Publish what the plan says from now on; None when it says the same as before.

    `read_number` is the version the writer saw; the names are no part of it.
    """
    _require(actor)
    check_said(said)
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    newest = plan.versions.latest("number")
    if newest.number != read_number:
        raise StaleRecord(
            _(
                "Version {number} was written in the meantime. Compare it with yours, "
                "then save again."
            ).format(number=newest.number)
        )
    if (plan.name_zh, plan.name_en) != (name_zh, name_en):
        plan.name_zh, plan.name_en = name_zh, name_en
        plan.save(update_fields=["name_zh", "name_en"])
    before = what_it_says(newest)
    points = TouchPoint.objects.filter(version__plan=plan)
    used = set(points.values_list("key", flat=True))
    said = replace(said, points=with_keys(said.points, before=before.points, used=used))
    if _in_order(said) == _in_order(before):
        return None
    return _publish(plan, said, number=newest.number + 1, actor=actor)


@transaction.atomic
def switch_plan(plan: Plan, *, actor: User, is_active: bool) -> Plan:
    """Let the plan hold, or nobody be contacted by it; people follow (plan_upkeep)."""
    _require(actor)
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if plan.is_active == is_active:
        raise RuleViolation(
            _("The plan is active already.")
            if is_active
            else _("The plan is switched off already.")
        )
    plan.is_active = is_active
    plan.save(update_fields=["is_active"])
    return plan


def _publish(plan: Plan, said: PlanSaid, *, number: int, actor: User) -> PlanVersion:
    version = PlanVersion.objects.create(
        plan=plan,
        number=number,
        from_at=clock.now(),
        cohort=said.cohort,
        diagnosis_prefixes=list(said.diagnosis_prefixes),
        least_age=said.least_age,
        most_age=said.most_age,
        only_surgery=said.only_surgery,
        written_by=actor,
    )
    version.departments.set(said.departments)
    TouchPoint.objects.bulk_create(_point(version, each) for each in said.points)
    return version


def _point(version: PlanVersion, said: PointSaid) -> TouchPoint:
    return TouchPoint(
        version=version,
        key=said.key,
        anchor=said.anchor,
        rhythm=said.rhythm,
        mode=said.mode,
        after_hours=said.after_hours,
        window_hours=said.window_hours,
        priority=said.priority,
        script=said.script,
    )


def _in_order(said: PlanSaid) -> PlanSaid:
    return replace(said, points=tuple(sorted(said.points, key=lambda each: each.key)))


def _free_code(name: str) -> str:
    """An address made of the English name, which no other plan has."""
    stem = slugify(name)[: LONGEST_CODE - 5].strip("-") or "plan"
    taken = set(Plan.objects.filter(code__startswith=stem).values_list("code"))
    if (stem,) not in taken and stem != "new":
        return stem
    number = 2
    while (f"{stem}-{number}",) in taken:
        number += 1
    return f"{stem}-{number}"


def _require(actor: User) -> None:
    if not can_write_plans(actor):
        raise PermissionDenied
