"""A small line of the last months, drawn on the server: it needs no script."""

from __future__ import annotations

from typing import Any

from django import template

from dashboards.measures import Figure

register = template.Library()

WIDTH, HEIGHT, MARGIN = 120, 30, 4
_INNER = HEIGHT - 2 * MARGIN
# Smaller swings of a rate would look like storms.
LEAST_SPAN = 10


@register.inclusion_tag("dashboards/figures/_sparkline.html")
def sparkline(figure: Figure) -> dict[str, Any]:
    """Gaps where a month has no figure; a dot on the last month."""
    trend = figure.trend
    known = [value for value in trend if value is not None]
    if len(known) < 2:
        return {"path": ""}
    low, high = _span(known, is_rate=figure.measure.is_rate)
    step = (WIDTH - 2 * MARGIN) / (len(trend) - 1)
    points = [
        (
            round(MARGIN + index * step, 1),
            round(HEIGHT - MARGIN - (value - low) / (high - low) * _INNER, 1),
        )
        if value is not None
        else None
        for index, value in enumerate(trend)
    ]
    return {
        "path": _path(points),
        "last": points[-1],
        "width": WIDTH,
        "height": HEIGHT,
    }


def _span(known: list[float], *, is_rate: bool) -> tuple[float, float]:
    low, high = min(known), max(known)
    if not is_rate:
        return 0, max(high, 1)
    if high - low < LEAST_SPAN:
        high = min(100.0, (low + high + LEAST_SPAN) / 2)
        low = high - LEAST_SPAN
    return low, high


def _path(points: list[tuple[float, float] | None]) -> str:
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{point[0]} {point[1]}")
        pen = "L"
    return " ".join(parts)
