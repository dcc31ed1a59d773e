"""More time is asked by the owner, decided by a supervisor and told to the person."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from complaints import services
from complaints.models import Case, Extension, RectificationTask
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Topic
from tests.complaints.clock_world import MONDAY, due, local, moment, running, told

FRIDAY_WEEK = moment("2025-06-20T18:00")


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def ask(
    case: Case,
    actor: User,
    *,
    which: str = "feedback",
    until: datetime = FRIDAY_WEEK,
    words: str = "还需请外院专家会诊，感谢您的耐心。",
) -> Extension:
    return services.ask_extension(
        case,
        actor=actor,
        deadline=running(case, which),
        until=until,
        reason="需外院会诊",
        words=words,
    )


def test_a_request_changes_no_clock_until_it_is_granted(
    case: Case, front_desk: User, supervisor: User
) -> None:
    ask(case, front_desk)
    assert due(case, "feedback") == ["06-16 18:00"]
    assert told(supervisor) == [Topic.EXTENSION_ASKED]


def test_a_granted_extension_supersedes_the_due_time(
    case: Case, front_desk: User, supervisor: User
) -> None:
    extension = ask(case, front_desk)
    services.decide_extension(extension, actor=supervisor, granted=True)
    assert due(case, "feedback") == ["(06-16 18:00)", "06-20 18:00"]
    extension.refresh_from_db()
    assert (extension.granted, extension.decided_by) == (True, supervisor)
    assert told(front_desk) == [Topic.EXTENSION_GRANTED]


def test_a_granted_extension_becomes_a_promise_to_tell_the_person(
    case: Case, front_desk: User, supervisor: User
) -> None:
    services.decide_extension(ask(case, front_desk), actor=supervisor, granted=True)
    promise = case.promises.get()
    assert (promise.owner, local(promise.due_at)) == (front_desk, "06-10 18:00")


def test_a_refusal_says_why_and_changes_nothing(
    case: Case, front_desk: User, supervisor: User
) -> None:
    extension = ask(case, front_desk)
    with pytest.raises(RuleViolation) as refusal:
        services.decide_extension(extension, actor=supervisor, granted=False)
    services.decide_extension(
        extension, actor=supervisor, granted=False, answer="先行答复"
    )
    assert (refusal.value.field, due(case, "feedback")) == ("answer", ["06-16 18:00"])
    assert told(front_desk) == [Topic.EXTENSION_REFUSED]


def test_a_request_is_decided_once(
    case: Case, front_desk: User, supervisor: User
) -> None:
    extension = ask(case, front_desk)
    services.decide_extension(extension, actor=supervisor, granted=True)
    with pytest.raises(RuleViolation):
        services.decide_extension(
            extension, actor=supervisor, granted=False, answer="不"
        )


def test_the_owner_does_not_grant_their_own_time(case: Case, front_desk: User) -> None:
    extension = ask(case, front_desk)
    with pytest.raises(PermissionDenied):
        services.decide_extension(extension, actor=front_desk, granted=True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": moment("2025-06-16T18:00")}, "until"),
        ({"until": moment("2025-06-01T18:00")}, "until"),
        ({"words": " "}, "words"),
    ],
)
def test_a_request_names_a_later_time_and_words_for_the_person(
    case: Case, front_desk: User, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        ask(case, front_desk, **changes)  # type: ignore[arg-type]  # of the parameters
    assert (refusal.value.field, Extension.objects.count()) == (field, 0)


def test_one_request_at_a_time(case: Case, front_desk: User) -> None:
    ask(case, front_desk)
    with pytest.raises(RuleViolation):
        ask(case, front_desk)


def test_a_request_for_a_clock_that_was_met_meanwhile_is_not_granted(
    case: Case, front_desk: User, supervisor: User
) -> None:
    extension = ask(case, front_desk)
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    with pytest.raises(RuleViolation):
        services.decide_extension(extension, actor=supervisor, granted=True)


def test_a_request_survives_a_new_due_time(
    case: Case, front_desk: User, supervisor: User
) -> None:
    """The tier was raised while the supervisor thought about it."""
    extension = ask(case, front_desk)
    services.set_tier(case, actor=front_desk, tier=3, reason="媒体关注")
    services.decide_extension(extension, actor=supervisor, granted=True)
    assert due(case, "feedback") == ["(06-16 18:00)", "(06-12 18:00)", "06-20 18:00"]


def test_what_was_granted_outlives_a_change_of_the_rules(
    case: Case, front_desk: User, supervisor: User
) -> None:
    services.decide_extension(ask(case, front_desk), actor=supervisor, granted=True)
    services.set_tier(case, actor=front_desk, tier=3, reason="媒体关注")
    assert due(case, "feedback")[-1] == "06-20 18:00"


def test_a_tasks_time_is_extended_without_a_word_to_the_person(
    task: RectificationTask, front_desk: User, supervisor: User
) -> None:
    extension = ask(task.case, front_desk, which="rectify", words="")
    services.decide_extension(extension, actor=supervisor, granted=True)
    task.refresh_from_db()
    assert (local(task.due_at), task.case.promises.count()) == ("06-20 18:00", 0)
