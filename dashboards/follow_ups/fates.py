"""What became of a stay's contacts: one word for each stay, worked out in one query.

The words are apart: a stay that must not be contacted is not one that was not reached,
and neither is one that refused. Only contacts after the discharge count.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from followups.models import (
    REACHED,
    Anchor,
    Attempt,
    Disposition,
    FollowUp,
    Mode,
    Outcome,
    State,
    Stay,
    StopReason,
)
from hospital.models import ContactRefusal

EFFECTIVE = "effective"
ONLY_REACHED = "reached"
REFUSED = "refused"
WAITING = "waiting"
MISSED = "missed"
UNPLANNED = "unplanned"
_TRIED = "tried_"

DONE_FATES = (EFFECTIVE, ONLY_REACHED)
TRIED_FATES = tuple(f"{_TRIED}{outcome}" for outcome in Outcome.values)
UNTRIED_FATES = (WAITING, MISSED, UNPLANNED)
# Other reasons to stop a contact say that there was nothing to contact anybody about.
EXCLUDED_FATES = (
    StopReason.DECEASED.value,
    StopReason.TRANSFERRED.value,
    StopReason.READMITTED.value,
    StopReason.DO_NOT_CALL.value,
    StopReason.RESTING.value,
)

FATES: dict[str, str | Promise] = {
    EFFECTIVE: _("Reached, and the questions answered"),
    ONLY_REACHED: _("Reached, but no answers"),
    REFUSED: _("Refused on the telephone"),
    **{f"{_TRIED}{outcome}": outcome.label for outcome in Outcome},
    WAITING: _("Still to be called"),
    MISSED: _("Never tried before the window closed"),
    UNPLANNED: _("No contact was planned"),
    **{reason: StopReason(reason).label for reason in EXCLUDED_FATES},
}


def with_fates(
    stays: QuerySet[Stay], *, in_detail_from: datetime | None = None
) -> QuerySet[Stay]:
    """With `fate`, a key of FATES.

    Of stays that ended before `in_detail_from` the calls are not looked into, which
    would be most of the work: their fate tells not whether the questions were
    answered, nor the outcome of the last call.
    """
    contacts: Subquery | Case = _fate_by_contacts(_rank(), _word())
    if in_detail_from is not None:
        roughly = _fate_by_contacts(_rough_rank(), _rough_word())
        is_recent = When(discharged_at__gte=in_detail_from, then=contacts)
        contacts = Case(is_recent, default=roughly)
    unplanned = Value(UNPLANNED, CharField())
    return stays.annotate(fate=Coalesce(contacts, _fate_without_contacts(), unplanned))


def _fate_by_contacts(rank: Case, word: Case) -> Subquery:
    """What the most telling contact says; of equals the newest."""
    excluding = Q(state=State.STOPPED, stop_reason__in=EXCLUDED_FATES)
    contacts = FollowUp.objects.filter(
        ~Q(state=State.STOPPED) | excluding,
        stay=OuterRef("pk"),
        point__anchor=Anchor.DISCHARGE,
    )
    newest = F("ended_at").desc(nulls_first=True)
    ordered = contacts.order_by(rank, newest, "-opens_at", "-pk")
    return Subquery(ordered.values(word=word)[:1])


def _rank() -> Case:
    return Case(
        When(_is_effective(), then=0),
        When(Q(state=State.OPEN) & Q(Exists(_attempts())), then=3),
        default=_rough_rank(),
        output_field=IntegerField(),
    )


def _rough_rank() -> Case:
    return Case(
        When(state=State.DONE, then=1),
        When(state=State.DECLINED, then=2),
        When(state=State.UNREACHABLE, then=3),
        When(state=State.OPEN, then=4),
        When(state=State.MISSED, then=5),
        default=6,
        output_field=IntegerField(),
    )


def _word() -> Case:
    last_outcome = Coalesce(_last_outcome(), Value(WAITING, CharField()))
    return Case(
        When(_is_effective(), then=Value(EFFECTIVE)),
        When(state__in=(State.UNREACHABLE, State.OPEN), then=last_outcome),
        default=_rough_word(),
        output_field=CharField(),
    )


def _rough_word() -> Case:
    return Case(
        When(state=State.DONE, then=Value(ONLY_REACHED)),
        When(state=State.DECLINED, then=Value(REFUSED)),
        When(state=State.UNREACHABLE, then=Value(f"{_TRIED}{Outcome.NO_ANSWER}")),
        When(state=State.OPEN, then=Value(WAITING)),
        When(state=State.MISSED, then=Value(MISSED)),
        default=F("stop_reason"),
        output_field=CharField(),
    )


def _is_effective() -> Q:
    """Done, and what the script asks was answered; a visit needs no call."""
    answered = _attempts().filter(outcome__in=REACHED).exclude(answers=[])
    needs_none = Q(mode=Mode.BEDSIDE) | Q(point__script=None)
    return Q(state=State.DONE) & (needs_none | Q(Exists(answered)))


def _attempts() -> QuerySet[Attempt]:
    return Attempt.objects.filter(follow_ups=OuterRef("pk"))


def _last_outcome() -> Subquery:
    newest = _attempts().order_by("-ended_at", "-pk")
    outcome = Cast("outcome", CharField())
    return Subquery(newest.values(word=Concat(Value(_TRIED), outcome))[:1])


def _fate_without_contacts() -> Case:
    """Why nobody planned one; a contact that must not be is not even made."""
    deceased = (
        Q(disposition=Disposition.DECEASED)
        | Q(patient__is_deceased=True)
        | Q(patient__merged_into__is_deceased=True)
    )
    refuses = (
        Q(refuses_calls=True)
        | Q(patient__do_not_call=True)
        | Q(patient__merged_into__do_not_call=True)
        | Exists(ContactRefusal.objects.filter(phone=OuterRef("patient__phone")))
    )
    return Case(
        When(deceased, then=Value(StopReason.DECEASED.value)),
        When(
            disposition=Disposition.TRANSFER, then=Value(StopReason.TRANSFERRED.value)
        ),
        When(refuses, then=Value(StopReason.DO_NOT_CALL.value)),
        default=None,
        output_field=CharField(),
    )
