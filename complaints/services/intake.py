"""A voice comes in: one submit registers the case, or walks it to its end."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import (
    Case,
    CaseCounter,
    Category,
    Channel,
    Contact,
    Kind,
    Reply,
    Satisfaction,
    Source,
    Subject,
    Tier,
    Verb,
)
from complaints.permissions import can_register
from complaints.services import clocks
from complaints.services.closing import close_locked
from complaints.services.lifecycle import record
from complaints.services.replies import keep_reply, keep_satisfaction
from complaints.services.routing import announce_major
from complaints.services.timekeeping import require_near
from complaints.services.words import LONG, fit_text
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from hospital.text import normalise_phone

OLDEST_RECEIPT = timedelta(days=2 * 365)
# Digits, perhaps with a country prefix before and an extension behind.
PHONE = re.compile(r"\+?\d{3,20}(?:(?:转|ext|x|#|,)\d{1,6})?", re.IGNORECASE)
# Without 0, 1, I, L, O, U: read over the telephone without doubt.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class SubjectLine:
    category: Category
    department: Department
    named_staff: User | None = None


@dataclass(frozen=True)
class ContactDetails:
    name: str = ""
    phone: str = ""
    relation: str = Contact.Relation.PATIENT
    special_need: str = Contact.Need.NONE


@dataclass(frozen=True)
class SolvedOnTheSpot:
    """How it was solved, and the person's own verdict if it was asked."""

    how: str
    method: Reply.Method = Reply.Method.IN_PERSON
    score: int | None = None


@dataclass(frozen=True)
class Voice:
    """What a person said, as any door hands it in."""

    kind: Kind
    channel: Channel
    narrative: str
    subjects: Sequence[SubjectLine] = field(default_factory=tuple)
    contact: ContactDetails | None = None
    received_at: datetime | None = None
    source: Source = Source.PATIENT
    solved: SolvedOnTheSpot | None = None
    submission: UUID | None = None
    external_number: str = ""
    external_due_at: datetime | None = None


@transaction.atomic
def register_case(voice: Voice, *, actor: User) -> Case:
    """Register a voice as a case owned by the actor and start its clocks.

    Solved on the spot, the case walks the same path to closed in the same
    transaction. The same submission again gives the case it made before. Raises
    RuleViolation with the field that is wrong.
    """
    if not can_register(actor):
        raise PermissionDenied
    narrative = _check(voice, actor)
    now = clock.now()
    tier, __ = suggest_tier(voice.subjects)
    counter = _lock_counter(now)
    # Behind the lock: a submission that ran at the same time has committed by now.
    if earlier := find_submitted(voice.submission, actor=actor):
        return earlier
    case = Case.objects.create(
        number=_next_number(counter),
        tracking_code=_new_tracking_code(),
        kind=voice.kind,
        source=voice.source,
        channel=voice.channel,
        narrative=narrative,
        tier=tier,
        received_at=voice.received_at or now,
        entered_at=now,
        received_by=actor,
        owner=actor,
        solved_on_the_spot=voice.solved is not None,
        submission=voice.submission,
        external_number=fit_text(
            voice.external_number, field="external_number", limit=40
        ),
        external_due_at=voice.external_due_at,
    )
    for line in voice.subjects:
        Subject.objects.create(
            case=case,
            category=line.category,
            department=line.department,
            named_staff=line.named_staff,
        )
    if voice.contact is not None:
        _keep_contact(case, voice.contact)
    record(
        case,
        Verb.REGISTERED,
        actor=actor,
        new={"kind": str(voice.kind), "channel": str(voice.channel), "tier": tier},
    )
    clocks.start_case_clocks(case)
    if voice.solved is not None:
        return _walk_to_closed(case, voice.solved, actor=actor)
    announce_major(case, actor)
    return case


