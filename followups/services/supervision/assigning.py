"""Calls assigned to agents: in bulk, one by one, and free again when nobody is there.

An assignment holds for one day. Whoever assigns locks the agents, in the order of
their keys, and then the calls with SKIP LOCKED: a call that is just being taken is
left out, and nobody waits.
"""

from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from followups.models import QueuedCall
from followups.models.calls import QueuedCallQuerySet
from followups.permissions import can_supervise_calls
from followups.services.supervision.agents import people_who_can_call, skills_of
from followups.services.supervision.dealing import (
    Deal,
    Order,
    count_groups,
    count_held,
    deal_out,
    describe_deal,
    free_calls,
)
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import User
from notifications.models import Heartbeat
from notifications.services import beat, last_seen

MOST_EACH = 200
CLEARED = "call assignments cleared"


def preview_deal(
    agents: Sequence[User], *, actor: User, each: int, departments: Sequence[int] = ()
) -> Deal:
    """What `each` more calls for every agent would mean; nothing is assigned."""
    _require_supervisor(actor)
    if not agents:
        raise RuleViolation(_("Choose the agents."), field="agents")
    if not 1 <= each <= MOST_EACH:
        most = _("Choose a number from 1 to {most}.").format(most=MOST_EACH)
        raise RuleViolation(most, field="each")
    held = count_held(agent.pk for agent in agents)
    order = Order({a.pk: held[a.pk] + each for a in agents}, tuple(departments))
    skills = skills_of(_present(order))
    counts = count_groups(order.departments)
    dealt = list(deal_out(order, skills, held, counts))
    given = Counter(each.agent for each in dealt)
    left = counts - Counter(each.group for each in dealt)
    return describe_deal(order, skills, held, given, left)


@transaction.atomic
def assign_calls(order: Order, *, actor: User) -> Deal:
    """Assign the calls by priority, within the agents' skills, up to their aims."""
    _require_supervisor(actor)
    people = User.objects.filter(pk__in=order.aims.keys()).order_by("pk")
    list(people.select_for_update(no_key=True))
    skills = skills_of(_present(order))
    held = count_held(order.aims)
    counts = count_groups(order.departments)
    given: Counter[int] = Counter()
    missed: set[int] = set()
    while dealt := list(deal_out(order, skills, held + given, counts, without=missed)):
        keys = {each.patient for each in dealt}
        rows = free_calls(order.departments).filter(pk__in=keys)
        locked = rows.select_for_update(skip_locked=True, no_key=True)
        ours = set(locked.values_list("pk", flat=True))
        for agent in skills:
            theirs = {each.patient for each in dealt if each.agent == agent} & ours
            given[agent] += QueuedCall.objects.filter(pk__in=theirs).update(
                assigned_to=agent
            )
        missed |= keys - ours
        if ours == keys:
            break
    left = count_groups(order.departments)
    return describe_deal(order, skills, held, given, left)


@transaction.atomic
def assign_one(patient: int, *, agent: User | None, actor: User) -> None:
    """Give one call to an agent, whoever held it; with nobody, to everybody again."""
    _require_supervisor(actor)
    rows = QueuedCall.objects.select_for_update(no_key=True)
    row = rows.filter(patient=patient).first()
    if row is None:
        raise RuleViolation(_("This person is no longer in the queue."))
    if row.claimed_until is not None and row.claimed_until > clock.now():
        raise RuleViolation(_("Somebody has just taken this call."))
    if agent is not None:
        if not people_who_can_call(clock.today()).filter(pk=agent.pk).exists():
            raise RuleViolation(_not_there(agent), field="agent")
        if not skills_of([agent])[agent.pk].suit(row.language, row.department_id):
            words = _("{name} does not take this language or department.")
            raise RuleViolation(words.format(name=agent.name), field="agent")
    row.assigned_to = agent
    row.save(update_fields=["assigned_to"])


@transaction.atomic
def take_back(
    *, actor: User, agent: User | None = None, department: int | None = None
) -> int:
    """Free what waits for an agent, or in a department; calls in hand go on."""
    _require_supervisor(actor)
    if agent is None and department is None:
        raise ValueError("of whom, or of which department?")
    now = clock.now()
    held = QueuedCall.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now), assigned_to__isnull=False
    )
    if agent is not None:
        held = held.filter(assigned_to=agent)
    if department is not None:
        held = held.filter(department=department)
    return _clear(held)


@transaction.atomic
def release_assignments() -> int:
    """Free what waits for people who are not there; on a new day, everything."""
    held = QueuedCall.objects.filter(assigned_to__isnull=False)
    if not _begins_new_day():
        held = held.exclude(assigned_to__in=people_who_can_call(clock.today()))
    return _clear(held)


def _begins_new_day() -> bool:
    """Whether this is the first look of the day; only one asker is told so."""
    today = clock.today()
    seen = last_seen(CLEARED)
    if seen is not None and timezone.localdate(seen) >= today:
        return False
    mark = Heartbeat.objects.select_for_update().filter(name=CLEARED).first()
    if mark is not None and timezone.localdate(mark.at) >= today:
        return False
    beat(CLEARED)
    return mark is not None


def _clear(held: QueuedCallQuerySet) -> int:
    rows = held.select_for_update(skip_locked=True, no_key=True)
    keys = list(rows.values_list("pk", flat=True))
    return QueuedCall.objects.filter(pk__in=keys).update(assigned_to=None)


def _present(order: Order) -> list[User]:
    """The agents of the order; RuleViolation names one who is not there today."""
    there = people_who_can_call(clock.today()).filter(pk__in=order.aims.keys())
    found = list(there.order_by("employee_number"))
    missing = order.aims.keys() - {agent.pk for agent in found}
    away = User.objects.filter(pk__in=missing).order_by("employee_number").first()
    if away is not None:
        raise RuleViolation(_not_there(away), field="agents")
    return found


def _not_there(person: User) -> str:
    return _("{name} is not there today.").format(name=person.name)


def _require_supervisor(actor: User) -> None:
    if not can_supervise_calls(actor):
        raise PermissionDenied
