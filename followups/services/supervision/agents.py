"""The agents of the callback room: what each can take on, and how the day goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from followups.models import AgentProfile, Attempt, Mode, Patient, QueuedCall
from followups.permissions import can_call, can_supervise_calls
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.leave import is_present
from hospital.models import Department, Role, User

DAILY_TARGET = 80
HIGHEST_TARGET = 500


@dataclass(frozen=True)
class Skills:
    """What an agent takes: with nothing said, every language, every department."""

    agent: User
    languages: Sequence[str] = ()
    departments: Sequence[Department] = ()
    target: int = DAILY_TARGET

    def suit(self, language: str, department: int | None) -> bool:
        speaks = not self.languages or language in self.languages
        return speaks and self.take_department(department)

    def take_department(self, department: int | None) -> bool:
        keys = [each.pk for each in self.departments]
        return not keys or department in keys

    def as_condition(self) -> Q:
        condition = Q()
        if self.languages:
            condition &= Q(language__in=self.languages)
        if self.departments:
            condition &= Q(department__in=[each.pk for each in self.departments])
        return condition

    @property
    def said_languages(self) -> str:
        names = [str(Patient.Language(code).label) for code in self.languages]
        return _(", ").join(names) or _("every language")

    @property
    def said_departments(self) -> str:
        names = [each.name for each in self.departments]
        return _(", ").join(names) or _("all departments")


@dataclass(frozen=True)
class AgentDay:
    """An agent as the supervisor sees them today."""

    skills: Skills
    is_present: bool
    assigned: int
    done: int
    in_call_until: datetime | None

    @property
    def user(self) -> User:
        return self.skills.agent

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // max(self.skills.target, 1))


def agents() -> QuerySet[User]:
    """Whose work is calling; supervisors may call too but are given no list."""
    found: QuerySet[User] = User.objects.active().with_role(Role.CALLBACK_AGENT)
    return found


def people_who_can_call(day: date) -> QuerySet[User]:
    """Those whom a call may wait for on that day."""
    there = User.objects.active().present_on(day)
    found: QuerySet[User] = there.with_role(Role.CALLBACK_AGENT, Role.SUPERVISOR)
    return found


def skills_of(people: Iterable[User]) -> dict[int, Skills]:
    """What each of them takes, by the person's key."""
    found = {person.pk: Skills(person) for person in people}
    profiles = AgentProfile.objects.filter(user__in=found)
    for profile in profiles.prefetch_related("departments"):
        found[profile.pk] = Skills(
            found[profile.pk].agent,
            tuple(profile.languages),
            tuple(profile.departments.all()),
            profile.daily_target,
        )
    return found


def agents_today() -> list[AgentDay]:
    """All agents, those who are there first."""
    now, today = clock.now(), clock.today()
    people = list(agents().order_by("employee_number"))
    skills = skills_of(people)
    held = QueuedCall.objects.filter(assigned_to__in=people).order_by()
    assigned = dict(held.values_list("assigned_to").annotate(Count("patient")))
    calls = Attempt.objects.filter(
        mode=Mode.CALL, agent__in=people, ended_at__gte=midnight(today)
    )
    done = dict(calls.order_by().values_list("agent").annotate(Count("pk")))
    claims = QueuedCall.objects.filter(claimed_by__in=people, claimed_until__gt=now)
    in_call = dict(claims.values_list("claimed_by", "claimed_until"))
    days = [
        AgentDay(
            skills[person.pk],
            is_present(person, today),
            assigned.get(person.pk, 0),
            done.get(person.pk, 0),
            in_call.get(person.pk),
        )
        for person in people
    ]
    return sorted(days, key=lambda day: not day.is_present)


@transaction.atomic
def change_profile(
    agent: User,
    *,
    actor: User,
    languages: Sequence[str],
    departments: Iterable[Department],
    daily_target: int,
) -> AgentProfile:
    """Say what an agent takes; calls that no longer suit them are free again."""
    if not can_supervise_calls(actor):
        raise PermissionDenied
    if not can_call(agent):
        raise RuleViolation(_("{name} makes no calls.").format(name=agent.name))
    if not 1 <= daily_target <= HIGHEST_TARGET:
        most = _("Choose a number from 1 to {most}.").format(most=HIGHEST_TARGET)
        raise RuleViolation(most, field="daily_target")
    User.objects.select_for_update(no_key=True).get(pk=agent.pk)
    profile, __ = AgentProfile.objects.update_or_create(
        user=agent,
        defaults={"languages": list(languages), "daily_target": daily_target},
    )
    profile.departments.set(departments)
    theirs = QueuedCall.objects.filter(assigned_to=agent)
    if suitable := skills_of([agent])[agent.pk].as_condition():
        theirs.exclude(suitable).update(assigned_to=None)
    return profile


def midnight(day: date) -> datetime:
    """When the day begins in the hospital."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
