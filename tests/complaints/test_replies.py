"""What the person is told, and what the person says about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from complaints import services
from complaints.models import Case, RectificationTask, Reply
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Notification


def reply(case: Case, actor: User, **changes: Any) -> Reply:
    words = {"method": "phone", "text": "已说明并致歉"} | changes
    return services.reply_to_person(case, actor=actor, **words)


def test_a_reply_is_recorded_with_who_when_how_and_what(
    case: Case, front_desk: User
) -> None:
    said = reply(case, front_desk, text=" 已说明\r\n并致歉\x00 ")
    case.refresh_from_db()
    assert (said.by, said.method, said.text, said.is_final) == (
        front_desk,
        "phone",
        "已说明\n并致歉",
        True,
    )
    assert (case.status, case.deadlines.get(clock="feedback").met_at) == (
        "replied",
        said.at,
    )


def test_while_a_task_is_open_the_reply_is_interim_and_meets_the_clock(
    task: RectificationTask, front_desk: User
) -> None:
    said = reply(task.case, front_desk, text="正在调查")
    case = Case.objects.get(pk=task.case_id)
    assert (said.is_final, case.status) == (False, "in_progress")
    assert case.deadlines.get(clock="feedback").met_at == said.at


def test_a_second_reply_keeps_the_case_replied(case: Case, front_desk: User) -> None:
    reply(case, front_desk)
    reply(case, front_desk, text="补充说明")
    case.refresh_from_db()
    assert (case.status, case.replies.count()) == ("replied", 2)
    assert case.events.filter(verb="replied").count() == 2


def test_a_reply_that_was_given_earlier_meets_the_clock_then(
    case: Case, front_desk: User
) -> None:
    later = clock.now() + timedelta(hours=3)
    with clock.at(later):
        said = reply(case, front_desk, at=later - timedelta(hours=1))
    assert case.deadlines.get(clock="feedback").met_at == said.at


def test_that_nobody_could_be_told_is_a_reply_too(case: Case, front_desk: User) -> None:
    said = reply(case, front_desk, method="sms", text="", impossible="unreachable")
    assert (said.method, said.impossible) == ("", "unreachable")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": ""}, "method"),
        ({"text": " \x07"}, "text"),
        ({"at": timedelta(minutes=1)}, "at"),
        ({"at": timedelta(days=-1)}, "at"),
    ],
)
def test_an_incomplete_or_impossible_reply_is_refused(
    case: Case, front_desk: User, changes: dict[str, Any], field: str
) -> None:
    if "at" in changes:
        changes = {"at": clock.now() + changes["at"]}
    with pytest.raises(RuleViolation) as refusal:
        reply(case, front_desk, **changes)
    assert (refusal.value.field, case.replies.count()) == (field, 0)


def test_a_department_replies_to_nobody(task: RectificationTask, head: User) -> None:
    with pytest.raises(PermissionDenied):
        reply(task.case, head)


@pytest.mark.parametrize(
    "verdict", [{}, {"score": 3, "not_asked": "refused"}, {"score": 0}, {"score": 6}]
)
def test_a_verdict_is_a_score_or_a_reason(
    case: Case, front_desk: User, verdict: dict[str, Any]
) -> None:
    reply(case, front_desk)
    with pytest.raises(RuleViolation) as refusal:
        services.record_satisfaction(case, actor=front_desk, **verdict)
    assert (refusal.value.field, case.satisfactions.count()) == ("score", 0)


def test_satisfaction_is_asked_after_the_reply(case: Case, front_desk: User) -> None:
    with pytest.raises(RuleViolation):
        services.record_satisfaction(case, actor=front_desk, score=5)


def test_a_given_verdict_is_never_changed(case: Case, front_desk: User) -> None:
    reply(case, front_desk)
    services.record_satisfaction(case, actor=front_desk, score=2)
    for change in ({"score": 5}, {"not_asked": "refused"}):
        with pytest.raises(RuleViolation):
            services.record_satisfaction(case, actor=front_desk, **change)
    with pytest.raises(RuleViolation):
        services.rate_case(case, score=5)
    assert case.satisfactions.get().score == 2


def test_the_person_may_answer_after_all(case: Case, front_desk: User) -> None:
    reply(case, front_desk)
    services.record_satisfaction(case, actor=front_desk, not_asked="unreachable")
    services.rate_case(case, score=4, comment="谢谢")
    verdict = case.satisfactions.get()
    assert (verdict.score, verdict.not_asked, verdict.recorded_by) == (4, "", None)
    told = Notification.objects.get(topic="case_rated")
    assert told.recipient == front_desk


def test_the_verdict_tells_who_typed_it(case: Case, front_desk: User) -> None:
    reply(case, front_desk)
    services.record_satisfaction(case, actor=front_desk, score=5, comment=" 好 ")
    verdict = case.satisfactions.get()
    assert (verdict.recorded_by, verdict.comment) == (front_desk, "好")
    assert case.events.get(verb="rated").new == {"score": 5, "not_asked": ""}
