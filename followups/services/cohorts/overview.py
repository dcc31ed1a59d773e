"""How the cohorts stand, and the members of one with their contacts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from followups.models import (
    Attempt,
    Cohort,
    CohortMember,
    FollowUp,
    Outcome,
    Plan,
    PlanVersion,
    Rhythm,
    State,
)
from followups.permissions import can_manage_cohorts
from hospital import clock
from hospital.models import User
from hospital.text import mask_name

# Rounds that were to be made; those that must not be are counted apart.
COUNTED = tuple(state for state in State if state != State.STOPPED)
FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Overview:
    """A cohort now and in this month, as far as its rounds have opened."""

    cohort: Cohort
    members: int = 0
    due_now: int = 0
    rounds: int = 0
    reached: int = 0
    shows_few: bool = True

    @property
    def percent(self) -> float | None:
        """None where it could tell of one."""
        if not self.rounds or (self.rounds < FEWEST_SHOWN and not self.shows_few):
            return None
        return 100 * self.reached / self.rounds


@dataclass(frozen=True)
class Rule:
    """What a plan says of the cohort's contacts."""

    plan: Plan
    rhythms: list[str]


@dataclass(frozen=True)
class MemberRow:
    """A member as a line of the list."""

    member: CohortMember
    is_due: bool

    @property
    def outcome(self) -> str:
        """What came of the last contact, in words."""
        value: str | None = getattr(self.member, "last_outcome", None)
        return str(Outcome(value).label) if value else ""

    @property
    def name(self) -> str:
        return mask_name(self.member.patient.name)

    @property
    def refuses(self) -> bool:
        return self.member.patient.do_not_call


def look_at_cohorts(cohorts: QuerySet[Cohort], reader: User) -> list[Overview]:
    """All of them, in a few queries however many there are."""
    shown = list(cohorts.select_related("department"))
    now = clock.now()
    start = timezone.localtime(now).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    members = _count(CohortMember.objects.present(), "cohort", shown)
    opened = FollowUp.objects.filter(opens_at__lte=now)
    due = _count(opened.filter(state=State.OPEN), "member__cohort", shown)
    of_month = opened.filter(opens_at__gte=start, state__in=COUNTED)
    rounds = _count(of_month, "member__cohort", shown)
    reached = _count(of_month.filter(state=State.DONE), "member__cohort", shown)
    return [
        Overview(
            cohort,
            members=members.get(cohort.pk, 0),
            due_now=due.get(cohort.pk, 0),
            rounds=rounds.get(cohort.pk, 0),
            reached=reached.get(cohort.pk, 0),
            shows_few=can_manage_cohorts(reader),
        )
        for cohort in shown
    ]


def with_contacts(members: QuerySet[CohortMember]) -> QuerySet[CohortMember]:
    """With the last contact for the cohort, what came of it, and the next round."""
    contacts = Attempt.objects.filter(follow_ups__member=OuterRef("pk"))
    newest = contacts.order_by("-ended_at", "-pk")
    rounds = FollowUp.objects.filter(member=OuterRef("pk"), state=State.OPEN)
    return members.select_related("patient__merged_into").annotate(
        last_at=Subquery(newest.values("ended_at")[:1]),
        last_outcome=Subquery(newest.values("outcome")[:1]),
        next_at=Subquery(rounds.order_by("opens_at").values("opens_at")[:1]),
    )


def rows_of(members: Iterable[CohortMember]) -> Iterator[MemberRow]:
    now = clock.now()
    for member in members:
        next_at = getattr(member, "next_at", None)
        yield MemberRow(member, is_due=next_at is not None and next_at <= now)


def rules_of(cohort: Cohort) -> list[Rule]:
    """The plans whose version in force is for the cohort."""
    now = clock.now()
    versions = PlanVersion.objects.filter(from_at__lte=now, plan__is_active=True)
    ordered = versions.order_by("plan_id", "-number").distinct("plan_id")
    current = PlanVersion.objects.filter(pk__in=ordered.values("pk"), cohort=cohort)
    found = current.select_related("plan").prefetch_related("points")
    return [
        Rule(
            version.plan,
            [str(Rhythm(p.rhythm).label) for p in version.points.all() if p.rhythm],
        )
        for version in found
    ]


def _count(
    rows: QuerySet[CohortMember] | QuerySet[FollowUp], path: str, cohorts: list[Cohort]
) -> dict[int, int]:
    mine = rows.filter(Q(**{f"{path}__in": cohorts})).order_by()
    return dict(mine.values_list(path).annotate(Count("pk")))
