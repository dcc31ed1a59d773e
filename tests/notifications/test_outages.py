"""Mail server or Redis down: the work goes on, and all is delivered afterwards, once.

An hour is played in seconds: the waits between the tries are shortened.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from kombu import Connection

from complaints.models import Case, Category
from hospital.models import Department, User
from notifications.models import Address, Channel, Delivery, DeliveryState
from service_center.broker import RedisChannel, RedisTransport
from service_center.celery import app
from tests.notifications.centre import Browser, Centre, free_port, kill
from tests.notifications.servers import (
    HookServer,
    MailServer,
    served,
    wait_until,
)

PAGES = (
    *("home", "complaints:intake", "complaints:case_list", "complaints:task_list"),
    *("dashboards:figures", "notifications:inbox", "notifications:channels"),
    "complaints:track",
)


@dataclass(frozen=True)
class World:
    """A supervisor at the desk, and a head who is told by mail and by webhook."""

    desk: User
    it_admin: User
    department: Department
    category: Category

    def work(self, browser: Browser, voices: int) -> None:
        """Take voices in and ask the department to act, as the browser does."""
        desk = browser.signed_in(self.desk)
        for __ in range(voices):
            saved = desk.post(reverse("complaints:intake"), self._voice())
            number = saved.partition("saved=")[2]
            task = {"department": self.department.pk, "demand": "请查明原因并整改"}
            desk.post(reverse("complaints:open_task", args=[number]), task)

    def check_pages(self, browser: Browser) -> None:
        """Every main page answers."""
        desk = browser.signed_in(self.desk)
        case = Case.objects.latest("pk")
        paths = [reverse(name) for name in PAGES]
        paths += [
            case.get_absolute_url(),
            reverse("complaints:progress", args=[case.tracking_code]),
        ]
        assert {path: desk.get(path) for path in paths} == dict.fromkeys(paths, 200)
        deliveries = reverse("notifications:deliveries")
        assert browser.signed_in(self.it_admin).get(deliveries) == 200

    def _voice(self) -> dict[str, object]:
        return {
            "submission": str(uuid4()),
            "kind": "complaint",
            "channel": "phone",
            "narrative": "等了三个小时还没有看上病",
            "phone": "13812345678",
            "name": "张建国",
            "relation": "patient",
            "special_need": "none",
            "subjects-TOTAL_FORMS": "1",
            "subjects-INITIAL_FORMS": "0",
            "subjects-0-department": self.department.pk,
            "subjects-0-category": self.category.pk,
        }


@pytest.fixture
def world(
    transactional_db: None,
    supervisor: User,
    it_admin: User,
    head: User,
    department: Department,
    category: Category,
    hook_server: HookServer,
) -> World:
    User.objects.filter(pk=head.pk).update(email="head@hospital.test")
    url = hook_server.url.replace("http", "json") + "/very-secret-path"
    Address.objects.create(
        user=head, channel=Channel.WEBHOOK, url=url, shown="json://127.0.0.1/…"
    )
    return World(supervisor, it_admin, department, category)


@pytest.fixture
def all_sent() -> Callable[[], bool]:
    return lambda: not Delivery.objects.unsent().exists()


def expected_keys(channel: Channel) -> list[str]:
    rows = Delivery.objects.filter(channel=channel)
    return sorted(delivery.key for delivery in rows)


def test_while_the_mail_server_is_down_work_goes_on_and_the_mail_comes_later(
    tmp_path: Path,
    world: World,
    hook_server: HookServer,
    all_sent: Callable[[], bool],
) -> None:
    port = free_port()
    address = f"smtp://127.0.0.1:{port}"
    env = {"EMAIL_URL": address, "DELIVERY_BACKOFF_SECONDS": "0.5"}
    centre = Centre(tmp_path, env)
    with centre.web() as browser, centre.worker(2):
        world.work(browser, 2)
        mails = Delivery.objects.filter(channel=Channel.EMAIL)
        failing = mails.in_state(DeliveryState.FAILING).filter(tries__gte=2)
        assert wait_until(lambda: failing.count() == 2), centre.log("worker")
        world.check_pages(browser)
        # The other channel did not wait for the mail.
        assert sorted(hook_server.keys) == expected_keys(Channel.WEBHOOK)
        world.work(browser, 1)

        with served(MailServer(port)) as mail_server:
            assert wait_until(all_sent), centre.log("worker")
    assert sorted(mail_server.keys) == expected_keys(Channel.EMAIL)
    assert sorted(hook_server.keys) == expected_keys(Channel.WEBHOOK)
    assert (len(mail_server.keys), len(hook_server.keys)) == (3, 3)
    assert "very-secret" not in centre.log("worker") + centre.log("web")


@pytest.fixture
def redis_port() -> int:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    return free_port()


def test_while_redis_is_down_work_goes_on_and_all_is_delivered_later(
    tmp_path: Path,
    world: World,
    hook_server: HookServer,
    redis_port: int,
    all_sent: Callable[[], bool],
) -> None:
    with served(MailServer()) as mail_server:
        env = {
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        }
        centre = Centre(tmp_path, env)
        with centre.web() as browser, centre.worker(2):
            with centre.redis(redis_port) as redis:
                world.work(browser, 1)
                assert wait_until(all_sent), centre.log("worker")
                kill(redis)
            assert browser.get("/readyz") == 503
            world.work(browser, 2)
            world.check_pages(browser)
            assert Delivery.objects.unsent().count() == 4

            with centre.redis(redis_port):
                assert wait_until(all_sent, 40), centre.log("worker")
    assert sorted(mail_server.keys) == expected_keys(Channel.EMAIL)
    assert sorted(hook_server.keys) == expected_keys(Channel.WEBHOOK)
    assert (len(mail_server.keys), len(hook_server.keys)) == (3, 3)


def test_a_worker_waits_for_its_broker_as_long_as_it_takes() -> None:
    """Celery's own default ends the worker after some fifty minutes."""
    assert app.conf.broker_connection_max_retries is None


def test_a_channel_whose_connection_is_gone_says_so_as_workers_understand_it() -> None:
    """kombu's own says AttributeError, of which the worker dies."""
    connection = Connection("redis://127.0.0.1:9/0", transport=RedisTransport)
    transport: Any = connection.transport
    channel: Any = RedisChannel.__new__(RedisChannel)
    channel.connection = transport
    assert channel._connparams()["port"] == 9
    for lost in (transport, None):
        transport.client = None
        channel.connection = lost
        with pytest.raises(transport.connection_errors):
            channel._connparams()
    channel.closed = True  # it was never opened: nothing to close
