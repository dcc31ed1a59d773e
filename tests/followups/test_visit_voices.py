"""Voices heard at the bed become cases with the visit, or not at all."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from complaints.models import Case, Category, Channel, Contact, Kind, Source
from complaints.services import ContactDetails, SubjectLine, Voice
from followups.models import (
    Attempt,
    Outcome,
    State,
)
from followups.services.visits.record import VisitResult, record_visit
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import Department, User
from tests.followups.calling import read
from tests.followups.ward import (
    admit,
    make_visits,
    send,
    visit_of,
    visit_path,
)
from tests.followups.world import NOW

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


def go(number: str, visitor: User, outcome: str, **more: object) -> Attempt:
    result = VisitResult(Outcome(outcome), **more)  # type: ignore[arg-type]  # as given
    return record_visit(visit_of(number), visitor=visitor, result=result)


@pytest.fixture
def voice(department: Department, category: Category) -> Callable[[], Voice]:
    def say() -> Voice:
        return Voice(
            Kind.COMPLAINT,
            Channel.WALK_IN,
            "等了很久",
            subjects=[SubjectLine(category, department)],
            contact=ContactDetails("张桂梅", "13812345678", Contact.Relation.PATIENT),
            source=Source.FOLLOW_UP,
        )

    return say


def test_voices_become_cases_with_the_visit_once(
    agent: User, voice: Callable[[], Voice]
) -> None:
    make_visits()
    admit("1")
    token = uuid4()
    for __ in range(2):
        attempt = go(
            "1", agent, Outcome.REACHED_PATIENT, submission=token, voices=[voice()]
        )
    assert list(attempt.cases.all()) == [Case.objects.get()]
    assert Case.objects.get().owner == agent


def test_a_visit_that_is_refused_registers_no_case(
    agent: User, voice: Callable[[], Voice]
) -> None:
    make_visits()
    admit("1")
    go("1", agent, Outcome.REACHED_PATIENT)
    with pytest.raises(StaleRecord):
        go("1", agent, Outcome.REACHED_PATIENT, voices=[voice()])
    assert Case.objects.count() == 0


def test_who_was_not_there_said_nothing(
    agent: User, voice: Callable[[], Voice]
) -> None:
    make_visits()
    admit("1")
    with pytest.raises(RuleViolation, match="say with whom you talked"):
        go("1", agent, Outcome.AWAY, voices=[voice()])


def test_a_ward_registers_no_cases(staff: User, voice: Callable[[], Voice]) -> None:
    make_visits()
    admit("1", department=staff.departments.get())
    with pytest.raises(PermissionDenied):
        go("1", staff, Outcome.REACHED_PATIENT, voices=[voice()])
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize(
    ("outcome", "name", "phone", "relation"),
    [
        (Outcome.REACHED_PATIENT, "张桂梅", "13900000001", Contact.Relation.PATIENT),
        (Outcome.REACHED_PROXY, "李强", "13500001111", Contact.Relation.RELATIVE),
    ],
)
def test_voices_heard_at_the_bed_become_cases_with_the_visit(
    browser: Client,
    agent: User,
    department: Department,
    category: Category,
    outcome: str,
    name: str,
    phone: str,
    relation: str,
) -> None:
    make_visits()
    admit(
        "1",
        department=department,
        name="张桂梅",
        relative="李强",
        relative_phone="13500001111",
    )
    page = read(browser, visit_path("1"))
    assert page.count(f'<option value="{department.pk}" selected') == 3
    words = {
        "complaint-narrative": "夜里太吵",
        "complaint-category": category.pk,
        "complaint-department": department.pk,
        "suggestion-department": department.pk,
        "praise-narrative": "护士很耐心",
        "praise-category": category.pk,
        "praise-department": department.pk,
    }
    page = send(browser, "1", outcome, **words)
    cases = list(Attempt.objects.get().cases.order_by("pk"))
    assert [case.kind for case in cases] == [Kind.COMPLAINT, Kind.PRAISE]
    assert ", ".join(case.number for case in cases) in page
    case = cases[0]
    assert (case.source, case.channel, case.owner) == (
        Source.FOLLOW_UP,
        Channel.WALK_IN,
        agent,
    )
    assert (case.contact.name, case.contact.phone, case.contact.relation) == (
        name,
        phone,
        relation,
    )


def test_a_voice_half_written_is_asked_for_and_nothing_is_lost(
    browser: Client, department: Department
) -> None:
    make_visits()
    admit("1", department=department)
    words = {"complaint-narrative": "夜里太吵", "note": "很累"}
    page = send(browser, "1", Outcome.REACHED_PATIENT, **words)
    assert "Choose what it is about." in page
    assert "夜里太吵" in page
    assert "很累" in page
    assert not Attempt.objects.exists()


def test_a_ward_is_offered_no_voices(staff: User, english: SignIn) -> None:
    make_visits()
    admit("1", department=staff.departments.get())
    page = read(english(staff), visit_path("1"))
    assert "registered by the patient-service centre" in page
    assert "complaint-narrative" not in page
    send(english(staff), "1", Outcome.REACHED_PATIENT, **{"praise-narrative": "好"})
    assert visit_of("1").state == State.DONE
    assert Case.objects.count() == 0


def test_a_voice_and_nobody_at_the_bed_do_not_go_together(
    browser: Client, department: Department, category: Category
) -> None:
    make_visits()
    admit("1", department=department)
    words = {
        "complaint-narrative": "夜里太吵",
        "complaint-category": category.pk,
        "complaint-department": department.pk,
    }
    page = send(browser, "1", Outcome.AWAY, **words)
    assert "A voice was heard: say with whom you talked." in page
    assert not Attempt.objects.exists()
