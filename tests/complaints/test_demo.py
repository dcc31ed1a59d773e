"""The demo hospital: everything a visitor should meet, made by the services alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db.models import F
from pytest_django import DjangoDbBlocker, Settings

from complaints.demo.hospital import PASSWORD, SHOWN, clear_unfinished
from complaints.models import (
    Case,
    CaseCounter,
    CaseEvent,
    Contact,
    Deadline,
    Evidence,
    Handover,
    Kind,
    RectificationTask,
    Reply,
    Satisfaction,
    Status,
    Subject,
    TaskStatus,
    Verb,
)
from complaints.services import verify_timeline
from hospital import clock
from hospital.models import Campus, Department, Role, User
from notifications.models import Delivery, Notification

VOICES = 60
# A Friday afternoon, so that the same dice fall on every day these tests run.
NOW = datetime(2026, 11, 20, 15, tzinfo=ZoneInfo("Asia/Shanghai"))


def load_demo(*arguments: str) -> str:
    out = StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def demo_mode(settings: Settings) -> Iterator[None]:
    settings.DEMO_MODE = True
    with clock.at(NOW):
        yield


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The demo, loaded once for all the tests of this file, and what was said."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DEMO_MODE", True)
        with clock.at(NOW):
            said = load_demo("--one-process", f"--voices={VOICES}")
        yield said
        clear_unfinished_anyway()


def clear_unfinished_anyway() -> None:
    """Leave the test database as empty as it was."""
    User.objects.update(email="")
    clear_unfinished()


@pytest.fixture
def demo(said: str, db: None) -> str:
    return said


def test_the_load_tells_how_far_it_is(demo: str) -> None:
    lines = demo.splitlines()
    assert lines[0].startswith("    0 %")
    assert [line[:7].strip() for line in lines[:-1]].count("100 %") <= 1
    assert lines[-1].startswith("The demo hospital is loaded (")


def test_a_second_load_does_nothing(demo: str) -> None:
    before = Case.objects.count()
    assert load_demo() == "The demo hospital is loaded already.\n"
    assert Case.objects.count() == before


def test_the_hospital_is_whole(demo: str) -> None:
    assert Campus.objects.count() == 2
    assert Department.objects.count() >= 30
    assert set(Department.objects.values_list("kind", flat=True)) == set(
        Department.Kind.values
    )
    assert not Department.objects.filter(head=None).exists()
    assert not Department.objects.filter(supervising_leader=None).exists()
    roles = {role for user in User.objects.all() for role in user.roles}
    assert roles == set(Role.values)
    today = clock.today()
    assert sum(user.is_on_leave(today) for user in User.objects.all()) == 2
    xnk = Department.objects.matching("xnk")
    assert "心内科" in xnk.values_list("name_zh", flat=True)


def test_the_accounts_are_listed_and_open(demo: str) -> None:
    table = load_demo("--accounts")
    assert [line.split()[0] for line in table.splitlines()[1:-1]] == sorted(SHOWN)
    assert table.splitlines()[-1] == f"Password of every account: {PASSWORD}"
    assert User.objects.get(employee_number="1001").check_password(PASSWORD)


def test_numbers_have_no_gaps_and_rise_with_time(demo: str) -> None:
    for counter in CaseCounter.objects.all():
        cases = Case.objects.filter(number__startswith=f"C-{counter.year}-")
        numbers = cases.order_by("entered_at", "pk").values_list("number", flat=True)
        assert list(numbers) == [
            f"C-{counter.year}-{n:06d}" for n in range(1, counter.last + 1)
        ]
    assert abs(Case.objects.count() - VOICES) <= 3


def test_no_history_was_altered(demo: str) -> None:
    faults = [fault for case in Case.objects.all() for fault in verify_timeline(case)]
    assert faults == []


def test_nothing_lies_in_the_future(demo: str) -> None:
    now = clock.now()
    assert not CaseEvent.objects.filter(at__gt=now).exists()
    assert not Case.objects.filter(entered_at__gt=now).exists()
    assert not Reply.objects.filter(at__gt=now).exists()


def test_the_history_sends_no_mail_but_people_have_addresses(demo: str) -> None:
    assert not Delivery.objects.exists()
    assert not User.objects.filter(email="").exists()
    assert Notification.objects.unread().exists()
    assert Notification.objects.exclude(read_at=None).exists()


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.REOPENED}))
def test_there_is_a_case_in_every_state(demo: str, status: Status) -> None:
    assert Case.objects.filter(status=status).exists()


@pytest.mark.parametrize("status", TaskStatus.values)
def test_there_is_a_task_in_every_state(demo: str, status: str) -> None:
    assert RectificationTask.objects.filter(status=status).exists()


def test_every_awkward_thing_is_there(demo: str) -> None:
    now = clock.now()
    cases = Case.objects.all()
    there = {
        "reopened": cases.filter(reopened_count__gt=0),
        "overdue": cases.overdue(),
        "overdue task": RectificationTask.objects.overdue(),
        "due soon": RectificationTask.objects.with_department().filter(due_at__gt=now),
        "raised to tier 3": CaseEvent.objects.filter(
            verb=Verb.TIER_SET, new={"tier": 3}, case__tier=3
        ),
        "converted": CaseEvent.objects.filter(verb=Verb.CONVERTED),
        "anonymous": cases.filter(contact=None),
        "received long before": cases.filter(
            received_at__lt=F("entered_at") - timedelta(days=3)
        ),
        "special need": Contact.objects.exclude(special_need=Contact.Need.NONE),
        "contact released": RectificationTask.objects.filter(contact_released=True),
        "photo": Evidence.objects.filter(content_type="image/png"),
        "PDF": Evidence.objects.filter(content_type="application/pdf"),
        "hand-over waiting": Handover.objects.filter(answered_at=None),
        "solved on the spot": cases.filter(solved_on_the_spot=True),
        "missed deadline": Deadline.objects.filter(met_at__gt=F("due_at")),
        "rated": Satisfaction.objects.exclude(score=None),
    }
    assert [name for name, rows in there.items() if not rows.exists()] == []
    assert set(cases.values_list("kind", flat=True)) == set(Kind.values)


def test_a_named_head_does_not_hold_the_task(demo: str) -> None:
    named = Subject.objects.filter(named_staff=F("department__head"))
    tasks = RectificationTask.objects.filter(case__in=named.values("case"))
    assert tasks.exists()
    for task in tasks.select_related("department"):
        assert task.holder_id != task.department.head_id


@pytest.mark.parametrize("number", ["1001", "1011", "1021", "4001", "5001", "2001"])
def test_everybody_has_work_to_see(demo: str, number: str) -> None:
    user = User.objects.get(employee_number=number)
    assert Case.objects.visible_to(user).open().exists()
