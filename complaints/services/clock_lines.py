"""How a deadline is told of in one line of a digest."""

from complaints.models import Clock, Deadline
from hospital import clock
from notifications.models import Topic
from notifications.services import Line


def line_of(deadline: Deadline, *, stands_in_for: str = "") -> Line:
    """Needs the deadline's case and task loaded."""
    return Line(
        topic=_topic(deadline),
        path=(deadline.task or deadline.case).get_absolute_url(),
        params={"number": deadline.case.number, "clock": Clock(deadline.clock).label},
        stands_in_for=stands_in_for,
    )


def _topic(deadline: Deadline) -> Topic:
    over = deadline.due_at <= clock.now()
    if deadline.clock == Clock.PROMISE:
        return Topic.PROMISE_OVER if over else Topic.PROMISE_SOON
    return Topic.CLOCK_OVER if over else Topic.CLOCK_SOON
