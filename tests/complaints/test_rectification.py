"""What departments must do: the rules of tasks and their evidence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from complaints import services
from complaints.models import Case, Evidence, RectificationTask
from complaints.services.evidence import MOST_FILES
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, Role, User
from notifications.models import Notification
from tests.factories import UserFactory

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def acknowledged(task: RectificationTask, head: User) -> RectificationTask:
    return services.acknowledge_task(task, actor=head)


def submit(
    task: RectificationTask, actor: User, *files: tuple[str, bytes]
) -> RectificationTask:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return services.submit_task(task, actor=actor, result="已整改", files=uploads)


def told(topic: str) -> list[User]:
    return [n.recipient for n in Notification.objects.filter(topic=topic)]


def test_opening_a_task_puts_the_case_to_work_and_tells_the_holder(
    case: Case, department: Department, front_desk: User, head: User
) -> None:
    task = services.open_task(
        case, actor=front_desk, department=department, demand="请查"
    )
    case.refresh_from_db()
    assert (case.status, task.status, task.holder) == ("in_progress", "assigned", head)
    assert told("task_assigned") == [head]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"demand": " "}, "demand"), ({"due_at": timedelta(0)}, "due_at")],
)
def test_a_task_needs_a_demand_and_time_to_come(
    case: Case,
    department: Department,
    front_desk: User,
    head: User,
    changes: dict[str, Any],
    field: str,
) -> None:
    if "due_at" in changes:
        changes = {"due_at": clock.now() + changes["due_at"]}
    with pytest.raises(RuleViolation) as refusal:
        services.open_task(
            case,
            actor=front_desk,
            department=department,
            **({"demand": "请查"} | changes),
        )
    assert (refusal.value.field, case.tasks.count()) == (field, 0)


def test_planning_acknowledges_on_the_way_and_tells_the_person(
    task: RectificationTask, head: User, staff: User
) -> None:
    planned = services.plan_task(
        task, actor=head, responsible=staff, measure="增开窗口"
    )
    assert (planned.status, planned.responsible, planned.measure) == (
        "acknowledged",
        staff,
        "增开窗口",
    )
    assert told("task_named") == [staff]
    assert task.deadlines.get(clock="task_acknowledge").met_at is not None


def test_only_a_member_of_the_department_is_made_responsible(
    task: RectificationTask, head: User, outsider: User
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.plan_task(task, actor=head, responsible=outsider, measure="x")
    task.refresh_from_db()
    assert (refusal.value.field, task.status) == ("responsible", "assigned")


def test_a_colleague_reads_the_task_but_does_not_lead_it(
    task: RectificationTask, staff: User
) -> None:
    assert RectificationTask.objects.visible_to(staff).get() == task
    for act in (services.acknowledge_task, submit):
        with pytest.raises(PermissionDenied):
            act(task, actor=staff)


def test_a_task_in_the_centres_hands_is_not_planned_again(
    acknowledged: RectificationTask, head: User, staff: User
) -> None:
    submit(acknowledged, head)
    with pytest.raises(RuleViolation):
        services.plan_task(acknowledged, actor=head, responsible=staff, measure="x")


def test_a_department_that_was_closed_down_gets_no_task(
    case: Case, department: Department, front_desk: User, head: User
) -> None:
    department.is_active = False
    with pytest.raises(RuleViolation) as refusal:
        services.open_task(case, actor=front_desk, department=department, demand="请查")
    assert refusal.value.field == "department"


def test_nobody_verifies_their_own_work(
    case: Case, department: Department, front_desk: User
) -> None:
    both = UserFactory(
        name="兼任",
        roles=[Role.SUPERVISOR, Role.DEPARTMENT_HEAD],
        departments=[department],
    )
    department.head = both
    department.save()
    task = services.open_task(case, actor=both, department=department, demand="请查")
    services.acknowledge_task(task, actor=both)
    submit(task, both)
    for act in (services.verify_task, services.return_task):
        with pytest.raises(PermissionDenied):
            act(
                task,
                actor=both,
                **({"reason": "x"} if act != services.verify_task else {}),
            )
    assert services.verify_task(task, actor=front_desk).status == "verified"


def test_submitting_tells_the_owner_and_returning_tells_the_department(
    acknowledged: RectificationTask, head: User, front_desk: User
) -> None:
    submit(acknowledged, head)
    services.return_task(acknowledged, actor=front_desk, reason="缺照片")
    submit(acknowledged, head)
    services.verify_task(acknowledged, actor=front_desk)
    topics = Notification.objects.exclude(topic="task_assigned").order_by("pk")
    assert list(topics.values_list("topic", "recipient")) == [
        ("task_submitted", front_desk.pk),
        ("task_returned", head.pk),
        ("task_submitted", front_desk.pk),
        ("task_verified", head.pk),
    ]


def test_a_refused_task_is_insisted_on_or_reassigned(
    task: RectificationTask, head: User, outsider: User, front_desk: User
) -> None:
    services.release_contact(task, actor=front_desk)
    services.refuse_task(task, actor=head, reason="不属于本科")
    insisted = services.decide_refused_task(
        task, actor=front_desk, department=task.department, reason="确属贵科"
    )
    assert (insisted.status, insisted.holder, insisted.contact_released) == (
        "assigned",
        head,
        True,
    )
    services.refuse_task(task, actor=head, reason="仍不属于")
    moved = services.decide_refused_task(
        task,
        actor=front_desk,
        department=outsider.departments.get(),
        reason="改派骨科",
    )
    assert (moved.holder, moved.contact_released) == (outsider, False)
    assert RectificationTask.objects.visible_to(head).count() == 0


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("现场.png", PNG, "image/png"),
        ("现场.JPG", JPEG, "image/jpeg"),
        ("报告.pdf", PDF, "application/pdf"),
        ("手机.heic", HEIC, "image/heic"),
    ],
)
def test_evidence_is_kept_by_what_it_contains(
    acknowledged: RectificationTask, head: User, name: str, content: bytes, kind: str
) -> None:
    submit(acknowledged, head, (name, content))
    kept = Evidence.objects.get()
    assert (kept.name, kept.content_type, kept.size, kept.uploaded_by) == (
        name,
        kind,
        len(content),
        head,
    )
    with kept.file.open() as file:
        assert file.read() == content
    assert name not in str(kept.file)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.png", HTML),
        ("page.html", HTML),
        ("photo.pdf", PNG),
        ("photo.exe", PNG),
        ("photo", PNG),
        ("words.png", b"nothing"),
    ],
)
def test_a_disguised_file_is_refused_with_all_that_came_with_it(
    acknowledged: RectificationTask, head: User, name: str, content: bytes
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        submit(acknowledged, head, ("good.png", PNG), (name, content))
    acknowledged.refresh_from_db()
    assert (refusal.value.field, acknowledged.status, Evidence.objects.count()) == (
        "files",
        "acknowledged",
        0,
    )


def test_a_file_that_is_too_large_or_one_too_many_is_refused(
    acknowledged: RectificationTask, head: User, settings: Settings
) -> None:
    with pytest.raises(RuleViolation):
        submit(acknowledged, head, *[("a.png", PNG)] * (MOST_FILES + 1))
    settings.EVIDENCE_MAX_BYTES = len(PNG) - 1
    with pytest.raises(RuleViolation):
        submit(acknowledged, head, ("a.png", PNG))
    settings.EVIDENCE_MAX_BYTES = len(PNG)
    assert submit(acknowledged, head, ("a.png", PNG)).status == "submitted"


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "a\x00b\u202e.png"])
def test_a_files_name_is_cleaned(
    acknowledged: RectificationTask, head: User, name: str
) -> None:
    submit(acknowledged, head, (name, PNG))
    assert Evidence.objects.get().name in ("passwd.png", "ab.png")


def test_releasing_twice_is_one_event(
    task: RectificationTask, front_desk: User
) -> None:
    for _ in range(2):
        services.release_contact(task, actor=front_desk)
    assert task.case.events.filter(verb="contact_released").count() == 1


@pytest.mark.parametrize(
    "act", [services.refuse_task, services.return_task, services.cancel_task]
)
def test_a_reason_is_always_asked(
    task: RectificationTask,
    head: User,
    front_desk: User,
    act: Callable[..., RectificationTask],
) -> None:
    actor = head if act is services.refuse_task else front_desk
    with pytest.raises(RuleViolation) as refusal:
        act(task, actor=actor, reason=" \x07")
    assert refusal.value.field == "reason"


def test_work_returned_after_its_due_time_is_late_at_once(
    task: RectificationTask, head: User, front_desk: User
) -> None:
    services.acknowledge_task(task, actor=head)
    with clock.at(task.due_at + timedelta(days=3)):
        services.submit_task(task, actor=head, result="已整改")
        services.return_task(task, actor=front_desk, reason="缺照片")
        running = task.deadlines.running().get()
        assert (running.due_at, running.state) == (task.due_at, "breached")
        assert running.next_step_at is not None
