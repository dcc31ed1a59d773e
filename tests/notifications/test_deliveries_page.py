"""The IT administrator sees what went out and what did not, and sends it again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from hospital import clock
from hospital.models import Department, User
from notifications.models import (
    Address,
    Channel,
    Delivery,
    DeliveryState,
    Failure,
    Topic,
)
from notifications.services import (
    beat,
    describe_channels,
    last_seen,
    notify,
    remove_address,
    resend,
    send_due_deliveries,
)
from notifications.tasks import send_due_deliveries as periodic_task

English = Callable[[User], Client]
PAGE = reverse("notifications:deliveries")
RESEND = reverse("notifications:resend")


@pytest.fixture
def give_up(reader: User) -> Callable[..., Delivery]:
    """A delivery that was given up."""

    def make(channel: Channel = Channel.EMAIL, to: User = reader) -> Delivery:
        notify([to], Topic.TASK_RETURNED, path="/", number="C-2026-000001")
        delivery = Delivery.objects.filter(channel=channel).latest("pk")
        delivery.given_up_at = clock.now()
        delivery.tries = Delivery.MOST_TRIES
        delivery.failure = Failure.REFUSED
        delivery.last_error = "550: no such box"
        delivery.save()
        return delivery

    return make


GiveUp = Callable[..., Delivery]


@pytest.mark.parametrize("who", ["supervisor", "head", "quality_admin", "leader"])
def test_deliveries_are_the_it_administrators(
    request: pytest.FixtureRequest, english: English, who: str
) -> None:
    client = english(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(RESEND, {"delivery": "1"}).status_code == 403


def test_without_any_delivery_the_page_says_so(
    it_admin: User, english: English
) -> None:
    page = english(it_admin).get(PAGE)
    assert "Nothing here." in page.text
    assert "never seen" in page.text
    assert page.context["channels"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(
    give_up: GiveUp,
    it_admin: User,
    english: English,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    for __ in range(rows):
        give_up()
    client = english(it_admin)
    # session, person, heartbeat, rows; unsent, given up, sent in a day, last successes
    with django_assert_num_queries(8):
        page = client.get(PAGE)
    assert len(page.context["rows"]) == rows


def test_a_row_says_who_why_and_nothing_of_the_case(
    give_up: GiveUp, reader: User, it_admin: User, english: English
) -> None:
    give_up()
    page = english(it_admin).get(PAGE).text
    for words in (
        f"读者 ({reader.employee_number})",
        "The other side refused the message: <code>550: no such box</code>",
        "Rectification tasks",
        "8 tries",
    ):
        assert words in page
    assert "C-2026-000001" not in page


def test_rows_stand_in_the_heap_of_their_state(
    give_up: GiveUp, reader: User, robot: Address, it_admin: User, english: English
) -> None:
    given_up = give_up()
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    waiting = Delivery.objects.latest("pk")
    sent, failing = Delivery.objects.exclude(pk__in=[given_up.pk, waiting.pk])
    Delivery.objects.filter(pk=sent.pk).update(sent_at=clock.now())
    Delivery.objects.filter(pk=failing.pk).update(failure=Failure.TIMEOUT, tries=2)
    client = english(it_admin)
    shown = {
        state: [row["delivery"] for row in rows_of(client, show=state)]
        for state in DeliveryState.values
    }
    assert shown == {
        "waiting": [waiting],
        "failing": [failing],
        "given_up": [given_up],
        "sent": [sent],
    }
    for state, (delivery,) in shown.items():
        assert delivery.state == state
    counts = [tab["count"] for tab in client.get(PAGE).context["tabs"]]
    assert counts == [1, 1, 1, None]
    assert rows_of(client, show="given_up", channel="wecom") == []
    assert len(rows_of(client, show="nonsense", channel="nonsense")) == 1


def test_a_department_is_named_and_the_secret_is_not(
    reader: User, department: Department, it_admin: User, english: English
) -> None:
    Address.objects.create(
        department=department,
        channel=Channel.WECOM,
        url="wecombot://very-secret-key-1234",
        shown="wecombot://…1234",
    )
    notify([reader], Topic.TASK_ASSIGNED, path="/", number="C-1", department=department)
    page = english(it_admin).get(PAGE, {"show": "waiting", "channel": "wecom"}).text
    assert "<strong>Cardiology</strong>" in page
    assert "very-secret" not in page


def test_the_list_comes_in_pages(
    give_up: GiveUp, it_admin: User, english: English, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 1})
    first, second = give_up(), give_up()
    client = english(it_admin)
    page = client.get(PAGE)
    assert [row["delivery"] for row in page.context["rows"]] == [second]
    older = rows_of(client, older=page.context["page"].older)
    assert [row["delivery"] for row in older] == [first]


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        ({"delivery": [0, 1]}, {0, 1}),
        ({"only": [2], "delivery": [0, 1]}, {2}),
        ({"every": [1], "shown": [0, 1, 2], "delivery": [0]}, {0, 1, 2}),
    ],
)
def test_one_or_the_chosen_or_all_are_sent_again_from_the_beginning(
    give_up: GiveUp,
    it_admin: User,
    english: English,
    sent: dict[str, list[int]],
    again: set[int],
) -> None:
    rows = [give_up() for __ in range(3)]
    client = english(it_admin)
    client.post(RESEND, {k: [rows[n].pk for n in v] for k, v in sent.items()})
    unsent = Delivery.objects.unsent().filter(tries=0, failure="", last_error="")
    assert {row.pk for row in unsent} == {rows[n].pk for n in again}
    assert send_due_deliveries() == len(again)
    assert len(mail.outbox) == len(again)


def test_the_administrator_is_told_how_many(
    give_up: GiveUp, it_admin: User, english: English
) -> None:
    delivery = give_up()
    client = english(it_admin)
    for chosen, words in (
        (delivery.pk, "1 message will be sent again."),
        (
            delivery.pk,
            "Nothing to send again: choose messages whose address still exists.",
        ),
        ("x", "Nothing to send again: choose messages whose address still exists."),
    ):
        client.post(RESEND, {"delivery": chosen})
        assert [str(m) for m in client.get(PAGE).context["messages"]] == [words]


def test_what_went_to_a_removed_address_stays_given_up(
    give_up: GiveUp, reader: User, robot: Address, it_admin: User, english: English
) -> None:
    delivery = give_up(Channel.WECOM)
    remove_address(robot, actor=reader)
    assert resend([delivery.pk], actor=it_admin) == 0
    row = rows_of(english(it_admin), channel="wecom")[0]
    assert (row["delivery"], row["can_resend"]) == (delivery, False)


def test_others_send_nothing_again(give_up: GiveUp, supervisor: User) -> None:
    with pytest.raises(PermissionDenied):
        resend([give_up().pk], actor=supervisor)


def test_a_removed_mail_address_is_given_up_at_once(reader: User) -> None:
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    User.objects.filter(pk=reader.pk).update(email="")
    assert send_due_deliveries() == 0
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.GIVEN_UP
    assert delivery.failure == Failure.REMOVED


def test_the_state_of_a_channel_at_a_glance(give_up: GiveUp, reader: User) -> None:
    now = clock.now()
    hours = [timedelta(minutes=5), timedelta(hours=2), timedelta(days=2)]
    for age in hours:
        Delivery.objects.filter(pk=give_up().pk).update(
            given_up_at=None, failure="", sent_at=now - age
        )
    give_up()
    with clock.at(now - timedelta(minutes=30)):
        notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    notify([reader], Topic.CASE_REOPENED, path="/", number="C-1")
    failing = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=failing.pk).update(failure=Failure.TIMEOUT)
    mails = describe_channels()[0]
    assert (mails.channel, mails.waiting, mails.failing, mails.given_up) == (
        Channel.EMAIL,
        1,
        1,
        1,
    )
    assert (mails.sent_in_hour, mails.sent_in_day) == (1, 2)
    assert mails.due_since == now - timedelta(minutes=30)
    assert mails.last_sent_at == now - hours[0]
    assert [state.is_used for state in describe_channels()] == [True] + [False] * 5


def test_the_worker_gives_signs_of_life(it_admin: User, english: English) -> None:
    assert last_seen("deliveries") is None
    now = clock.now()
    client = english(it_admin)
    with clock.at(now - timedelta(minutes=3)):
        assert periodic_task("sms") == 0
    assert "Worker silent" in client.get(PAGE).text
    with clock.at(now):
        beat("deliveries")
        assert last_seen("deliveries") == now
        assert "Worker at work" in client.get(PAGE).text


def test_a_broker_out_of_reach_is_told(
    it_admin: User, english: English, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf:
        def __enter__(self) -> None:
            raise OSError("refused")

        def __exit__(self, *__: object) -> None: ...

    client = english(it_admin)
    assert "Broker reachable" in client.get(PAGE).text
    heartbeats = "notifications.services.heartbeats.current_app.connection_for_write"
    monkeypatch.setattr(heartbeats, Deaf)
    assert "Broker not reachable" in client.get(PAGE).text


def rows_of(client: Client, **query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(PAGE, query).context["rows"]
    return rows
