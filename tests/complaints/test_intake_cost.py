"""What registering costs, with all its clocks: docs/performance.md tells the figure."""

from collections.abc import Callable
from typing import Any

from complaints.models import Case


def test_registering_a_case_costs_this_many_statements(
    new_case: Callable[..., Case], django_assert_num_queries: Any
) -> None:
    new_case()  # the calendars are read once
    with django_assert_num_queries(13):
        new_case()
