"""The LACE index, point by point (van Walraven et al., CMAJ 2010;182:551)."""

from datetime import timedelta

import pytest

from followups.lace import Lace, lace
from tests.complaints.clock_world import moment

ADMITTED = moment("2026-03-01T22:00")


def of(
    days: float = 3,
    *,
    was_emergency: bool | None = False,
    charlson: int | None = 0,
    emergency_visits: int | None = 0,
) -> Lace:
    return lace(
        ADMITTED,
        ADMITTED + timedelta(days=days),
        was_emergency=was_emergency,
        charlson=charlson,
        emergency_visits=emergency_visits,
    )


@pytest.mark.parametrize(
    ("days", "points"),
    [
        (0.05, 0),
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
        (6, 4),
        (7, 5),
        (13, 5),
        (14, 7),
        (400, 7),
    ],
)
def test_the_length_of_stay(days: float, points: int) -> None:
    assert of(days).length == points


@pytest.mark.parametrize(
    ("charlson", "points"), [(0, 0), (1, 1), (3, 3), (4, 5), (9, 5)]
)
def test_comorbidity(charlson: int, points: int) -> None:
    assert of(charlson=charlson).comorbidity == points


@pytest.mark.parametrize(("visits", "points"), [(0, 0), (3, 3), (4, 4), (11, 4)])
def test_emergency_visits(visits: int, points: int) -> None:
    assert of(emergency_visits=visits).emergency == points


def test_an_acute_admission_has_three_points() -> None:
    assert (of(was_emergency=True).acute, of(was_emergency=False).acute) == (3, 0)


def test_the_highest_index_is_19() -> None:
    assert of(14, was_emergency=True, charlson=4, emergency_visits=4).points == 19


@pytest.mark.parametrize(
    ("days", "charlson", "level"),
    [(3, 0, "low"), (4, 1, "moderate"), (7, 4, "high"), (4, 0, "low")],
)
def test_the_levels(days: float, charlson: int, level: str) -> None:
    assert of(days, charlson=charlson).level == level


def test_what_is_unknown_is_incomplete_and_never_zero() -> None:
    unknown = of(4, was_emergency=None, charlson=None)
    assert (unknown.parts, unknown.is_complete) == ((4, None, None, 0), False)
    assert (unknown.points, unknown.level) == (4, "incomplete")


def test_what_is_known_may_be_high_already() -> None:
    assert of(14, was_emergency=True, charlson=None).level == "high"


def test_without_dates_the_length_is_unknown() -> None:
    nothing = lace(
        None, ADMITTED, was_emergency=None, charlson=None, emergency_visits=None
    )
    assert (nothing.length, nothing.points) == (None, 0)
