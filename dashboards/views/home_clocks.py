"""What home shows of time: promises to keep, and requests for more of it."""

from django.utils.translation import gettext as _

from complaints.models import Case, Extension, Promise
from complaints.models.cases import CaseQuerySet
from dashboards.views.home_blocks import Block, Rows
from hospital import clock
from hospital.models import User

MOST_PROMISES = 30


def promises_of(user: User) -> Block:
    """What the person promised, the next first; they are few, so all are shown."""
    reachable = Case.objects.visible_to(user, lookup=True)
    own = Promise.objects.open().of_owner(user).filter(case__in=reachable)
    rows = list(own.by_time_left().select_related("case")[:MOST_PROMISES])
    late = any(promise.due_at < clock.now() for promise in rows)
    return Block(
        Rows.PROMISES,
        title=_("Promised"),
        count=len(rows),
        rows=rows,
        tone="red" if late else "blue",
        icon="calendar-time",
    )


def extensions_to_decide(cases: CaseQuerySet) -> Block:
    """Requests for more time, the earliest due time first."""
    asked = Extension.objects.filter(decided_at=None, case__in=cases)
    asked = asked.select_related("case", "deadline", "asked_by")
    rows = list(asked.order_by("deadline__due_at", "pk"))
    return Block(
        Rows.EXTENSIONS,
        title=_("More time asked for"),
        count=len(rows),
        rows=rows,
        tone="amber",
        icon="hourglass",
    )
