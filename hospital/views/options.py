"""Type-ahead answers about departments and people."""

import re
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hospital import clock
from hospital.models import Department, Role, User, UserQuerySet
from hospital.options import answer_options, best_first, read_query
from hospital.requests import SignedInRequest

KEY = re.compile("[0-9]{1,18}")
CENTRE = (Role.FRONT_DESK, Role.CALLBACK_AGENT, Role.SUPERVISOR)


@require_safe
def department_options(request: SignedInRequest) -> JsonResponse:
    typed = read_query(request)
    departments = Department.objects.active().matching(typed).select_related("campus")
    found = best_first(departments, typed, "code", "initials", "name_zh", "name_en")
    return answer_options(found, describe_department)


def describe_department(department: Department) -> dict[str, Any]:
    hint = f"{department.campus.name} · {department.code}"
    return {"id": department.pk, "text": department.name, "hint": hint}


@require_safe
def person_options(request: SignedInRequest) -> JsonResponse:
    """Active people; `role`, `department` and `centre=1` narrow them down.

    With `by=number` the ids are employee numbers, for fields that also take a
    number typed by hand.
    """
    typed = read_query(request)
    people = narrow_people(User.objects.active(), request).matching(typed)
    found = best_first(people, typed, "employee_number", "initials", "name")
    by_number = request.GET.get("by") == "number"

    def describe(person: User) -> dict[str, Any]:
        key = person.employee_number if by_number else person.pk
        return {"id": key, "text": person.name, "hint": describe_work(person)}

    return answer_options(found.prefetch_related("departments"), describe)


def narrow_people(people: UserQuerySet, request: SignedInRequest) -> UserQuerySet:
    if request.GET.get("centre"):
        people = people.with_role(*CENTRE)
    if role := request.GET.get("role"):
        people = people.filter(roles__contains=[role])
    if department := request.GET.get("department"):
        key = int(department) if KEY.fullmatch(department) else 0
        people = people.filter(departments=key)
    return people


def describe_work(person: User) -> str:
    """Where the person works (or as what), and whether they are away."""
    places = [department.name for department in person.departments.all()[:2]]
    parts = places or [str(Role(role).label) for role in person.roles[:2]]
    if person.is_on_leave(clock.today()):
        parts.append(_("on leave"))
    return " · ".join([person.employee_number, *parts])
