"""Measures: each is code and a definition card; counting and rows share conditions.

`month_summary` gives the figures of a month by key, `breakdown` those of each
department and category, `rows_behind` the records that a figure counts.
"""

from dashboards.measures.counting import (
    Breakdown,
    breakdown,
    count_part,
    departments_shown,
    month_summary,
    rows_behind,
)
from dashboards.measures.definitions import MEASURES, Measure, Part
from dashboards.measures.figures import Change, Figure
from dashboards.measures.periods import Month
from dashboards.measures.scope import Scope

__all__ = [
    "MEASURES",
    "Breakdown",
    "Change",
    "Figure",
    "Measure",
    "Month",
    "Part",
    "Scope",
    "breakdown",
    "count_part",
    "departments_shown",
    "month_summary",
    "rows_behind",
]
