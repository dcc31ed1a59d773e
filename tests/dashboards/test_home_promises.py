"""Promises and requests for more time in the day of those who answer for them."""

from collections.abc import Callable

from django.urls import reverse

from complaints import services
from complaints.models import Case
from hospital.models import Role, User
from tests.dashboards.home_world import (
    HOME,
    English,
    ask_for_time,
    blocks,
    promise_by,
)


def test_own_promises_stand_on_home_the_next_first(
    new_case: Callable[..., Case],
    front_desk: User,
    agent: User,
    supervisor: User,
    english: English,
) -> None:
    later = promise_by(new_case(), front_desk, 30)
    sooner = promise_by(new_case(), front_desk, 2)
    promise_by(new_case(actor=agent), agent)
    assert blocks(english(front_desk))["Promised"] == [sooner, later]
    assert "Promised" not in blocks(english(supervisor))


def test_a_supervisor_at_the_desk_sees_a_promise_once(
    new_case: Callable[..., Case], supervisor: User, english: English
) -> None:
    supervisor.roles = [Role.SUPERVISOR, Role.FRONT_DESK]
    supervisor.save(update_fields=["roles"])
    promise_by(new_case(actor=supervisor), supervisor)
    assert english(supervisor).get(HOME).text.count('aria-label="Promised"') == 1


def test_a_promise_is_ticked_off_at_home(
    case: Case, front_desk: User, english: English
) -> None:
    promise = promise_by(case, front_desk)
    client = english(front_desk)
    address = reverse("complaints:end_promise", args=[case.number, promise.pk])
    assert f'action="{address}"' in client.get(HOME).text
    response = client.post(address, {"kept": "on", "next": HOME}, follow=True)
    assert response.redirect_chain == [(HOME, 302)]
    assert "The promise is kept." in response.text
    promise.refresh_from_db()
    assert (promise.is_kept, promise.ended_by) == (True, front_desk)
    assert "Promised" not in blocks(client)


def test_supervisors_decide_on_more_time_from_home(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    asked = ask_for_time(case, front_desk)
    client = english(supervisor)
    assert blocks(client)["More time asked for"] == [asked]
    assert "More time asked for" not in blocks(english(front_desk))
    address = reverse("complaints:decide_extension", args=[case.number, asked.pk])
    assert f'action="{address}"' in client.get(HOME).text
    client.post(address, {"granted": "on", "next": HOME})
    asked.refresh_from_db()
    assert (asked.granted, asked.decided_by) == (True, supervisor)
    assert "More time asked for" not in blocks(client)


def test_a_request_on_a_case_that_names_the_supervisor_is_not_theirs_to_decide(
    new_case: Callable[..., Case],
    category: object,
    department: object,
    front_desk: User,
    supervisor: User,
    english: English,
) -> None:
    subject = services.SubjectLine(category, department, supervisor)  # type: ignore[arg-type]  # fixtures
    ask_for_time(new_case(subjects=[subject]), front_desk)
    assert "More time asked for" not in blocks(english(supervisor))
