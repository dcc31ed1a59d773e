from django.contrib.auth.models import AnonymousUser

from hospital.models import Role, User

CALENDAR_KEEPERS = (Role.QUALITY_ADMIN, Role.IT_ADMIN, Role.SUPERVISOR)


def can_set_calendar(user: User | AnonymousUser) -> bool:
    """The hospital's own days and working hours: they move every due time."""
    return isinstance(user, User) and user.has_role(*CALENDAR_KEEPERS)
