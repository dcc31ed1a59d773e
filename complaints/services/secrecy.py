"""Looking at what is guarded leaves a trace."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import AccessLog, Case, Contact
from complaints.permissions import can_reveal_contact
from complaints.services.words import require_reason
from hospital.exceptions import RuleViolation
from hospital.models import User


@transaction.atomic
def reveal_contact(case: Case, *, actor: User, reason: str) -> Contact:
    """The full name and number, for a reason that is written down first."""
    reachable = Case.objects.visible_to(actor, lookup=True).filter(pk=case.pk)
    if not reachable.exists() or not can_reveal_contact(actor, case):
        raise PermissionDenied
    contact = Contact.objects.filter(case=case).first()
    if contact is None:
        raise RuleViolation(_("The person left no name or number."))
    AccessLog.objects.create(
        case=case,
        user=actor,
        act=AccessLog.Act.REVEAL,
        reason=require_reason(reason, limit=300),
    )
    return contact


def log_view(case: Case, *, actor: User) -> None:
    """Write down that a sensitive case, or one that is not the reader's, was opened."""
    own = Case.objects.visible_to(actor).filter(pk=case.pk).exists()
    sensitive = case.is_sensitive or case.subjects.exclude(named_staff=None).exists()
    if own and not sensitive:
        return
    AccessLog.objects.create(
        case=case,
        user=actor,
        act=AccessLog.Act.VIEW if own else AccessLog.Act.LOOKUP,
    )
