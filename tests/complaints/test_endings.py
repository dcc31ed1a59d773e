"""Declining, withdrawing, merging, converting, and coming back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from complaints import services
from complaints.models import Case, DeclineGround, Kind, RectificationTask
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Notification

NewCase = Callable[..., Case]


def finish(case: Case, actor: User, score: int = 5) -> Case:
    services.reply_to_person(case, actor=actor, method="phone", text="已说明")
    services.record_satisfaction(case, actor=actor, score=score)
    return services.close_case(case, actor=actor)


@pytest.mark.parametrize("ground", DeclineGround.values)
def test_a_case_is_declined_on_a_lawful_ground_and_the_person_is_told(
    case: Case, supervisor: User, ground: str
) -> None:
    declined = services.decline_case(
        case, actor=supervisor, ground=ground, method="letter", text="依规不予处理"
    )
    told = case.replies.get()
    assert (declined.status, declined.decline_ground) == ("declined", ground)
    assert (told.by, told.method, told.text) == (supervisor, "letter", "依规不予处理")
    assert case.deadlines.get(clock="feedback").met_at == told.at
    assert declined.due_at is None


@pytest.mark.parametrize(
    ("ground", "method", "text", "field"),
    [
        ("", "phone", "依规", "ground"),
        ("busy", "phone", "依规", "ground"),
        ("police", "", "依规", "method"),
        ("police", "phone", "", "text"),
    ],
)
def test_declining_needs_a_ground_a_way_and_words(
    case: Case, supervisor: User, ground: str, method: str, text: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.decline_case(
            case, actor=supervisor, ground=ground, method=method, text=text
        )
    case.refresh_from_db()
    assert (refusal.value.field, case.status) == (field, "received")


def test_the_owner_alone_does_not_decline(case: Case, front_desk: User) -> None:
    with pytest.raises(PermissionDenied):
        services.decline_case(
            case, actor=front_desk, ground="police", method="phone", text="依规"
        )


def test_withdrawing_cancels_the_tasks_and_tells_the_department(
    task: RectificationTask, front_desk: User, head: User
) -> None:
    case = services.withdraw_case(task.case, actor=front_desk, reason="患者撤回")
    task.refresh_from_db()
    assert (case.status, task.status) == ("withdrawn", "cancelled")
    assert case.deadlines.filter(met_at=None, superseded_at=None).count() == 0
    told = Notification.objects.get(topic="task_cancelled")
    assert told.recipient == head


def test_converting_is_an_event_with_both_kinds(case: Case, front_desk: User) -> None:
    services.convert_kind(case, actor=front_desk, kind=Kind.ENQUIRY, reason="只是咨询")
    services.convert_kind(
        case, actor=front_desk, kind=Kind.COMPLAINT, reason="仍要投诉"
    )
    assert list(
        case.events.filter(verb="converted").order_by("seq").values_list("old", "new")
    ) == [
        ({"kind": "complaint"}, {"kind": "enquiry"}),
        ({"kind": "enquiry"}, {"kind": "complaint"}),
    ]


def test_converting_to_the_same_kind_is_refused(case: Case, front_desk: User) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.convert_kind(case, actor=front_desk, kind=Kind.COMPLAINT, reason="同")
    assert refusal.value.field == "kind"


def test_a_merged_case_keeps_number_and_code_and_points_to_the_other(
    new_case: NewCase, front_desk: User
) -> None:
    case, into = new_case(), new_case()
    services.merge_case(case, actor=front_desk, into=into, reason="同一件事")
    merged = Case.objects.get(tracking_code=case.tracking_code)
    assert (merged.number, merged.status, merged.merged_into) == (
        case.number,
        "merged",
        into,
    )
    assert into.events.get(verb="merged").new == {"from": case.number}


def test_a_case_is_not_merged_into_itself_nor_into_an_ended_one(
    new_case: NewCase, front_desk: User
) -> None:
    case, ended = new_case(), new_case()
    services.withdraw_case(ended, actor=front_desk, reason="撤回")
    for into in (case, ended):
        with pytest.raises(RuleViolation) as refusal:
            services.merge_case(case, actor=front_desk, into=into, reason="同")
        assert refusal.value.field == "into"


def test_a_case_with_work_under_way_is_not_merged(
    task: RectificationTask, new_case: NewCase, front_desk: User
) -> None:
    with pytest.raises(RuleViolation):
        services.merge_case(
            task.case, actor=front_desk, into=new_case(), reason="同一件事"
        )


def test_each_round_needs_its_own_reply_and_verdict(
    case: Case, front_desk: User
) -> None:
    finish(case, front_desk, score=5)
    again = services.reopen_case(case, actor=front_desk, reason="问题又出现")
    assert (again.status, again.reopened_count, again.closed_at) == (
        "reopened",
        1,
        None,
    )
    services.accept_case(case, actor=front_desk)
    assert len(list(services.closing_obstacles(again))) == 2
    closed = finish(case, front_desk, score=1)
    assert closed.status == "closed"
    rounds = case.satisfactions.order_by("round").values_list("round", "score")
    assert list(rounds) == [(0, 5), (1, 1)]


def test_after_reopening_feedback_is_due_anew_and_the_first_clock_stays(
    case: Case, front_desk: User
) -> None:
    finish(case, front_desk)
    first = case.deadlines.get(clock="feedback")
    monday = datetime.fromisoformat("2027-03-01T09:00+08:00")
    with clock.at(monday):
        services.reopen_case(case, actor=front_desk, reason="问题又出现")
    second = case.deadlines.exclude(pk=first.pk).get(clock="feedback")
    assert (second.started_at, second.due_at) == (
        monday,
        datetime.fromisoformat("2027-03-08T18:00+08:00"),
    )
    assert case.deadlines.filter(clock="acknowledge").count() == 1
    assert case.deadlines.get(pk=first.pk).met_at == first.met_at


def test_the_owner_is_told_when_somebody_else_reopens(
    case: Case, front_desk: User, agent: User, supervisor: User
) -> None:
    finish(case, front_desk)
    services.reopen_case(case, actor=supervisor, reason="患者来电")
    told = Notification.objects.get(topic="case_reopened")
    assert (told.recipient, told.params) == (front_desk, {"number": case.number})


def test_the_desk_reopens_a_case_it_looked_up(
    case: Case, front_desk: User, db: None
) -> None:
    finish(case, front_desk)
    colleague = User.objects.create_user("77001", name="晚班", roles=["front_desk"])
    reopened = services.reopen_case(case, actor=colleague, reason="患者来访")
    assert (reopened.status, reopened.owner) == ("reopened", front_desk)


def test_an_open_case_is_not_reopened(case: Case, front_desk: User) -> None:
    with pytest.raises(RuleViolation):
        services.reopen_case(case, actor=front_desk, reason="误按")


def test_a_department_reopens_nothing(task: RectificationTask, head: User) -> None:
    with pytest.raises(PermissionDenied):
        services.reopen_case(task.case, actor=head, reason="误按")


def test_a_refused_handover_leaves_the_owner_and_is_on_record(
    case: Case, front_desk: User, agent: User
) -> None:
    offer = services.offer_handover(case, actor=front_desk, to=agent, reason="下班")
    with pytest.raises(RuleViolation) as silent:
        services.answer_handover(offer, actor=agent, accepted=False, answer=" ")
    services.answer_handover(offer, actor=agent, accepted=False, answer="不在班")
    case.refresh_from_db()
    assert (silent.value.field, case.owner) == ("answer", front_desk)
    assert case.events.get(verb="handover_refused").note == "不在班"
    topics = Notification.objects.order_by("pk").values_list("recipient", "topic")
    assert list(topics) == [
        (agent.pk, "handover_offered"),
        (front_desk.pk, "handover_refused"),
    ]


@pytest.mark.parametrize("person", ["front_desk", "head", "leader"])
def test_a_case_is_handed_only_to_somebody_else_of_the_centre(
    case: Case, front_desk: User, person: str, request: pytest.FixtureRequest
) -> None:
    to = request.getfixturevalue(person)
    with pytest.raises(RuleViolation) as refusal:
        services.offer_handover(case, actor=front_desk, to=to, reason="下班")
    assert (refusal.value.field, case.handovers.count()) == ("to", 0)


def test_the_owner_stays_responsible_until_the_handover_is_accepted(
    case: Case, front_desk: User, agent: User
) -> None:
    offer = services.offer_handover(case, actor=front_desk, to=agent, reason="下班")
    services.accept_case(case, actor=front_desk)
    with clock.at(clock.now() + timedelta(hours=1)):
        services.answer_handover(offer, actor=agent, accepted=True)
    case.refresh_from_db()
    assert (case.owner, case.received_by) == (agent, front_desk)
    with pytest.raises(PermissionDenied):
        services.close_case(case, actor=front_desk)
