"""The front desk writes a case down: the form, its side panels and the slip."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from complaints.models import Case, CaseCounter, Category, Kind, Reply, Source, Status
from hospital import clock
from hospital.models import Department, User
from tests.factories import CategoryFactory

INTAKE = reverse("complaints:intake")
PREVIEW = reverse("complaints:intake_preview")
KNOWN = reverse("complaints:known_person")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.get_default_timezone())

SignIn = Callable[[User], Client]


@pytest.fixture
def browser(sign_in: SignIn, front_desk: User) -> Client:
    client = sign_in(front_desk)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def typed(department: Department, category: Category) -> dict[str, Any]:
    """A whole form as a browser sends it."""
    return {
        "submission": str(uuid4()),
        "kind": "complaint",
        "channel": "phone",
        "received_at": "",
        "narrative": "等了三个小时还没有看上病",
        "phone": "138 1234 5678",
        "name": "张建国",
        "relation": "relative",
        "special_need": "elderly",
        "how": "",
        "score": "",
        "subjects-TOTAL_FORMS": "6",
        "subjects-INITIAL_FORMS": "0",
        "subjects-0-department": department.pk,
        "subjects-0-category": category.pk,
        "subjects-0-named_staff": "",
    }


def errors_of(response: Any, field: str) -> list[str]:
    form = response.context["form"]
    assert Case.objects.count() == 0
    return list(form.errors.get(field, []))


def test_a_complaint_is_registered_and_the_next_form_is_ready(
    browser: Client, front_desk: User, typed: dict[str, Any], department: Department
) -> None:
    response = browser.post(INTAKE, typed)
    case = Case.objects.get()
    assert response.headers["Location"] == f"{INTAKE}?saved={case.number}"
    assert (case.kind, case.channel, case.source, case.status) == (
        Kind.COMPLAINT,
        "phone",
        Source.PATIENT,
        Status.RECEIVED,
    )
    assert (case.received_by, case.owner) == (front_desk, front_desk)
    assert case.contact.phone == "13812345678"
    assert (case.contact.relation, case.contact.special_need) == ("relative", "elderly")
    assert [subject.department for subject in case.subjects.all()] == [department]
    page = browser.get(response.headers["Location"])
    assertContains(page, f"{case.number} is registered.")
    assertContains(page, case.tracking_code)
    assertContains(page, reverse("complaints:slip", args=[case.number]))


def test_the_channel_of_the_last_case_is_offered_again(
    browser: Client, typed: dict[str, Any]
) -> None:
    browser.post(INTAKE, typed | {"channel": "walk_in"})
    form = browser.get(INTAKE).context["form"]
    assert form["channel"].value() == "walk_in"


def test_an_enquiry_solved_on_the_spot_is_closed_and_needs_no_contact(
    browser: Client, typed: dict[str, Any]
) -> None:
    solved = {"kind": "enquiry", "phone": "", "name": "", "solved": "on"}
    response = browser.post(INTAKE, typed | solved | {"how": "已指路", "score": "5"})
    case = Case.objects.get()
    assert (case.status, case.is_anonymous) == (Status.CLOSED, True)
    reply = case.replies.get()
    assert (reply.text, reply.method) == ("已指路", Reply.Method.PHONE)
    assert case.satisfactions.get().score == 5
    page = browser.get(response.headers["Location"])
    assertContains(page, f"{case.number} is registered and closed.")


def test_a_hotline_order_keeps_its_source(
    browser: Client, typed: dict[str, Any]
) -> None:
    browser.post(INTAKE, typed | {"channel": "hotline"})
    assert Case.objects.get().source == Source.HOTLINE


def test_several_subjects_and_a_named_member_of_staff_are_kept(
    browser: Client, typed: dict[str, Any], staff: User, other_department: Department
) -> None:
    second = {
        "subjects-0-named_staff": staff.employee_number,
        "subjects-1-department": other_department.pk,
        "subjects-1-category": CategoryFactory().pk,
    }
    browser.post(INTAKE, typed | second)
    kept = Case.objects.get().subjects.values_list("department__code", "named_staff")
    assert list(kept) == [("XNK", staff.pk), ("GK", None)]


def test_the_same_form_sent_twice_makes_one_case(
    browser: Client, typed: dict[str, Any]
) -> None:
    first = browser.post(INTAKE, typed)
    second = browser.post(INTAKE, typed)
    case = Case.objects.get()
    assert first.headers["Location"] == second.headers["Location"]
    page = browser.get(second.headers["Location"])
    assertContains(
        page, f"This form was saved before as {case.number}; nothing was saved twice."
    )


def test_two_people_with_the_same_token_make_two_cases(
    browser: Client, typed: dict[str, Any], sign_in: SignIn, supervisor: User
) -> None:
    browser.post(INTAKE, typed)
    sign_in(supervisor).post(INTAKE, typed)
    assert Case.objects.count() == 2


def test_an_earlier_receipt_is_kept(browser: Client, typed: dict[str, Any]) -> None:
    with clock.at(NOW):
        browser.post(INTAKE, typed | {"received_at": "2026-11-20T16:05"})
    assert timezone.localtime(Case.objects.get().received_at).isoformat() == (
        "2026-11-20T16:05:00+08:00"
    )


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-11-23T09:31", "The time of receipt lies in the future."),
        ("2024-11-01T09:31", "This is more than two years ago; check the year."),
        ("0026-11-20T16:05", "This is more than two years ago; check the year."),
        ("yesterday", "Enter a valid date/time."),
    ],
)
def test_an_impossible_time_of_receipt_is_refused(
    browser: Client, typed: dict[str, Any], moment: str, sentence: str
) -> None:
    with clock.at(NOW):
        response = browser.post(INTAKE, typed | {"received_at": moment})
    assert errors_of(response, "received_at") == [sentence]
    assertContains(response, "等了三个小时还没有看上病")


@pytest.mark.parametrize("narrative", ["", "  \n ", "\x00\x07\u200b"])
def test_an_empty_narrative_is_refused_and_everything_else_stays(
    browser: Client, typed: dict[str, Any], narrative: str, department: Department
) -> None:
    response = browser.post(INTAKE, typed | {"narrative": narrative})
    assert errors_of(response, "narrative") == ["Say in a few words what happened."]
    assertContains(response, 'value="138 1234 5678"')
    assertContains(response, "张建国")
    assertContains(
        response, f'<option value="{department.pk}" selected>Cardiology</option>'
    )


def test_a_narrative_of_a_megabyte_is_refused_and_kept(
    browser: Client, typed: dict[str, Any]
) -> None:
    response = browser.post(INTAKE, typed | {"narrative": "a" * 1_000_000})
    assert errors_of(response, "narrative") == [
        "Shorten the text to 20000 characters; it has 1000000."
    ]
    assertContains(response, "a" * 1_000_000)


def test_control_characters_are_dropped_and_emoji_kept(
    browser: Client, typed: dict[str, Any]
) -> None:
    browser.post(INTAKE, typed | {"narrative": "护士\x00很好\x07😀\r\n谢谢"})
    assert Case.objects.get().narrative == "护士很好😀\n谢谢"


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("１３８ １２３４ ５６７８", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("（028）8765 4321", "02887654321"),
        ("028-87654321转802", "02887654321转802"),
        ("+852 2345 6789", "+85223456789"),
        ("120", "120"),
    ],
)
def test_a_phone_number_is_kept_as_it_is_dialled(
    browser: Client, typed: dict[str, Any], phone: str, kept: str
) -> None:
    browser.post(INTAKE, typed | {"phone": phone})
    assert Case.objects.get().contact.phone == kept


@pytest.mark.parametrize("phone", ["12", "call me", "1" * 21, "138-1234-abcd"])
def test_what_cannot_be_dialled_is_refused_and_stays(
    browser: Client, typed: dict[str, Any], phone: str
) -> None:
    response = browser.post(INTAKE, typed | {"phone": phone})
    assert errors_of(response, "phone") == [
        "Enter 3 to 20 digits, with an extension if there is one."
    ]
    assertContains(response, f'value="{phone}"')


def test_nobody_to_answer_must_be_said(browser: Client, typed: dict[str, Any]) -> None:
    response = browser.post(INTAKE, typed | {"phone": "", "name": " "})
    assert errors_of(response, "phone") == [
        "Enter a phone number or a name, or tick “Anonymous”."
    ]
    browser.post(INTAKE, typed | {"phone": "", "name": "", "anonymous": "on"})
    assert Case.objects.get().is_anonymous


def test_anonymous_with_a_name_is_asked_back(
    browser: Client, typed: dict[str, Any]
) -> None:
    response = browser.post(INTAKE, typed | {"anonymous": "on"})
    assert errors_of(response, "anonymous") == [
        "A name or number is entered: clear it, or untick this."
    ]


def test_solved_needs_the_words_and_the_words_need_solved(
    browser: Client, typed: dict[str, Any]
) -> None:
    response = browser.post(INTAKE, typed | {"solved": "on"})
    assert errors_of(response, "how") == ["Write what the person was told."]
    response = browser.post(INTAKE, typed | {"how": "已指路"})
    assert errors_of(response, "solved") == [
        "You wrote how it was solved: tick this, or clear that text."
    ]


@pytest.mark.parametrize("kind", ["", "rumour"])
def test_the_kind_must_be_one_of_the_five(
    browser: Client, typed: dict[str, Any], kind: str
) -> None:
    response = browser.post(INTAKE, typed | {"kind": kind})
    assert len(errors_of(response, "kind")) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_the_same_moment_makes_one_case(
    browser: Client, typed: dict[str, Any]
) -> None:
    def send(__: int) -> str:
        try:
            return copy(browser).post(INTAKE, typed).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        places = set(pool.map(send, range(2)))
    assert places == {f"{INTAKE}?saved={Case.objects.get().number}"}
    assert CaseCounter.objects.get().last == 1
