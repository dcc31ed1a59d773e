"""Reading cases through the API: to each reader what concerns them."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from complaints import services
from complaints.models import AccessLog, Case, Category, Kind, RectificationTask
from hospital.models import Department, User

Api = Callable[[User], APIClient]
NewCase = Callable[..., Case]
CASES = "/api/v1/cases/"


def numbers(client: APIClient, query: str = "") -> list[str]:
    return [row["number"] for row in client.get(CASES + query).data["results"]]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_four_queries(
    front_desk: User,
    new_case: NewCase,
    api_of: Api,
    django_assert_num_queries: Callable[[int], Any],
    rows: int,
) -> None:
    for _ in range(rows):
        new_case()
    client = api_of(front_desk)
    with django_assert_num_queries(4):
        answer = client.get(CASES)
    assert len(answer.data["results"]) == rows


def test_the_list_is_newest_first_in_pages(
    front_desk: User, new_case: NewCase, api_of: Api
) -> None:
    cases = [new_case().number for _ in range(3)]
    client = api_of(front_desk)
    first = client.get(f"{CASES}?page_size=2").data
    second = client.get(first["next"]).data
    shown = [row["number"] for row in [*first["results"], *second["results"]]]
    assert shown == cases[::-1]


def test_the_list_masks_the_contact_and_hides_it_from_departments(
    task: RectificationTask, front_desk: User, head: User, api_of: Api
) -> None:
    desk = api_of(front_desk).get(CASES).data["results"][0]
    department = api_of(head).get(CASES).data["results"][0]
    assert (desk["contact"]["name"], desk["contact"]["phone"]) == (
        "张*",
        "138****5678",
    )
    assert department["contact"] is None


def test_lists_can_be_narrowed_down(
    front_desk: User,
    supervisor: User,
    other_department: Department,
    category: Category,
    new_case: NewCase,
    api_of: Api,
) -> None:
    Category.objects.filter(children=category).update(code="WAIT")
    line = services.SubjectLine(category, other_department)
    a, b = new_case(), new_case(kind=Kind.PRAISE, subjects=[line], actor=supervisor)
    services.set_tier(a, actor=front_desk, tier=2, reason="多次")
    client = api_of(supervisor)
    assert numbers(client, "?kind=praise") == [b.number]
    assert numbers(client, "?department=XNK") == [a.number]
    assert numbers(client, "?category=WAIT.1") == [b.number, a.number]
    assert numbers(client, "?category=WAIT") == [b.number, a.number]
    assert numbers(client, f"?owner={front_desk.employee_number}") == [a.number]
    assert numbers(client, "?tier=2") == [a.number]
    assert numbers(client, "?overdue=true") == []
    assert numbers(client, f"?q={b.number.lower()}") == [b.number]
    assert numbers(client, "?received_to=2020-01-01") == []


@pytest.mark.parametrize(
    "query", ["status=nope", "department=NOPE", "received_from=never"]
)
def test_an_unknown_filter_value_is_refused(
    supervisor: User, api_of: Api, query: str
) -> None:
    answer = api_of(supervisor).get(f"{CASES}?{query}")
    assert (answer.status_code, list(answer.data["errors"])) == (
        400,
        [query.split("=")[0]],
    )


def test_the_detail_tells_the_centre_everything(
    task: RectificationTask, front_desk: User, api_of: Api
) -> None:
    body = api_of(front_desk).get(f"{CASES}{task.case.number}/").data
    assert [event["verb"] for event in body["timeline"]] == [
        "registered",
        "accepted",
        "started",
        "task_opened",
    ]
    assert body["revision"] == 4
    assert [row["id"] for row in body["tasks"]] == [task.pk]
    assert sorted(row["clock"] for row in body["deadlines"]) == [
        "acknowledge",
        "feedback",
        "rectify",
        "task_acknowledge",
    ]
    assert body["actions"] == [
        "handover",
        "tier",
        "convert",
        "note",
        "promise",
        "pause",
        "extension",
        "reply",
        "withdraw",
        "open_task",
        "reveal",
    ]


def test_the_detail_hides_from_a_department_who_spoke_and_what_was_said(
    task: RectificationTask, front_desk: User, head: User, api_of: Api
) -> None:
    services.add_note(task.case, actor=front_desk, text="家属情绪激动")
    services.reply_to_person(
        task.case, actor=front_desk, method="phone", text="正在调查"
    )
    body = api_of(head).get(f"{CASES}{task.case.number}/").data
    assert [event["verb"] for event in body["timeline"]] == [
        "registered",
        "task_opened",
    ]
    assert (body["contact"], body["replies"], body["actions"]) == (None, [], [])


def test_looking_up_a_colleagues_case_leaves_a_trace(
    case: Case, api_of: Api, supervisor: User
) -> None:
    from_desk = User.objects.create_user("88001", name="晚班", roles=["front_desk"])
    client = api_of(from_desk)
    assert numbers(client) == []
    assert client.get(f"{CASES}{case.number}/").status_code == 200
    trace = AccessLog.objects.get()
    assert (trace.user, trace.act, trace.case) == (from_desk, "lookup", case)


@pytest.mark.parametrize("number", ["C-2020-000001", "nothing", "C-2020-%00"])
def test_what_is_hidden_or_missing_answers_alike(
    case: Case, outsider: User, api_of: Api, number: str
) -> None:
    client = api_of(outsider)
    hidden = client.get(f"{CASES}{case.number}/")
    missing = client.get(f"{CASES}{number}/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden["Content-Type"] == missing["Content-Type"]


def test_nobody_unknown_reads_cases(case: Case) -> None:
    answer = APIClient().get(f"{CASES}{case.number}/")
    assert (answer.status_code, answer["Content-Type"]) == (
        401,
        "application/problem+json",
    )


def test_the_centre_reads_who_is_named_and_who_was_offered_the_case(
    case: Case,
    new_case: NewCase,
    category: Category,
    department: Department,
    staff: User,
    head: User,
    agent: User,
    front_desk: User,
    api_of: Api,
) -> None:
    line = services.SubjectLine(category, department, staff)
    named = new_case(subjects=[line])
    offer = services.offer_handover(named, actor=front_desk, to=agent, reason="下班")
    bodies = [
        api_of(person).get(f"{CASES}{named.number}/").data for person in (agent, head)
    ]
    assert [body["subjects"][0]["named_staff"] for body in bodies] == [
        {"employee_number": staff.employee_number, "name": "护士"},
        None,
    ]
    assert bodies[0]["handover"]["id"] == offer.pk
    assert (bodies[1]["handover"], bodies[0]["actions"]) == (
        None,
        ["answer_handover", "reveal"],
    )
