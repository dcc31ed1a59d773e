"""Months as they stand in addresses."""

import pytest

from dashboards.measures import Month
from hospital import clock
from tests.dashboards.world import NOW


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "1999-12", "2026-12", "x"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(text: str) -> None:
    with clock.at(NOW):
        assert Month.parse(text) is None
