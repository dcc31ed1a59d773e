"""What is shown of a person before a talk, on the telephone and at the bed."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from complaints.models import Case, Promise
from followups.models import (
    Anchor,
    Attempt,
    FollowUp,
    Patient,
    Rhythm,
)
from followups.permissions import can_call
from hospital import clock
from hospital.models import User

MOST_ATTEMPTS = 8


@dataclass(frozen=True)
class DueContact:
    """A contact that is due, and when the plan wants it."""

    follow_up: FollowUp

    @property
    def when(self) -> str:
        point = self.follow_up.point
        days, hours = divmod(point.after_hours, 24)
        is_in_days = days >= 2 and not hours
        span = (
            ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
            if is_in_days
            else ngettext("%(count)d h", "%(count)d h", point.after_hours)
            % {"count": point.after_hours}
        )
        if point.anchor == Anchor.ADMISSION:
            return gettext("{span} after admission").format(span=span)
        if point.anchor == Anchor.JOINING:
            if point.rhythm:
                return str(Rhythm(point.rhythm).label)
            return gettext("{span} after joining").format(span=span)
        return gettext("{span} after discharge").format(span=span)


class PersonSheet:
    """A person before a reader. Everything is read when it is first shown."""

    def __init__(self, patient: Patient, reader: User) -> None:
        self.patient, self.reader = patient, reader

    @property
    def age(self) -> int | None:
        return self.patient.age_on(clock.today())

    @property
    def reads_notes(self) -> bool:
        """The centre reads all notes: some tell what was said about the ward."""
        return can_call(self.reader)

    @cached_property
    def attempts(self) -> list[Attempt]:
        """What was tried before, the newest first."""
        return list(attempts_at(self.patient)[:MOST_ATTEMPTS])

    @cached_property
    def cases(self) -> list[Case]:
        """Open cases by the person's numbers, as far as the reader may see them."""
        phones = {self.patient.phone, self.patient.relative_phone} - {""}
        if not phones:
            return []
        mine = Case.objects.visible_to(self.reader, lookup=True).open()
        theirs = [mine.with_phone(phone).values("pk") for phone in phones]
        wanted = Q(pk__in=theirs[0])
        for more in theirs[1:]:
            wanted |= Q(pk__in=more)
        return list(Case.objects.filter(wanted).for_list().by_time_left())

    @cached_property
    def promises(self) -> list[Promise]:
        """What these cases still owe the person."""
        if not self.cases:
            return []
        owed = Promise.objects.open().filter(case__in=self.cases)
        return list(owed.select_related("owner", "case").by_time_left())


def attempts_at(patient: Patient) -> QuerySet[Attempt]:
    """Attempts at a person, under whichever of their merged records."""
    theirs = Attempt.objects.filter(
        Q(patient=patient) | Q(patient__merged_into=patient)
    )
    return theirs.select_related("agent").order_by("-ended_at", "-pk")