def find_submitted(submission: UUID | None, *, actor: User) -> Case | None:
    """The case that the actor's form with this token has made already."""
    if submission is None:
        return None
    return Case.objects.filter(received_by=actor, submission=submission).first()


def suggest_tier(subjects: Sequence[SubjectLine]) -> tuple[Tier, str]:
    """The tier the subjects suggest, and why, in a sentence."""
    if not subjects:
        return Tier.MINOR, _("nothing said yet raises it")
    gravest = max(subjects, key=lambda line: line.category.suggested_tier)
    tier = Tier(gravest.category.suggested_tier)
    if tier == Tier.MINOR and len({line.department.pk for line in subjects}) > 1:
        return Tier.COMPLEX, _("several departments are involved")
    return tier, _("because of “{category}”").format(category=gravest.category.name)


def _check(voice: Voice, actor: User) -> str:
    """Refuse what cannot be registered; return the cleaned narrative."""
    narrative = fit_text(voice.narrative, field="narrative", limit=LONG)
    if not narrative:
        raise RuleViolation(_("Say in a few words what happened."), field="narrative")
    if voice.received_at is not None and voice.received_at > clock.now():
        raise RuleViolation(
            _("The time of receipt lies in the future."), field="received_at"
        )
    oldest = clock.now() - OLDEST_RECEIPT
    if voice.received_at is not None and voice.received_at < oldest:
        raise RuleViolation(
            _("This is more than two years ago; check the year."),
            field="received_at",
        )
    if voice.external_due_at is not None:
        received_at = voice.received_at or clock.now()
        if voice.external_due_at <= received_at:
            raise RuleViolation(
                _("The work order is due before it was received; check the time."),
                field="external_due_at",
            )
        require_near(voice.external_due_at, field="external_due_at")
    if not voice.subjects:
        raise RuleViolation(
            _("Choose what the case is about and which department."), field="subjects"
        )
    if len({(s.category, s.department, s.named_staff) for s in voice.subjects}) < len(
        voice.subjects
    ):
        raise RuleViolation(_("The same subject stands twice."), field="subjects")
    if actor in {line.named_staff for line in voice.subjects}:
        raise RuleViolation(
            _("You are named in this case: ask a colleague to take it."),
            field="subjects",
        )
    return narrative


def _keep_contact(case: Case, details: ContactDetails) -> None:
    name = fit_text(details.name, field="name", limit=60)
    phone = fit_text(normalise_phone(details.phone), field="phone", limit=30)
    if not (name or phone):
        raise RuleViolation(
            _("Enter a name or a phone number, or choose anonymous."), field="phone"
        )
    if phone and not PHONE.fullmatch(phone):
        raise RuleViolation(
            _("Enter 3 to 20 digits, with an extension if there is one."),
            field="phone",
        )
    Contact.objects.create(
        case=case,
        name=name,
        phone=phone,
        relation=details.relation,
        special_need=details.special_need,
    )


def _lock_counter(now: datetime) -> CaseCounter:
    """The year's counter, locked to the end of the intake: numbers have no gaps."""
    year = timezone.localtime(now).year
    counters = CaseCounter.objects.select_for_update(no_key=True)
    counter, __ = counters.get_or_create(year=year)
    return counter


def _next_number(counter: CaseCounter) -> str:
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"C-{counter.year}-{counter.last:06d}"


def _new_tracking_code() -> str:
    """Twelve letters out of 30: about 59 bits nobody can guess."""
    letters = [secrets.choice(CODE_LETTERS) for __ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def _walk_to_closed(case: Case, solved: SolvedOnTheSpot, *, actor: User) -> Case:
    """The steps of any case, by whoever has just made it: nobody else holds it."""
    keep_reply(case, actor, method=solved.method, text=solved.how)
    reason = "" if solved.score else Satisfaction.NotAsked.ON_THE_SPOT
    keep_satisfaction(case, actor, score=solved.score, not_asked=reason)
    close_locked(case, actor)
    return case
