"""Ending a promise from a page: ticked off, or taken back with a reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import Case, Promise
from hospital import clock
from hospital.models import Role, User
from tests.factories import UserFactory

English = Callable[[User], Client]


@pytest.fixture
def promise(case: Case, front_desk: User) -> Promise:
    due_at = clock.now() + timedelta(days=1)
    return services.make_promise(case, actor=front_desk, text="明天回电", due_at=due_at)


def url(promise: Promise) -> str:
    return reverse("complaints:end_promise", args=[promise.case.number, promise.pk])


def test_a_kept_promise_is_ticked_off_with_one_press(
    promise: Promise, front_desk: User, english: English
) -> None:
    response = english(front_desk).post(url(promise), {"kept": "on"}, follow=True)
    assert response.redirect_chain == [(promise.case.get_absolute_url(), 302)]
    promise.refresh_from_db()
    assert (promise.is_kept, promise.ended_by) == (True, front_desk)


def test_a_promise_is_taken_back_with_a_reason(
    promise: Promise, supervisor: User, english: English
) -> None:
    client = english(supervisor)
    assert "明天回电" in client.get(url(promise)).text
    refused = client.post(url(promise), {"reason": ""})
    assert refused.context["form"].errors == {"reason": ["This field is required."]}
    client.post(url(promise), {"reason": "本人已来院"})
    promise.refresh_from_db()
    assert (promise.is_kept, promise.note) == (False, "本人已来院")


def test_a_promise_that_has_ended_is_told_so(
    promise: Promise, front_desk: User, english: English
) -> None:
    services.end_promise(promise, actor=front_desk, kept=True)
    client = english(front_desk)
    told = "This promise has ended already."
    assert told in client.post(url(promise), {"kept": "on"}, follow=True).text
    assert told in client.post(url(promise), {"reason": "不必"}).text


def test_whoever_does_not_handle_the_case_may_not_end_its_promises(
    promise: Promise, staff: User, outsider: User, english: English
) -> None:
    colleague = UserFactory(roles=[Role.FRONT_DESK])
    for person, status in ((colleague, 403), (staff, 404), (outsider, 404)):
        client = english(person)
        assert client.get(url(promise)).status_code == status
        assert client.post(url(promise), {"kept": "on"}).status_code == status
    promise.refresh_from_db()
    assert promise.is_open


def test_a_promise_of_another_case_is_not_found(
    promise: Promise,
    new_case: Callable[..., Case],
    front_desk: User,
    english: English,
) -> None:
    other = reverse("complaints:end_promise", args=[new_case().number, promise.pk])
    assert english(front_desk).get(other).status_code == 404
