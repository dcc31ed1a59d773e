"""The follow-up plans a hospital starts with, and bringing them up to date.

After the practice of five hospitals and AHRQ RED: a visit on the day after admission
and after a week in hospital, calls two to three days, a week and thirty days after
discharge; members of cohorts every month on dialysis, and with a chronic disease after
four weeks and every three months. The first call is due within 72 hours; its window
stays open a little longer, so that a second and third try fit. What the hospital has
written itself is never replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from followups.models import (
    Anchor,
    Cohort,
    Mode,
    Plan,
    PlanVersion,
    Rhythm,
    Script,
    ScriptVersion,
    TouchPoint,
)
from followups.services.scripts.presets import ScriptPreset, read_presets
from followups.services.scripts.publishing import publish_version
from hospital import clock

DAY = 24  # hours
# The first version of a plan holds for everybody who is discharged already.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Point:
    key: str
    after: int
    window: int
    script: str
    priority: int = 0
    anchor: str = Anchor.DISCHARGE
    mode: str = Mode.CALL
    rhythm: str = ""


@dataclass(frozen=True)
class PlanPreset:
    code: str
    name_zh: str
    name_en: str
    points: tuple[Point, ...]
    prefixes: tuple[str, ...] = ()
    only_surgery: bool = False
    cohort: str = ""


def _bedside(key: str, after: int, window: int, script: str) -> Point:
    return Point(key, after, window, script, 0, Anchor.ADMISSION, Mode.BEDSIDE)


def _round(key: str, rhythm: str, window: int, script: str) -> Point:
    return Point(key, 0, window, script, 10, Anchor.JOINING, Mode.CALL, rhythm)


PLANS = (
    PlanPreset(
        "general",
        "出院随访（通用）",
        "After discharge, general",
        (
            Point("first", 2 * DAY, 4 * DAY, "general", 20),
            Point("week", 7 * DAY, 5 * DAY, "general", 10),
            Point("month", 30 * DAY, 7 * DAY, "general"),
        ),
    ),
    PlanPreset(
        "admission",
        "入院探访",
        "Visit on admission",
        (_bedside("welcome", DAY, 2 * DAY, "admission-visit"),),
    ),
    PlanPreset(
        "in-stay",
        "住院一周探访",
        "Visit after a week in hospital",
        (_bedside("content", 7 * DAY, 3 * DAY, "in-stay-visit"),),
    ),
    PlanPreset(
        "surgery",
        "手术患者随访",
        "After surgery",
        (
            Point("wound", 2 * DAY, 4 * DAY, "surgery", 25),
            Point("stitches", 10 * DAY, 5 * DAY, "surgery", 15),
        ),
        only_surgery=True,
    ),
    PlanPreset(
        "obstetrics",
        "产后随访",
        "After childbirth",
        (
            Point("early", 2 * DAY, 4 * DAY, "obstetrics", 25),
            Point("fortnight", 14 * DAY, 5 * DAY, "obstetrics", 15),
            Point("check-up", 38 * DAY, 7 * DAY, "obstetrics", 10),
        ),
        prefixes=("O80", "O81", "O82", "O83", "O84"),
    ),
    PlanPreset(
        "heart-failure",
        "心力衰竭随访",
        "Heart failure",
        (
            Point("early", 2 * DAY, 4 * DAY, "heart-failure", 30),
            Point("week", 7 * DAY, 4 * DAY, "heart-failure", 25),
            Point("fortnight", 14 * DAY, 5 * DAY, "heart-failure", 20),
            Point("month", 30 * DAY, 7 * DAY, "heart-failure", 15),
        ),
        prefixes=("I50", "I11.0", "I13.0", "I13.2"),
    ),
    PlanPreset(
        "dialysis",
        "血透随访",
        "Dialysis",
        (_round("monthly", Rhythm.MONTH, 10 * DAY, "dialysis"),),
        cohort="dialysis",
    ),
    PlanPreset(
        "chronic",
        "慢病随访",
        "Chronic disease",
        (
            _round("quarterly", Rhythm.QUARTER, 21 * DAY, "chronic"),
            replace(_round("month", "", 10 * DAY, "chronic"), after=28 * DAY),
        ),
        cohort="chronic",
    ),
)
# Code, name in Chinese, name in English.
COHORTS = (
    ("dialysis", "血液透析患者", "Dialysis patients"),
    ("chronic", "慢病患者", "Patients with a chronic disease"),
)


@transaction.atomic
def load_plans() -> int:
    """Bring shipped scripts and plans to their newest version; how many changed."""
    scripts = {preset.code: _script(preset) for preset in read_presets().values()}
    changed = sum(_bring_script(scripts[p.code], p) for p in read_presets().values())
    for code, name_zh, name_en in COHORTS:
        names = {"name_zh": name_zh, "name_en": name_en}
        Cohort.objects.get_or_create(code=code, defaults=names)
    return changed + sum(_bring_plan(preset, scripts) for preset in PLANS)


def _script(preset: ScriptPreset) -> Script:
    names = {"name_zh": preset.name_zh, "name_en": preset.name_en}
    return Script.objects.get_or_create(code=preset.code, defaults=names)[0]


def _bring_script(script: Script, preset: ScriptPreset) -> bool:
    Script.objects.select_for_update(no_key=True).get(pk=script.pk)
    newest = ScriptVersion.objects.current().filter(script=script).first()
    if newest is not None and (newest.is_own or newest.content == preset.content):
        return False
    publish_version(script, preset.content, is_own=False)
    return True


def _bring_plan(preset: PlanPreset, scripts: dict[str, Script]) -> bool:
    names = {"name_zh": preset.name_zh, "name_en": preset.name_en}
    plan = Plan.objects.get_or_create(code=preset.code, defaults=names)[0]
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    newest = plan.versions.order_by("-number").first()
    if newest is not None and (newest.is_own or _says(newest) == _wants(preset)):
        return False
    version = PlanVersion.objects.create(
        plan=plan,
        number=newest.number + 1 if newest else 1,
        from_at=clock.now() if newest else ALWAYS,
        diagnosis_prefixes=list(preset.prefixes),
        only_surgery=preset.only_surgery,
        cohort=Cohort.objects.filter(code=preset.cohort).first(),
        is_own=False,
    )
    TouchPoint.objects.bulk_create(_points(version, preset.points, scripts))
    return True


def _points(
    version: PlanVersion, points: Iterable[Point], scripts: dict[str, Script]
) -> list[TouchPoint]:
    return [
        TouchPoint(
            version=version,
            key=point.key,
            anchor=point.anchor,
            mode=point.mode,
            rhythm=point.rhythm,
            after_hours=point.after,
            window_hours=point.window,
            priority=point.priority,
            script=scripts[point.script],
        )
        for point in points
    ]


def _wants(preset: PlanPreset) -> Any:
    own = (list(preset.prefixes), preset.only_surgery, preset.cohort)
    return (*own, set(preset.points))


def _says(version: PlanVersion) -> Any:
    points = version.points.select_related("script")
    return (
        version.diagnosis_prefixes,
        version.only_surgery,
        version.cohort.code if version.cohort else "",
        {
            Point(
                point.key,
                point.after_hours,
                point.window_hours,
                point.script.code if point.script else "",
                point.priority,
                point.anchor,
                point.mode,
                point.rhythm,
            )
            for point in points
        },
    )
