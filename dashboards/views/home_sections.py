"""The sections of home, one function for each role."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.filters import Scope
from complaints.models import (
    ENDED,
    Case,
    Category,
    Handover,
    RectificationTask,
    Status,
    TaskGroup,
    Tier,
)
from complaints.models.cases import CaseQuerySet
from complaints.models.tasks import TaskQuerySet
from dashboards.measures import month_summary
from dashboards.views.home_blocks import (
    MOST_ROWS,
    Block,
    Rows,
    Section,
    Tile,
    block_of_cases,
    block_of_group,
    block_of_offers,
    block_of_tasks,
)
from dashboards.views.home_calls import calls_tile
from dashboards.views.home_clocks import extensions_to_decide, promises_of
from hospital import clock
from hospital.models import Department, Role, User
from notifications.models import Delivery
from notifications.services import is_broker_reachable

DESK = (Role.FRONT_DESK, Role.CALLBACK_AGENT)
HEADLINES = ("received", "handled", "on-time", "satisfaction", "open", "overdue")
# A delivery that waits longer than this has no worker.
PATIENCE = timedelta(minutes=5)


def cases_url(**query: object) -> str:
    return f"{reverse('complaints:case_list')}?{urlencode(query)}"


def tasks_url(group: TaskGroup) -> str:
    return f"{reverse('complaints:task_list')}?{urlencode({'show': group.value})}"


def unaccepted_url() -> str:
    return cases_url(scope=Scope.OPEN, status=Status.RECEIVED.value)


def answer_voices(user: User) -> Section:
    """Front desk and callback agents: own cases, what was handed over, today."""
    mine = Q(owner=user) & ~Q(status__in=ENDED)
    received = Q(received_by=user, entered_at__gte=_start_of(clock.today()))
    cases = Case.objects.visible_to(user)
    counts = cases.aggregate(
        today=Count("pk", filter=received),
        solved=Count("pk", filter=received & Q(solved_on_the_spot=True)),
        mine=Count("pk", filter=mine),
        over=Count("pk", filter=mine & Q(due_at__lt=clock.now())),
    )
    tasks = RectificationTask.objects.visible_to(user).filter(case__owner=user)
    waiting = tasks.count_groups(TaskGroup.VERIFY, TaskGroup.DECIDE)
    own = cases.filter(mine)
    return Section(
        title=_("My desk"),
        tiles=[*calls_tile(user), *_desk_tiles(counts)],
        blocks=[
            promises_of(user),
            _offers_to(user),
            _own_cases(own, counts["mine"], empty=_("No open cases. Well done.")),
            *_waiting_for_centre(tasks, waiting),
        ],
    )


def _desk_tiles(counts: dict[str, int]) -> list[Tile]:
    received = cases_url(scope=Scope.ALL, received_from=clock.today())
    mine = cases_url(scope=Scope.MINE)
    return [
        Tile(_("Received today"), counts["today"], received, icon="inbox"),
        Tile(_("Solved on the spot today"), counts["solved"], icon="bolt"),
        Tile(_("Mine, open"), counts["mine"], mine, icon="messages"),
        _warn(_("Mine, over time"), counts["over"], mine),
    ]


def supervise(user: User) -> Section:
    """Supervisors: what waits for a decision, and what runs over."""
    cases = Case.objects.visible_to(user).open()
    tasks = RectificationTask.objects.visible_to(user)
    counts = cases.aggregate(
        received=Count("pk", filter=Q(status=Status.RECEIVED)),
        over=Count("pk", filter=Q(due_at__lt=clock.now())),
        major=Count("pk", filter=Q(tier=Tier.MAJOR)),
        mine=Count("pk", filter=Q(owner=user)),
    )
    heaps = tasks.count_groups(TaskGroup.VERIFY, TaskGroup.DECIDE, TaskGroup.LATE)
    late = block_of_group(
        tasks,
        TaskGroup.LATE,
        heaps,
        url=tasks_url(TaskGroup.LATE),
        tone="red",
        icon="clock-exclamation",
    )
    return Section(
        title=_("Supervision"),
        tiles=_supervisor_tiles(counts, heaps),
        blocks=[
            *([] if user.has_role(*DESK) else [promises_of(user)]),
            extensions_to_decide(cases),
            _offers_to(user),
            *_waiting_for_centre(tasks, heaps),
            _cases_over_time(cases, counts["over"]),
            late,
            _unaccepted_cases(cases, counts["received"]),
            _major_cases(cases, counts["major"]),
            _unanswered_offers(user, cases),
            _own_cases(cases.filter(owner=user), counts["mine"]),
        ],
        all_done=_("Nothing waits for a decision."),
    )


def _supervisor_tiles(counts: dict[str, int], heaps: dict[str, int]) -> list[Tile]:
    verify = tasks_url(TaskGroup.VERIFY)
    major = cases_url(scope=Scope.MAJOR)
    return [
        Tile(_("To verify"), heaps["verify"], verify, icon="clipboard-check"),
        _warn(_("Refused tasks"), heaps["decide"], tasks_url(TaskGroup.DECIDE)),
        _warn(_("Cases over time"), counts["over"], cases_url(scope=Scope.OVERDUE)),
        _warn(_("Tasks over time"), heaps["late"], tasks_url(TaskGroup.LATE)),
        Tile(_("Not yet accepted"), counts["received"], unaccepted_url(), icon="inbox"),
        Tile(_("Tier 3"), counts["major"], major, icon="flag"),
    ]


def put_right(user: User) -> Section:
    """Departments: heaps by time left; staff see first what they answer for."""
    tasks = RectificationTask.objects.visible_to(user).reachable_by(user)
    blocks = []
    if not user.has_role(Role.DEPARTMENT_HEAD):
        mine = tasks.filter(responsible=user).with_department()
        blocks.append(
            block_of_tasks(
                mine,
                mine.count(),
                title=_("You are responsible"),
                url=tasks_url(TaskGroup.OPEN),
                tone="blue",
                icon="user",
                empty=_("No task waits for you."),
            )
        )
        tasks = tasks.exclude(pk__in=mine.values("pk"))
    looks = {
        TaskGroup.ACKNOWLEDGE: ("amber", "hand-stop", _("Nothing to acknowledge.")),
        TaskGroup.OVER: ("red", "alert-triangle", ""),
        TaskGroup.SOON: ("amber", "clock-exclamation", ""),
        TaskGroup.LATER: ("blue", "clock", ""),
        TaskGroup.CENTRE: ("teal", "hourglass", ""),
    }
    counts = tasks.count_groups(*looks)
    for group, (tone, icon, empty) in looks.items():
        blocks.append(
            block_of_group(
                tasks,
                group,
                counts,
                url=tasks_url(group),
                tone=tone,
                icon=icon,
                empty=empty,
            )
        )
    return Section(title=_("My department"), blocks=blocks)


def lead(user: User) -> Section:
    """Leadership: the month's headlines, what burns, and what they hold themselves."""
    cases = Case.objects.visible_to(user).open().filter(tier=Tier.MAJOR)
    tasks = RectificationTask.objects.visible_to(user)
    held = tasks.filter(holder=user).with_department()
    figures = month_summary(user)
    return Section(
        title=_("The hospital this month"),
        figures=[figures[key] for key in HEADLINES],
        blocks=[
            _major_cases(cases, cases.count()),
            block_of_tasks(
                held,
                held.count(),
                title=_("Tasks in your hands"),
                url=tasks_url(TaskGroup.OPEN),
                tone="amber",
                icon="checklist",
            ),
        ],
        all_done=_("Nothing needs you now."),
    )


