"""What the agent's page shows of a person, of the day, and of when calls go on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from complaints.models import Case
from followups.call_hours import day_part, next_call_time
from followups.lace import Lace
from followups.models import (
    AgentProfile,
    Attempt,
    CohortMember,
    FollowUp,
    Mode,
    QueuedCall,
    State,
    Stay,
)
from followups.services.calls.check_ups import CheckUp, find_check_up
from followups.services.calls.in_hand import started_at
from followups.services.calls.person import DueContact, PersonSheet
from followups.services.calls.priority import Reason, lace_of
from followups.services.calls.queue import suits
from followups.services.supervision.agents import DAILY_TARGET
from hospital import clock
from hospital.models import User

PARTS = {
    "length": _("Length of stay"),
    "acute": _("Acute admission"),
    "comorbidity": _("Comorbidity"),
    "emergency": _("Emergency visits"),
}
LEVELS = {
    "high": (_("high"), "red"),
    "moderate": (_("moderate"), "amber"),
    "low": (_("low"), "green"),
    "incomplete": (_("incomplete"), "grey"),
}


@dataclass(frozen=True)
class Day:
    """How far the agent has come today."""

    done: int
    target: int

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // max(self.target, 1))

    @property
    def is_reached(self) -> bool:
        return self.done >= self.target


@dataclass(frozen=True)
class Waiting:
    """With nobody in hand: whether there is somebody to call, or when there will be."""

    quiet_until: datetime | None
    is_empty: bool
    next_at: datetime | None


@dataclass(frozen=True)
class Number:
    """A number to dial, and whose it is."""

    digits: str
    whose: str
    is_relative: bool

    @property
    def spaced(self) -> str:
        """As it is read aloud: 138 1234 5678."""
        digits = self.digits
        if len(digits) == 11 and digits.isdecimal() and digits.startswith("1"):
            return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
        return digits


@dataclass(frozen=True)
class RiskPart:
    """One part of the LACE index; without points its facts are not known."""

    label: Words
    points: int | None


@dataclass(frozen=True)
class Risk:
    lace: Lace

    @property
    def parts(self) -> list[RiskPart]:
        known = zip(PARTS.values(), self.lace.parts, strict=True)
        return [RiskPart(label, points) for label, points in known]

    @property
    def level(self) -> Words:
        return LEVELS[self.lace.level][0]

    @property
    def tone(self) -> str:
        return LEVELS[self.lace.level][1]


class CallSheet(PersonSheet):
    """One person in the agent's hand."""

    def __init__(self, row: QueuedCall, agent: User) -> None:
        super().__init__(row.patient, agent)
        self.row = row
        self.started_at = started_at(row)

    @property
    def seconds(self) -> int:
        """How long the person has been in hand."""
        return int((clock.now() - self.started_at).total_seconds())

    @cached_property
    def contacts(self) -> list[DueContact]:
        """The contacts that are due, the window that closes first first."""
        due = FollowUp.objects.filter(
            Q(patient=self.patient) | Q(patient__merged_into=self.patient),
            state=State.OPEN,
            mode=Mode.CALL,
            opens_at__lte=clock.now(),
        )
        shown = due.select_related(
            "plan", "point", "stay__department", "member__cohort__department"
        )
        return [DueContact(each) for each in shown.order_by("closes_at")]

    @property
    def stay(self) -> Stay | None:
        """The stay that the latest contact is about; none for rounds of cohorts."""
        due = [contact.follow_up for contact in self.contacts]
        of_stays = [each for each in due if each.stay]
        latest = max(of_stays, key=lambda each: each.opens_at, default=None)
        return latest.stay if latest else None

    @property
    def memberships(self) -> list[CohortMember]:
        """For the rounds of which cohorts they are called, each once."""
        due = (contact.follow_up.member for contact in self.contacts)
        return list(dict.fromkeys(member for member in due if member))

    @cached_property
    def check_up(self) -> CheckUp | None:
        """The check-up of the stays that the contacts are about."""
        stays = [contact.follow_up.stay for contact in self.contacts]
        return find_check_up(self.patient, filter(None, stays))

    @property
    def days_since(self) -> int | None:
        """Days since the discharge; none while in hospital."""
        stay = self.stay
        if stay is None or stay.discharged_at is None:
            return None
        return (clock.today() - timezone.localdate(stay.discharged_at)).days

    @property
    def risk(self) -> Risk | None:
        return Risk(lace_of(self.stay)) if self.stay else None

    @property
    def reasons(self) -> list[tuple[Words | str, int]]:
        """What the priority is made of, in words."""
        return [(Reason(code).label, points) for code, points in self.row.reasons]

    @property
    def number(self) -> Number:
        """The number to dial now: the relative's when it is their turn."""
        return self._relatives if self.row.use_relative else self._own

    @property
    def other_number(self) -> Number:
        return self._own if self.row.use_relative else self._relatives

    @property
    def _own(self) -> Number:
        return Number(self.patient.phone, "", is_relative=False)

    @property
    def _relatives(self) -> Number:
        who = self.patient.relative
        return Number(self.patient.relative_phone, who, is_relative=True)

    @cached_property
    def heard(self) -> list[Case]:
        return heard_cases(self.row, self.reader)


