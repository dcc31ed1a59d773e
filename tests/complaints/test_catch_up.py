"""What a catch-up tells, and what stays taken when due times and tiers change."""

from collections.abc import Callable, Iterator

import pytest

from complaints import services
from complaints.models import Case, EscalationStep, RectificationTask, Verb
from complaints.services import escalation, rule_changes, step_notices
from hospital import clock
from hospital.models import User
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

NewCase = Callable[..., Case]
Action = EscalationStep.Action


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def test_raises_of_many_cases_are_one_message_for_the_leadership(
    new_case: NewCase, leader: User, supervisor: User
) -> None:
    """After two weeks without a scheduler: each case has come to tier 3."""
    for __ in range(3):
        new_case()
    tick_at("2025-06-24T10:00")
    assert list(Case.objects.values_list("tier", flat=True)) == [3, 3, 3]
    digest = Notification.objects.get(recipient=leader)
    topics = [line["topic"] for line in digest.lines]
    assert (topics, digest.urgent) == ([Topic.TIER_RAISED] * 3, True)
    assert told(supervisor) == [Topic.CLOCK_STEPS]


def test_an_owner_hears_of_what_an_outage_and_a_raise_in_it_replaced(
    case: Case, front_desk: User
) -> None:
    with clock.at(moment("2025-06-11T09:00")):
        services.accept_case(case, actor=front_desk)
    tick_at("2025-06-24T10:00")
    assert told(front_desk) == [Topic.CLOCK_OVER]


def test_what_was_not_told_yet_is_told_of_the_new_due_time(
    case: Case, front_desk: User, supervisor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken, not told, and then the deadline is replaced: the owner still hears."""
    with clock.at(moment("2025-06-11T09:00")):
        services.accept_case(case, actor=front_desk)
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "tell_of_steps", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tick_at("2025-06-16T18:00")
    with clock.at(moment("2025-06-16T18:05")):
        services.set_tier(case, actor=supervisor, tier=3, reason="媒体关注")
    assert told(front_desk) == []
    tick_at("2025-06-16T18:10")
    assert told(front_desk) == [Topic.CLOCK_OVER]


def test_a_tier_that_a_supervisor_lowered_is_not_raised_again_by_the_same_step(
    case: Case, supervisor: User
) -> None:
    tick_at("2025-06-18T18:30")
    with clock.at(moment("2025-06-19T09:00")):
        services.set_tier(case, actor=supervisor, tier=2, reason="已与家属沟通")
    tick_at("2025-06-19T09:01")
    case.refresh_from_db()
    assert case.tier == 2
    by_clock = case.events.filter(verb=Verb.TIER_SET, actor=None)
    assert by_clock.count() == 2


def test_the_steps_of_tasks_follow_the_tier_of_their_case(
    task: RectificationTask, supervisor: User
) -> None:
    """Of tier 3 the hospital wants to hear earlier than the reminder at half time."""
    EscalationStep.objects.create(
        clock="task_acknowledge", tier=3, percent=10, action=Action.TELL_SUPERVISOR
    )
    rule_changes.apply_rule_changes()
    services.set_tier(task.case, actor=supervisor, tier=3, reason="媒体关注")
    tick_at("2025-06-09T14:00")
    assert taken(task.case) == ["task_acknowledge tell_supervisor@10%"]


def test_when_the_owner_has_left_the_supervisors_are_reminded(
    case: Case, front_desk: User, supervisor: User
) -> None:
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    tick_at("2025-06-10T17:30")
    assert told(supervisor) == [Topic.CLOCK_SOON]


def test_when_the_responsible_person_has_left_the_holder_is_reminded(
    task: RectificationTask, head: User, staff: User
) -> None:
    services.plan_task(task, actor=head, responsible=staff, measure="整改")
    User.objects.filter(pk=staff.pk).update(is_active=False)
    tick_at("2025-06-11T17:00")
    assert taken(task.case)[-1] == "rectify tell_owner@60%"
    assert told(head)[-1] == Topic.CLOCK_SOON


def test_a_digest_counts_more_than_it_shows(
    new_case: NewCase, front_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_notices, "MOST_LINES", 2)
    for __ in range(3):
        new_case()
    tick_at("2025-06-10T17:30")
    digest = Notification.objects.get(recipient=front_desk)
    assert (len(digest.lines), digest.params) == (2, {"count": "3"})


def test_a_pause_after_an_extension_outlasts_a_recomputation(
    case: Case, front_desk: User, supervisor: User
) -> None:
    with clock.at(moment("2025-06-10T09:00")):
        extension = services.ask_extension(
            case,
            actor=front_desk,
            deadline=running(case, "feedback"),
            until=moment("2025-06-18T18:00"),
            reason="等会诊",
            words="仍在核实",
        )
        services.decide_extension(extension, actor=supervisor, granted=True)
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等材料")
    with clock.at(moment("2025-06-12T09:00")):
        services.resume_case(case, actor=front_desk)
        services.set_tier(case, actor=supervisor, tier=2, reason="情绪激动")
    assert due(case, "feedback")[-1] == "06-20 18:00"


def test_no_pause_outlives_the_ending_of_the_case(case: Case, front_desk: User) -> None:
    """Not even when its last clock was met while it stood still."""
    services.accept_case(case, actor=front_desk)
    services.pause_case(case, actor=front_desk, waits_for="person", reason="等材料")
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    services.withdraw_case(case, actor=front_desk, reason="误会")
    assert services.find_pause(case) is None


def test_work_that_comes_back_runs_though_it_was_paused_before(
    task: RectificationTask, head: User, front_desk: User
) -> None:
    services.acknowledge_task(task, actor=head)
    services.pause_task(task, actor=front_desk, waits_for="outside", reason="等厂家")
    services.submit_task(task, actor=head, result="已整改")
    services.return_task(task, actor=front_desk, reason="请补充")
    paused = [row.is_paused for row in task.deadlines.running()]
    assert (paused, services.find_pause(task.case, task)) == ([False], None)
