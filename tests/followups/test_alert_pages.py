"""The ward's page of clinical alerts, and the agent's hand-over."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import ClinicalAlert
from followups.services.alerts import acknowledge_alert, close_alert
from hospital import clock
from hospital.models import Department, User
from tests.followups.test_alerts import red_call, take
from tests.followups.world import NOW, make_plan, patient

English = Callable[[User], Client]
LIST = reverse("followups:alerts")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


@pytest.fixture
def alert(agent: User, head: User, department: Department) -> ClinicalAlert:
    red_call(agent, department)
    return ClinicalAlert.objects.get()


def url(name: str, alert: ClinicalAlert) -> str:
    return reverse(f"followups:{name}", args=[alert.pk])


def listed(client: Client, **query: str) -> list[ClinicalAlert]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return [row.alert for row in response.context["rows"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(
    agent: User,
    head: User,
    department: Department,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for number in range(rows):
        red_call(agent, department, str(number + 1))
    client = english(head)
    with django_assert_num_queries(4):  # session, person, how many, alerts
        assert len(listed(client)) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_closed_list_costs_the_same_for_one_row_and_for_three(
    agent: User,
    head: User,
    department: Department,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for number in range(rows):
        red_call(agent, department, str(number + 1))
    for each in ClinicalAlert.objects.all():
        close_alert(each, actor=head, done="已处理")
    client = english(head)
    with django_assert_num_queries(4):
        assert len(listed(client, show="closed")) == rows


def test_alerts_nobody_has_answered_come_first(
    agent: User, head: User, department: Department, english: English
) -> None:
    for number in range(3):
        with clock.at(NOW + timedelta(minutes=number)):
            red_call(agent, department, str(number + 1))
    first, second, third = ClinicalAlert.objects.order_by("pk")
    acknowledge_alert(first, actor=head)
    assert listed(english(head)) == [second, third, first]


def test_the_ward_sees_name_and_number_until_the_alert_is_closed(
    alert: ClinicalAlert, head: User, english: English
) -> None:
    person = alert.patient
    person.name, person.phone = "张建国", "13812345678"
    person.relative, person.relative_phone = "李梅", "13987654321"
    person.save()
    client = english(head)
    page = client.get(LIST).content.decode()
    assert "张建国" in page
    assert 'href="tel:13812345678"' in page
    assert 'href="tel:13987654321"' in page
    close_alert(alert, actor=head, done="已联系患者来院。")
    page = client.get(LIST, {"show": "closed"}).content.decode()
    assert "张建国" not in page
    assert "13812345678" not in page
    assert "138****5678" in page
    assert "已联系患者来院。" in page


def test_an_empty_list_says_so(head: User, english: English) -> None:
    client = english(head)
    assert "No alert is open." in client.get(LIST).content.decode()
    closed = client.get(LIST, {"show": "closed"}).content.decode()
    assert "No alert was closed yet." in closed


def test_the_detail_shows_what_was_answered(
    alert: ClinicalAlert, head: User, english: English
) -> None:
    response = english(head).get(alert.get_absolute_url())
    assert [
        (line.question, line.words, line.is_red) for line in response.context["answers"]
    ] == [
        ("Do you have chest pain?", "Yes", True),
        ("Have you had a fever?", "No", False),
    ]


def test_one_press_acknowledges_and_shows_the_row_anew(
    alert: ClinicalAlert, head: User, english: English
) -> None:
    response = english(head).post(url("acknowledge_alert", alert), headers=HTMX)
    assert response.status_code == 200
    assert f"{head.name} is on it" in response.content.decode()
    alert.refresh_from_db()
    assert alert.acknowledged_by == head


def test_without_scripts_acknowledging_leads_to_the_alert(
    alert: ClinicalAlert, head: User, english: English
) -> None:
    response = english(head).post(url("acknowledge_alert", alert))
    assert response.headers["Location"] == alert.get_absolute_url()


def test_an_alert_is_closed_with_what_was_done_in_a_dialog(
    alert: ClinicalAlert, head: User, english: English
) -> None:
    client = english(head)
    page = url("close_alert", alert)
    assert client.get(page).status_code == 200
    empty = client.post(page, {"done": ""}, headers=HTMX)
    assert "This field is required." in empty.content.decode()
    assert client.post(page, {"done": "已处理"}).headers["Location"] == LIST
    alert.refresh_from_db()
    assert (alert.done, alert.closed_by) == ("已处理", head)


def test_an_outsider_gets_404_everywhere(
    alert: ClinicalAlert, outsider: User, english: English
) -> None:
    client = english(outsider)
    assert listed(client) == []
    assert client.get(alert.get_absolute_url()).status_code == 404
    assert client.post(url("acknowledge_alert", alert)).status_code == 404
    assert client.post(url("close_alert", alert), {"done": "x"}).status_code == 404


def test_the_agent_reads_the_alert_they_raised_and_cannot_answer_it(
    alert: ClinicalAlert, agent: User, english: English
) -> None:
    client = english(agent)
    assert listed(client) == [alert]
    assert "I am on it" not in client.get(LIST).content.decode()
    assert client.post(url("acknowledge_alert", alert)).status_code == 403
    assert client.get(url("close_alert", alert)).status_code == 403


def test_acknowledging_by_a_link_is_refused(
    alert: ClinicalAlert, head: User, english: English
) -> None:
    assert english(head).get(url("acknowledge_alert", alert)).status_code == 405


@pytest.mark.parametrize("role", ["head", "staff", "supervisor"])
def test_the_menu_offers_the_alerts_to_wards_and_supervisors(
    request: pytest.FixtureRequest, role: str, english: English
) -> None:
    page = english(request.getfixturevalue(role)).get(LIST).content.decode()
    assert f'href="{LIST}" title="Clinical alerts" aria-current="page"' in page


def test_the_agent_hands_over_from_the_call(
    agent: User, head: User, department: Department, english: English
) -> None:
    take(agent, department)
    page = reverse("followups:raise_alert", args=[patient("1").pk])
    client = english(agent)
    assert "Cardiology is told at once" in client.get(page).content.decode()
    response = client.post(page, {"note": "患者说胸痛"})
    assert response.headers["Location"] == reverse("followups:calls")
    assert ClinicalAlert.objects.get().note == "患者说胸痛"


def test_an_agent_cannot_hand_over_somebody_they_do_not_call(
    agent: User, supervisor: User, department: Department, english: English
) -> None:
    take(supervisor, department)
    page = reverse("followups:raise_alert", args=[patient("1").pk])
    assert english(agent).get(page).status_code == 404
    assert english(agent).post(page, {"note": "x"}).status_code == 404
    nobody = reverse("followups:raise_alert", args=[99])
    assert english(agent).get(nobody).status_code == 404
