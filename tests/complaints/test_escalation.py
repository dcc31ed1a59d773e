"""Escalation: each step once, the gravest first, whatever the scheduler did."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from complaints import services
from complaints.models import (
    Case,
    CaseEvent,
    EscalationStep,
    RectificationTask,
    StepFiring,
    StepNotice,
    Verb,
)
from complaints.services import escalation, rule_changes
from hospital import clock
from hospital.models import Department, Role, User
from notifications.models import Notification, Topic
from tests.complaints.clock_world import (
    MONDAY,
    due,
    moment,
    running,
    taken,
    tick_at,
    told,
)
from tests.factories import CategoryFactory, UserFactory

NewCase = Callable[..., Case]
Action = EscalationStep.Action


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def test_nothing_is_due_at_first(case: Case) -> None:
    assert escalation.tick() == escalation.TickResult(0, 0)


def test_the_owner_is_reminded_when_half_of_the_time_is_gone(
    case: Case, front_desk: User
) -> None:
    """Accept by Wednesday 18:00: 22 working hours, half of them gone on Tuesday."""
    tick_at("2025-06-10T14:59")
    assert taken(case) == []
    result = tick_at("2025-06-10T15:00")
    assert (result.taken, result.told) == (1, 1)
    assert taken(case) == ["acknowledge tell_owner@50%"]
    assert told(front_desk) == [Topic.CLOCK_SOON]


def test_a_step_is_taken_once_however_often_the_clock_ticks(
    case: Case, front_desk: User
) -> None:
    for __ in range(3):
        tick_at("2025-06-10T17:30")
    assert taken(case) == ["acknowledge tell_owner@50%"]
    assert told(front_desk) == [Topic.CLOCK_SOON]


def test_the_database_refuses_the_same_step_twice(case: Case) -> None:
    tick_at("2025-06-10T17:30")
    firing = StepFiring.objects.get()
    firing.pk = None
    with pytest.raises(Exception, match="step_once_per_deadline"):
        firing.save(force_insert=True)


def test_after_an_outage_everything_missed_is_one_digest(
    new_case: NewCase, front_desk: User, supervisor: User
) -> None:
    """Five days without a scheduler: nothing is lost and nobody gets a storm."""
    cases = [new_case(), new_case()]
    tick_at("2025-06-14T18:30")
    assert taken(cases[0]) == [
        "acknowledge tell_owner@50%",
        "acknowledge tell_owner@0m",
        "acknowledge tell_supervisor@0m",
        "feedback tell_owner@60%",
        "feedback tell_owner@80%",
    ]
    digest = Notification.objects.get(recipient=front_desk)
    assert (digest.topic, len(digest.lines)) == (Topic.CLOCK_STEPS, 4)
    assert told(supervisor) == [Topic.CLOCK_STEPS]


def test_what_was_done_meanwhile_is_not_told(case: Case, front_desk: User) -> None:
    with clock.at(moment("2025-06-12T09:00")):
        services.accept_case(case, actor=front_desk)
    tick_at("2025-06-12T16:00")
    assert taken(case) == ["feedback tell_owner@60%"]
    assert told(front_desk) == [Topic.CLOCK_SOON]


def test_the_clock_raises_the_tier_and_the_leadership_hears_of_tier_3(
    case: Case, leader: User, front_desk: User
) -> None:
    """Feedback is due on Monday 16th; each working day over it raises the tier."""
    tick_at("2025-06-17T18:30")
    case.refresh_from_db()
    assert case.tier == 2
    assert told(leader) == []
    tick_at("2025-06-18T18:30")
    case.refresh_from_db()
    assert case.tier == 3
    assert Topic.TIER_RAISED in told(leader)
    raised = CaseEvent.objects.filter(case=case, verb=Verb.TIER_SET).order_by("seq")
    assert [(event.actor, event.new["by"]) for event in raised] == [
        (None, "clock"),
        (None, "clock"),
    ]


def test_a_tier_is_raised_once_by_one_step(case: Case) -> None:
    for hour in ("18:30", "18:31", "18:32"):
        tick_at(f"2025-06-17T{hour}")
    case.refresh_from_db()
    assert case.tier == 2


def test_a_major_case_over_time_is_told_to_the_leadership(
    new_case: NewCase, department: Department, leader: User, supervisor: User
) -> None:
    grave = CategoryFactory(suggested_tier=3)
    case = new_case(subjects=[services.SubjectLine(grave, department)])
    tick_at("2025-06-12T18:01")
    assert "feedback tell_leadership@0m" in taken(case)
    last = Notification.objects.filter(recipient=leader).latest("pk")
    assert (last.topic, last.urgent) == (Topic.CLOCK_OVER, True)


def test_the_gravest_case_is_planned_first(
    new_case: NewCase, department: Department
) -> None:
    minor = new_case()
    grave = CategoryFactory(suggested_tier=3)
    major = new_case(subjects=[services.SubjectLine(grave, department)])
    with clock.at(moment("2025-06-14T18:30")):
        planned = [due.case for due in escalation.plan_tick()]
    assert list(dict.fromkeys(planned)) == [major, minor]


def test_a_paused_clock_takes_no_step(case: Case, front_desk: User) -> None:
    services.pause_case(case, actor=front_desk, waits_for="person", reason="等材料")
    assert tick_at("2025-06-20T10:00").taken == 0


def test_an_ended_case_takes_no_step(case: Case, front_desk: User) -> None:
    services.withdraw_case(case, actor=front_desk, reason="误会")
    assert tick_at("2025-06-20T10:00").taken == 0


def test_a_late_task_is_told_to_the_head_and_then_to_the_leader(
    task: RectificationTask, head: User, supervisor: User, department: Department
) -> None:
    leader = UserFactory(name="分管院长", roles=[Role.LEADERSHIP])
    department.supervising_leader = leader
    department.save()
    services.acknowledge_task(task, actor=head)
    tick_at("2025-06-13T18:30")
    assert "rectify tell_head@0m" in taken(task.case)
    assert "rectify tell_leader@480m" in taken(task.case)
    assert told(leader) == [Topic.CLOCK_OVER]


def test_whom_the_clock_told_of_a_task_may_open_it(
    task: RectificationTask, head: User, department: Department
) -> None:
    leader = UserFactory(name="分管院长", roles=[Role.LEADERSHIP])
    department.supervising_leader = leader
    department.save()
    assert not task.is_visible_to(leader)
    tick_at("2025-06-13T18:30")
    visible = RectificationTask.objects.visible_to(leader)
    assert (task.is_visible_to(leader), list(visible)) == (True, [task])


def test_nobody_named_in_the_case_is_told(
    new_case: NewCase,
    category: object,
    department: Department,
    head: User,
    front_desk: User,
    other_department: Department,
) -> None:
    """The head is named: the deputy holds the task and the head never hears of it."""
    deputy = UserFactory(
        name="副主任", roles=[Role.DEPARTMENT_HEAD], departments=[department]
    )
    department.deputy = deputy
    department.save()
    line = services.SubjectLine(category, department, head)  # type: ignore[arg-type]  # a fixture
    case = new_case(subjects=[line])
    services.open_task(case, actor=front_desk, department=department, demand="请查")
    before = told(head)
    tick_at("2025-06-17T18:30")
    assert told(head) == before
    assert Topic.CLOCK_STEPS in told(deputy)


def test_a_person_on_leave_is_replaced_by_the_deputy_and_it_says_so(
    case: Case, front_desk: User
) -> None:
    deputy = UserFactory(name="代班", roles=[Role.FRONT_DESK])
    front_desk.deputy = deputy
    front_desk.leave_from, front_desk.leave_until = date(2025, 6, 10), date(2025, 6, 12)
    front_desk.save()
    tick_at("2025-06-10T17:30")
    assert told(front_desk) == []
    digest = Notification.objects.get(recipient=deputy)
    assert [line["stands_in_for"] for line in digest.lines] == ["前台"]


def test_a_deputy_who_is_named_is_passed_over(
    new_case: NewCase, category: object, department: Department, front_desk: User
) -> None:
    deputy = UserFactory(name="代班", roles=[Role.FRONT_DESK])
    front_desk.deputy = deputy
    front_desk.leave_from, front_desk.leave_until = date(2025, 6, 10), date(2025, 6, 12)
    front_desk.save()
    line = services.SubjectLine(category, department, deputy)  # type: ignore[arg-type]  # a fixture
    new_case(subjects=[line])
    tick_at("2025-06-10T17:30")
    assert (told(deputy), told(front_desk)) == ([], [Topic.CLOCK_SOON])


def test_the_hospitals_own_steps_replace_those_shipped(
    case: Case, supervisor: User
) -> None:
    EscalationStep.objects.create(
        clock="acknowledge", tier=1, percent=10, action=Action.TELL_SUPERVISOR
    )
    rule_changes.apply_rule_changes()
    tick_at("2025-06-11T18:30")
    assert taken(case) == ["acknowledge tell_supervisor@10%"]


def test_a_dry_run_changes_nothing_and_says_what_would_happen(
    case: Case, front_desk: User, supervisor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    with clock.at(moment("2025-06-11T18:30")):
        call_command("tick", "--dry-run")
        counts = (
            StepFiring.objects.count(),
            StepNotice.objects.count(),
            Notification.objects.count(),
        )
        said = capsys.readouterr().out.splitlines()
        call_command("tick")
    assert counts == (0, 0, 0)
    assert [line.split()[5:7] for line in said[:-1]] == [
        ["2025-06-11", "10:00Z"],
        ["2025-06-11", "10:00Z"],
        ["2025-06-11", "10:00Z"],
    ]
    assert said[-1] == "3 steps would be taken; nothing was changed."
    assert "3 steps taken" in capsys.readouterr().out
    assert StepFiring.objects.count() == 3


def test_a_run_that_was_cut_off_before_telling_is_finished_by_the_next(
    case: Case, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off() -> int:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(escalation, "tell_of_steps", cut_off)
        with pytest.raises(ConnectionError):
            tick_at("2025-06-10T17:30")
    assert told(front_desk) == []
    tick_at("2025-06-10T17:31")
    assert told(front_desk) == [Topic.CLOCK_SOON]


def test_the_lock_is_given_back_after_an_error(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "tell_of_steps", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tick_at("2025-06-10T17:30")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        assert cursor.fetchone() == (0,)


def test_a_new_due_time_does_not_repeat_what_was_told(
    case: Case, front_desk: User, other_department: Department, outsider: User
) -> None:
    """80 % of five days is before 60 % of ten: the reminder at 60 % comes again."""
    with clock.at(moment("2025-06-12T16:00")):
        services.accept_case(case, actor=front_desk)
    tick_at("2025-06-16T17:59")
    assert taken(case)[-2:] == ["feedback tell_owner@60%", "feedback tell_owner@80%"]
    with clock.at(moment("2025-06-16T17:59")):
        services.set_tier(case, actor=front_desk, tier=3, reason="媒体关注")
    assert due(case, "feedback") == ["(06-16 18:00)", "06-12 18:00"]
    before = len(told(front_desk))
    tick_at("2025-06-16T17:59")
    new = running(case, "feedback")
    steps = set(new.firings.values_list("step", flat=True))
    assert {"tell_owner@60%", "tell_owner@80%", "tell_owner@0m"} <= steps
    notices = StepNotice.objects.filter(firing__deadline=new, recipient=front_desk)
    assert [notice.firing.step for notice in notices] == ["tell_owner@0m"]
    assert len(told(front_desk)) == before + 1
