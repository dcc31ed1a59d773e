"""The day's digest: what is due, told to each person as their working day begins."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from complaints.models import (
    Case,
    DailyDigest,
    Deadline,
    Promise,
    RectificationTask,
)
from complaints.models.tasks import WITH_DEPARTMENT
from complaints.services.clock_lines import line_of
from hospital import clock
from hospital.calendars import Calendars, load_calendars
from hospital.leave import is_present, stand_in_for
from hospital.models import User
from notifications.models import Topic
from notifications.services import Line, notify_digest

BATCH = 100  # people
MOST_LINES = 100
LATEST = timedelta(hours=4)  # after the day began a digest is no news any more


def send_daily_digests() -> int:
    """Send today's digest to everybody whose working day has begun; how many."""
    calendars = load_calendars()
    sent, last = 0, 0
    while people := _next_people(last):
        last = people[-1].pk
        for person in people:
            if _day_has_begun(person, calendars):
                sent += _send(person)
    return sent


def _next_people(after: int) -> list[User]:
    """People with something to do who had no digest today."""
    had = DailyDigest.objects.filter(recipient=OuterRef("pk"), day=clock.today())
    owning = Case.objects.open().filter(owner=OuterRef("pk"))
    open_tasks = RectificationTask.objects.filter(status__in=WITH_DEPARTMENT)
    holding = open_tasks.filter(
        Q(holder=OuterRef("pk")) | Q(responsible=OuterRef("pk"))
    )
    promised = Promise.objects.open().filter(owner=OuterRef("pk"))
    busy = Exists(owning) | Exists(holding) | Exists(promised)
    people = User.objects.active().filter(busy, ~Exists(had), pk__gt=after)
    return list(people.prefetch_related("departments").order_by("pk")[:BATCH])


def _day_has_begun(person: User, calendars: Calendars) -> bool:
    """Whether the first working hour of the person's department has come today."""
    departments = list(person.departments.all())
    calendar = calendars.of(departments[0].pk if departments else None)
    now = clock.now()
    begun = [
        start <= now < start + LATEST
        for start, __ in list(calendar.spans(clock.today()))[:1]
    ]
    return any(begun)


@transaction.atomic
def _send(person: User) -> bool:
    """One digest a day: the row is what makes it once, whoever sends it."""
    today = clock.today()
    __, is_new = DailyDigest.objects.get_or_create(recipient=person, day=today)
    if not is_new:
        return False
    lines = list(_lines(person))
    if not lines:
        return False
    receiver = stand_in_for(person, today)
    absent = None if is_present(person, today) or receiver == person else person
    if absent is not None:
        lines = [line for line in lines if _may_read(receiver, line)]
    if not lines:
        return False
    notify_digest(
        receiver,
        Topic.DAILY_DIGEST,
        lines[:MOST_LINES],
        path=reverse("home"),
        stands_in_for=absent,
    )
    return True


def _may_read(receiver: User, line: Line) -> bool:
    """A deputy reads of nothing that names them."""
    case = Case.objects.get(number=line.params["number"])
    return not case.names(receiver)


def _lines(person: User) -> Iterator[Line]:
    """What is over or due by the end of the day, the most urgent first."""
    by = _end_of_day()
    mine = Q(promise__owner=person) | Q(
        task__status__in=WITH_DEPARTMENT, task__responsible=person
    )
    mine |= Q(task__status__in=WITH_DEPARTMENT, task__holder=person)
    mine |= Q(task=None, promise=None, case__owner=person)
    running = Deadline.objects.running().filter(mine, paused_at=None, due_at__lte=by)
    rows = running.select_related("case", "task").order_by("-case__tier", "due_at")
    for deadline in rows[: MOST_LINES + 1]:
        yield line_of(deadline)


def _end_of_day() -> datetime:
    tomorrow = clock.today() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, datetime.min.time()))
