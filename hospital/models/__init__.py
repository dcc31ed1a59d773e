"""Campuses, departments, people, and when they work."""

from hospital.models.contacts import ContactMade, ContactRefusal
from hospital.models.departments import (
    Bilingual,
    Campus,
    Department,
    DepartmentQuerySet,
)
from hospital.models.hours import CalendarDay, TimeRules, Weekday, WorkingHours
from hospital.models.people import Role, User, UserManager, UserQuerySet

__all__ = [
    "Bilingual",
    "CalendarDay",
    "Campus",
    "ContactMade",
    "ContactRefusal",
    "Department",
    "DepartmentQuerySet",
    "Role",
    "TimeRules",
    "User",
    "UserManager",
    "UserQuerySet",
    "Weekday",
    "WorkingHours",
]
