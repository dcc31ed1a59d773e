"""Calls drawn at random, each once; scored once, by somebody else."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import Mode, Outcome, QualityCheck
from followups.score_card import percent_of
from followups.services.supervision.quality import (
    Drawn,
    average_scores,
    check_call,
    draw_sample,
    note_read,
)
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import Role, User
from notifications.models import Notification, Topic
from tests.complaints.clock_world import moment
from tests.factories import UserFactory
from tests.followups.check_world import (
    YESTERDAY,
    checked,
    make_call,
    make_check,
    points,
)
from tests.followups.test_queue_races import at_work
from tests.followups.world import DAY, NOW
from tests.races import race


@pytest.fixture(autouse=True)
def a_morning(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def draw(actor: User, **wish: Any) -> Drawn:
    known: dict[str, Any] = {
        "first": date(2026, 3, 3),
        "last": date(2026, 3, 9),
        "each": 3,
        "seconds": 30,
    }
    return draw_sample(actor=actor, **(known | wish))


def drawn_calls() -> set[int]:
    return set(QualityCheck.objects.values_list("attempt", flat=True))


def test_of_each_agent_as_many_calls_are_drawn(supervisor: User, agent: User) -> None:
    other = UserFactory(name="李娜", roles=[Role.CALLBACK_AGENT])
    for __ in range(5):
        make_call(agent)
    make_call(other)
    drawn = draw(supervisor)
    assert (drawn.count, drawn.short) == (4, [other])
    rows = QualityCheck.objects.filter(attempt__agent=agent)
    assert (rows.count(), set(rows.values_list("drawn_by", flat=True))) == (
        3,
        {supervisor.pk},
    )


def test_every_call_is_drawn_once_ever(supervisor: User, agent: User) -> None:
    calls = {make_call(agent).pk for __ in range(5)}
    draw(supervisor)
    assert draw(supervisor).count == 2
    assert drawn_calls() == calls
    with pytest.raises(RuleViolation):
        draw(supervisor)


def test_only_talks_of_these_days_that_were_long_enough_are_drawn(
    supervisor: User, agent: User
) -> None:
    wanted = {
        make_call(agent, seconds=30).pk,
        make_call(agent, outcome=Outcome.REACHED_PROXY).pk,
        make_call(agent, at=moment("2026-03-03T00:00")).pk,
        make_call(agent, at=moment("2026-03-09T23:59")).pk,
    }
    make_call(agent, seconds=29)
    make_call(agent, outcome=Outcome.NO_ANSWER)
    make_call(agent, outcome=Outcome.DECLINED)
    make_call(agent, at=moment("2026-03-02T23:59"))
    make_call(agent, at=moment("2026-03-10T00:00"))
    make_call(agent, mode=Mode.BEDSIDE)
    draw(supervisor, each=20)
    assert drawn_calls() == wanted


def test_chance_draws_not_the_same_calls_each_time(
    supervisor: User, agent: User
) -> None:
    for __ in range(40):
        make_call(agent)
    samples = set()
    for __ in range(3):
        draw(supervisor, each=10)
        samples.add(frozenset(drawn_calls()))
        QualityCheck.objects.all().delete()
    assert len(samples) > 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"first": date(2026, 3, 10)}, "last"),
        ({"first": date(2025, 3, 10)}, "first"),
        ({"each": 0}, "each"),
        ({"each": 21}, "each"),
        ({"seconds": -1}, "seconds"),
    ],
)
def test_a_senseless_draw_is_refused(
    supervisor: User, wish: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        draw(supervisor, **wish)
    assert refusal.value.field == field


def test_agents_draw_nothing(agent: User) -> None:
    with pytest.raises(PermissionDenied):
        draw(agent)


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_draw_different_calls(supervisor: User, agent: User) -> None:
    second = UserFactory(roles=[Role.SUPERVISOR])
    calls = {make_call(agent).pk for __ in range(6)}
    both = race(
        lambda: at_work(lambda: draw(supervisor)),
        lambda: at_work(lambda: draw(second)),
    )
    assert [drawn.count for drawn in both] == [3, 3]
    assert drawn_calls() == calls


@pytest.mark.parametrize(
    ("marks", "percent"),
    [
        ([2, 2, 2], 100),
        ([0, 0], 0),
        ([2, 1], 75),
        ([2, None, 1, None], 75),
        ([2, 2, 1], 83),
        ([1, 0, 0], 17),
        ([None, None], None),
    ],
)
def test_points_count_out_of_what_applies(
    marks: list[int | None], percent: int | None
) -> None:
    assert percent_of({str(n): mark for n, mark in enumerate(marks)}) == percent


def test_the_card_keeps_its_wording_and_the_agent_is_told(
    supervisor: User, agent: User
) -> None:
    check = make_check(agent, supervisor)
    check_call(
        check,
        actor=supervisor,
        points=points(red_flags=None, closing=0),
        comment=" 请核对身份 ",
    )
    check.refresh_from_db()
    assert (check.percent, check.comment) == (86, "请核对身份")
    assert (check.checked_by, check.checked_at, check.seen_at) == (
        supervisor,
        NOW,
        None,
    )
    first = check.scores[0]
    assert (first["key"], first["title"]["zh"], first["points"]) == (
        "identity",
        "身份核对",
        2,
    )
    told = Notification.objects.get()
    assert (told.recipient, told.topic, told.path) == (
        agent,
        Topic.CALL_CHECKED,
        check.get_absolute_url(),
    )


@pytest.mark.parametrize(
    "said",
    [
        {},
        points() | {"other": 2},
        points(identity=3),
        points(identity=-1),
        points(None),
    ],
)
def test_a_card_that_is_not_filled_in_is_refused(
    supervisor: User, agent: User, said: dict[str, int | None]
) -> None:
    check = make_check(agent, supervisor)
    with pytest.raises(RuleViolation):
        check_call(check, actor=supervisor, points=said)
    check.refresh_from_db()
    assert check.checked_at is None


def test_a_comment_has_an_end(supervisor: User, agent: User) -> None:
    check = make_check(agent, supervisor)
    with pytest.raises(RuleViolation) as refusal:
        check_call(check, actor=supervisor, points=points(), comment="长" * 5001)
    assert refusal.value.field == "comment"


def test_nobody_checks_the_own_call(supervisor: User) -> None:
    check = make_check(supervisor, supervisor)
    with pytest.raises(PermissionDenied):
        check_call(check, actor=supervisor, points=points())
    other = UserFactory(roles=[Role.SUPERVISOR])
    assert check_call(check, actor=other, points=points()).percent == 100


def test_agents_check_nobody(supervisor: User, agent: User) -> None:
    colleague = UserFactory(roles=[Role.CALLBACK_AGENT])
    with pytest.raises(PermissionDenied):
        check_call(make_check(agent, supervisor), actor=colleague, points=points())


def test_what_is_checked_stays_as_it_was_scored(supervisor: User, agent: User) -> None:
    check = checked(agent, supervisor)
    with pytest.raises(StaleRecord):
        check_call(check, actor=supervisor, points=points(0))
    check.refresh_from_db()
    assert check.percent == 100
    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_supervisors_who_score_at_once_one_is_told(
    supervisor: User, agent: User
) -> None:
    second = UserFactory(roles=[Role.SUPERVISOR])
    check = make_check(agent, supervisor)
    both = race(
        lambda: at_work(lambda: check_call(check, actor=supervisor, points=points(2))),
        lambda: at_work(lambda: check_call(check, actor=second, points=points(0))),
    )
    assert sorted(type(each).__name__ for each in both) == [
        "QualityCheck",
        "StaleRecord",
    ]
    assert Notification.objects.count() == 1


def test_the_first_reading_by_the_agent_is_noted(supervisor: User, agent: User) -> None:
    waiting, check = make_check(agent, supervisor), checked(agent, supervisor)
    note_read(waiting, reader=agent)
    note_read(check, reader=supervisor)
    check.refresh_from_db()
    waiting.refresh_from_db()
    assert (waiting.seen_at, check.seen_at) == (None, None)
    note_read(check, reader=agent)
    with clock.at(NOW + timedelta(hours=1)):
        note_read(check, reader=agent)
    check.refresh_from_db()
    assert check.seen_at == NOW


def test_scores_are_averaged_by_agent_and_month_of_the_call(
    supervisor: User, agent: User
) -> None:
    other = UserFactory(name="李娜", roles=[Role.CALLBACK_AGENT])
    checked(agent, supervisor)
    half = make_check(agent, supervisor)
    check_call(half, actor=supervisor, points=points(1))
    checked(other, supervisor, at=moment("2026-02-28T23:59"))
    checked(other, supervisor, at=YESTERDAY - 300 * DAY)
    make_check(other, supervisor)
    averages = average_scores(supervisor)
    assert averages.months[:2] == [date(2026, 3, 1), date(2026, 2, 1)]
    shown = {
        name: [(each.percent, each.count) if each else None for each in months[:3]]
        for name, months in averages.lines
    }
    assert shown == {
        agent.name: [(75, 2), None, None],
        "李娜": [None, (100, 1), None],
    }
    assert [name for name, __ in average_scores(other).lines] == ["李娜"]