def administer(user: User) -> Section:
    """Administrators: gaps in the reference data that stop the work of others."""
    departments = Department.objects.active().aggregate(
        every=Count("pk"),
        headless=Count("pk", filter=Q(head=None)),
        nobody=Count("pk", filter=Q(head=None, deputy=None, supervising_leader=None)),
    )
    people = User.objects.active().aggregate(
        every=Count("pk"),
        idle=Count("pk", filter=Q(roles=[])),
        silent=Count("pk", filter=Q(email="")),
    )
    categories = Category.objects.selectable().count()
    units = reverse("admin:hospital_department_changelist")
    persons = reverse("admin:hospital_user_changelist")
    tree = reverse("admin:complaints_category_changelist")
    return Section(
        title=_("Reference data"),
        tiles=[
            Tile(
                _("Departments"), departments["every"], units, icon="building-hospital"
            ),
            _warn(_("Departments without a head"), departments["headless"], units),
            _warn(_("Nobody there may take a task"), departments["nobody"], units),
            Tile(_("People"), people["every"], persons, icon="users"),
            _warn(_("People without a role"), people["idle"], persons),
            Tile(_("People without e-mail"), people["silent"], persons, icon="mail"),
            Tile(_("Categories in use"), categories, tree, icon="category"),
        ],
    )


