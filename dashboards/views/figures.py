"""The figures of a month, and the rows behind each of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from complaints.models import Category, Kind
from dashboards.forms import FiguresForm
from dashboards.measures import (
    MEASURES,
    Figure,
    Month,
    Part,
    Scope,
    breakdown,
    count_part,
    departments_shown,
    month_summary,
    rows_behind,
)
from dashboards.measures.rows import rows_of, with_cases
from dashboards.views.asking import month_of, page_url, part_of, reader_of
from hospital.models import User
from hospital.paging import keyset_page

MONTH_CARDS = ("received", "handled", "on-time", "satisfaction")
NOW_CARDS = ("open", "overdue")
SMALL = ("promises-kept", "set-apart", "reopened", "converted", "extended", "not-asked")
CHARTED = ("received", "handled", "on-time", "satisfaction")


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """This month and the last twelve, by department and by category."""
    user = reader_of(request)
    form = FiguresForm(request.GET)
    month, kind = form.chosen
    summary = month_summary(user, month, kind=kind)
    charted = [summary[key] for key in CHARTED]
    context = {
        "form": form,
        "month": month,
        "kind": Kind(kind).label if kind else "",
        "earlier_url": _figures_url(month.earlier(1), kind),
        "later_url": "" if month.is_current else _figures_url(month.later(1), kind),
        "month_cards": [summary[key] for key in MONTH_CARDS],
        "now_cards": [summary[key] for key in NOW_CARDS],
        "small": [summary[key] for key in SMALL],
        "charted": charted,
        "months": list(zip(*(figure.by_month for figure in charted), strict=True)),
        "chart": _chart(charted),
        "breakdown": breakdown(user, month, kind=kind),
        "is_outside_centre": Scope(user).is_outside_centre,
    }
    return render(request, "dashboards/figures/figures.html", context)


@require_safe
def figure_cases(request: HttpRequest, measure: str) -> HttpResponse:
    """The rows a figure counts; as many as the figure says."""
    user = reader_of(request)
    chosen = MEASURES.get(measure)
    if chosen is None:
        raise Http404
    scope, month = _scope(request, user), month_of(request)
    figure = Figure(chosen, scope, month, count_part(chosen, scope, month))
    part = part_of(request, figure)
    records = with_cases(rows_behind(chosen, scope, month, part), chosen.source)
    page = keyset_page(records, request.GET, by=f"-{chosen.source.date}")
    context = {
        "figure": figure,
        "measure": chosen,
        "scope": scope,
        "kind": Kind(scope.kind).label if scope.kind else "",
        "month": month if chosen.is_monthly else None,
        "part": part,
        "parts": _parts(figure) if figure.has_parts else [],
        "count": figure.count_of(part),
        "rows": rows_of(page.rows, chosen.source, scope),
        "newer_url": page_url(request, newer=page.newer),
        "older_url": page_url(request, older=page.older),
        "back_url": _figures_url(month, scope.kind),
        "asks_score": not scope.is_outside_centre,
    }
    return render(request, "dashboards/figures/cases.html", context)


def _scope(request: HttpRequest, user: User) -> Scope:
    """What the address narrows the figure to; 404 for what does not exist."""
    scope = Scope(user)
    if kind := request.GET.get("kind"):
        if kind not in Kind:
            raise Http404
        scope = scope.narrow(kind=kind)
    if code := request.GET.get("department"):
        department = get_object_or_404(departments_shown(scope), code=code)
        scope = scope.narrow(department=department)
    if code := request.GET.get("category"):
        scope = scope.narrow(category=get_object_or_404(Category, code=code))
    return scope


def _parts(figure: Figure) -> list[dict[str, Any]]:
    return [
        {"part": part, "count": figure.count_of(part), "url": figure.url_of(part)}
        for part in Part
    ]


def _figures_url(month: Month, kind: str) -> str:
    query = {"month": str(month)} | ({"kind": kind} if kind else {})
    return f"{reverse('dashboards:figures')}?{urlencode(query)}"


def _chart(charted: list[Figure]) -> dict[str, Any]:
    """The last twelve months for the script that draws them."""
    received, handled, *__ = charted
    rates = [figure for figure in charted if figure.measure.is_rate]
    return {
        "months": [str(figure.month) for figure in received.by_month],
        "unfinished": received.month.is_current,
        "counts": [
            {"name": str(received.measure.name), "values": received.trend},
            {
                "name": str(handled.measure.hit_label),
                "values": [
                    None if figure.is_suppressed else figure.count.hits
                    for figure in handled.by_month
                ],
            },
        ],
        "rates": [
            {"name": str(figure.measure.name), "values": figure.trend}
            for figure in rates
        ],
    }
