"""The round: whom to visit today, ward by ward, and how far it has come."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Func, Prefetch, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Collate, Concat
from django.utils import timezone

from followups.models import REACHED, Attempt, FollowUp, Mode, Outcome
from followups.services.visits.record import day_begins, day_ends, due_visits
from hospital import clock
from hospital.models import Department, User

CLOSING_SOON = timedelta(hours=12)
ENDING = (*REACHED, Outcome.DECLINED)


@dataclass(frozen=True)
class DueVisit:
    """A line of the round."""

    follow_up: FollowUp

    @property
    def age(self) -> int | None:
        return self.follow_up.patient.age_on(clock.today())

    @property
    def day_in_hospital(self) -> int | None:
        return day_in_hospital(self.follow_up)

    @property
    def is_closing_soon(self) -> bool:
        return self.follow_up.closes_at - clock.now() < CLOSING_SOON

    @property
    def is_later(self) -> bool:
        """Due later today; on today's round it may be made all the same."""
        return self.follow_up.opens_at > clock.now()

    @property
    def last_try(self) -> Attempt | None:
        return next(iter(self.follow_up.attempts.all()), None)


@dataclass(frozen=True)
class VisitDay:
    """How far the round has come today."""

    done: int
    due: int

    @property
    def total(self) -> int:
        return self.done + self.due

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.total, 1)


def find_round(user: User, department: Department | None = None) -> QuerySet[FollowUp]:
    """The visits due now and today, with `place`: department, ward and bed."""
    return _with_place(due_visits(_visits_of(user, department)))


def count_day(user: User, department: Department | None = None) -> VisitDay:
    mine = _visits_of(user, department)
    return VisitDay(done=_done_today(mine).count(), due=due_visits(mine).count())


def departments_of(user: User) -> QuerySet[Department]:
    """The wards that have visits today, made or to be made."""
    mine = FollowUp.objects.visits_for(user)
    due, done = due_visits(mine), _done_today(mine)
    return Department.objects.filter(
        Q(pk__in=due.values("department")) | Q(pk__in=done.values("department"))
    )


def day_in_hospital(follow_up: FollowUp) -> int | None:
    """The day of admission is the first."""
    stay = follow_up.stay
    if stay is None or stay.admitted_at is None:
        return None
    return (clock.today() - timezone.localdate(stay.admitted_at)).days + 1


def _done_today(visits: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Visits that a talk, or a refusal, has ended today."""
    talks = Attempt.objects.filter(
        mode=Mode.BEDSIDE,
        outcome__in=ENDING,
        ended_at__gte=day_begins(),
        ended_at__lt=day_ends(),
    )
    return visits.filter(attempts__in=talks).distinct()


def _visits_of(user: User, department: Department | None) -> QuerySet[FollowUp]:
    mine = FollowUp.objects.visits_for(user)
    return mine if department is None else mine.filter(department=department)


def _with_place(due: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """In the order in which one walks: bed 2 before bed 12."""
    long = _replace(F("stay__ward"), r"(\d+)", r"000000\1")
    ward = _replace(long, r"0+(\d{6})", r"\1")
    place = Concat(
        Coalesce("department__code", Value("")),
        Value(" "),
        Coalesce(ward, Value(""), output_field=TextField()),
        output_field=TextField(),
    )
    tries = Attempt.objects.select_related("agent").order_by("-ended_at", "-pk")
    related = ("patient", "stay", "department", "plan")
    return (
        due.annotate(place=Collate(place, "C"))
        .select_related(*related)
        .prefetch_related(Prefetch("attempts", tries))
    )


def _replace(text: F | Func, pattern: str, by: str) -> Func:
    parts = (Value(pattern), Value(by), Value("g"))
    return Func(text, *parts, function="regexp_replace", output_field=TextField())
