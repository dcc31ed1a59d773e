"""Two people at once at the members of a cohort, on real connections."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from followups.models import CohortMember, FeedKind, FollowUp, QueuedCall, State
from followups.services.cohorts.membership import join_cohort, leave_cohort, plan_rounds
from followups.services.feed.facts import Told, take_over
from hospital import clock
from hospital.models import Role, User
from tests.factories import UserFactory
from tests.followups.cohort_world import join, make_cohort, make_patient
from tests.followups.world import DAY, NOW
from tests.races import overlap, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def manager(db: None) -> User:
    return UserFactory(roles=[Role.SUPERVISOR])


def at(moment: datetime, call: Callable[[], Any]) -> Callable[[], Any]:
    """Another thread has its own clock."""

    def run() -> Any:
        with clock.at(moment):
            return call()

    return run


def test_two_who_take_the_same_person_in_make_one_member(manager: User) -> None:
    cohort, person = make_cohort(), make_patient("1")
    take_in = partial(
        join_cohort, cohort, person, actor=manager, joined_on=clock.today()
    )
    one, other = overlap(take_in, at(NOW, take_in))
    assert one == other == CohortMember.objects.get()
    assert FollowUp.objects.count() == 2
    assert QueuedCall.objects.count() == 1


def test_two_who_let_the_same_person_go_write_one_reason(manager: User) -> None:
    member = join(make_cohort(), "1", manager)
    leave = partial(leave_cohort, member, actor=manager, left_on=clock.today())
    overlap(partial(leave, why="肾移植"), at(NOW, partial(leave, why="转院")))
    assert CohortMember.objects.get().why_left == "肾移植"
    assert not FollowUp.objects.filter(state=State.OPEN).exists()


def test_two_planners_at_once_plan_every_round_once(manager: User) -> None:
    cohort = make_cohort()
    for number in range(1, 8):
        join(cohort, str(number), manager)
    done = race(*[at(NOW + 25 * DAY, plan_rounds)] * 3)
    assert all(isinstance(each, int) for each in done)
    assert FollowUp.objects.filter(round=2).count() == 7


def test_a_merge_while_somebody_is_taken_in_leaves_one_call(manager: User) -> None:
    cohort = make_cohort()
    join(cohort, "1", manager)
    second = make_patient("2")
    told = Told(FeedKind.MERGE, "1", clock.now(), "merge", merged_from="2")
    merge = partial(take_over, [told])
    take_in = partial(
        join_cohort, cohort, second, actor=manager, joined_on=clock.today()
    )
    __, member = overlap(merge, at(NOW, take_in))
    assert member.patient.number == "1"
    assert CohortMember.objects.count() == 1
    assert QueuedCall.objects.count() == 1
