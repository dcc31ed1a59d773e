"""What a visitor sees of the person in the bed."""

from functools import cached_property

from followups.models import FollowUp, Stay
from followups.services.calls.person import DueContact, PersonSheet
from followups.services.visits.record import due_with, say_why_over
from followups.services.visits.round import day_in_hospital
from hospital.models import User


class VisitSheet(PersonSheet):
    """One visit before its visitor."""

    def __init__(self, follow_up: FollowUp, visitor: User) -> None:
        patient = follow_up.patient
        super().__init__(patient.merged_into or patient, visitor)
        self.follow_up = follow_up

    @property
    def stay(self) -> Stay | None:
        return self.follow_up.stay

    @property
    def day_in_hospital(self) -> int | None:
        return day_in_hospital(self.follow_up)

    @cached_property
    def why_over(self) -> str:
        """Why there is nothing to record; empty when there is."""
        return say_why_over(self.follow_up)

    @cached_property
    def contacts(self) -> list[DueContact]:
        """What one talk at this bed is for, the window that closes first first."""
        due = due_with(self.follow_up).select_related("plan", "point")
        return [DueContact(each) for each in due.order_by("closes_at")]
