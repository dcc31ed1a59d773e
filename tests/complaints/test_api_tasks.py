"""Rectification tasks through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from rest_framework.response import Response
from rest_framework.test import APIClient

from complaints import services
from complaints.models import Case, RectificationTask
from hospital.models import Department, User

Api = Callable[[User], APIClient]
TASKS = "/api/v1/tasks/"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06"
BODIES: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "plan": {"responsible": "?", "measure": "增开窗口"},
    "submit": {"result": "已整改"},
    "refuse": {"reason": "不属于本科"},
    "decide": {"department": "XNK", "reason": "确属贵科"},
    "verify": {},
    "return": {"reason": "缺照片"},
    "cancel": {"reason": "不再需要"},
    "release": {},
}


@pytest.fixture
def act(task: RectificationTask, api_of: Api) -> Callable[..., Response]:
    """Do an action on the task as a person."""

    def do(user: User, name: str, **body: Any) -> Response:
        return api_of(user).post(f"{TASKS}{task.pk}/{name}/", body)

    return do


Act = Callable[..., Response]


def test_a_task_walks_from_assigned_to_verified(
    task: RectificationTask, head: User, staff: User, front_desk: User, act: Act
) -> None:
    plan = BODIES["plan"] | {"responsible": staff.employee_number}
    states = [
        act(head, "acknowledge").data["status"],
        act(head, "plan", **plan).data["status"],
        act(staff, "submit", **BODIES["submit"]).data["status"],
        act(front_desk, "return", **BODIES["return"]).data["status"],
        act(staff, "submit", **BODIES["submit"]).data["status"],
        act(front_desk, "verify").data["status"],
    ]
    assert states == [
        "acknowledged",
        "acknowledged",
        "submitted",
        "returned",
        "submitted",
        "verified",
    ]
    task.refresh_from_db()
    assert (task.responsible, task.measure, task.result) == (
        staff,
        "增开窗口",
        "已整改",
    )


def test_a_refused_task_is_reassigned(
    task: RectificationTask,
    head: User,
    outsider: User,
    front_desk: User,
    act: Act,
) -> None:
    assert act(head, "refuse", **BODIES["refuse"]).data["status"] == "refused"
    answer = act(front_desk, "decide", department="GK", reason="属于骨科")
    assert answer.data["status"] == "assigned"
    assert answer.data["department"]["code"] == "GK"
    assert answer.data["holder"]["name"] == outsider.name


def test_releasing_and_cancelling(
    task: RectificationTask, front_desk: User, act: Act
) -> None:
    assert act(front_desk, "release").data["contact_released"] is True
    assert act(front_desk, "cancel", **BODIES["cancel"]).data["status"] == "cancelled"


def test_evidence_goes_up_and_comes_down_behind_the_gate(
    task: RectificationTask, head: User, outsider: User, api_of: Api
) -> None:
    services.acknowledge_task(task, actor=head)
    photo = SimpleUploadedFile("现场.png", PNG, content_type="text/html")
    answer = api_of(head).post(
        f"{TASKS}{task.pk}/submit/",
        {"result": "已整改", "files": [photo]},
        format="multipart",
    )
    kept = answer.data["evidence"][0]
    assert (kept["name"], kept["content_type"], kept["size"]) == (
        "现场.png",
        "image/png",
        len(PNG),
    )
    url = f"{TASKS}{task.pk}/evidence/{kept['id']}/"
    file = api_of(head).get(url, headers={"accept": "image/*"})
    assert file.getvalue() == PNG
    assert file["Content-Type"] == "image/png"
    assert file["Content-Disposition"].startswith("attachment;")
    assert file["X-Content-Type-Options"] == "nosniff"
    hidden = api_of(outsider).get(url, headers={"accept": "image/*"})
    assert (hidden.status_code, hidden["Content-Type"]) == (
        404,
        "application/problem+json",
    )


def test_evidence_that_is_gone_from_the_disk_is_not_found(
    task: RectificationTask, head: User, api_of: Api
) -> None:
    services.acknowledge_task(task, actor=head)
    photo = SimpleUploadedFile("现场.png", PNG)
    services.submit_task(task, actor=head, result="已整改", files=[photo])
    evidence = task.evidence.get()
    evidence.file.delete(save=False)
    url = f"{TASKS}{task.pk}/evidence/"
    assert api_of(head).get(f"{url}{evidence.pk}/").status_code == 404
    assert api_of(head).get(f"{url}{evidence.pk + 1}/").status_code == 404


def test_a_disguised_file_is_refused_and_nothing_is_kept(
    task: RectificationTask, head: User, api_of: Api
) -> None:
    services.acknowledge_task(task, actor=head)
    page = SimpleUploadedFile("现场.png", b"<script>alert(1)</script>")
    answer = api_of(head).post(
        f"{TASKS}{task.pk}/submit/",
        {"result": "已整改", "files": [page]},
        format="multipart",
    )
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["files"])
    task.refresh_from_db()
    assert (task.status, task.evidence.count()) == ("acknowledged", 0)


@pytest.mark.parametrize("name", ["submit", "decide", "verify", "return"])
def test_a_task_refuses_what_its_state_does_not_allow(
    task: RectificationTask, head: User, front_desk: User, act: Act, name: str
) -> None:
    person = head if name == "submit" else front_desk
    answer = act(person, name, **BODIES[name])
    assert (answer.status_code, answer.data["code"]) == (409, "rule")


@pytest.mark.parametrize("name", BODIES)
def test_the_task_of_another_department_is_not_found(
    outsider: User, staff: User, act: Act, name: str
) -> None:
    body = BODIES[name]
    if "responsible" in body:
        body = body | {"responsible": staff.employee_number}
    assert act(outsider, name, **body).status_code == 404


@pytest.mark.parametrize("name", ["decide", "verify", "return", "cancel", "release"])
def test_a_department_does_not_do_the_centres_part(
    head: User, act: Act, name: str
) -> None:
    assert act(head, name, **BODIES[name]).status_code == 403


@pytest.mark.parametrize("name", ["acknowledge", "plan", "submit", "refuse"])
def test_the_centre_does_not_do_the_departments_part(
    front_desk: User, staff: User, act: Act, name: str
) -> None:
    body = BODIES[name]
    if "responsible" in body:
        body = body | {"responsible": staff.employee_number}
    assert act(front_desk, name, **body).status_code == 403


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("plan", {"responsible": "00000", "measure": "x"}, "responsible"),
        ("plan", {"responsible": "?outsider", "measure": "x"}, "responsible"),
        ("submit", {"result": "\x00"}, "result"),
        ("refuse", {}, "reason"),
    ],
)
def test_wrong_input_is_refused_beside_its_field(
    head: User, outsider: User, act: Act, name: str, body: dict[str, Any], field: str
) -> None:
    sent = {
        key: outsider.employee_number if value == "?outsider" else value
        for key, value in body.items()
    }
    answer = act(head, name, **sent)
    assert (answer.status_code, list(answer.data["errors"])) == (400, [field])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_one_query(
    case: Case,
    department: Department,
    front_desk: User,
    head: User,
    api_of: Api,
    django_assert_num_queries: Callable[[int], Any],
    rows: int,
) -> None:
    for _ in range(rows):
        services.open_task(
            case, actor=front_desk, department=department, demand="请整改"
        )
    client = api_of(head)
    with django_assert_num_queries(1):
        answer = client.get(TASKS)
    assert len(answer.data["results"]) == rows


def test_the_detail_tells_each_reader_what_they_may_do(
    task: RectificationTask, head: User, staff: User, front_desk: User, api_of: Api
) -> None:
    actions = [
        api_of(person).get(f"{TASKS}{task.pk}/").data["actions"]
        for person in (head, staff, front_desk)
    ]
    assert actions == [
        ["acknowledge", "plan", "refuse"],
        [],
        ["cancel", "release", "pause"],
    ]


def test_lists_can_be_narrowed_down(
    task: RectificationTask, supervisor: User, api_of: Api
) -> None:
    def found(query: str) -> list[int]:
        rows = api_of(supervisor).get(f"{TASKS}?{query}").data["results"]
        return [row["id"] for row in rows]

    assert found(f"case={task.case.number}&department=XNK") == [task.pk]
    assert found("status=assigned&overdue=false") == [task.pk]
    assert found("overdue=true") == []
    assert found("status=verified") == []


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 19, "x"])
def test_an_unknown_task_is_not_found(head: User, api_of: Api, pk: str) -> None:
    assert api_of(head).get(f"{TASKS}{pk}/").status_code == 404


def test_the_schema_of_the_api_generates_without_a_warning(tmp_path: Any) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(file))
    assert "/api/v1/cases/{number}/close/" in file.read_text()