def heard_cases(row: QueuedCall, agent: User) -> list[Case]:
    """Cases that came of the call in hand so far."""
    keys: Iterable[int] = row.draft.get("cases", [])
    if not keys:
        return []
    return list(Case.objects.visible_to(agent).filter(pk__in=keys).order_by("pk"))


def day_of(agent: User) -> Day:
    """The agent's calls of today against the target."""
    midnight = timezone.localtime(clock.now()).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    calls = Attempt.objects.filter(agent=agent, mode=Mode.CALL)
    done = calls.filter(ended_at__gte=midnight).count()
    profile = AgentProfile.objects.filter(user=agent).first()
    return Day(done, profile.daily_target if profile else DAILY_TARGET)


def waiting_for(agent: User) -> Waiting:
    """What the agent is told between two calls."""
    now = clock.now()
    quiet_until = None if day_part(now) else next_call_time(now)
    mine = QueuedCall.objects.filter(suits(agent))
    if mine.ready(now).exists():
        return Waiting(quiet_until, is_empty=False, next_at=None)
    moments = [_next_ready(mine, now), _next_due(now)]
    known = [moment for moment in moments if moment is not None]
    next_at = next_call_time(max(min(known), now)) if known else None
    return Waiting(quiet_until, is_empty=True, next_at=next_at)


def _next_ready(mine: QuerySet[QueuedCall], now: datetime) -> datetime | None:
    """When somebody who was tried or asked for a time is to be called again."""
    later = mine.filter(needs_number=False, ready_at__gt=now)
    moment: datetime | None = later.aggregate(at=Min("ready_at"))["at"]
    return moment


def _next_due(now: datetime) -> datetime | None:
    """When the next contact opens that is not in the queue yet."""
    planned = FollowUp.objects.filter(
        state=State.OPEN, mode=Mode.CALL, queued_at=None, opens_at__gt=now
    )
    first = planned.order_by("opens_at").values_list("opens_at", flat=True).first()
    return first


def later_choices(now: datetime) -> list[tuple[datetime, str]]:
    """Times that people name: (moment, which); only those at which one may call."""
    today = timezone.localtime(now).replace(second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    if friday.date() <= tomorrow.date():
        friday += timedelta(days=7)
    offers = [
        (today.replace(hour=15, minute=0), "this_afternoon"),
        (tomorrow.replace(hour=9, minute=30), "tomorrow_morning"),
        (tomorrow.replace(hour=15, minute=0), "tomorrow_afternoon"),
        (friday.replace(hour=10, minute=0), "friday"),
    ]
    return [
        (moment, which) for moment, which in offers if moment > now and day_part(moment)
    ]
