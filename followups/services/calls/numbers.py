"""The find-the-number list: whom a ward is to look up, and what was dialled in vain."""

from dataclasses import dataclass

from django.db.models import Prefetch

from followups.models import Attempt, Outcome, Patient, QueuedCall, Stay
from hospital.models import User

MOST_ROWS = 100


@dataclass(frozen=True)
class Wanted:
    """A person whose number is wrong, the attempt that found it, and the stay."""

    row: QueuedCall

    @property
    def patient(self) -> Patient:
        return self.row.patient

    @property
    def wrong(self) -> Attempt | None:
        return next(iter(self.patient.attempts.all()), None)

    @property
    def stay(self) -> Stay | None:
        return next(iter(self.patient.stays.all()), None)


def numbers_to_find(user: User) -> tuple[list[Wanted], int]:
    """The most urgent of the list, and how many there are besides."""
    rows = QueuedCall.objects.needing_number_for(user)
    wrong = Attempt.objects.filter(outcome=Outcome.WRONG_NUMBER)
    shown = (
        rows.select_related("patient", "department")
        .prefetch_related(
            Prefetch(
                "patient__attempts",
                wrong.select_related("agent").order_by("-ended_at", "-pk"),
            ),
            Prefetch("patient__stays", Stay.objects.filter(cancelled=False)),
        )
        .order_by("closes_at", "patient")[:MOST_ROWS]
    )
    wanted = [Wanted(row) for row in shown]
    more = rows.count() - len(wanted) if len(wanted) == MOST_ROWS else 0
    return wanted, more
