"""What the addresses of the pages of figures ask for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from complaints.permissions import can_see_figures
from dashboards.measures import Figure, Month, Part
from hospital.models import User


def reader_of(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]  # signed in, by middleware
    if not can_see_figures(user):
        raise PermissionDenied
    return user


def month_of(request: HttpRequest) -> Month:
    text = request.GET.get("month")
    month = Month.parse(text) if text else Month.current()
    if month is None:
        raise Http404
    return month


def part_of(request: HttpRequest, figure: Figure) -> Part:
    """The part asked for; the whole where parts would point at one person."""
    try:
        part = Part(request.GET.get("part", Part.DENOMINATOR))
    except ValueError as unknown:
        raise Http404 from unknown
    return part if figure.has_parts else Part.DENOMINATOR


def page_url(request: HttpRequest, **token: str | None) -> str:
    """The same list at another page; empty where there is none."""
    if not any(token.values()):
        return ""
    query = request.GET.copy()
    for name in ("older", "newer"):
        query.pop(name, None)
    query.update(token)  # type: ignore[arg-type]  # one value, checked above
    return f"?{query.urlencode()}"
