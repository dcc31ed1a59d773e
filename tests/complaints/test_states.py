"""Every status against every status, of cases and of tasks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from complaints.models import (
    TASK_TRANSITIONS,
    TRANSITIONS,
    Case,
    RectificationTask,
    Status,
    TaskStatus,
    Verb,
)
from complaints.services.lifecycle import move_case, move_task
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User

NewCase = Callable[..., Case]
# Written out once more, so that a change of the table is a change of this test.
CASE_MOVES = {
    "received": "accepted declined withdrawn merged",
    "accepted": "in_progress declined withdrawn merged",
    "in_progress": "replied declined withdrawn merged",
    "replied": "closed in_progress withdrawn",
    "closed": "reopened",
    "declined": "reopened",
    "withdrawn": "reopened",
    "merged": "",
    "reopened": "in_progress withdrawn",
}
TASK_MOVES = {
    "assigned": "acknowledged refused cancelled",
    "acknowledged": "submitted cancelled",
    "submitted": "verified returned cancelled",
    "returned": "submitted cancelled",
    "refused": "assigned cancelled",
    "verified": "",
    "cancelled": "",
}


def table(moves: dict[str, str]) -> dict[str, set[str]]:
    return {old: set(new.split()) for old, new in moves.items()}


def test_the_tables_are_those_of_the_design() -> None:
    assert table(CASE_MOVES) == TRANSITIONS
    assert table(TASK_MOVES) == TASK_TRANSITIONS


def case_fields(status: str, other: Case) -> dict[str, Any]:
    """What the database wants beside the status."""
    return {
        "closed_at": clock.now() if status == "closed" else None,
        "decline_ground": "in_court" if status == "declined" else "",
        "merged_into": other if status == "merged" else None,
    }


def task_fields(status: str) -> dict[str, Any]:
    ended = status in ("verified", "cancelled")
    fresh = status in ("assigned", "refused", "cancelled")
    return {
        "ended_at": clock.now() if ended else None,
        "acknowledged_at": None if fresh else clock.now(),
    }


@pytest.mark.parametrize("new", Status.values)
@pytest.mark.parametrize("old", Status.values)
def test_a_case_moves_only_where_the_table_lets_it(
    new_case: NewCase, front_desk: User, old: str, new: str
) -> None:
    case, other = new_case(), new_case()
    Case.objects.filter(pk=case.pk).update(status=old, **case_fields(old, other))
    case.refresh_from_db()

    def move() -> None:
        move_case(
            case,
            Status(new),
            actor=front_desk,
            verb=Verb.NOTED,
            **case_fields(new, other),
        )

    if new in table(CASE_MOVES)[old]:
        move()
        last = case.events.order_by("-seq")[0]
        assert (last.actor, last.old, last.new["status"]) == (
            front_desk,
            {"status": old},
            new,
        )
    else:
        with pytest.raises(RuleViolation):
            move()
        assert case.events.count() == 1
    expected = new if new in table(CASE_MOVES)[old] else old
    assert Case.objects.get(pk=case.pk).status == expected


@pytest.mark.parametrize("new", TaskStatus.values)
@pytest.mark.parametrize("old", TaskStatus.values)
def test_a_task_moves_only_where_the_table_lets_it(
    task: RectificationTask, head: User, old: str, new: str
) -> None:
    RectificationTask.objects.filter(pk=task.pk).update(status=old, **task_fields(old))
    task = RectificationTask.objects.select_related("case").get(pk=task.pk)
    before = task.case.events.count()

    def move() -> None:
        move_task(
            task, TaskStatus(new), actor=head, verb=Verb.NOTED, **task_fields(new)
        )

    if new in table(TASK_MOVES)[old]:
        move()
        last = task.case.events.order_by("-seq")[0]
        assert (last.actor, last.task, last.old) == (head, task, {"status": old})
    else:
        with pytest.raises(RuleViolation):
            move()
        assert task.case.events.count() == before
    expected = new if new in table(TASK_MOVES)[old] else old
    assert RectificationTask.objects.get(pk=task.pk).status == expected


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": "lost"}, "case_status_known"),
        ({"kind": "gossip"}, "case_kind_known"),
        ({"tier": 4}, "case_tier_is_1_to_3"),
        ({"status": "closed"}, "case_closed_iff_closed_at"),
        ({"closed_at": "2025-01-01T00:00Z"}, "case_closed_iff_closed_at"),
        ({"status": "declined"}, "case_declined_has_a_ground"),
        ({"status": "merged"}, "case_merged_iff_merged_into"),
        ({"received_at": "2999-01-01T00:00Z"}, "case_received_before_entered"),
        ({"narrative": ""}, "case_has_a_narrative"),
    ],
)
def test_the_database_itself_refuses_an_impossible_case(
    case: Case, change: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        (
            {"status": "lost", "acknowledged_at": "2025-01-01T00:00Z"},
            "task_status_known",
        ),
        ({"status": "cancelled"}, "task_ended_iff_ended_at"),
        ({"ended_at": "2025-01-01T00:00Z"}, "task_ended_iff_ended_at"),
        ({"status": "acknowledged"}, "task_acknowledged_before_work"),
    ],
)
def test_the_database_itself_refuses_an_impossible_task(
    task: RectificationTask, change: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RectificationTask.objects.filter(pk=task.pk).update(**change)
