"""The pages of plans: read, written, switched; nothing typed is lost."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from followups.models import Cohort, FollowUp, Plan, Script
from followups.services.planning.content import what_it_says
from followups.services.planning.presets import load_plans
from hospital import clock
from hospital.models import Department, User
from tests.followups.plan_world import CALL, ROUND, writer
from tests.followups.world import DAY, NOW, discharge

SignIn = Callable[[User], Client]
POINT = {
    "key": "",
    "mode": "call",
    "after": "2",
    "unit": "days",
    "anchor": "discharge",
    "rhythm": "",
    "window": "4",
    "script": "",
    "priority": "0",
}
COST_OF_LIST = 6
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(english: SignIn, supervisor: User) -> Client:
    return english(supervisor)


def form(*points: dict[str, str], number: int = 0, **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name_zh": "跌倒随访",
        "name_en": "After falls",
        "whom": "stays",
        "number": number,
        "points-count": len(points),
    }
    for row, point in enumerate(points):
        data |= {f"points-{row}-{n}": v for n, v in (POINT | point).items()}
    return data | changes


def read(browser: Client, path: str, **extra: Any) -> str:
    response = browser.get(path, **extra)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "path", ["", "new/", "general/", "general/edit/", "general/switch/"]
)
def test_only_those_who_write_plans_see_them(
    sign_in: SignIn, agent: User, head: User, quality_admin: User, path: str
) -> None:
    load_plans()
    codes = [
        sign_in(user).get(f"/plans/{path}").status_code
        for user in (agent, head, quality_admin)
    ]
    assert codes == [403, 403, 200]


def test_a_plan_that_does_not_exist_is_not_found(browser: Client) -> None:
    for path in ("none/", "none/edit/", "none/switch/"):
        assert browser.get(f"/plans/{path}").status_code == 404


def test_without_plans_the_list_says_so(browser: Client) -> None:
    assert "There are no plans yet" in read(browser, "/plans/")


def test_the_list_tells_for_whom_when_and_how_many_are_open(
    browser: Client, supervisor: User, department: Department
) -> None:
    write = writer(supervisor)
    write(departments=frozenset({department}))
    cohort = Cohort.objects.create(code="hd", name_zh="血透", name_en="Dialysis")
    Plan.objects.filter(pk=write(ROUND, cohort=cohort).plan_id).update(is_active=False)
    with clock.at(NOW + DAY):
        discharge("1", at=NOW + DAY, department=department)
    page = read(browser, "/plans/")
    for words in ("After falls", "Cardiology", "day 2", "1 open contact"):
        assert words in page
    for words in ("Members of: Dialysis", "Every month", "switched off"):
        assert words in page


def test_the_list_costs_the_same_however_long_it_is(
    browser: Client,
    supervisor: User,
    department: Department,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    write = writer(supervisor)
    write(departments=frozenset({department}))
    read(browser, "/plans/")
    with django_assert_num_queries(COST_OF_LIST):
        read(browser, "/plans/")
    for __ in range(2):
        write(CALL, departments=frozenset({department}))
    with django_assert_num_queries(COST_OF_LIST):
        read(browser, "/plans/")


def test_a_plan_shows_what_is_in_force_and_its_history(
    browser: Client, supervisor: User
) -> None:
    load_plans()
    plan = Plan.objects.get(code="heart-failure")
    first = what_it_says(plan.versions.get())
    writer(supervisor)(CALL, plan=plan, diagnosis_prefixes=("I50",))
    page = read(browser, "/plans/heart-failure/")
    for words in ("Version 2", "Diagnosis I50", "主管", "shipped", "in force"):
        assert words in page
    assert "After discharge, general" in page  # a call at the same time
    old = read(browser, "/plans/heart-failure/?version=1")
    assert "This is version 1. Version 2 is in force." in old
    assert "I11.0" in old
    assert len(first.points) == old.count("after discharge</td>")


def test_the_preview_counts_all_plans_together(browser: Client) -> None:
    load_plans()
    query = "?department=&diagnosis_code=i50.9&age=70&had_surgery=on"
    part = read(browser, f"/plans/surgery/{query}", headers=HTMX)
    assert "<html" not in part
    for words in ("Heart failure", "After surgery", "Visit on admission"):
        assert words in part
    assert "2026-03-12 10:00" in part
    whole = read(browser, f"/plans/surgery/{query}")
    assert "Heart failure" in whole


def test_a_preview_of_an_odd_age_says_what_is_wrong(browser: Client) -> None:
    load_plans()
    part = read(browser, "/plans/surgery/?diagnosis_code=&age=999", headers=HTMX)
    assert "less than or equal to 130" in part


def test_a_cohort_plan_previews_its_rounds(browser: Client) -> None:
    load_plans()
    page = read(browser, "/plans/dialysis/")
    for words in ("Somebody who joins the cohort today", "2026-04-10", "0 members now"):
        assert words in page


def test_a_plan_is_written_from_the_form(
    browser: Client, department: Department
) -> None:
    script = Script.objects.create(code="falls", name_zh="跌倒", name_en="Falls")
    script.versions.create(number=1, content={}, published_at=NOW)
    sent = form(
        {"script": str(script.pk), "priority": "20"},
        {"mode": "bedside", "anchor": "admission", "after": "30", "unit": "hours"},
        departments=[department.pk],
        diagnosis_prefixes="s00， S06.0",
        least_age="65",
        only_surgery="on",
    )
    answer = browser.post("/plans/new/", sent)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/plans/after-falls/",
    )
    said = what_it_says(Plan.objects.get().versions.get())
    assert said.departments == {department}
    assert said.diagnosis_prefixes == ("S00", "S06.0")
    assert (said.least_age, said.most_age, said.only_surgery) == (65, None, True)
    assert [
        (point.key, point.after_hours, point.window_hours, point.script)
        for point in said.points
    ] == [("bedside-30h", 30, 96, None), ("call-2d", 48, 96, script)]


def test_a_cohort_plan_leaves_out_what_is_said_of_stays(browser: Client) -> None:
    cohort = Cohort.objects.create(code="hd", name_zh="血透", name_en="Dialysis")
    missing = browser.post("/plans/new/", form({"rhythm": "month"}, whom="cohort"))
    assert "Choose the cohort." in missing.content.decode()
    sent = form({"rhythm": "month"}, whom="cohort", cohort=cohort.pk, least_age="65")
    assert browser.post("/plans/new/", sent).status_code == 302
    said = what_it_says(Plan.objects.get().versions.get())
    assert (said.cohort, said.least_age) == (cohort, None)
    assert [(p.anchor, p.rhythm) for p in said.points] == [("joining", "month")]


def test_a_row_is_added_and_taken_away_and_nothing_typed_is_lost(
    browser: Client, department: Department
) -> None:
    typed = form({"after": "zwei"}, {"after": "9"}, departments=[department.pk])
    more = browser.post("/plans/new/", typed | {"do": "add"}).content.decode()
    for words in ('value="zwei"', 'value="跌倒随访"', 'name="points-2-mode"'):
        assert words in more
    assert f'<option value="{department.pk}" selected data-keys="xnk XNK">' in more
    part = browser.post("/plans/new/", typed | {"do": "drop-0"}, headers=HTMX)
    words = part.content.decode()
    assert ('value="9"' in words, "zwei" in words, "<html" in words) == (
        True,
        False,
        False,
    )
    assert not Plan.objects.exists()


@pytest.mark.parametrize("do", ["drop-77", "drop-x", "nonsense", "add"])
def test_an_odd_wish_changes_no_row_too_many(browser: Client, do: str) -> None:
    full = form(*[{"after": str(n)} for n in range(20)])
    page = browser.post("/plans/new/", full | {"do": do}, headers=HTMX)
    assert 'name="points-count" value="20"' in page.content.decode()


def test_faults_are_sentences_beside_their_fields(browser: Client) -> None:
    sent = form(
        {"after": ""},
        {"mode": "bedside"},
        diagnosis_prefixes="心衰",
        name_en="",
    )
    page = browser.post("/plans/new/", sent).content.decode()
    for words in (
        "“心衰” is not the beginning of an ICD-10 code.",
        "This field is required.",
        'value="跌倒随访"',
    ):
        assert words in page
    bedside = form({"mode": "bedside"}, {"after": "3"})
    page = browser.post("/plans/new/", bedside).content.decode()
    assert "After discharge nobody is in the bed" in page
    assert "Please correct the marked fields." in page
    none = browser.post("/plans/new/", form()).content.decode()
    assert "Without a touch-point nobody is contacted." in none
    ages = form({}, least_age="70", most_age="60")
    page = browser.post("/plans/new/", ages).content.decode()
    assert "The highest age is below the lowest." in page
    assert not Plan.objects.exists()


def test_an_edit_is_the_next_version(browser: Client) -> None:
    load_plans()
    page = read(browser, "/plans/dialysis/edit/")
    assert 'value="monthly"' in page
    general = Plan.objects.get(code="general")
    sent = form({"key": "first", "after": "1"}, number=1)
    answer = browser.post("/plans/general/edit/", sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/plans/general/")
    said = what_it_says(general.versions.latest("number"))
    assert [(p.key, p.after_hours) for p in said.points] == [("first", 24)]
    again = browser.post("/plans/general/edit/", sent | {"number": 2}, follow=True)
    assert "The plan says the same as before." in again.content.decode()


def test_a_stale_edit_is_told_and_may_be_saved_again(browser: Client) -> None:
    load_plans()
    browser.post("/plans/general/edit/", form({"after": "1"}, number=1))
    mine = form({"after": "5"}, number=1)
    page = browser.post("/plans/general/edit/", mine).content.decode()
    assert "Version 2 was written in the meantime." in page
    assert '<input type="hidden" name="number" value="2"' in page
    assert 'value="5"' in page
    assert browser.post("/plans/general/edit/", mine | {"number": 2}).status_code == 302


def test_a_plan_is_switched_off_after_it_was_said_what_follows(
    browser: Client, supervisor: User
) -> None:
    writer(supervisor)()
    with clock.at(NOW + DAY):
        discharge("1", at=NOW + DAY)
        asked = read(browser, "/plans/after-falls/switch/")
        assert "1 open contact is stopped" in asked
        done = browser.post("/plans/after-falls/switch/", follow=True)
        assert "The plan is switched off." in done.content.decode()
        assert FollowUp.objects.get().stop_reason == "not_planned"
        assert "Contacts whose time is not over" in read(
            browser, "/plans/after-falls/switch/"
        )
        browser.post("/plans/after-falls/switch/")
    assert FollowUp.objects.get().state == "open"


def test_a_plan_without_open_contacts_is_switched_off_too(
    browser: Client, supervisor: User
) -> None:
    writer(supervisor)()
    assert "It has no open contacts." in read(browser, "/plans/after-falls/switch/")
