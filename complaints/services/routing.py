"""Who deals with a case, how grave it is, and what kind of voice it is."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import (
    CONVERSIONS,
    Case,
    Clock,
    Handover,
    Kind,
    Status,
    TaskStatus,
    Tier,
    Verb,
)
from complaints.permissions import (
    CENTRE,
    can_answer_handover,
    can_handle,
    can_lower_tier,
    can_note,
)
from complaints.services import clocks
from complaints.services.due_times import follow_tier, recompute_case
from complaints.services.lifecycle import lock_case, move_case, record
from complaints.services.telling import tell
from complaints.services.words import SHORT, fit_text, require_reason
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Role, User
from notifications.models import Topic


@transaction.atomic
def accept_case(case: Case, *, actor: User, revision: int | None = None) -> Case:
    """Acknowledge the case as ours to handle; a reopened one goes back to work."""
    case = lock_case(case, actor, can_handle, revision=revision)
    if case.status == Status.REOPENED:
        move_case(case, Status.IN_PROGRESS, actor=actor, verb=Verb.STARTED)
        return case
    move_case(case, Status.ACCEPTED, actor=actor, verb=Verb.ACCEPTED)
    clocks.meet_case_clocks(case, {Clock.ACKNOWLEDGE}, clock.now())
    return case


def start_work(case: Case, *, actor: User) -> None:
    """Bring a locked case to in-progress, accepting it on the way if need be."""
    if case.status == Status.RECEIVED:
        move_case(case, Status.ACCEPTED, actor=actor, verb=Verb.ACCEPTED)
        clocks.meet_case_clocks(case, {Clock.ACKNOWLEDGE}, clock.now())
    if case.status != Status.IN_PROGRESS:
        move_case(case, Status.IN_PROGRESS, actor=actor, verb=Verb.STARTED)


@transaction.atomic
def offer_handover(
    case: Case, *, actor: User, to: User, reason: str, revision: int | None = None
) -> Handover:
    """Offer the case to somebody; the owner stays responsible until it is accepted."""
    case = lock_case(case, actor, can_handle, revision=revision)
    _require_open(case)
    reason = require_reason(reason, limit=SHORT)
    if not to.is_active or not to.has_role(*CENTRE):
        raise RuleViolation(
            _("{person} does not work in the centre.").format(person=to.name),
            field="to",
        )
    if to.pk == case.owner_id:
        raise RuleViolation(
            _("{person} has the case already.").format(person=to.name), field="to"
        )
    if case.names(to):
        raise RuleViolation(_("This person may not take the case."), field="to")
    drop_handover(case, actor)
    handover = Handover.objects.create(
        case=case, offered_by=actor, offered_to=to, reason=reason
    )
    record(
        case,
        Verb.HANDOVER_OFFERED,
        actor=actor,
        old={"owner": case.owner.name},
        new={"to": to.name},
        note=reason,
    )
    tell(case, [to], Topic.HANDOVER_OFFERED)
    return handover


@transaction.atomic
def answer_handover(
    handover: Handover, *, actor: User, accepted: bool, answer: str = ""
) -> Handover:
    """Take the offered case over, or refuse it with a reason."""
    if not can_answer_handover(actor, handover):
        raise PermissionDenied
    case = lock_case(handover.case, actor, lambda *__: True)
    handover = case.handovers.select_related("offered_by", "offered_to").get(
        pk=handover.pk
    )
    _require_open(case)
    if handover.answered_at is not None:
        raise RuleViolation(_("This hand-over was already answered."))
    answer = fit_text(answer, field="answer", limit=SHORT)
    if not accepted:
        answer = require_reason(answer, field="answer")
    handover.answered_at = clock.now()
    handover.accepted = accepted
    handover.answer = answer
    handover.save(update_fields=["answered_at", "accepted", "answer"])
    verb = Verb.HANDOVER_ACCEPTED if accepted else Verb.HANDOVER_REFUSED
    topic = Topic.HANDOVER_ACCEPTED if accepted else Topic.HANDOVER_REFUSED
    old = {"owner": case.owner.name}
    if accepted:
        case.owner = actor
        case.save(update_fields=["owner"])
    record(
        case, verb, actor=actor, old=old, new={"owner": case.owner.name}, note=answer
    )
    tell(case, [handover.offered_by], topic, person=actor.name)
    return handover


def drop_handover(case: Case, actor: User) -> None:
    """Take back the locked case's open offer: it ended, or somebody else is asked."""
    open_offers = case.handovers.filter(answered_at=None)
    for handover in open_offers.select_related("offered_to"):
        handover.answered_at = clock.now()
        handover.accepted = False
        handover.save(update_fields=["answered_at", "accepted"])
        record(
            case,
            Verb.HANDOVER_DROPPED,
            actor=actor,
            old={"to": handover.offered_to.name},
        )


