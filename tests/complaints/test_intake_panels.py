"""Beside the form of a new case: tier and due time, the known person; and the slip."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from complaints import services
from complaints.models import AccessLog, Case, Category
from hospital import clock
from hospital.models import Department, User
from tests.factories import CategoryFactory

INTAKE = reverse("complaints:intake")
PREVIEW = reverse("complaints:intake_preview")
KNOWN = reverse("complaints:known_person")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.get_default_timezone())

SignIn = Callable[[User], Client]
Register = Callable[..., Case]


@pytest.fixture
def browser(sign_in: SignIn, front_desk: User) -> Client:
    client = sign_in(front_desk)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def subject(department: Department, category: Category) -> dict[str, Any]:
    """One line of subjects as the form sends it."""
    return {
        "subjects-TOTAL_FORMS": "6",
        "subjects-INITIAL_FORMS": "0",
        "subjects-0-department": department.pk,
        "subjects-0-category": category.pk,
    }


# --- tier and due time --------------------------------------------------------
def test_the_preview_of_an_empty_form_is_a_minor_case(browser: Client) -> None:
    with clock.at(NOW):
        response = browser.get(PREVIEW)
    assertContains(response, "Tier 1, minor")
    assertContains(response, "Mon 2026-11-30 18:00")


def test_the_preview_says_the_tier_and_why(
    browser: Client, subject: dict[str, Any], category: Category
) -> None:
    category.suggested_tier = 3
    category.save()
    with clock.at(NOW):
        response = browser.get(PREVIEW, subject)
    assertContains(response, "Tier 3, major")
    assertContains(response, "because of “Waiting time”")
    assertContains(response, "Thu 2026-11-26 18:00")
    assertContains(response, "3 working days after receipt")


def test_the_preview_counts_from_an_earlier_receipt_and_several_departments(
    browser: Client, subject: dict[str, Any], other_department: Department
) -> None:
    more = {
        "subjects-1-department": other_department.pk,
        "subjects-1-category": CategoryFactory().pk,
        "received_at": "2026-11-16T08:00",
    }
    with clock.at(NOW):
        response = browser.get(PREVIEW, subject | more)
    assertContains(response, "Tier 2, complex")
    assertContains(response, "10 working days after receipt, several departments")
    assertContains(response, "Mon 2026-11-30 18:00")


def test_the_preview_leaves_out_what_is_not_whole(
    browser: Client, subject: dict[str, Any]
) -> None:
    response = browser.get(PREVIEW, subject | {"subjects-0-category": "x"})
    assertContains(response, "nothing said yet raises it")


def test_the_preview_tells_that_a_named_person_sees_nothing(
    browser: Client, subject: dict[str, Any], staff: User
) -> None:
    named = subject | {"subjects-0-named_staff": staff.employee_number}
    response = browser.get(PREVIEW, named)
    assertContains(response, "The person named will not see this case.")


def test_the_preview_of_a_solved_case_is_closed(browser: Client) -> None:
    assertContains(browser.get(PREVIEW, {"solved": "on"}), "Closed on saving")


# --- the known person ---------------------------------------------------------
def test_earlier_cases_of_the_number_appear_whoever_took_them(
    browser: Client, new_case: Register, supervisor: User
) -> None:
    theirs = new_case(actor=supervisor)
    new_case(contact=services.ContactDetails("李四", "13900000000"))
    response = browser.get(KNOWN, {"phone": "１３８-1234-5678"})
    assert [case.number for case in response.context["cases"]] == [theirs.number]
    assertContains(response, "Known: 1 case")
    assertContains(response, "1 open")
    assertContains(response, "Cardiology · Waiting time")
    assertContains(response, f'href="{theirs.get_absolute_url()}" target="_blank"')
    assertNotContains(response, "张建国")


def test_a_new_number_has_no_earlier_case(browser: Client, case: Case) -> None:
    response = browser.get(KNOWN, {"phone": "13900000000"})
    assertContains(response, "No earlier case with this number.")


@pytest.mark.parametrize("phone", ["", "138", "\x07"])
def test_a_number_still_being_typed_shows_nothing(
    browser: Client, case: Case, phone: str
) -> None:
    assert browser.get(KNOWN, {"phone": phone}).content.strip() == b""


def test_a_case_that_names_the_reader_is_not_among_the_known(
    browser: Client,
    new_case: Register,
    supervisor: User,
    front_desk: User,
    department: Department,
    category: Category,
) -> None:
    line = services.SubjectLine(category, department, front_desk)
    new_case(actor=supervisor, subjects=[line])
    response = browser.get(KNOWN, {"phone": "13812345678"})
    assertContains(response, "No earlier case with this number.")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_known_person_costs_the_same_however_often_they_spoke(
    browser: Client, new_case: Register, django_assert_num_queries: Any, rows: int
) -> None:
    for __ in range(rows):
        new_case()
    # session, person, counts, cases, subjects, categories, departments
    with django_assert_num_queries(7):
        response = browser.get(KNOWN, {"phone": "13812345678"})
    assertContains(response, f"{rows} open")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_the_same_however_many_options(
    browser: Client, django_assert_num_queries: Any, rows: int
) -> None:
    CategoryFactory.create_batch(rows)
    browser.get(INTAKE)
    # session, person, departments, categories
    with django_assert_num_queries(4):
        browser.get(INTAKE)


# --- the slip -----------------------------------------------------------------
def test_the_slip_says_what_to_keep_and_what_comes_next(
    browser: Client, case: Case, settings: Any
) -> None:
    settings.CENTRE_PHONE, settings.HOSPITAL_NAME = "028-12345", "First Hospital"
    response = browser.get(reverse("complaints:slip", args=[case.number]))
    for words in (case.number, case.tracking_code, "028-12345", "First Hospital"):
        assertContains(response, words)
    assertContains(response, "at the latest")
    assertContains(response, reverse("complaints:qr_code", args=[case.tracking_code]))
    assertNotContains(response, "张建国")
    assertNotContains(response, case.narrative)
    assert AccessLog.objects.count() == 0


def test_a_look_up_for_a_slip_is_written_down(
    browser: Client, new_case: Register, supervisor: User, front_desk: User
) -> None:
    case = new_case(actor=supervisor)
    assert (
        browser.get(reverse("complaints:slip", args=[case.number])).status_code == 200
    )
    log = AccessLog.objects.get()
    assert (log.user, log.act) == (front_desk, AccessLog.Act.LOOKUP)


def test_the_code_is_not_for_the_department(
    sign_in: SignIn, case: Case, head: User, outsider: User
) -> None:
    url = reverse("complaints:slip", args=[case.number])
    assert sign_in(head).get(url).status_code == 403
    assert sign_in(outsider).get(url).status_code == 404
    assert sign_in(head).post(url).status_code == 405


def test_the_qr_code_is_a_picture_without_style(browser: Client, case: Case) -> None:
    response = browser.get(reverse("complaints:qr_code", args=[case.tracking_code]))
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<?xml")
    assert b"style" not in response.content


def test_no_qr_code_is_drawn_for_what_is_no_code(browser: Client) -> None:
    assert browser.get(reverse("complaints:qr_code", args=["x"])).status_code == 404
