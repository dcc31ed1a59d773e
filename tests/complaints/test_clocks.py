"""The clocks: working days from receipt, whatever happens later."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from complaints import services
from complaints.models import (
    Case,
    Category,
    Deadline,
    Kind,
    RectificationTask,
    Source,
    Tier,
)
from complaints.services import clocks
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from tests.factories import CategoryFactory

NewCase = Callable[..., Case]


def moment(text: str) -> datetime:
    """A local time of the hospital."""
    return datetime.fromisoformat(f"{text}+08:00")


MONDAY = moment("2025-06-09T10:00")


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def due(case: Case, which: str) -> list[str]:
    """Due times of a clock in local time, the superseded ones in brackets."""
    rows = case.deadlines.filter(clock=which, task=None).order_by("pk")
    shown = [(row, f"{timezone_local(row.due_at):%Y-%m-%d %H:%M}") for row in rows]
    return [f"({text})" if row.superseded_at else text for row, text in shown]


def timezone_local(value: datetime) -> datetime:
    return value.astimezone(MONDAY.tzinfo)


@pytest.mark.parametrize(
    ("received", "five", "ten"),
    [
        ("2025-09-29T09:00", "2025-10-13T18:00", "2025-10-20T18:00"),
        ("2025-01-24T16:30", "2025-02-07T18:00", "2025-02-13T18:00"),
        ("2024-09-13T23:59", "2024-09-23T18:00", "2024-09-29T18:00"),
    ],
)
@pytest.mark.django_db
def test_feedback_is_due_five_or_ten_working_days_after_receipt(
    received: str, five: str, ten: str
) -> None:
    """Vectors with National Day, Spring Festival and make-up weekends."""
    due_with = [
        clocks.preview_feedback(
            moment(received),
            tier=Tier.MINOR,
            kind=Kind.COMPLAINT,
            source=Source.PATIENT,
            departments=departments,
        )[1]
        for departments in (1, 2, 3)
    ]
    assert due_with == [moment(five), moment(ten), moment(ten)]


def test_a_case_just_after_midnight_counts_from_its_local_day(
    new_case: NewCase,
) -> None:
    """In UTC it still is Sunday."""
    with clock.at(moment("2025-06-09T00:30")):
        assert due(new_case(), "feedback") == ["2025-06-16 18:00"]


@pytest.mark.parametrize(
    ("tier", "acknowledge", "feedback"),
    [
        (1, "2025-06-11 18:00", "2025-06-16 18:00"),
        (2, "2025-06-10 18:00", "2025-06-16 18:00"),
        (3, "2025-06-10 18:00", "2025-06-12 18:00"),
    ],
)
def test_a_graver_tier_has_shorter_clocks(
    new_case: NewCase,
    department: Department,
    tier: int,
    acknowledge: str,
    feedback: str,
) -> None:
    grave = CategoryFactory(suggested_tier=tier)
    case = new_case(subjects=[services.SubjectLine(grave, department)])
    assert (case.tier, due(case, "acknowledge"), due(case, "feedback")) == (
        tier,
        [acknowledge],
        [feedback],
    )


def test_the_clocks_run_from_receipt_not_from_entry(new_case: NewCase) -> None:
    with clock.at(moment("2025-06-12T09:00")):
        case = new_case(received_at=MONDAY)
    assert due(case, "feedback") == ["2025-06-16 18:00"]
    assert case.deadlines.filter(started_at=MONDAY).count() == 2


def test_a_case_entered_too_late_is_over_at_once(new_case: NewCase) -> None:
    with clock.at(moment("2025-06-20T09:00")):
        case = new_case(received_at=MONDAY)
        assert list(Case.objects.overdue()) == [case]


def test_a_second_department_makes_it_ten_days_from_receipt_and_back(
    case: Case,
    front_desk: User,
    other_department: Department,
    outsider: User,
) -> None:
    with clock.at(moment("2025-06-11T15:00")):
        task = services.open_task(
            case, actor=front_desk, department=other_department, demand="请协查"
        )
        assert due(case, "feedback") == ["(2025-06-16 18:00)", "2025-06-23 18:00"]
        services.cancel_task(task, actor=front_desk, reason="不再需要")
    assert due(case, "feedback") == [
        "(2025-06-16 18:00)",
        "(2025-06-23 18:00)",
        "2025-06-16 18:00",
    ]
    starts = case.deadlines.filter(clock="feedback").values_list("started_at")
    assert set(starts) == {(MONDAY,)}


def test_a_task_for_the_same_department_changes_no_clock(
    task: RectificationTask,
) -> None:
    assert due(task.case, "feedback") == ["2025-06-16 18:00"]


def test_raising_the_tier_shortens_the_clock_from_receipt(
    case: Case, supervisor: User
) -> None:
    with clock.at(moment("2025-06-10T09:00")):
        services.set_tier(case, actor=supervisor, tier=3, reason="媒体关注")
    assert due(case, "feedback") == ["(2025-06-16 18:00)", "2025-06-12 18:00"]
    case.refresh_from_db()
    assert case.due_at == moment("2025-06-10T18:00")


@pytest.mark.parametrize("tier", [2, 1])
def test_the_owner_sets_no_equal_and_no_lower_tier(
    case: Case, front_desk: User, tier: int
) -> None:
    services.set_tier(case, actor=front_desk, tier=2, reason="多次投诉")
    with pytest.raises(RuleViolation) as refusal:
        services.set_tier(case, actor=front_desk, tier=tier, reason="误判")
    case.refresh_from_db()
    assert (refusal.value.field, case.tier) == ("tier", 2)


def test_a_supervisor_lowers_the_tier_and_the_clock_is_longer_again(
    case: Case, supervisor: User
) -> None:
    services.set_tier(case, actor=supervisor, tier=3, reason="媒体关注")
    services.set_tier(case, actor=supervisor, tier=1, reason="误报")
    assert due(case, "feedback") == [
        "(2025-06-16 18:00)",
        "(2025-06-12 18:00)",
        "2025-06-16 18:00",
    ]


def test_accepting_meets_the_first_clock(case: Case, front_desk: User) -> None:
    later = moment("2025-06-10T09:00")
    with clock.at(later):
        accepted = services.accept_case(case, actor=front_desk)
    deadline = case.deadlines.get(clock="acknowledge")
    assert (deadline.met_at, deadline.is_over) == (later, False)
    assert accepted.due_at == moment("2025-06-16T18:00")


def test_a_clock_met_late_stays_missed(case: Case, front_desk: User) -> None:
    with clock.at(moment("2025-06-11T18:01")):
        services.accept_case(case, actor=front_desk)
    assert case.deadlines.get(clock="acknowledge").is_over is True


def test_a_case_is_over_time_one_moment_after_it_is_due(case: Case) -> None:
    with clock.at(moment("2025-06-11T18:00")):
        assert list(Case.objects.overdue()) == []
    with clock.at(moment("2025-06-11T18:00") + timedelta(microseconds=1)):
        assert list(Case.objects.overdue()) == [case]


def test_an_answered_case_is_never_over_time(case: Case, front_desk: User) -> None:
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    with clock.at(moment("2026-06-09T10:00")):
        assert list(Case.objects.overdue()) == []


def test_a_task_has_its_own_clocks(task: RectificationTask) -> None:
    rows = task.deadlines.values_list("clock", "due_at")
    assert dict(rows) == {
        "task_acknowledge": moment("2025-06-10T18:00"),
        "rectify": moment("2025-06-12T18:00"),
    }
    assert task.due_at == moment("2025-06-12T18:00")


def test_a_task_due_today_must_be_acknowledged_today(
    case: Case, front_desk: User, department: Department, head: User
) -> None:
    tonight = moment("2025-06-09T17:00")
    task = services.open_task(
        case, actor=front_desk, department=department, demand="请查", due_at=tonight
    )
    assert set(task.deadlines.values_list("due_at")) == {(tonight,)}


def test_a_returned_task_runs_again_to_the_same_time(
    task: RectificationTask, head: User, front_desk: User
) -> None:
    services.acknowledge_task(task, actor=head)
    services.submit_task(task, actor=head, result="已整改")
    services.return_task(task, actor=front_desk, reason="缺照片")
    rows = task.deadlines.filter(clock="rectify").order_by("pk")
    assert [(row.due_at, row.is_running) for row in rows] == [
        (task.due_at, False),
        (task.due_at, True),
    ]


def test_a_refused_task_that_is_insisted_on_starts_anew(
    task: RectificationTask, head: User, front_desk: User, department: Department
) -> None:
    services.refuse_task(task, actor=head, reason="不属于本科")
    with clock.at(moment("2025-06-11T09:00")):
        services.decide_refused_task(
            task, actor=front_desk, department=department, reason="确属贵科"
        )
    running = task.deadlines.filter(met_at=None, superseded_at=None)
    assert dict(running.values_list("clock", "due_at")) == {
        "task_acknowledge": moment("2025-06-12T18:00"),
        "rectify": moment("2025-06-16T18:00"),
    }


def test_the_gravest_subject_suggests_the_tier(
    category: Category, department: Department, other_department: Department
) -> None:
    grave = CategoryFactory(suggested_tier=3)
    plain = services.SubjectLine(category, department)
    elsewhere = services.SubjectLine(category, other_department)
    lines = [[], [plain], [plain, elsewhere]]
    lines.append([plain, services.SubjectLine(grave, department)])
    assert [services.suggest_tier(each)[0] for each in lines] == [1, 1, 2, 3]


def test_one_clock_of_a_kind_runs_at_a_time(case: Case) -> None:
    running = Deadline.objects.filter(case=case, met_at=None, superseded_at=None)
    assert sorted(row.clock for row in running) == ["acknowledge", "feedback"]