@transaction.atomic
def set_tier(
    case: Case, *, actor: User, tier: int, reason: str, revision: int | None = None
) -> Case:
    """Raise the tier with a reason, or (a supervisor) lower it; clocks follow."""
    case = lock_case(case, actor, can_handle, revision=revision)
    _require_open(case)
    reason = require_reason(reason)
    old, new = Tier(case.tier), Tier(tier)
    if new == old:
        raise RuleViolation(_("The case already has this tier."), field="tier")
    if new < old and not can_lower_tier(actor, case):
        raise RuleViolation(_("Only a supervisor lowers a tier."), field="tier")
    case.tier = new
    case.save(update_fields=["tier"])
    record(
        case,
        Verb.TIER_SET,
        actor=actor,
        old={"tier": int(old)},
        new={"tier": int(new)},
        note=reason,
    )
    follow_tier(case)
    announce_major(case, actor)
    return case


def announce_major(case: Case, actor: User) -> None:
    """A major case goes straight to the leadership, however it came to be one."""
    if case.tier == Tier.MAJOR:
        leaders = User.objects.active().with_role(Role.LEADERSHIP, Role.SUPERVISOR)
        tell(case, leaders, Topic.TIER_RAISED, skip=actor, tier=int(case.tier))


@transaction.atomic
def convert_kind(
    case: Case, *, actor: User, kind: Kind, reason: str, revision: int | None = None
) -> Case:
    """Turn a complaint into an enquiry or help, or back: an event and a figure."""
    case = lock_case(case, actor, can_handle, revision=revision)
    _require_open(case)
    reason = require_reason(reason)
    if kind == case.kind:
        raise RuleViolation(_("The case already is of this kind."), field="kind")
    if kind not in CONVERSIONS[Kind(case.kind)]:
        raise RuleViolation(
            _("A case of this kind is not converted into that."), field="kind"
        )
    old = case.kind
    case.kind = kind
    case.save(update_fields=["kind"])
    record(
        case,
        Verb.CONVERTED,
        actor=actor,
        old={"kind": old},
        new={"kind": str(kind)},
        note=reason,
    )
    recompute_case(case)
    return case


@transaction.atomic
def add_note(case: Case, *, actor: User, text: str) -> Case:
    """Write something down for the colleagues; the person and departments never see."""
    case = lock_case(case, actor, can_note)
    record(case, Verb.NOTED, actor=actor, note=require_reason(text, field="text"))
    return case


@transaction.atomic
def merge_case(
    case: Case, *, actor: User, into: Case, reason: str, revision: int | None = None
) -> Case:
    """End the case in favour of another; its number and tracking code keep working."""
    # Two merges that cross each other must lock in the same order.
    for each in sorted((case, into), key=lambda c: c.pk):
        lock_case(each, actor, can_handle)
    case = lock_case(case, actor, can_handle, revision=revision)
    into = lock_case(into, actor, can_handle)
    reason = require_reason(reason)
    if case.pk == into.pk or not into.is_open:
        raise RuleViolation(_("Choose another case that is still open."), field="into")
    if case.tasks.exclude(status=TaskStatus.CANCELLED).exists():
        raise RuleViolation(_("Cancel this case's tasks first."))
    move_case(
        case,
        Status.MERGED,
        actor=actor,
        verb=Verb.MERGED,
        note=reason,
        merged_into=into,
    )
    drop_handover(case, actor)
    # What the person was promised is kept under the other number.
    case.promises.open().update(case=into)
    case.deadlines.running().exclude(promise=None).update(case=into)
    clocks.drop_clocks(case)
    record(into, Verb.MERGED, actor=actor, new={"from": case.number}, note=reason)
    return case


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise RuleViolation(
            _("The case is “{state}”; reopen it first.").format(
                state=Status(case.status).label
            )
        )
