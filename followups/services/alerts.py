"""Clinical alerts: what a call revealed reaches a clinician within minutes.

An alert is told at once to the ward, and once more, higher up, when nobody has
answered in time.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from followups.models import Attempt, ClinicalAlert, Patient, QueuedCall
from followups.permissions import can_answer_alert, can_call, can_supervise_calls
from followups.script_content import Text
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.leave import stand_in_for
from hospital.models import Department, Role, User
from hospital.text import clean_text
from notifications.models import Topic
from notifications.services import notify

MOST_LETTERS = 5_000
BATCH = 100
UNKNOWN_WARD = gettext_lazy("a ward that is not known")


def raise_for_answers(attempt: Attempt, flags: list[Text]) -> ClinicalAlert | None:
    """Tell the ward of red-flag answers, in the transaction that records the call.

    An alert the agent has raised by hand during the call takes the flags up, unless a
    clinician has answered it already: then they must hear of the rest.
    """
    if not flags:
        return None
    words = [flag.as_json() for flag in flags]
    by_hand = _unanswered_by_hand(attempt.patient, attempt.agent)
    if by_hand is not None:
        by_hand.attempt, by_hand.flags = attempt, words
        by_hand.save(update_fields=["attempt", "flags"])
        return by_hand
    return _raise(
        attempt.patient,
        attempt.department,
        raised_by=attempt.agent,
        attempt=attempt,
        flags=words,
    )


@transaction.atomic
def raise_by_hand(patient: Patient, *, agent: User, note: str) -> ClinicalAlert:
    """The agent hands over to a clinician now; a second press is the same alert."""
    note = clean_text(note)
    if not note:
        raise RuleViolation(_("Say what is the matter."), field="note")
    if len(note) > MOST_LETTERS:
        raise RuleViolation(_("Shorten the note."), field="note")
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    call = QueuedCall.objects.filter(patient=patient).first()
    if not can_raise_alert(agent, patient, call):
        raise PermissionDenied
    earlier = _unanswered_by_hand(patient, agent)
    if earlier is not None:
        if note not in earlier.note:
            earlier.note = f"{earlier.note}\n{note}"
            earlier.save(update_fields=["note"])
        return earlier
    last = Attempt.objects.filter(patient=patient).order_by("-pk").first()
    source = call or last
    department = source.department if source else None
    return _raise(patient, department, raised_by=agent, note=note)


def can_raise_alert(agent: User, patient: Patient, call: QueuedCall | None) -> bool:
    """Whoever has the person on the telephone, or has just hung up; supervisors."""
    if not can_call(agent):
        return False
    if can_supervise_calls(agent) or (call and call.claimed_by_id == agent.pk):
        return True
    today = Attempt.objects.filter(
        patient=patient, agent=agent, ended_at__gte=clock.now() - timedelta(days=1)
    )
    return today.exists()


@transaction.atomic
def acknowledge_alert(alert: ClinicalAlert, *, actor: User) -> ClinicalAlert:
    """A clinician of the ward takes it on; whoever was first stays on record."""
    alert = _lock(alert, actor)
    if alert.acknowledged_at is None:
        alert.acknowledged_by, alert.acknowledged_at = actor, clock.now()
        alert.save(update_fields=["acknowledged_by", "acknowledged_at"])
    return alert


@transaction.atomic
def close_alert(alert: ClinicalAlert, *, actor: User, done: str) -> ClinicalAlert:
    """Close it with what was done; who closes unanswered has answered thereby."""
    alert = _lock(alert, actor)
    done = clean_text(done)
    if not alert.is_open:
        raise RuleViolation(_("The alert is closed already."))
    if not done:
        raise RuleViolation(_("Say what was done."), field="done")
    if len(done) > MOST_LETTERS:
        raise RuleViolation(_("Shorten the text."), field="done")
    now = clock.now()
    if alert.acknowledged_at is None:
        alert.acknowledged_by, alert.acknowledged_at = actor, now
    alert.closed_by, alert.closed_at, alert.done = actor, now, done
    alert.save()
    return alert


def watch_alerts() -> int:
    """Tell those higher up of alerts nobody has answered in time, once; how many."""
    count = 0
    while told := _tell_late_batch():
        count += told
    return count


@transaction.atomic
def _tell_late_batch() -> int:
    now = clock.now()
    late = ClinicalAlert.objects.late(now).order_by("due_at", "pk")
    locked = late.select_for_update(skip_locked=True, no_key=True)[:BATCH]
    alerts = list(locked)
    departments = Department.objects.with_people().in_bulk(
        {alert.department_id for alert in alerts if alert.department_id}
    )
    supervisors = _supervisors()
    for alert in alerts:
        ward = departments.get(alert.department_id or 0)
        people = [] if ward is None else _heads(ward)
        if ward is not None and ward.supervising_leader is not None:
            people.append(ward.supervising_leader)
        _tell(alert, ward, [*people, *supervisors], Topic.CLINICAL_ALERT_LATE)
    done = ClinicalAlert.objects.filter(pk__in=[alert.pk for alert in alerts])
    return done.update(told_late_at=now)


def _raise(
    patient: Patient,
    department: Department | None,
    *,
    raised_by: User,
    attempt: Attempt | None = None,
    flags: list[dict[str, str]] | None = None,
    note: str = "",
) -> ClinicalAlert:
    now = clock.now()
    alert = ClinicalAlert.objects.create(
        patient=patient,
        department=department,
        attempt=attempt,
        flags=flags or [],
        note=note,
        raised_by=raised_by,
        raised_at=now,
        due_at=now + timedelta(minutes=settings.ALERT_MINUTES),
    )
    people = _supervisors() if department is None else _ward(department)
    _tell(alert, department, people, Topic.CLINICAL_ALERT)
    return alert


def _unanswered_by_hand(patient: Patient, agent: User) -> ClinicalAlert | None:
    """The alert the agent has raised on this very call."""
    mine = ClinicalAlert.objects.unanswered().select_for_update(no_key=True)
    since = clock.now() - timedelta(hours=2)
    return mine.filter(
        patient=patient, raised_by=agent, attempt=None, raised_at__gte=since
    ).first()


def _lock(alert: ClinicalAlert, actor: User) -> ClinicalAlert:
    mine = ClinicalAlert.objects.visible_to(actor).filter(pk=alert.pk)
    found = mine.select_for_update(no_key=True, of=("self",)).first()
    if found is None or not can_answer_alert(actor, found):
        raise PermissionDenied
    return found


def _ward(department: Department) -> list[User]:
    """Head, deputy and staff on duty, those on leave replaced by who stands in."""
    today = clock.today()
    members = department.members.active().present_on(today)
    staff = members.with_role(Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF)
    return [*_heads(department), *staff]


def _heads(department: Department) -> list[User]:
    today = clock.today()
    people = [department.head, department.deputy]
    return [stand_in_for(person, today) for person in people if person is not None]


def _supervisors() -> list[User]:
    return list(User.objects.active().with_role(Role.SUPERVISOR))


def _tell(
    alert: ClinicalAlert,
    department: Department | None,
    people: Iterable[User],
    topic: Topic,
) -> None:
    told = list(dict.fromkeys(people))
    alert.told.add(*told)
    notify(
        told,
        topic,
        path=alert.get_absolute_url(),
        urgent=True,
        department=department or UNKNOWN_WARD,
        time=f"{timezone.localtime(alert.due_at):%H:%M}",
    )
