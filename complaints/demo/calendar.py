"""When voices come in and when people get to their work."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from hospital.working_time import add_working_days, is_working_day

# A centre that never closes: rush in the morning, a second one after lunch.
HOURS = (
    *(1, 1, 1, 1, 1, 2, 4, 14, 42, 60, 58, 40),
    *(18, 22, 44, 46, 36, 22, 12, 10, 9, 7, 4, 2),
)
OPENS, CLOSES = time(8, 30), time(17, 20)
# Influenza in winter, heat in July and August, quiet in February.
MONTHS = (1.15, 0.75, 1.0, 0.95, 0.95, 1.0, 1.15, 1.1, 1.0, 0.9, 1.05, 1.25)
BAD_MONTH_AGO = 8  # the month in which the new information system went live


def months_between(moment: datetime, now: datetime) -> int:
    return (now.year - moment.year) * 12 + now.month - moment.month


def is_bad_month(moment: datetime, now: datetime) -> bool:
    return months_between(moment, now) == BAD_MONTH_AGO


def arrivals(rng: Random, start: datetime, now: datetime, count: int) -> list[datetime]:
    """`count` moments of receipt in order, busy days and hours more often."""
    days = list(_days(start, now))
    weights = [_weight(day, now) for day in days]
    moments: list[datetime] = []
    while len(moments) < count:
        day = rng.choices(days, weights)[0]
        hour = rng.choices(range(24), HOURS)[0]
        clock = time(hour, rng.randrange(60), rng.randrange(60))
        moment = timezone.make_aware(datetime.combine(day, clock))
        if start < moment < now:
            moments.append(moment)
    return sorted(moments)


def office_time(rng: Random, after: datetime, days: int) -> datetime:
    """A moment in office hours `days` working days later; never before `after`."""
    local = timezone.localtime(after)
    day = add_working_days(local.date(), days)
    if not days and (not is_working_day(day) or local.time() > time(16, 30)):
        day = add_working_days(day, 1)
    opens = timezone.make_aware(datetime.combine(day, OPENS))
    closes = timezone.make_aware(datetime.combine(day, CLOSES))
    earliest = max(opens, after + timedelta(minutes=5))
    span = max((closes - earliest).total_seconds(), 600)
    return earliest + timedelta(seconds=int(rng.random() * span))


def _days(start: datetime, now: datetime) -> Iterator[date]:
    day, last = timezone.localdate(start), timezone.localdate(now)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _weight(day: date, now: datetime) -> float:
    weight = MONTHS[day.month - 1]
    if not is_working_day(day):
        weight *= 0.4
    elif day.weekday() == 0:
        weight *= 1.35
    moment = timezone.make_aware(datetime.combine(day, OPENS))
    if is_bad_month(moment, now):
        weight *= 1.6
    # What departments put right stays right: fewer voices from month to month.
    return weight * (1 + months_between(moment, now) / 60)
