"""The history cannot be changed, and proves that it was not."""

from collections.abc import Callable

import pytest
from django.db import Error, connection, transaction

from complaints import services
from complaints.models import AccessLog, Case, CaseEvent, RectificationTask
from hospital.models import User

REFUSED = "is append-only"


@pytest.fixture
def noted(case: Case, front_desk: User) -> Case:
    """The case with four events."""
    for text in ("甲", "乙", "丙"):
        services.add_note(case, actor=front_desk, text=text)
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def tamper(db: None) -> Callable[[str], None]:
    """Change the timeline as somebody with the database's keys could."""

    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE complaints_caseevent DISABLE TRIGGER USER")
            cursor.execute(sql)
            cursor.execute("ALTER TABLE complaints_caseevent ENABLE TRIGGER USER")

    return run


Tamper = Callable[[str], None]


@pytest.mark.parametrize("model", [CaseEvent, AccessLog])
def test_an_entry_is_neither_updated_nor_deleted(
    noted: Case, front_desk: User, model: type[CaseEvent] | type[AccessLog]
) -> None:
    services.reveal_contact(noted, actor=front_desk, reason="需要回电")
    rows = model._default_manager.all()
    before = list(rows.values())
    with pytest.raises(Error, match=REFUSED), transaction.atomic():
        rows.filter(pk=before[0]["id"]).update(case_id=noted.pk)
    with pytest.raises(Error, match=REFUSED), transaction.atomic():
        rows[0].delete()
    assert list(rows.values()) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE complaints_caseevent SET note = 'x'",
        "DELETE FROM complaints_caseevent",
        "UPDATE complaints_accesslog SET reason = 'x'",
        "DELETE FROM complaints_accesslog",
    ],
)
def test_not_even_raw_sql_changes_it(noted: Case, front_desk: User, sql: str) -> None:
    services.reveal_contact(noted, actor=front_desk, reason="需要回电")
    with (
        pytest.raises(Error, match=REFUSED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_an_untouched_timeline_proves_itself(
    task: RectificationTask, front_desk: User, head: User
) -> None:
    services.acknowledge_task(task, actor=head)
    services.submit_task(task, actor=head, result="已整改")
    services.verify_task(task, actor=front_desk)
    case = Case.objects.get(pk=task.case_id)
    assert list(services.verify_timeline(case)) == []
    assert case.revision == case.events.count()


@pytest.mark.parametrize(
    "change",
    [
        "note = '改'",
        "at = at + interval '1 second'",
        "verb = 'closed'",
        "actor_id = NULL",
        "new = '{\"x\": 1}'",
        "hash = repeat('0', 64)",
        "previous_hash = repeat('0', 64)",
    ],
)
def test_an_altered_event_is_found(noted: Case, tamper: Tamper, change: str) -> None:
    tamper(f"UPDATE complaints_caseevent SET {change} WHERE seq = 2")  # noqa: S608  # the words are above
    assert f"{noted.number}: event 2 was altered" in services.verify_timeline(noted)


def test_a_missing_event_is_found(noted: Case, tamper: Tamper) -> None:
    tamper("DELETE FROM complaints_caseevent WHERE seq = 2")
    assert list(services.verify_timeline(noted)) == [
        f"{noted.number}: event 2 is missing"
    ]


def test_events_moved_up_over_a_gap_are_found(noted: Case, tamper: Tamper) -> None:
    tamper("DELETE FROM complaints_caseevent WHERE seq = 2")
    tamper("UPDATE complaints_caseevent SET seq = 2 WHERE seq = 3")
    assert list(services.verify_timeline(noted))[0] == (
        f"{noted.number}: event 2 was altered"
    )


def test_a_truncated_tail_is_found(noted: Case, tamper: Tamper) -> None:
    tamper("DELETE FROM complaints_caseevent WHERE seq = 4")
    assert list(services.verify_timeline(noted)) == [
        f"{noted.number}: the end of the timeline is missing"
    ]


def test_a_timeline_that_is_gone_is_found(noted: Case, tamper: Tamper) -> None:
    tamper("DELETE FROM complaints_caseevent")
    assert list(services.verify_timeline(noted)) == [
        f"{noted.number}: the end of the timeline is missing"
    ]


def test_a_department_reads_the_work_not_the_words(
    task: RectificationTask, front_desk: User, head: User, supervisor: User
) -> None:
    services.add_note(task.case, actor=front_desk, text="家属情绪激动")
    services.reply_to_person(
        task.case, actor=front_desk, method="phone", text="正在调查"
    )
    services.acknowledge_task(task, actor=head)
    seen = {
        person: [e.verb for e in task.case.events.for_reader(person).order_by("seq")]
        for person in (head, supervisor)
    }
    assert seen[head] == ["registered", "task_opened", "task_acknowledged"]
    assert seen[supervisor] == [
        "registered",
        "accepted",
        "started",
        "task_opened",
        "noted",
        "replied",
        "task_acknowledged",
    ]


def test_a_department_does_not_read_about_the_tasks_of_another(
    task: RectificationTask, front_desk: User, head: User, outsider: User
) -> None:
    other = services.open_task(
        task.case,
        actor=front_desk,
        department=outsider.departments.get(),
        demand="请协查",
    )
    tasks = [
        set(task.case.events.for_reader(person).exclude(task=None).values_list("task"))
        for person in (head, outsider)
    ]
    assert tasks == [{(task.pk,)}, {(other.pk,)}]