def operate(user: User) -> Section:
    """IT: do the database, the broker and the outbox do their work?"""
    waiting = Q(sent_at=None, given_up_at=None)
    since = clock.now() - timedelta(days=1)
    outbox = Delivery.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Min("notification__created_at", filter=waiting),
        given_up=Count("pk", filter=Q(given_up_at__isnull=False)),
        sent=Count("pk", filter=Q(sent_at__gte=since)),
    )
    deliveries = reverse("notifications:deliveries")
    failures = Delivery.objects.filter(given_up_at__isnull=False)
    rows = failures.select_related("notification__recipient").order_by("-given_up_at")
    return Section(
        title=_("Operation"),
        tiles=[
            Tile(_("Database"), _("reachable"), tone="green", icon="database"),
            _broker_tile(),
            _waiting_tile(outbox["waiting"], outbox["oldest"]),
            _warn(_("Messages given up"), outbox["given_up"], deliveries),
            Tile(_("Messages sent in a day"), outbox["sent"], icon="send"),
        ],
        blocks=[
            Block(
                Rows.FAILURES,
                title=_("Messages that could not be sent"),
                count=outbox["given_up"],
                rows=list(rows[:MOST_ROWS]),
                tone="red",
                icon="mail",
            )
        ],
    )


def _broker_tile() -> Tile:
    if is_broker_reachable():
        return Tile(_("Broker"), _("reachable"), tone="green", icon="circle-check")
    return Tile(_("Broker"), _("not reachable"), tone="red", icon="alert-triangle")


def _waiting_tile(count: int, oldest: datetime | None) -> Tile:
    tile = Tile(_("Messages waiting"), count, icon="hourglass")
    if oldest and oldest < clock.now() - PATIENCE:
        tile.tone = "red"
        tile.hint = _("Some have waited over five minutes: is the worker running?")
    return tile


def _offers_to(user: User) -> Block:
    offers = Handover.objects.filter(answered_at=None, offered_to=user)
    visible = offers.filter(case__in=Case.objects.visible_to(user))
    return block_of_offers(
        visible, title=_("Handed to you"), tone="amber", icon="arrows-exchange"
    )


def _waiting_for_centre(tasks: TaskQuerySet, counts: dict[str, int]) -> list[Block]:
    looks = {
        TaskGroup.VERIFY: ("teal", "clipboard-check"),
        TaskGroup.DECIDE: ("red", "gavel"),
    }
    return [
        block_of_group(tasks, group, counts, url=tasks_url(group), tone=tone, icon=icon)
        for group, (tone, icon) in looks.items()
    ]


def _major_cases(cases: CaseQuerySet, count: int) -> Block:
    return block_of_cases(
        cases.filter(tier=Tier.MAJOR),
        count,
        title=_("Tier 3, open"),
        url=cases_url(scope=Scope.MAJOR),
        tone="red",
        icon="flag",
    )


def _cases_over_time(cases: CaseQuerySet, count: int) -> Block:
    return block_of_cases(
        cases.overdue(),
        count,
        title=_("Cases over time"),
        url=cases_url(scope=Scope.OVERDUE),
        tone="red",
        icon="alert-triangle",
    )


def _unaccepted_cases(cases: CaseQuerySet, count: int) -> Block:
    return block_of_cases(
        cases.filter(status=Status.RECEIVED),
        count,
        title=_("Not yet accepted"),
        url=unaccepted_url(),
        tone="blue",
        icon="inbox",
    )


def _own_cases(cases: CaseQuerySet, count: int, empty: str = "") -> Block:
    return block_of_cases(
        cases,
        count,
        title=_("My open cases"),
        url=cases_url(scope=Scope.MINE),
        tone="blue",
        icon="messages",
        empty=empty,
    )


def _unanswered_offers(user: User, cases: CaseQuerySet) -> Block:
    pending = Handover.objects.filter(answered_at=None, case__in=cases)
    return block_of_offers(
        pending.exclude(offered_to=user),
        title=_("Hand-overs without an answer"),
        tone="amber",
        icon="arrows-exchange",
    )


def _warn(label: str, count: int, href: str = "") -> Tile:
    """A number that should be nought: red and with a sign when it is not."""
    if count:
        return Tile(label, count, href, tone="red", icon="alert-triangle")
    return Tile(label, count, href, tone="green", icon="circle-check")


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
