"""Search: cases, people, departments and pages, for the palette and as a page."""

import unicodedata
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from complaints.filters import CaseFilter, find_quoted
from complaints.models import Case
from complaints.models.cases import CaseQuerySet
from complaints.permissions import CENTRE, can_see_contact
from hospital import clock
from hospital.models import Department, Role, User
from hospital.requests import SignedInRequest
from hospital.text import clean_text

MOST_LETTERS = 100
# One letter finds too much to be of use; a single Chinese sign already means something
# in a department's name, but not in a story.
FEWEST_LETTERS = 2
MOST_CASES = 8
MOST_OTHERS = 5
ON_THE_PAGE = 30
READS_CASES = (*CENTRE, Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF, Role.LEADERSHIP)


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """htmx gets the palette's list. A quote that means one case leads right to it."""
    text = _read(request.GET.get("q", ""))
    is_part = bool(request.htmx) and not request.htmx.boosted
    cases = _find_cases(request, text)
    if not is_part and (only := _only_one(cases, text)):
        return redirect(only)
    most = MOST_CASES if is_part else ON_THE_PAGE
    others = MOST_OTHERS if is_part else ON_THE_PAGE
    context = {
        "q": text,
        "cases": _case_rows(cases[: most + 1], request.user)[:most],
        "people": _find_people(request.user, text, others),
        "departments": _find_departments(request.user, text, others),
    }
    template = "search/_results.html" if is_part else "search/search.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _read(text: str) -> str:
    """Full-width signs become plain ones; what nobody can have meant is cut off."""
    return clean_text(unicodedata.normalize("NFKC", text))[:MOST_LETTERS]


def _find_cases(request: SignedInRequest, text: str) -> CaseQuerySet:
    """By number, tracking code, telephone or its last four digits, else by words."""
    user = request.user
    if len(text) < FEWEST_LETTERS or not user.has_role(*READS_CASES):
        return Case.objects.none()
    filters = CaseFilter({"q": text}, Case.objects.none(), request=request)
    filters.open_lookup()
    found = filters.qs
    if numbers := _short_numbers(text):
        quoted = Case.objects.visible_to(user, lookup=True).filter(number__in=numbers)
        found = Case.objects.filter(
            Q(pk__in=quoted.values("pk")) | Q(pk__in=found.values("pk"))
        )
    ordered: CaseQuerySet = found.for_list().order_by("-received_at", "-pk")
    return ordered


def _short_numbers(text: str) -> list[str]:
    """What people call a case among themselves: 812 is this year's or last year's."""
    if not text.isdecimal() or len(text) > 6:
        return []
    year = clock.today().year
    return [f"C-{y}-{int(text):06d}" for y in (year, year - 1)]


def _only_one(cases: CaseQuerySet, text: str) -> Case | None:
    """The one case that a quoted number, code or telephone number means."""
    if find_quoted(Case.objects.all(), text) is None and not _short_numbers(text):
        return None
    first = list(cases.prefetch_related(None)[:2])
    return first[0] if len(first) == 1 else None


def _case_rows(cases: CaseQuerySet, user: User) -> list[dict[str, Any]]:
    return [
        {
            "case": case,
            "contact": ""
            if case.is_anonymous or not can_see_contact(user, case)
            else str(case.contact),
        }
        for case in cases
    ]


def _find_people(user: User, text: str, most: int) -> list[dict[str, Any]]:
    if not text:
        return []
    people = User.objects.active().matching(text).prefetch_related("departments")
    return [
        {"person": person, "url": _person_url(user, person)} for person in people[:most]
    ]


def _person_url(user: User, person: User) -> str:
    """A supervisor goes to their cases, an administrator to their record."""
    if user.is_staff:
        return reverse("admin:hospital_user_change", args=[person.pk])
    if user.has_role(Role.SUPERVISOR) and person.has_role(*CENTRE):
        query = urlencode({"scope": "open", "owner": person.employee_number})
        return f"{reverse('complaints:case_list')}?{query}"
    return f"{reverse('search')}?{urlencode({'q': person.employee_number})}"


def _find_departments(user: User, text: str, most: int) -> list[dict[str, Any]]:
    if not text:
        return []
    found = Department.objects.active().matching(text).with_people()
    return [
        {"department": unit, "url": _department_url(user, unit)}
        for unit in found[:most]
    ]


def _department_url(user: User, department: Department) -> str:
    if user.is_staff:
        return reverse("admin:hospital_department_change", args=[department.pk])
    if user.has_role(*READS_CASES):
        query = urlencode({"scope": "all", "department": department.code})
        return f"{reverse('complaints:case_list')}?{query}"
    return f"{reverse('search')}?{urlencode({'q': department.code})}"
