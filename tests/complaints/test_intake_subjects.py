"""What a new case is about, and who may write one down."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from complaints.models import Case, Category
from hospital.models import Department, User

INTAKE = reverse("complaints:intake")
PREVIEW = reverse("complaints:intake_preview")
KNOWN = reverse("complaints:known_person")

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


@pytest.fixture
def typed(subject: dict[str, Any]) -> dict[str, Any]:
    return subject | {
        "kind": "complaint",
        "channel": "phone",
        "narrative": "等了三个小时",
        "phone": "13812345678",
        "relation": "patient",
        "special_need": "none",
    }


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("department", "This department is not on the list; choose another."),
        ("category", "This category is not on the list; choose another."),
    ],
)
@pytest.mark.parametrize("value", ["987654321", "x", "9" * 30])
def test_an_unknown_choice_is_refused_beside_its_box(
    browser: Client, typed: dict[str, Any], field: str, sentence: str, value: str
) -> None:
    response = browser.post(INTAKE, typed | {f"subjects-0-{field}": value})
    assert response.context["form"].subjects.errors[0] == {field: [sentence]}
    assertContains(response, sentence)
    assertContains(response, "等了三个小时")
    assert Case.objects.count() == 0


def test_a_department_closed_meanwhile_is_refused(
    browser: Client, typed: dict[str, Any], department: Department
) -> None:
    department.is_active = False
    department.save()
    response = browser.post(INTAKE, typed)
    assertContains(response, "This department is not on the list; choose another.")


def test_a_category_retired_meanwhile_is_refused(
    browser: Client, typed: dict[str, Any], category: Category
) -> None:
    category.is_active = False
    category.save()
    response = browser.post(INTAKE, typed)
    assertContains(response, "This category is not on the list; choose another.")


def test_half_a_subject_is_asked_for_its_other_half(
    browser: Client, typed: dict[str, Any]
) -> None:
    response = browser.post(INTAKE, typed | {"subjects-0-category": ""})
    assert response.context["form"].subjects.errors[0] == {
        "category": ["Choose what it is about."]
    }


def test_a_case_without_a_subject_is_refused(
    browser: Client, typed: dict[str, Any]
) -> None:
    nothing = {"subjects-0-department": "", "subjects-0-category": ""}
    response = browser.post(INTAKE, typed | nothing)
    assertContains(response, "Choose what the case is about and which department.")
    assert Case.objects.count() == 0


def test_a_form_without_any_lines_is_refused(
    browser: Client, typed: dict[str, Any]
) -> None:
    response = browser.post(INTAKE, {**typed, "subjects-TOTAL_FORMS": ""})
    assert response.status_code == 200
    assert Case.objects.count() == 0


def test_the_same_subject_twice_is_refused(
    browser: Client, typed: dict[str, Any], department: Department, category: Category
) -> None:
    again = {
        "subjects-1-department": department.pk,
        "subjects-1-category": category.pk,
    }
    response = browser.post(INTAKE, typed | again)
    assertContains(response, "The same subject stands twice.")


def test_a_named_member_of_staff_stays_when_something_else_is_wrong(
    browser: Client, typed: dict[str, Any], staff: User
) -> None:
    named = {"subjects-0-named_staff": staff.employee_number, "narrative": ""}
    response = browser.post(INTAKE, typed | named)
    initial = f'[{{"id": "{staff.employee_number}", "text": "{staff.name}"}}]'
    widget = response.context["form"].subjects.forms[0].fields["named_staff"].widget
    assert widget.attrs["data-initial"].encode().decode("unicode_escape") == initial


@pytest.mark.parametrize("field", ["department", "category", "named_staff"])
def test_a_null_character_is_refused(
    browser: Client, typed: dict[str, Any], field: str
) -> None:
    response = browser.post(INTAKE, typed | {f"subjects-0-{field}": "1\x00"})
    assert list(response.context["form"].subjects.errors[0]) == [field]


def test_an_unknown_employee_number_is_refused(
    browser: Client, typed: dict[str, Any]
) -> None:
    response = browser.post(INTAKE, typed | {"subjects-0-named_staff": "nobody"})
    assert response.context["form"].subjects.errors[0] == {
        "named_staff": ["Nobody on the staff has this employee number."]
    }


def test_who_is_named_cannot_take_the_case_down(
    browser: Client, typed: dict[str, Any], front_desk: User
) -> None:
    named = {"subjects-0-named_staff": front_desk.employee_number}
    response = browser.post(INTAKE, typed | named)
    assertContains(response, "You are named in this case: ask a colleague to take it.")
    assert Case.objects.count() == 0


def test_only_the_centre_writes_cases_down(sign_in: SignIn, head: User) -> None:
    client = sign_in(head)
    for url in (INTAKE, PREVIEW, KNOWN):
        assert client.get(url).status_code == 403
    assert client.post(INTAKE).status_code == 403


def test_the_panels_are_only_read(browser: Client) -> None:
    assert browser.post(PREVIEW).status_code == 405
    assert browser.post(KNOWN).status_code == 405
    assert browser.put(INTAKE).status_code == 405


@pytest.mark.django_db
def test_the_page_asks_to_sign_in(client: Client) -> None:
    assert client.get(INTAKE).headers["Location"] == f"{reverse('login')}?next={INTAKE}"


def test_a_saved_case_of_somebody_else_is_not_shown(
    browser: Client, new_case: Register, supervisor: User
) -> None:
    case = new_case(actor=supervisor)
    assertNotContains(browser.get(INTAKE, {"saved": case.number}), case.tracking_code)
