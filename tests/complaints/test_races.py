"""Two people do the same thing at the same moment; PostgreSQL decides between them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from complaints import services
from complaints.models import Case, CaseCounter, CaseEvent, RectificationTask
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import Department, User
from tests.races import overlap, race

pytestmark = pytest.mark.django_db(transaction=True)
NewCase = Callable[..., Case]


def verbs(case: Case, *wanted: str) -> list[str]:
    """The wanted verbs of the timeline, which must be sound."""
    assert list(services.verify_timeline(Case.objects.get(pk=case.pk))) == []
    return [e.verb for e in case.events.order_by("seq") if e.verb in wanted]


def test_of_two_simultaneous_closings_one_closes(
    case: Case, front_desk: User, supervisor: User
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    services.record_satisfaction(case, actor=front_desk, score=5)
    one, other = overlap(
        lambda: services.close_case(case, actor=front_desk),
        lambda: services.close_case(case, actor=supervisor),
    )
    assert (one.status, type(other)) == ("closed", RuleViolation)
    assert verbs(case, "closed") == ["closed"]


def test_of_two_closings_that_read_the_same_revision_the_second_is_stale(
    case: Case, front_desk: User, supervisor: User
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    services.record_satisfaction(case, actor=front_desk, score=5)
    read = Case.objects.get(pk=case.pk).revision
    __, other = overlap(
        lambda: services.close_case(case, actor=front_desk, revision=read),
        lambda: services.close_case(case, actor=supervisor, revision=read),
    )
    assert type(other) is StaleRecord


def test_of_two_simultaneous_acknowledgements_one_acknowledges(
    task: RectificationTask, department: Department, head: User, staff: User
) -> None:
    Department.objects.filter(pk=department.pk).update(deputy=staff)
    task = RectificationTask.objects.get(pk=task.pk)
    one, other = overlap(
        lambda: services.acknowledge_task(task, actor=head),
        lambda: services.acknowledge_task(task, actor=staff),
    )
    assert (one.status, type(other)) == ("acknowledged", RuleViolation)
    assert verbs(task.case, "task_acknowledged") == ["task_acknowledged"]


def test_a_handover_is_answered_once(case: Case, front_desk: User, agent: User) -> None:
    handover = services.offer_handover(case, actor=front_desk, to=agent, reason="交接")
    one, other = overlap(
        lambda: services.answer_handover(handover, actor=agent, accepted=True),
        lambda: services.answer_handover(
            handover, actor=agent, accepted=False, answer="不在班"
        ),
    )
    assert (one.accepted, type(other)) == (True, RuleViolation)
    assert verbs(case, "handover_accepted", "handover_refused") == ["handover_accepted"]


def test_a_case_is_offered_to_one_person_at_a_time(
    case: Case, front_desk: User, agent: User, supervisor: User
) -> None:
    one, other = overlap(
        lambda: services.offer_handover(case, actor=front_desk, to=agent, reason="甲"),
        lambda: services.offer_handover(
            case, actor=supervisor, to=supervisor, reason="乙"
        ),
    )
    assert (one.offered_to, other.offered_to) == (agent, supervisor)
    assert case.handovers.get(answered_at=None) == other
    assert verbs(case, "handover_dropped") == ["handover_dropped"]


def test_a_task_opened_while_the_case_is_closed_keeps_it_from_closing_unseen(
    case: Case, front_desk: User, supervisor: User, department: Department, head: User
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    services.record_satisfaction(case, actor=front_desk, score=5)
    __, other = overlap(
        lambda: services.open_task(
            case, actor=supervisor, department=department, demand="再查"
        ),
        lambda: services.close_case(case, actor=front_desk),
    )
    assert type(other) is RuleViolation
    case.refresh_from_db()
    assert (case.status, case.tasks.open().count()) == ("in_progress", 1)


def test_two_merges_that_cross_do_not_deadlock_and_one_wins(
    new_case: NewCase, supervisor: User
) -> None:
    for _ in range(5):
        a, b = new_case(), new_case()
        outcomes = race(
            partial(merge, a, b, supervisor), partial(merge, b, a, supervisor)
        )
        assert sorted(type(o).__name__ for o in outcomes) == ["Case", "RuleViolation"]
        merged = Case.objects.filter(pk__in=(a.pk, b.pk), status="merged")
        assert merged.count() == 1


def merge(case: Case, into: Case, actor: User) -> Case:
    return services.merge_case(case, actor=actor, into=into, reason="同一件事")


def test_simultaneous_intakes_get_numbers_without_a_gap(
    new_case: NewCase, front_desk: User
) -> None:
    """The first of a year included: they all find no counter."""
    assert CaseCounter.objects.count() == 0
    cases = race(*[new_case] * 6)
    year = clock.today().year
    assert sorted(case.number for case in cases) == [
        f"C-{year}-{n:06d}" for n in range(1, 7)
    ]
    assert len({case.tracking_code for case in cases}) == 6


def test_an_intake_waits_for_the_number_of_the_one_before(new_case: NewCase) -> None:
    new_case()
    one, other = overlap(new_case, new_case)
    assert int(other.number[-6:]) == int(one.number[-6:]) + 1


def test_an_intake_that_fails_leaves_no_gap(
    new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = new_case()
    with monkeypatch.context() as patch:
        patch.setattr("complaints.services.clocks.start_case_clocks", fail)
        with pytest.raises(RuntimeError):
            new_case()
    second = new_case()
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1
    assert CaseEvent.objects.count() == 2


def fail(*args: Any) -> None:
    raise RuntimeError


def test_numbers_begin_anew_each_year(new_case: NewCase) -> None:
    with clock.at(datetime.fromisoformat("2025-12-31T23:55+08:00")):
        numbers = [new_case().number]
    with clock.at(datetime.fromisoformat("2026-01-01T00:05+08:00")):
        numbers += [new_case().number, new_case().number]
    assert numbers == ["C-2025-000001", "C-2026-000001", "C-2026-000002"]


def test_events_written_at_once_stay_in_one_chain(
    case: Case, front_desk: User, supervisor: User
) -> None:
    notes = [
        lambda n=n: services.add_note(case, actor=supervisor, text=f"第{n}条")
        for n in range(6)
    ]
    outcomes = race(*notes)
    assert [type(outcome) for outcome in outcomes] == [Case] * 6
    assert verbs(case, "noted") == ["noted"] * 6


def test_the_person_rates_once_however_often_they_press(
    case: Case, front_desk: User
) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    one, other = overlap(
        lambda: services.rate_case(case, score=5),
        lambda: services.rate_case(case, score=1),
    )
    assert (one.score, type(other)) == (5, RuleViolation)
    assert case.satisfactions.get().score == 5
