"""A real worker, killed between claim and send, loses no notification."""

import signal
from pathlib import Path

import pytest

from notifications.models import Delivery, Topic
from notifications.services import notify
from tests.factories import UserFactory
from tests.notifications.centre import Centre, kill
from tests.notifications.servers import PATIENCE, MailServer, served, wait_until


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_send_loses_nothing(tmp_path: Path) -> None:
    people = [UserFactory(email=f"p{n}@hospital.test") for n in range(3)]
    notify(people, Topic.CASE_REOPENED, path="/cases/C-1/", number="C-1")
    with served(MailServer(hang=True)) as mail_server:
        address = f"smtp://127.0.0.1:{mail_server.port}"
        env = {"EMAIL_URL": address, "DELIVERY_CLAIM_SECONDS": "2"}
        centre = Centre(tmp_path, env)

        with centre.worker() as first:
            assert mail_server.called.wait(PATIENCE), centre.log("worker")
            claimed = Delivery.objects.filter(tries=1, sent_at=None)
            assert claimed.count() == 3
            kill(first)
        assert (first.returncode, mail_server.mails) == (-signal.SIGKILL, [])

        with centre.worker():
            unsent = Delivery.objects.filter(sent_at=None)
            assert wait_until(lambda: not unsent.exists()), centre.log("worker")
    # Each mail carries its row's key, so that a provider could drop a twin.
    rows = Delivery.objects.values_list("pk", flat=True)
    assert sorted(mail_server.keys) == sorted(f"delivery-{pk}" for pk in rows)
    assert set(Delivery.objects.values_list("tries", flat=True)) == {2}
