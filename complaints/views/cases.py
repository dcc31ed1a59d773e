"""The list of cases, and one case with everything about it on one screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from complaints.filters import CaseListFilter, Scope
from complaints.models import Case
from complaints.models.cases import CaseQuerySet
from complaints.permissions import CENTRE, can_see_contact
from complaints.services import log_view
from complaints.views.case_page import describe_page
from hospital.models import User
from hospital.paging import Page, keyset_page
from hospital.requests import SignedInRequest

# Heaps of work are sorted by time left; the others newest first.
BY_TIME_LEFT = (Scope.OPEN, Scope.MINE, Scope.OVERDUE)
# Filters that links set and the form only carries along.
UNSEEN = ("scope", "category", "owner", "overdue")
NEVER_DUE = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    value: str
    url: str


@require_safe
def case_list(request: SignedInRequest) -> HttpResponse:
    """Cases the person may see, in heaps, filtered; htmx gets the results alone."""
    given = request.GET
    words = given.get("q", "").strip()
    scope = find_scope(given, words)
    data = given.copy()
    data["scope"] = scope
    filters = CaseListFilter(data, queryset=Case.objects.none(), request=request)
    filters.open_lookup()
    chips = _chips(filters, given)
    context = {
        "filters": filters,
        "kept": [(name, given[name]) for name in UNSEEN if given.get(name)],
        "tabs": _tabs(request.user, scope, given),
        "scope": scope,
        "chips": chips,
        "clear_url": _address(QueryDict(), scope=scope) if chips else "",
        "everywhere_url": _address(given, scope=Scope.ALL),
        "is_narrowed": bool(chips) and scope != Scope.ALL,
    }
    is_part = request.htmx and not (
        request.htmx.boosted or request.htmx.history_restore_request
    )
    context |= {"is_part": is_part}
    context |= _page_of(filters.qs.for_list(), scope, request)
    template = "_results.html" if is_part else "list.html"
    response = render(request, f"complaints/cases/{template}", context)
    patch_vary_headers(response, ["HX-Request"])
    if is_part:
        push_url(response, request.path + _address(given))
    return response


def find_scope(given: QueryDict, words: str) -> Scope:
    """The heap asked for; a search without one looks everywhere."""
    asked = given.get("scope", "")
    if asked in Scope.values:
        return Scope(asked)
    return Scope.ALL if words else Scope.OPEN


def _page_of(
    cases: CaseQuerySet, scope: Scope, request: SignedInRequest
) -> dict[str, Any]:
    """One page of rows and the addresses of its neighbours."""
    by = "-received_at"
    if scope in BY_TIME_LEFT:
        cases = cases.annotate(due_or_never=Coalesce("due_at", Value(NEVER_DUE)))
        by = "due_or_never"
    page: Page[Case] = keyset_page(cases, request.GET, by=by)
    rows = [
        {"case": case, "sees_contact": can_see_contact(request.user, case)}
        for case in page.rows
    ]
    return {
        "rows": rows,
        "newer_url": _address(request.GET, newer=page.newer) if page.newer else "",
        "older_url": _address(request.GET, older=page.older) if page.older else "",
    }


def _tabs(user: User, scope: Scope, given: QueryDict) -> list[Tab]:
    in_centre = user.has_role(*CENTRE)
    offered = [s for s in Scope if in_centre or s not in (Scope.MINE, Scope.HANDED)]
    return [
        Tab(str(each.label), _address(given, scope=each), each == scope)
        for each in offered
    ]


def _chips(filters: CaseListFilter, given: QueryDict) -> list[Chip]:
    filters.form.is_valid()
    return [
        Chip(
            str(filters.form.fields[name].label),
            _words_for(filters, name, value),
            _address(given, **{name: None}),
        )
        for name, value in filters.form.cleaned_data.items()
        if value and name != "scope"
    ]


def _words_for(filters: CaseListFilter, name: str, value: Any) -> str:
    choices: Iterable[tuple[Any, Any]] = filters.filters[name].extra.get("choices", ())
    labels = {str(key): str(label) for key, label in choices}
    return labels.get(str(value), str(value))


def _address(given: QueryDict, **changes: str | None) -> str:
    """This list with some parameters changed, from its first page on."""
    query = given.copy()
    changed = {"older": None, "newer": None} | changes
    for name, value in changed.items():
        query[name] = value or ""
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return f"?{query.urlencode()}"


@require_safe
def case_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One case through the desk's gate; looking at it may leave a trace."""
    reachable = Case.objects.visible_to(request.user, lookup=True)
    case: Case = get_object_or_404(reachable.for_page(), number=number)
    log_view(case, actor=request.user)
    context = describe_page(case, request.user)
    return render(request, "complaints/cases/detail.html", context)
