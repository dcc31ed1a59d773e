"""`manage.py verify_timeline` proves that nobody altered the history."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from complaints import services
from complaints.models import Case, CaseEvent
from hospital.models import User


def verify(*numbers: str) -> str:
    out = StringIO()
    call_command("verify_timeline", *numbers, stdout=out, no_color=True)
    return out.getvalue()


def alter(sql: str, *params: str | int) -> None:
    """What somebody with the database's keys could do."""
    with connection.cursor() as cursor:
        # Constraints checked at the end of the transaction stand in the way of DDL.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE complaints_caseevent DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        cursor.execute("ALTER TABLE complaints_caseevent ENABLE TRIGGER USER")


def test_an_unaltered_history_passes(case: Case, front_desk: User) -> None:
    services.accept_case(case, actor=front_desk)
    assert verify().startswith("1 cases verified in ")
    assert verify().endswith(", 0 altered.\n")


def test_no_cases_pass(db: None) -> None:
    assert verify().startswith("0 cases verified")


def test_an_altered_note_is_found(case: Case, front_desk: User) -> None:
    services.add_note(case, actor=front_desk, text="原话")
    alter("UPDATE complaints_caseevent SET note = %s WHERE seq = 2", "改写")
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify_timeline", stdout=out, no_color=True)
    assert out.getvalue() == f"{case.number}: event 2 was altered\n"
    assert error.value.returncode == 1
    assert str(error.value).startswith("1 cases verified in ")
    assert str(error.value).endswith(", 1 altered.")


@pytest.mark.parametrize(
    ("where", "fault"),
    [("seq = 1", "event 1 is missing"), ("seq = 2", "the end of the timeline")],
)
def test_a_removed_event_is_found(
    case: Case, front_desk: User, where: str, fault: str
) -> None:
    services.accept_case(case, actor=front_desk)
    alter(f"DELETE FROM complaints_caseevent WHERE {where}")  # noqa: S608  # ours
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_timeline", stdout=out, no_color=True)
    assert fault in out.getvalue()


def test_only_the_cases_named_are_verified(
    new_case: Callable[..., Case], front_desk: User
) -> None:
    good, bad = new_case(), new_case()
    alter("UPDATE complaints_caseevent SET note = 'x' WHERE case_id = %s", bad.pk)
    assert verify(good.number).startswith("1 cases verified")


def test_an_unknown_number_is_said(case: Case) -> None:
    with pytest.raises(CommandError) as error:
        verify(case.number, "C-1999-000001")
    assert str(error.value) == "No such case: C-1999-000001"
    assert error.value.returncode == 2


def test_a_case_that_grew_while_it_was_read_is_not_called_altered(
    case: Case, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.accept_case(case, actor=front_desk)
    read = CaseEvent.objects.get(case=case, seq=1)
    first_look = iter([True])
    truth = services.verify_timeline

    def see_half(seen: Case) -> Any:
        if next(first_look, False):
            return iter([f"{read}"])
        return truth(seen)

    monkeypatch.setattr(
        "complaints.management.commands.verify_timeline.verify_timeline", see_half
    )
    assert verify().startswith("1 cases verified")


@pytest.mark.parametrize("cases", [1, 3])
def test_the_number_of_queries_does_not_grow(
    new_case: Callable[..., Case], cases: int, django_assert_num_queries: Any
) -> None:
    for __ in range(cases):
        new_case()
    with django_assert_num_queries(2):
        verify()
