"""Promises in the figures: due in the month, kept or broken; time that was granted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import Case, Clock, Promise
from dashboards.measures import MEASURES, Month, Part, Scope, month_summary, rows_behind
from hospital import clock
from hospital.models import User
from tests.dashboards.world import local

NOVEMBER = Month(2026, 11)
RATE = MEASURES["promises-kept"]


@pytest.fixture
def promise(new_case: Callable[..., Case], front_desk: User) -> Callable[..., Promise]:
    """On 9 November, something is promised by some moment, on a case of its own."""

    def make(due: str, **ending: Any) -> Promise:
        with clock.at(local("11-09 09:00")):
            case = new_case()
            made = services.make_promise(
                case, actor=front_desk, text="回电", due_at=local(due)
            )
        if ending:
            with clock.at(local(ending.pop("at"))):
                services.end_promise(made, actor=front_desk, **ending)
        return made

    return make


def found(user: User, part: Part) -> set[int]:
    with clock.at(local("11-20 12:00")):
        rows = rows_behind(RATE, Scope(user), NOVEMBER, part)
        return set(rows.values_list("pk", flat=True))


def test_promises_due_in_the_month_are_kept_or_broken(
    promise: Callable[..., Promise], front_desk: User, supervisor: User
) -> None:
    kept = promise("11-12 10:00", at="11-12 09:00", kept=True)
    early = promise("11-25 10:00", at="11-12 09:00", kept=True)
    late = promise("11-12 10:00", at="11-12 10:01", kept=True)
    forgotten = promise("11-12 10:00")
    dropped = promise("11-12 10:00", at="11-13 09:00", kept=False, note="无法联系")
    promise("11-12 10:00", at="11-10 09:00", kept=False, note="已经来院")
    promise("11-25 10:00")  # not due yet
    promise("12-01 10:00", at="11-12 10:00", kept=True)  # due in December
    ended = promise("11-12 10:00")
    with clock.at(local("11-11 09:00")):
        services.withdraw_case(ended.case, actor=front_desk, reason="撤回")
    waited = promise("11-12 10:00")
    with clock.at(local("11-13 09:00")):
        services.withdraw_case(waited.case, actor=front_desk, reason="撤回")
    assert found(supervisor, Part.NUMERATOR) == {kept.pk, early.pk}
    assert found(supervisor, Part.REST) == {
        late.pk,
        forgotten.pk,
        dropped.pk,
        waited.pk,
    }
    with clock.at(local("11-20 12:00")):
        count = month_summary(supervisor, NOVEMBER)["promises-kept"].count
    assert (count.base, count.hits) == (6, 2)


def test_the_list_behind_says_how_each_promise_ended_and_not_its_words(
    promise: Callable[..., Promise], leader: User, english: Callable[[User], Client]
) -> None:
    promise("11-12 10:00", at="11-12 11:30", kept=True)
    with clock.at(local("11-20 12:00")):
        url = reverse("dashboards:figure_cases", args=["promises-kept"])
        page = english(leader).get(url).text
    assert "1 h late" in page
    assert "回电" not in page


def test_time_that_was_granted_is_counted(
    case: Case, front_desk: User, supervisor: User, english: Callable[[User], Client]
) -> None:
    feedback = case.deadlines.get(clock=Clock.FEEDBACK)
    asked = services.ask_extension(
        case,
        actor=front_desk,
        deadline=feedback,
        until=feedback.due_at + timedelta(days=7),
        reason="等外院资料",
        words="我们还在等外院的资料",
    )
    assert month_summary(supervisor)["extended"].count.base == 0
    services.decide_extension(asked, actor=supervisor, granted=True)
    assert month_summary(supervisor)["extended"].count.base == 1
    url = reverse("dashboards:figure_cases", args=["extended"])
    assert case.number in english(supervisor).get(url).text
