"""Plans in words and as a small picture, and what one should know about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from followups.models import (
    Anchor,
    FollowUp,
    Mode,
    Plan,
    PlanVersion,
    Rhythm,
    State,
    TouchPoint,
)

DAY = 24  # hours
AT_ONCE = {
    Anchor.ADMISSION: gettext_lazy("at admission"),
    Anchor.DISCHARGE: gettext_lazy("at discharge"),
    Anchor.JOINING: gettext_lazy("on the day of joining"),
}


@dataclass(frozen=True)
class Dot:
    """A touch-point on its line of time."""

    point: TouchPoint

    @property
    def when(self) -> str:
        """Beside the dot: "day 7", "every month"."""
        if self.point.rhythm:
            return str(Rhythm(self.point.rhythm).label)
        days, hours = divmod(self.point.after_hours, DAY)
        if hours:
            return _("after {count} h").format(count=self.point.after_hours)
        return _("day {number}").format(number=days)

    @property
    def since(self) -> str:
        """ "7 days after discharge"; of a round, when the first one is."""
        if not self.point.after_hours:
            return str(AT_ONCE[Anchor(self.point.anchor)])
        return _("{span} {anchor}").format(
            span=say_hours(self.point.after_hours),
            anchor=Anchor(self.point.anchor).label,
        )

    @property
    def lasts(self) -> str:
        return say_hours(self.point.window_hours)


@dataclass(frozen=True)
class Line:
    """The contacts that count from one moment, in the order of time."""

    start: str
    dots: list[Dot]


@dataclass(frozen=True)
class PlanRow:
    """A plan as the list shows it."""

    plan: Plan
    version: PlanVersion
    whom: list[str]
    lines: list[Line]
    open: int


def list_plans() -> list[PlanRow]:
    """All plans by the version in force, those in use first."""
    newest = PlanVersion.objects.order_by("plan_id", "-number").distinct("plan_id")
    points = Prefetch("points", TouchPoint.objects.select_related("script"))
    versions = newest.select_related("plan", "cohort").prefetch_related(
        points, "departments"
    )
    counted = FollowUp.objects.filter(state=State.OPEN).values("plan").order_by()
    open_by_plan = dict(counted.annotate(many=Count("pk")).values_list("plan", "many"))
    rows = [
        PlanRow(
            plan=version.plan,
            version=version,
            whom=say_whom(version),
            lines=draw(version),
            open=open_by_plan.get(version.plan_id, 0),
        )
        for version in versions
    ]
    return sorted(rows, key=lambda row: (not row.plan.is_active, row.plan.code))


def say_whom(version: PlanVersion) -> list[str]:
    """For whom the plan is, each condition a phrase of its own."""
    if version.cohort is not None:
        return [_("Members of: {cohort}").format(cohort=version.cohort.name)]
    phrases = []
    if departments := version.departments.all():
        phrases.append(_(", ").join(each.name for each in departments))
    if version.diagnosis_prefixes:
        codes = _(", ").join(version.diagnosis_prefixes)
        phrases.append(_("Diagnosis {codes}").format(codes=codes))
    if age := _say_age(version.least_age, version.most_age):
        phrases.append(age)
    if version.only_surgery:
        phrases.append(_("Only after surgery"))
    return phrases or [_("All stays")]


def _say_age(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return _("{age} years and older").format(age=least)
    if least is None:
        return _("Up to {age} years").format(age=most)
    return _("{least} to {most} years").format(least=least, most=most)


def draw(version: PlanVersion) -> list[Line]:
    """The contacts in the order of time, by the moment they count from."""
    starts = {
        Anchor.ADMISSION: _("Admission"),
        Anchor.DISCHARGE: _("Discharge"),
        Anchor.JOINING: _("Joining"),
    }
    lines = []
    for anchor, start in starts.items():
        points = [each for each in version.points.all() if each.anchor == anchor]
        if points:
            points.sort(key=lambda each: (each.after_hours, each.rhythm))
            lines.append(Line(start, [Dot(each) for each in points]))
    return lines


def say_hours(hours: int) -> str:
    """A length of time in days if it is whole days, else in hours."""
    days, rest = divmod(hours, DAY)
    if rest:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@dataclass(frozen=True)
class Meeting:
    """A call of this plan that lies within a day of one of another plan."""

    mine: Dot
    theirs: Dot

    @property
    def other(self) -> Plan:
        return self.theirs.point.version.plan


def find_meetings(version: PlanVersion) -> list[Meeting]:
    """Calls that another plan makes within a day to stays of the same kind."""
    points = Prefetch("points", TouchPoint.objects.select_related("version__plan"))
    others = PlanVersion.objects.filter(plan__is_active=True, cohort=None)
    others = others.exclude(plan=version.plan).order_by("plan_id", "-number")
    newest = others.distinct("plan_id").prefetch_related(points, "departments")
    if version.cohort_id is not None:
        return []
    return [
        Meeting(Dot(mine), Dot(theirs))
        for other in newest
        if _may_meet(version, other)
        for mine, theirs in _near(version.points.all(), other.points.all())
    ]


def _near(
    points: Iterable[TouchPoint], others: Iterable[TouchPoint]
) -> Iterator[tuple[TouchPoint, TouchPoint]]:
    for mine in points:
        for theirs in others:
            if (
                mine.mode == theirs.mode == Mode.CALL
                and mine.anchor == theirs.anchor
                and abs(mine.after_hours - theirs.after_hours) < DAY
            ):
                yield mine, theirs


def _may_meet(one: PlanVersion, other: PlanVersion) -> bool:
    """Whether there can be stays that both are for."""
    here, there = set(one.departments.all()), set(other.departments.all())
    if here and there and not here & there:
        return False
    if one.diagnosis_prefixes and other.diagnosis_prefixes:
        longer = (
            mine.startswith(theirs) or theirs.startswith(mine)
            for mine in one.diagnosis_prefixes
            for theirs in other.diagnosis_prefixes
        )
        if not any(longer):
            return False
    least = max(one.least_age or 0, other.least_age or 0)
    mosts = [each for each in (one.most_age, other.most_age) if each is not None]
    return not mosts or least <= min(mosts)
