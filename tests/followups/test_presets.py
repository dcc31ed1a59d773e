"""The shipped plans and scripts: usable as they are, and never in the way."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from followups.models import FollowUp, Plan, PlanVersion, Script, ScriptVersion
from followups.script_content import Question, QuestionKind, read_content
from followups.services.planning import presets
from followups.services.planning.presets import PLANS, load_plans
from followups.services.scripts.answers import read_answers
from followups.services.scripts.presets import ScriptPreset, read_presets
from followups.services.scripts.publishing import publish_version
from followups.services.scripts.questionnaires import build_questionnaire
from hospital import clock
from tests.followups.script_world import content
from tests.followups.world import DAY, NOW, discharge

CHINESE = re.compile("[\u4e00-\u9fff]")
CODES = [
    "admission-visit",
    "chronic",
    "dialysis",
    "general",
    "heart-failure",
    "in-stay-visit",
    "obstetrics",
    "surgery",
]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


def questions_of(code: str) -> list[Question]:
    return list(read_content(read_presets()[code].content).questions)


def plans_of(number: str) -> list[tuple[str, str]]:
    rows = FollowUp.objects.filter(patient__number=number)
    found = rows.order_by("opens_at", "plan__code").values_list(
        "plan__code", "point_key"
    )
    return list(found)


def test_the_shipped_scripts_are_these() -> None:
    assert sorted(read_presets()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_shipped_script_speaks_chinese_and_english(code: str) -> None:
    for question in questions_of(code):
        texts = [question.text, *(option.text for option in question.options)]
        texts += [option.teaching for option in question.options if option.teaching]
        for each in texts:
            assert CHINESE.search(each.zh), question.key
            assert not CHINESE.search(each.en), question.key


@pytest.mark.parametrize("code", CODES)
def test_a_red_flag_of_a_shipped_script_has_a_short_name(code: str) -> None:
    for question in questions_of(code):
        if any(option.is_red for option in question.options):
            assert question.short is not None, question.key


def test_the_general_script_has_the_five_sections_of_red() -> None:
    sections = read_content(read_presets()["general"].content).sections
    assert [str(section.title.en) for section in sections] == [
        "Health status",
        "Medicines",
        "Appointments and tests",
        "Services at home",
        "What to do if a problem arises",
    ]


@pytest.mark.parametrize(
    ("code", "given", "flag"),
    [
        ("general", {"temperature": "38.5", "fever": "yes"}, "Highest temperature"),
        ("general", {"medicines_obtained": "missing"}, "Medicines obtained"),
        ("heart-failure", {"weighs": "yes", "weight_gain": "2"}, "Weight gain"),
        ("dialysis", {"access": "fistula", "thrill": "no"}, "Thrill of the fistula"),
        ("dialysis", {"pressure": "85"}, "Systolic pressure"),
        ("chronic", {"sugar": "3.5"}, "Fasting blood sugar"),
        ("chronic", {"medicines_left": "out"}, "Enough medicines"),
        ("surgery", {"wound_pus": "yes"}, "Pus or fluid"),
        ("obstetrics", {"lochia": "strong"}, "Bleeding after birth"),
    ],
)
def test_the_red_flags_of_the_field_are_flagged(
    code: str, given: dict[str, str], flag: str
) -> None:
    load_plans()
    version = ScriptVersion.objects.current().get(script__code=code)
    sent = {f"q_{key}": value for key, value in given.items()}
    found = read_answers(build_questionnaire([version]), sent, is_complete=False)
    (red,) = found.flags
    assert red.en.startswith(flag)


def test_scripts_of_one_call_share_their_questions() -> None:
    load_plans()
    current = ScriptVersion.objects.current().filter(
        script__code__in=["general", "heart-failure", "surgery"]
    )
    keys = [asked.key for asked in build_questionnaire(list(current)).asked]
    assert len(keys) == len(set(keys))
    wanted = {
        question.key
        for code in ("general", "heart-failure", "surgery")
        for question in questions_of(code)
    }
    assert set(keys) == wanted


def test_loading_twice_changes_nothing_the_second_time() -> None:
    assert load_plans() == len(CODES) + len(PLANS)
    assert load_plans() == 0
    assert PlanVersion.objects.count() == len(PLANS)
    assert ScriptVersion.objects.count() == len(CODES)


def test_the_command_says_how_much_changed() -> None:
    out = StringIO()
    call_command("load_plans", stdout=out)
    call_command("load_plans", stdout=out)
    call_command("load_plans", stdout=out, verbosity=0)
    assert out.getvalue().splitlines() == [
        "16 plans and scripts changed.",
        "0 plans and scripts changed.",
    ]


def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next release ships another plan and another script."""
    known = dict(read_presets())
    general = known["general"]
    known["general"] = ScriptPreset("general", "甲", "A", content())
    assert general.content != content()
    monkeypatch.setattr(presets, "read_presets", lambda: known)
    first, *rest = PLANS
    shorter = presets.PlanPreset(
        first.code, first.name_zh, first.name_en, first.points[:1]
    )
    monkeypatch.setattr(presets, "PLANS", (shorter, *rest))


