"""Voices heard on a call become cases in place; the telephone system opens the page."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Case, Category, Channel, Contact, Kind, Source
from complaints.services import Voice
from followups.models import Attempt, Outcome, QueuedCall
from followups.services.calls.in_hand import hear_voice
from hospital import clock
from hospital.exceptions import StaleRecord
from hospital.models import Department, User
from tests.followups.calling import CALLS, finish, read, take
from tests.followups.world import NOW, discharge, make_plan, patient

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


@pytest.fixture
def browser(agent: User, english: SignIn) -> Client:
    return english(agent)


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.SUGGESTION, Kind.PRAISE])
def test_a_voice_heard_becomes_a_case_and_the_attempt_keeps_it(
    browser: Client,
    agent: User,
    department: Department,
    category: Category,
    kind: str,
) -> None:
    discharge("1", department=department, name="张桂梅")
    take(browser)
    path = reverse("followups:hear", args=[patient("1").pk, kind])
    assert f'value="{department.pk}" selected' in read(browser, path)
    sent = {
        "submission": str(uuid4()),
        "narrative": "护士很耐心",
        "category": category.pk,
        "department": department.pk,
    }
    response = browser.post(path, sent, headers={"HX-Request": "true"})
    assert response.status_code == 204
    browser.post(path, sent)  # the same form again makes no second case
    case = Case.objects.get()
    assert (case.kind, case.source, case.channel, case.owner) == (
        kind,
        Source.FOLLOW_UP,
        Channel.FOLLOW_UP_CALL,
        agent,
    )
    assert (case.contact.name, case.contact.phone) == ("张桂梅", "13900000001")
    listed = read(browser, reverse("followups:heard", args=[patient("1").pk]))
    assert case.number in listed
    finish(browser, "1", Outcome.REACHED_PATIENT)
    assert list(Attempt.objects.get().cases.all()) == [case]


def test_what_a_relative_says_is_the_relatives_voice(
    browser: Client, department: Department, category: Category
) -> None:
    discharge(
        "1",
        department=department,
        name="张桂梅",
        relative="李强",
        relative_phone="不详",
    )
    QueuedCall.objects.update(use_relative=True)
    take(browser)
    path = reverse("followups:hear", args=[patient("1").pk, Kind.COMPLAINT])
    sent = {
        "submission": str(uuid4()),
        "narrative": "等了很久",
        "category": category.pk,
        "department": department.pk,
    }
    browser.post(path, sent)
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.relation) == (
        "李强",
        "",
        Contact.Relation.RELATIVE,
    )


def test_a_voice_needs_words_and_the_call(
    browser: Client, department: Department, category: Category
) -> None:
    discharge("1", department=department)
    path = reverse("followups:hear", args=[patient("1").pk, Kind.PRAISE])
    assert browser.get(path).status_code == 404
    sent = {
        "submission": str(uuid4()),
        "narrative": "",
        "category": category.pk,
        "department": department.pk,
    }
    page = browser.post(path, sent).content.decode()
    assert "Say in a few words what happened." in page
    page = browser.post(path, sent | {"narrative": "谢谢"}).content.decode()
    assert "This call is no longer yours." in page
    assert "谢谢" in page
    take(browser)
    assert browser.get(path.replace("praise", "enquiry")).status_code == 404
    assert Case.objects.count() == 0


def test_a_telephone_system_opens_the_call_in_hand_or_the_intake(
    browser: Client,
) -> None:
    discharge("1", phone="13812345678")
    pop = reverse("followups:pop")
    intake = reverse("complaints:intake")
    assert browser.get(pop).headers["Location"] == intake
    known = {"phone": "138 1234 5678"}
    assert browser.get(pop, known).headers["Location"] == f"{intake}?phone=13812345678"
    take(browser)
    assert browser.get(pop, known).headers["Location"] == CALLS
    page = read(browser, f"{intake}?phone=13812345678")
    assert 'value="13812345678"' in page


def test_a_call_lost_meanwhile_registers_nothing(agent: User) -> None:
    voice = Voice(Kind.PRAISE, Channel.FOLLOW_UP_CALL, "谢谢")
    with pytest.raises(StaleRecord):
        hear_voice(agent, 1, voice)
    assert Case.objects.count() == 0
