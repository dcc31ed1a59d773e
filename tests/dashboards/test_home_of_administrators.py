"""Home of administrators: gaps in reference data, and whether mails go out."""

from datetime import timedelta
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from complaints.models import Case
from hospital import clock
from hospital.models import Department, User
from notifications.models import Delivery, Topic
from notifications.services import notify
from tests.dashboards.home_world import HOME, English, tiles
from tests.factories import UserFactory


def test_the_quality_administrator_sees_gaps_in_the_reference_data(
    department: Department,
    other_department: Department,
    head: User,
    quality_admin: User,
    category: Any,
    case: Case,
    english: English,
) -> None:
    UserFactory(roles=[], email="new@hospital.test")
    client = english(quality_admin)
    assert tiles(client) == {
        "Departments": 2,
        "Departments without a head": 1,
        "Nobody there may take a task": 1,
        "People": 4,
        "People without a role": 1,
        "People without e-mail": 3,
        "Categories in use": 1,
    }
    assert case.number not in client.get(HOME).text


def test_it_sees_whether_mails_go_out(
    head: User, it_admin: User, english: English
) -> None:
    head.email = "head@hospital.test"
    head.save(update_fields=["email"])
    now = clock.now()
    for __ in range(3):
        notify([head], Topic.TASK_RETURNED, path=HOME, number="C-2026-000001")
    first, second = Delivery.objects.order_by("pk")[:2]
    Delivery.objects.filter(pk=first.pk).update(sent_at=now)
    Delivery.objects.filter(pk=second.pk).update(
        given_up_at=now, tries=8, last_error="SMTPException: no such box"
    )
    client = english(it_admin)
    shown = tiles(client)
    assert shown["Database"] == "reachable"
    assert (shown["Messages waiting"], shown["Messages given up"]) == (1, 1)
    assert shown["Messages sent in a day"] == 1
    page = client.get(HOME).text
    for words in ("SMTPException: no such box", "8 tries", head.employee_number):
        assert words in page
    assert "C-2026-000001" not in page
    assert "is the worker running?" not in page
    with clock.at(now + timedelta(minutes=6)):
        assert "is the worker running?" in client.get(HOME).text


def test_it_sees_whether_the_broker_answers(
    it_admin: User, english: English, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf:
        def __enter__(self) -> None:
            raise OperationalError("refused")

        def __exit__(self, *__: object) -> None: ...

    client = english(it_admin)
    assert tiles(client)["Broker"] == "reachable"
    sections = "notifications.services.heartbeats.current_app.connection_for_write"
    monkeypatch.setattr(sections, Deaf)
    assert tiles(client)["Broker"] == "not reachable"
