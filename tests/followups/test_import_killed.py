"""Real workers, killed while they check and while they take over, and two at once."""

import signal
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection

from followups.models import FeedEvent, FollowUp, Import, Stay
from followups.services import importing
from hospital import clock
from hospital.models import Role
from tests.factories import DepartmentFactory, UserFactory
from tests.followups.stay_files import ZHANG, check, csv_file
from tests.followups.world import make_plan
from tests.notifications.centre import Centre, kill
from tests.notifications.servers import wait_until

ROWS = 3000
PATIENCE = 90.0  # seconds for all of it on a busy machine


def long_list(rows: int) -> list[str]:
    yesterday = f"{clock.today() - timedelta(days=1):%Y/%m/%d}"
    admitted = f"{clock.today() - timedelta(days=9):%Y/%m/%d}"
    line = ZHANG.replace("2026/2/20", admitted).replace("2026/3/4", yesterday)
    return [line.replace("0012345", f"{n:07d}") for n in range(rows)]


@pytest.mark.django_db(transaction=True)
def test_killed_twice_the_list_is_brought_in_once(tmp_path: Path) -> None:
    DepartmentFactory(name_zh="心内科")
    actor = UserFactory(roles=[Role.SUPERVISOR])
    upload = importing.accept_upload(csv_file(*long_list(ROWS)), actor=actor)
    importing.set_columns(upload, upload.columns, number_length=None, actor=actor)
    env = {"IMPORT_INTERVAL_SECONDS": "0.5", "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    centre = Centre(tmp_path, env)

    def comes(**progress: object) -> bool:
        mine = Import.objects.filter(pk=upload.pk, **progress)
        return wait_until(mine.exists, PATIENCE)

    with centre.worker(2) as first:
        assert comes(rows_read__gt=0), centre.log("worker")
        kill(first)
    with centre.worker(2) as second:
        assert comes(state="checked"), centre.log("worker")
        importing.start_run(upload, actor=actor)
        assert comes(rows_taken__gt=0), centre.log("worker")
        kill(second)
    upload.refresh_from_db()
    # Whole batches were taken over, and the progress says so.
    assert 0 < upload.rows_taken < ROWS
    assert Stay.objects.count() == upload.rows_taken
    with centre.worker(2):
        assert comes(state="done"), centre.log("worker")

    assert [first.returncode, second.returncode] == [-signal.SIGKILL] * 2
    upload.refresh_from_db()
    assert (upload.rows_taken, upload.counts["new"]) == (ROWS, ROWS)
    assert (Stay.objects.count(), FeedEvent.objects.count()) == (ROWS, ROWS)
    again = check(csv_file(*long_list(ROWS)), actor)
    assert again.counts["same"] == ROWS


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_bring_anything_in_twice() -> None:
    DepartmentFactory(name_zh="心内科")
    actor = UserFactory(roles=[Role.SUPERVISOR])
    make_plan()
    upload = importing.accept_upload(csv_file(*long_list(1200)), actor=actor)
    importing.set_columns(upload, upload.columns, number_length=None, actor=actor)
    _work_at_once(4)
    upload.refresh_from_db()
    assert (upload.state, upload.rows.count()) == ("checked", 1200)
    importing.start_run(upload, actor=actor)
    _work_at_once(4)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_taken) == ("done", 1200)
    assert (Stay.objects.count(), FeedEvent.objects.count()) == (1200, 1200)
    assert FollowUp.objects.count() == 1200


def _work_at_once(workers: int) -> None:
    """Until nothing is left to do."""

    def work() -> None:
        try:
            while Import.objects.filter(state__in=Import.UNFINISHED).exists():
                importing.work_on_imports()
        finally:
            connection.close()

    threads = [Thread(target=work) for __ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
