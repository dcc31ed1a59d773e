"""Raw messages are deleted when they are old; what they told remains."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from followups.models import FeedEvent, FollowUp, RawMessage, Stay
from followups.services.feed import inbox, retention
from followups.services.feed.retention import forget_old_messages
from followups.tasks import forget_old_messages as nightly
from hospital import clock
from tests.followups.hl7_world import adt
from tests.followups.world import NOW

State = RawMessage.State


@pytest.fixture(autouse=True)
def a_morning(db: None, settings: Any) -> Iterator[None]:
    settings.HL7_KEEP_DAYS = 100
    with clock.at(NOW):
        yield


def message(days: float, state: State = State.DONE) -> int:
    """A message that came so many days ago."""
    received = NOW - timedelta(days=days)
    row = RawMessage.objects.create(body=b"MSH|", state=state, received_at=received)
    return row.pk


def left() -> set[int]:
    return set(RawMessage.objects.values_list("pk", flat=True))


def test_what_was_taken_over_goes_after_its_days() -> None:
    message(100.01)
    message(150, State.IGNORED)
    young = message(99.99)
    assert (forget_old_messages(), left()) == (2, {young})


def test_what_was_not_understood_is_kept_twice_as_long() -> None:
    waiting = {message(199, State.FAILED), message(101, State.NEW)}
    message(201, State.FAILED)
    assert (forget_old_messages(), left()) == (1, waiting)


def test_a_failed_message_that_was_read_goes_with_the_others() -> None:
    body = adt().encode()
    received = NOW - timedelta(days=150)
    RawMessage.objects.create(body=body, state=State.FAILED, received_at=received)
    assert forget_old_messages() == 0
    assert inbox.process(RawMessage.objects.get().pk) is None
    assert forget_old_messages() == 1


def test_many_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for __ in range(5):
        message(101)
    assert (nightly(), left()) == (5, set())


def test_with_no_days_set_they_are_kept_for_ever(settings: Any) -> None:
    settings.HL7_KEEP_DAYS = 0
    old = message(9999)
    assert (forget_old_messages(), left()) == (0, {old})


def test_the_facts_stay_and_none_is_taken_over_twice() -> None:
    inbox.receive(adt().encode())
    before = facts()
    with clock.at(NOW + timedelta(days=101)):
        assert forget_old_messages() == 1
        inbox.receive(adt().encode())
    assert facts() == before


def facts() -> list[Any]:
    stay = Stay.objects.values("patient", "visit_number", "discharged_at").get()
    return [stay, FeedEvent.objects.count(), FollowUp.objects.count()]
