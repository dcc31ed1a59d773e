"""Quality checks: calls drawn at random, listened to, and scored on a card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import SystemRandom

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Avg, Count, F
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from complaints.models import Case
from followups.models import REACHED, Attempt, Mode, QualityCheck
from followups.models.quality import QualityCheckQuerySet
from followups.permissions import can_check_call, can_supervise_calls
from followups.score_card import CARD, MOST_POINTS, percent_of
from followups.services.supervision.agents import midnight
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User
from hospital.text import clean_text
from notifications.models import Topic
from notifications.services import notify

MOST_EACH = 20
MOST_DAYS = 92
MOST_LETTERS = 5_000
MONTHS = 6
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Drawn:
    """What was drawn; `short` are agents with fewer calls left than asked for."""

    count: int
    short: list[User]


@dataclass(frozen=True)
class Average:
    percent: int
    count: int


@dataclass(frozen=True)
class Averages:
    """The scores by agent and by the month of the calls, the latest month first."""

    months: list[date]
    lines: list[tuple[str, list[Average | None]]]


@transaction.atomic
def draw_sample(
    *, actor: User, first: date, last: date, each: int, seconds: int = 0
) -> Drawn:
    """Draw calls of every agent from the talks of these days, each call once ever."""
    if not can_supervise_calls(actor):
        raise PermissionDenied
    _check_wish(first, last, each, seconds)
    calls = Attempt.objects.annotate(length=F("ended_at") - F("started_at")).filter(
        mode=Mode.CALL,
        outcome__in=REACHED,
        ended_at__gte=midnight(first),
        ended_at__lt=midnight(last + DAY),
        length__gte=timedelta(seconds=seconds),
        quality_check=None,
    )
    callers = User.objects.filter(pk__in=calls.order_by().values("agent"))
    # Two supervisors who draw at once wait for each other.
    agents = list(callers.order_by("pk").select_for_update(no_key=True))
    heaps: dict[int, list[int]] = {agent.pk: [] for agent in agents}
    rows = calls.filter(agent__in=agents).order_by("pk")
    for agent, call in rows.values_list("agent", "pk"):
        heaps[agent].append(call)
    chance = SystemRandom()
    drawn = {
        agent: chance.sample(heap, min(each, len(heap)))
        for agent, heap in heaps.items()
    }
    count = sum(len(calls_drawn) for calls_drawn in drawn.values())
    if not count:
        raise RuleViolation(_("No call of these days is left to draw."))
    QualityCheck.objects.bulk_create(
        QualityCheck(attempt_id=call, drawn_by=actor)
        for calls_drawn in drawn.values()
        for call in calls_drawn
    )
    short = [agent for agent in agents if len(drawn[agent.pk]) < each]
    return Drawn(count, short)


@transaction.atomic
def check_call(
    check: QualityCheck,
    *,
    actor: User,
    points: Mapping[str, int | None],
    comment: str = "",
) -> QualityCheck:
    """Score the call; the agent is told. None: the criterion does not apply."""
    locked = QualityCheck.objects.select_for_update(no_key=True, of=("self",))
    check = locked.select_related("attempt__agent").get(pk=check.pk)
    if not can_check_call(actor, check):
        raise PermissionDenied
    if check.checked_at is not None:
        raise StaleRecord(_("Somebody has checked this call already."))
    if set(points) != {criterion.key for criterion in CARD}:
        raise RuleViolation(_("Score every criterion."))
    if not all(p is None or 0 <= p <= MOST_POINTS for p in points.values()):
        raise RuleViolation(_("Score every criterion."))
    percent = percent_of(points)
    if percent is None:
        raise RuleViolation(_("At least one criterion must apply."))
    comment = clean_text(comment)
    if len(comment) > MOST_LETTERS:
        raise RuleViolation(_("Shorten the comment."), field="comment")
    check.scores = [
        {
            "key": criterion.key,
            "title": criterion.title.as_json(),
            "hint": criterion.hint.as_json(),
            "points": points[criterion.key],
        }
        for criterion in CARD
    ]
    check.percent, check.comment = percent, comment
    check.checked_by, check.checked_at = actor, clock.now()
    check.save()
    notify([check.attempt.agent], Topic.CALL_CHECKED, path=check.get_absolute_url())
    return check


def note_read(check: QualityCheck, *, reader: User) -> None:
    """The agent has opened what was found of the own call; the first time counts."""
    mine = QualityCheck.objects.checked().filter(pk=check.pk, attempt__agent=reader)
    mine.filter(seen_at=None).update(seen_at=clock.now())


def checks_for_list(user: User) -> QualityCheckQuerySet:
    visible = QualityCheck.objects.visible_to(user)
    return visible.select_related(
        "attempt__agent", "attempt__department", "attempt__recording", "checked_by"
    )


def cases_of_call(attempt: Attempt, reader: User) -> list[Case]:
    """What came of the call, as far as the reader may see it."""
    cases = Case.objects.visible_to(reader).filter(heard_on_calls=attempt)
    return list(cases.order_by("pk"))


def average_scores(user: User) -> Averages:
    """The checked calls of the last months that the person may see."""
    months = _last_months(clock.today())
    checks = QualityCheck.objects.visible_to(user).checked()
    wanted = checks.filter(attempt__ended_at__gte=midnight(months[-1])).order_by()
    rows = wanted.values_list(
        "attempt__agent__employee_number",
        "attempt__agent__name",
        TruncMonth("attempt__ended_at"),
    )
    found: dict[tuple[str, str], dict[date, Average]] = {}
    for number, name, month, percent, count in rows.annotate(
        Avg("percent"), Count("pk")
    ):
        average = Average(int(percent + 0.5), count)
        found.setdefault((number, name), {})[month.date()] = average
    lines = [
        (name, [by_month.get(month) for month in months])
        for (__, name), by_month in sorted(found.items())
    ]
    return Averages(months, lines)


def _check_wish(first: date, last: date, each: int, seconds: int) -> None:
    if last < first:
        raise RuleViolation(_("The last day is before the first."), field="last")
    if (last - first).days >= MOST_DAYS:
        words = _("Choose at most {days} days.").format(days=MOST_DAYS)
        raise RuleViolation(words, field="first")
    if not 1 <= each <= MOST_EACH:
        words = _("Choose a number from 1 to {most}.").format(most=MOST_EACH)
        raise RuleViolation(words, field="each")
    if seconds < 0:
        raise RuleViolation(_("Choose a length of 0 or more."), field="seconds")


def _last_months(today: date) -> list[date]:
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - DAY).replace(day=1))
    return months