def test_a_release_with_other_content_publishes_new_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_plans()
    changed(monkeypatch)
    assert load_plans() == 2
    newest = ScriptVersion.objects.current().get(script__code="general")
    assert (newest.number, newest.content) == (2, content())
    plan = Plan.objects.get(code="general")
    assert [v.points.count() for v in plan.versions.order_by("number")] == [3, 1]


def test_a_new_version_of_a_plan_holds_from_its_loading_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_plans()
    changed(monkeypatch)
    load_plans()
    versions = Plan.objects.get(code="general").versions.order_by("number")
    assert [version.from_at for version in versions] == [presets.ALWAYS, NOW]


def test_what_the_hospital_wrote_itself_is_never_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_plans()
    publish_version(Script.objects.get(code="general"), content())
    plan = Plan.objects.get(code="general")
    PlanVersion.objects.create(plan=plan, number=2)
    changed(monkeypatch)
    assert load_plans() == 0


def test_every_shipped_plan_names_scripts_that_exist() -> None:
    load_plans()
    for version in PlanVersion.objects.all():
        for point in version.points.all():
            assert point.script is not None


@pytest.mark.parametrize(
    ("facts", "plans"),
    [
        (
            {},
            [("general", "first"), ("general", "week"), ("general", "month")],
        ),
        (
            {"diagnosis_code": "I50.900"},
            [
                ("general", "first"),
                ("heart-failure", "early"),
                ("general", "week"),
                ("heart-failure", "week"),
                ("heart-failure", "fortnight"),
                ("general", "month"),
                ("heart-failure", "month"),
            ],
        ),
        (
            {"diagnosis_code": "O82.1", "had_surgery": True},
            [
                ("general", "first"),
                ("obstetrics", "early"),
                ("surgery", "wound"),
                ("general", "week"),
                ("surgery", "stitches"),
                ("obstetrics", "fortnight"),
                ("general", "month"),
                ("obstetrics", "check-up"),
            ],
        ),
    ],
)
def test_a_discharged_patient_gets_the_contacts_of_all_plans_that_fit(
    facts: dict[str, Any], plans: list[tuple[str, str]]
) -> None:
    load_plans()
    discharge("1", at=NOW - timedelta(hours=1), **facts)
    assert plans_of("1") == plans


def test_the_windows_of_a_plan_never_overlap() -> None:
    for plan in PLANS:
        ends = 0
        for point in sorted(plan.points, key=lambda each: each.after):
            assert point.after >= ends, (plan.code, point.key)
            ends = point.after + point.window


def test_the_first_call_is_open_from_the_second_day_on() -> None:
    load_plans()
    discharge("1", at=NOW - 2 * DAY)
    first = FollowUp.objects.get(point_key="first")
    assert first.opens_at == NOW


def test_information_is_said_and_never_required() -> None:
    for code in CODES:
        for question in questions_of(code):
            if question.kind == QuestionKind.INFORMATION:
                assert question.is_required is False
