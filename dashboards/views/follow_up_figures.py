"""The follow-up figures of a month, and what is behind each of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dashboards.follow_ups.cohorts import count_rounds
from dashboards.follow_ups.counting import (
    DayPartName,
    count_calls,
    count_one,
    count_stays,
)
from dashboards.follow_ups.definitions import (
    GROUPS,
    MONTHLY,
    OF_CALLS,
    Counted,
    FollowUpMeasure,
)
from dashboards.follow_ups.of_rounds import ALL_MEASURES, OF_ROUNDS
from dashboards.follow_ups.rows import row_of
from dashboards.follow_ups.scope import (
    NO_DEPARTMENT,
    FollowUpFigure,
    FollowUpScope,
    Nowhere,
)
from dashboards.forms import MonthForm
from dashboards.measures import Month, Part
from dashboards.views.asking import month_of, page_url, part_of, reader_of
from followups.call_hours import LONGEST_NAME
from hospital.models import User
from hospital.paging import keyset_page

MOST_DIGITS = 19
CHARTED = ("discharged", "ratio", "eligible-ratio", "reached")


@require_safe
def follow_up_figures(request: HttpRequest) -> HttpResponse:
    """This month and the last twelve, by department, agent and part of the day."""
    scope = FollowUpScope(reader_of(request))
    form = MonthForm(request.GET)
    month = form.chosen_month
    stays = count_stays(scope, month)
    charted = [stays.figures[key] for key in CHARTED]
    context = {
        "form": form,
        "month": month,
        "earlier_url": _figures_url(month.earlier(1)),
        "later_url": "" if month.is_current else _figures_url(month.later(1)),
        "cards": stays.figures.values(),
        "groups": stays.groups,
        "departments": stays.departments,
        "calls": count_calls(scope, month),
        "rounds": count_rounds(scope, month),
        "round_columns": OF_ROUNDS,
        "columns": MONTHLY,
        "call_columns": OF_CALLS,
        "charted": charted,
        "months": list(zip(*(figure.by_month for figure in charted), strict=True)),
        "chart": _chart(charted),
        "scope": scope,
    }
    return render(request, "dashboards/follow_ups/figures.html", context)


@require_safe
def follow_up_rows(request: HttpRequest, measure: str) -> HttpResponse:
    """The stays, calls or rounds a figure counts; as many as the figure says."""
    scope = _scope(request, reader_of(request))
    chosen, month = _measure(measure, scope), month_of(request)
    figure = count_one(chosen, scope, month)
    part = part_of(request, figure)
    shown = ["patient", "department", *chosen.counted.people]
    rows = scope.rows(chosen, month, part).select_related(*shown)
    page = keyset_page(rows, request.GET, by=f"-{chosen.counted.date}")
    context = {
        "figure": figure,
        "measure": chosen,
        "scope": scope,
        "counts_calls": chosen.counted.is_calls,
        "counts_rounds": chosen.counted is Counted.ROUNDS,
        "narrowed": _narrowed(scope),
        "month": month,
        "part": part,
        "parts": _parts(figure) if figure.has_parts else [],
        "count": figure.count_of(part),
        "rows": [row_of(row) for row in page.rows],
        "newer_url": page_url(request, newer=page.newer),
        "older_url": page_url(request, older=page.older),
        "back_url": _figures_url(month),
    }
    return render(request, "dashboards/follow_ups/rows.html", context)


def _measure(key: str, scope: FollowUpScope) -> FollowUpMeasure:
    """The measure, or the one reason of it that the address names."""
    measure = ALL_MEASURES.get(key)
    if measure is None:
        raise Http404
    if not scope.reason:
        return measure
    if measure not in GROUPS or scope.reason not in measure.base:
        raise Http404
    return measure.only(scope.reason)


def _scope(request: HttpRequest, user: User) -> FollowUpScope:
    """What the address narrows the figure to; 404 for what does not exist."""
    scope = FollowUpScope(
        user,
        day_part=request.GET.get("day_part", "")[:LONGEST_NAME],
        reason=request.GET.get("reason", ""),
    )
    if code := request.GET.get("department"):
        scope = scope.narrow(
            department=Nowhere()
            if code == NO_DEPARTMENT
            else get_object_or_404(scope.departments(), code=code)
        )
    if code := request.GET.get("cohort"):
        scope = scope.narrow(cohort=get_object_or_404(scope.cohorts(), code=code))
    if key := request.GET.get("agent"):
        if not (scope.shows_agents and key.isdecimal() and len(key) < MOST_DIGITS):
            raise Http404
        scope = scope.narrow(agent=get_object_or_404(User, pk=key))
    return scope


def _narrowed(scope: FollowUpScope) -> list[str]:
    """What the list is about, in words."""
    part = DayPartName(scope.day_part) if scope.day_part else None
    chosen = (scope.cohort, scope.department, scope.agent, part)
    return [each.name for each in chosen if each is not None]


def _parts(figure: FollowUpFigure) -> list[dict[str, Any]]:
    return [
        {"part": part, "count": figure.count_of(part), "url": figure.url_of(part)}
        for part in Part
    ]


def _figures_url(month: Month) -> str:
    query = urlencode({"month": str(month)})
    return f"{reverse('dashboards:follow_up_figures')}?{query}"


def _chart(charted: list[FollowUpFigure]) -> dict[str, Any]:
    """The last twelve months for the script that draws them."""
    discharged, ratio, *__ = charted
    return {
        "months": [str(figure.month) for figure in discharged.by_month],
        "unfinished": discharged.month.is_current,
        "counts": [
            {"name": str(discharged.measure.name), "values": discharged.trend},
            {
                "name": str(ratio.measure.hit_label),
                "values": [
                    None if figure.is_suppressed else figure.count.hits
                    for figure in ratio.by_month
                ],
            },
        ],
        "rates": [
            {"name": str(figure.measure.name), "values": figure.trend}
            for figure in charted
            if figure.measure.is_rate
        ],
    }
