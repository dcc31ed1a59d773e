"""The menu: what each role sees at the left, and at the bottom on a phone."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hospital.models import Role

EVERYBODY = frozenset(Role)
CENTRE = frozenset({Role.FRONT_DESK, Role.CALLBACK_AGENT, Role.SUPERVISOR})
DEPARTMENT = frozenset({Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF})
ADMINISTRATORS = frozenset({Role.QUALITY_ADMIN, Role.IT_ADMIN})


@dataclass(frozen=True)
class Entry:
    """A place one can go to, and who is offered it."""

    url_name: str
    label: Promise
    icon: str
    roles: frozenset[Role]
    key: str = ""


@dataclass(frozen=True)
class MenuItem:
    """An entry as one request sees it."""

    label: Promise
    url: str
    icon: str
    key: str
    active: bool


ENTRIES = (
    Entry("home", _("Home"), "home", EVERYBODY),
    Entry("complaints:intake", _("New case"), "plus", CENTRE, key="n"),
    Entry(
        "complaints:case_list",
        _("Cases"),
        "messages",
        CENTRE | DEPARTMENT | {Role.LEADERSHIP},
    ),
    Entry(
        "complaints:task_list",
        _("Tasks"),
        "checklist",
        DEPARTMENT | {Role.SUPERVISOR, Role.LEADERSHIP},
    ),
    Entry(
        "followups:calls",
        _("Calls"),
        "phone",
        frozenset({Role.CALLBACK_AGENT, Role.SUPERVISOR}),
    ),
    Entry(
        "followups:visits",
        _("Visits"),
        "walk",
        DEPARTMENT | {Role.CALLBACK_AGENT, Role.SUPERVISOR},
    ),
    Entry(
        "followups:alerts",
        _("Clinical alerts"),
        "urgent",
        DEPARTMENT | {Role.SUPERVISOR},
    ),
    Entry("followups:numbers", _("Numbers to find"), "search", DEPARTMENT),
    Entry(
        "followups:cohorts",
        _("Cohorts"),
        "users",
        frozenset({Role.SUPERVISOR, Role.QUALITY_ADMIN}),
    ),
    Entry(
        "dashboards:figures",
        _("Figures"),
        "chart-line",
        frozenset({Role.SUPERVISOR, Role.LEADERSHIP, Role.DEPARTMENT_HEAD}),
    ),
    Entry(
        "followups:imports",
        _("Stays"),
        "table",
        ADMINISTRATORS | {Role.SUPERVISOR},
    ),
    Entry("notifications:inbox", _("Inbox"), "inbox", EVERYBODY),
    Entry(
        "notifications:deliveries",
        _("Deliveries"),
        "send",
        frozenset({Role.IT_ADMIN}),
    ),
    Entry(
        "followups:messages",
        _("Messages of other systems"),
        "arrows-exchange",
        frozenset({Role.IT_ADMIN}),
    ),
    Entry(
        "hospital:calendar",
        _("Working calendar"),
        "calendar",
        ADMINISTRATORS | {Role.SUPERVISOR},
    ),
    Entry(
        "complaints:policies",
        _("Time limits"),
        "adjustments",
        frozenset({Role.SUPERVISOR, Role.QUALITY_ADMIN}),
    ),
    Entry(
        "followups:plans",
        _("Follow-up plans"),
        "calendar-time",
        frozenset({Role.SUPERVISOR, Role.QUALITY_ADMIN}),
    ),
    Entry(
        "followups:scripts",
        _("Scripts"),
        "list-check",
        frozenset({Role.SUPERVISOR, Role.QUALITY_ADMIN}),
    ),
    Entry("admin:index", _("Reference data"), "database", ADMINISTRATORS),
)


def menu_for(request: HttpRequest) -> list[MenuItem]:
    """The entries of the signed-in person, the one that holds the page marked."""
    user = request.user
    if not user.is_authenticated:
        return []
    offered = [
        (entry, reverse(entry.url_name))
        for entry in ENTRIES
        if user.has_role(*entry.roles)
    ]
    # The longest address wins, so that "New case" does not also mark "Cases".
    current = max(
        (url for entry, url in offered if _holds(entry, url, request.path)),
        key=len,
        default=None,
    )
    return [
        MenuItem(entry.label, url, entry.icon, entry.key, active=url == current)
        for entry, url in offered
    ]


def _holds(entry: Entry, url: str, path: str) -> bool:
    return path == url or (entry.url_name != "home" and path.startswith(url))
