"""Figures added up by hand, case by case; the letters are those of `world`."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from complaints import services
from complaints.models import Case, Category
from dashboards.measures import (
    MEASURES,
    Figure,
    Month,
    Part,
    Scope,
    breakdown,
    month_summary,
)
from dashboards.measures.counting import rows_behind
from dashboards.measures.figures import Count
from dashboards.templatetags.sparkline import sparkline
from hospital import clock
from hospital.models import Department, Role, User
from tests.dashboards.world import NOW, World, local

NOVEMBER, OCTOBER = Month(2026, 11), Month(2026, 10)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def counts(user: User, month: Month = NOVEMBER) -> dict[str, tuple[int, int]]:
    summary = month_summary(user, month)
    return {key: (f.count.base, f.count.hits) for key, f in summary.items()}


def letters(world: World, user: User, key: str, part: Part = Part.DENOMINATOR) -> str:
    rows = rows_behind(MEASURES[key], Scope(user), NOVEMBER, part)
    numbers = {case.pk: letter for letter, case in world.cases.items()}
    return "".join(sorted(numbers[getattr(row, "case_id", row.pk)] for row in rows))


def test_november_adds_up(world: World, supervisor: User) -> None:
    assert counts(supervisor) == {
        "received": (13, 0),
        "handled": (10, 4),
        "on-time": (12, 6),
        "satisfaction": (4, 2),
        "promises-kept": (0, 0),
        "open": (9, 0),
        "overdue": (4, 0),
        "reopened": (1, 0),
        "converted": (1, 0),
        "extended": (0, 0),
        "not-asked": (1, 0),
        "set-apart": (3, 0),
    }


def test_october_has_what_was_received_in_it_however_late_it_was_entered(
    world: World, supervisor: User
) -> None:
    october = counts(supervisor, OCTOBER)
    assert october["received"] == (2, 0)
    assert october["handled"] == (2, 2)
    assert october["on-time"] == (0, 0)
    assert october["satisfaction"] == (0, 0)


def test_the_rows_behind_a_figure_are_the_cases_it_counts(
    world: World, supervisor: User
) -> None:
    whole = {key: letters(world, supervisor, key) for key in MEASURES}
    assert whole == {
        "received": "ABCDEFGHIKMNP",
        "handled": "ABCGHIKMNP",
        "on-time": "ABCEGHIJKLMN",
        "satisfaction": "ABJK",
        "promises-kept": "",
        "open": "BCIJKLMNP",
        "overdue": "CIMN",
        "reopened": "B",
        "converted": "I",
        "extended": "",
        "not-asked": "H",
        "set-apart": "DEF",
    }
    parts = {
        key: [
            letters(world, supervisor, key, part)
            for part in (Part.NUMERATOR, Part.REST)
        ]
        for key, measure in MEASURES.items()
        if measure.is_rate
    }
    assert parts == {
        "handled": ["AGHK", "BCIMNP"],
        "on-time": ["AGHJKL", "BCEIMN"],
        "satisfaction": ["AK", "BJ"],
        "promises-kept": ["", ""],
    }


def test_a_named_leader_does_not_count_the_case(world: World, leader: User) -> None:
    november = counts(leader)
    assert november["received"] == (12, 0)
    assert november["handled"] == (9, 4)
    assert november["on-time"] == (11, 6)
    assert (november["open"], november["overdue"]) == ((8, 0), (3, 0))
    assert "N" not in letters(world, leader, "received")


def test_a_head_counts_the_cases_of_the_own_department(
    world: World, outsider: User
) -> None:
    assert letters(world, outsider, "received") == "C"
    table = breakdown(outsider, NOVEMBER)
    assert [line.group.code for line in table.departments] == ["GK"]


def test_a_rate_of_fewer_than_five_is_kept_from_a_head(
    world: World, outsider: User, head: User
) -> None:
    few = month_summary(outsider, NOVEMBER)["handled"]
    assert (few.text, few.counts, few.has_parts) == ("—", "fewer than 5", False)
    enough = month_summary(head, NOVEMBER)["handled"]
    assert (enough.text, enough.counts, enough.has_parts) == (
        "40.0%",
        "4 of 10",
        True,
    )


def test_a_case_of_two_departments_counts_once_in_each_and_once_in_all(
    world: World, supervisor: User, category: Category
) -> None:
    table = breakdown(supervisor, NOVEMBER)
    assert [
        (line.group.code, [(f.count.base, f.count.hits) for f in line.figures])
        for line in table.departments
    ] == [
        ("XNK", [(13, 0), (10, 4), (12, 6), (4, 2), (9, 0), (4, 0)]),
        ("GK", [(1, 0), (1, 0), (1, 0), (0, 0), (1, 0), (1, 0)]),
    ]
    (top,) = table.categories
    assert (top.group, [f.count.base for f in top.figures]) == (
        category.parent,
        [13, 10, 12, 4, 9, 4],
    )
    assert [line.group for line in top.lines] == [category]


def test_a_kind_narrows_every_figure(world: World, supervisor: User) -> None:
    enquiries = month_summary(supervisor, NOVEMBER, kind="enquiry")
    assert {key: f.count.base for key, f in enquiries.items() if f.count.base} == {
        "received": 1,
        "handled": 1,
        "on-time": 1,
        "open": 1,
        "overdue": 1,
        "converted": 1,
    }


def test_the_backlog_is_counted_back_month_by_month(
    world: World, supervisor: User
) -> None:
    figure = month_summary(supervisor, NOVEMBER)["open"]
    assert figure.trend == [0] * 10 + [2, 9]
    assert figure.change is not None
    assert figure.change.text == "7 more than at the end of October 2026"
    assert figure.change.tone == "amber"


def test_a_department_without_any_figure_is_left_out(
    new_case: Callable[..., Case], front_desk: User, supervisor: User
) -> None:
    with clock.at(local("10-30 09:00")):
        case = new_case()
        services.withdraw_case(case, actor=front_desk, reason="本人撤回")
    with clock.at(NOW):
        assert breakdown(supervisor, NOVEMBER).departments == []
        assert len(breakdown(supervisor, OCTOBER).departments) == 1


def test_feedback_replaced_after_it_was_due_counts_once(
    new_case: Callable[..., Case],
    front_desk: User,
    supervisor: User,
    other_department: Department,
    outsider: User,
) -> None:
    with clock.at(local("11-02 09:00")):
        case = new_case()
    with clock.at(local("11-11 09:00")):  # two days over; a second department joins
        services.open_task(
            case, actor=front_desk, department=other_department, demand="请协助"
        )
    with clock.at(local("11-12 09:00")):
        services.reply_to_person(case, actor=front_desk, method="phone", text="进展")
    with clock.at(NOW):
        assert counts(supervisor)["on-time"] == (1, 1)


def test_without_cases_there_are_no_rates(supervisor: User) -> None:
    with clock.at(NOW):
        summary = month_summary(supervisor)
    assert {key: figure.text for key, figure in summary.items()} == {
        "received": "0",
        "handled": "—",
        "on-time": "—",
        "satisfaction": "—",
        "promises-kept": "—",
        "open": "0",
        "overdue": "0",
        "reopened": "0",
        "converted": "0",
        "extended": "0",
        "not-asked": "0",
        "set-apart": "0",
    }
    assert summary["handled"].counts == "none to count"
    assert summary["handled"].change is None


def figure(base: int, hits: int, key: str = "satisfaction", **more: Any) -> Figure:
    scope = Scope(User(roles=[Role.SUPERVISOR]))
    return Figure(MEASURES[key], scope, OCTOBER, Count(base, hits), **more)


@pytest.mark.parametrize(
    ("base", "hits", "text"),
    [
        (3, 3, "100.0%"),
        (3, 0, "0.0%"),
        (3, 2, "66.7%"),
        (10_000, 9_999, "99.9%"),
        (10_000, 1, "0.1%"),
    ],
)
def test_a_rate_is_rounded_but_never_to_all_or_none(
    base: int, hits: int, text: str
) -> None:
    assert figure(base, hits).text == text


@pytest.mark.parametrize(
    ("now", "before", "key", "text", "tone"),
    [
        ((10, 9), (10, 8), "handled", "10.0 points more than in September", "green"),
        ((10, 8), (10, 9), "on-time", "10.0 points less than in September", "amber"),
        ((10, 8), (5, 4), "handled", "as in September", "grey"),
        ((10, 8), (0, 0), "handled", "no figure in September", "grey"),
        ((10, 0), (7, 0), "received", "3 more than in September", "grey"),
        ((1, 0), (3, 0), "reopened", "2 fewer than in September", "green"),
        ((3, 0), (3, 0), "reopened", "as in September", "grey"),
        ((3, 0), (5, 0), "open", "2 fewer than at the end of October", "green"),
        ((3, 0), (3, 0), "open", "as at the end of October", "grey"),
    ],
)
def test_the_change_is_said_in_words(
    now: tuple[int, int], before: tuple[int, int], key: str, text: str, tone: str
) -> None:
    with clock.at(NOW):
        change = figure(*now, key=key, previous=Count(*before)).change
    assert change is not None
    assert (change.text, change.tone) == (f"{text} 2026", tone)


def test_a_running_month_is_not_held_against_a_whole_one(
    world: World, supervisor: User
) -> None:
    summary = month_summary(supervisor, NOVEMBER)
    changes = {key: f.change and f.change.text for key, f in summary.items()}
    assert changes["received"] == "so far; 2 in the whole of October 2026"
    assert changes["handled"] == "so far; 100.0% in October 2026"
    assert changes["on-time"] == "no figure in October 2026"


@pytest.mark.parametrize(
    ("history", "path"),
    [
        ([(1, 1)], ""),
        ([(0, 0), (1, 1)], ""),
        ([(2, 1), (0, 0), (2, 2)], "M4.0 26.0 M116.0 4.0"),
        ([(2, 1), (2, 1), (2, 2)], "M4.0 26.0 L60.0 26.0 L116.0 4.0"),
        ([(2, 2), (2, 2)], "M4.0 4.0 L116.0 4.0"),
    ],
)
def test_the_line_of_months_has_a_gap_where_there_is_no_figure(
    history: list[tuple[int, int]], path: str
) -> None:
    counts = [Count(*count) for count in history]
    assert sparkline(figure(*history[-1], history=counts))["path"] == path
