"""Who is told of an escalation step; those on leave are replaced by their deputy."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from complaints.models import Case, Deadline, EscalationStep, Tier
from complaints.services.presets import Step
from hospital.leave import is_present, stand_ins
from hospital.models import Department, Role, User

Action = EscalationStep.Action


@dataclass(frozen=True)
class Told:
    person: User
    stands_in_for: User | None = None


@dataclass
class Audience:
    """The people of one day; what is asked of the database is asked once."""

    day: date
    _stand_ins: dict[int, list[User]] = field(default_factory=dict)
    _departments: dict[int, Department] = field(default_factory=dict)

    def of(self, step: Step, deadline: Deadline, case: Case) -> list[Told]:
        """Whom the step tells: each person once, nobody who is named in the case."""
        told: dict[int, Told] = {}
        for person in self._meant(step, deadline, case):
            found = self._present(person, step, deadline, case)
            if found is not None:
                told.setdefault(found.person.pk, found)
        return list(told.values())

    def _meant(
        self, step: Step, deadline: Deadline, case: Case
    ) -> Iterable[User | None]:
        match step.action:
            case Action.TELL_OWNER:
                return self._owner(deadline, case)
            case Action.TELL_SUPERVISOR:
                return self.supervisors
            case Action.TELL_LEADERSHIP:
                return self.leadership
            case Action.TELL_HEAD:
                return [each.head for each in self._concerned(deadline, case)]
            case Action.TELL_LEADER:
                concerned = self._concerned(deadline, case)
                return [each.supervising_leader for each in concerned]
            case Action.RAISE_TIER if case.tier == Tier.MAJOR:
                return [*self.supervisors, *self.leadership]
        return []

    def _owner(self, deadline: Deadline, case: Case) -> list[User]:
        """Who does the work; when they have left the hospital, the supervisors."""
        people = [case.owner]
        if deadline.promise is not None:
            people = [deadline.promise.owner]
        elif deadline.task is not None:
            people = [deadline.task.holder]
            if deadline.task.responsible is not None:
                people.insert(0, deadline.task.responsible)
        return [each for each in people if each.is_active][:1] or self.supervisors

    def _concerned(self, deadline: Deadline, case: Case) -> list[Department]:
        """The task's department; for a clock of the case those it is about."""
        if deadline.task is not None:
            return [deadline.task.department]
        keys = {subject.department_id for subject in case.subjects.all()}
        missing = keys - self._departments.keys()
        if missing:
            found = Department.objects.with_people().in_bulk(missing)
            self._departments |= found
        return [self._departments[key] for key in sorted(keys)]

    def _present(
        self, person: User | None, step: Step, deadline: Deadline, case: Case
    ) -> Told | None:
        """The person, else the first deputy who may know, else the person anyway."""
        if person is None or not person.is_active or case.names(person):
            return None
        leads = step.action == Action.TELL_LEADER and deadline.task is not None
        if not leads and not self._may_know(person, deadline, case):
            return None
        if is_present(person, self.day):
            return Told(person)
        for deputy in self._deputies(person):
            if not case.names(deputy) and self._may_know(deputy, deadline, case):
                return Told(deputy, stands_in_for=person)
        return Told(person)

    def _may_know(self, person: User, deadline: Deadline, case: Case) -> bool:
        task = deadline.task
        if task is not None and task.is_visible_to(person):
            return True
        return case.is_visible_to(person, lookup=True)

    def _deputies(self, person: User) -> list[User]:
        if person.pk not in self._stand_ins:
            self._stand_ins[person.pk] = list(stand_ins(person, self.day))
        return self._stand_ins[person.pk]

    @cached_property
    def supervisors(self) -> list[User]:
        return list(User.objects.active().with_role(Role.SUPERVISOR))

    @cached_property
    def leadership(self) -> list[User]:
        return list(User.objects.active().with_role(Role.LEADERSHIP))
