"""The page of one case: who sees what of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from complaints import services
from complaints.models import AccessLog, Case, Category, RectificationTask
from complaints.services import ContactDetails, SubjectLine
from hospital import clock
from hospital.models import Department, Role, User
from tests.factories import UserFactory

LIST = reverse("complaints:case_list")
English = Callable[[User], Client]
NewCase = Callable[..., Case]


def listed(client: Client, **query: str) -> list[str]:
    """The numbers on the list, in its order."""
    rows = client.get(LIST, query).context["rows"]
    return [row["case"].number for row in rows]


def page(client: Client, case: Case) -> str:
    response = client.get(case.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def colleague(db: None) -> User:
    return UserFactory(name="同事", roles=[Role.FRONT_DESK])


# --- one case --------------------------------------------------------------------


def test_the_page_is_hidden_from_strangers_and_from_the_person_named(
    new_case: NewCase,
    outsider: User,
    quality_admin: User,
    department: Department,
    category: Category,
    english: English,
) -> None:
    named = UserFactory(roles=[Role.SUPERVISOR])
    case = new_case(subjects=[SubjectLine(category, department, named)])
    for who in (outsider, quality_admin, named):
        assert english(who).get(case.get_absolute_url()).status_code == 404


def test_the_desk_may_look_up_a_colleagues_case_and_leaves_a_trace(
    case: Case, colleague: User, supervisor: User, english: English
) -> None:
    page(english(colleague), case)
    looks = AccessLog.objects.values_list("user__name", "act")
    assert list(looks) == [("同事", "lookup")]
    assert "Looked the case up" in page(english(supervisor), case)
    assert "Who looked" not in page(english(colleague), case)


def test_the_story_keeps_its_lines_and_names_staff_only_to_the_centre(
    new_case: NewCase,
    front_desk: User,
    head: User,
    department: Department,
    category: Category,
    english: English,
) -> None:
    named = UserFactory(name="被投诉者")
    case = new_case(
        narrative="第一行\n第二行",
        subjects=[SubjectLine(category, department, named)],
        contact=ContactDetails("张建国", "13812345678", special_need="elderly"),
    )
    for who, told in ((front_desk, True), (head, False)):
        text = page(english(who), case)
        assert "第一行<br>第二行" in text
        assert "Elderly" in text
        assert ("被投诉者" in text) == told


def test_a_department_reads_its_own_task_and_not_the_centres_talk(
    case: Case,
    task: RectificationTask,
    other_department: Department,
    front_desk: User,
    outsider: User,
    head: User,
    english: English,
) -> None:
    services.add_note(case, actor=front_desk, text="家属情绪激动")
    services.open_task(
        case, actor=front_desk, department=other_department, demand="别科的事"
    )
    text = page(english(head), case)
    seen = [
        words in text
        for words in ("请查明原因并整改", "家属情绪激动", "别科的事", "138****5678")
    ]
    assert seen == [True, False, False, False]
    assert "The centre knows who spoke" in text
    assert "家属情绪激动" in page(english(front_desk), case)


def test_a_released_contact_is_masked_and_offered_to_the_department(
    case: Case,
    task: RectificationTask,
    front_desk: User,
    head: User,
    english: English,
) -> None:
    services.release_contact(task, actor=front_desk)
    text = page(english(head), case)
    assert "138****5678" in text
    assert reverse("complaints:reveal", args=[case.number]) in text


def test_the_page_of_a_merged_case_leads_to_the_one_that_goes_on(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    case, other = new_case(), new_case()
    services.merge_case(case, actor=front_desk, into=other, reason="同一件事")
    client = english(front_desk)
    assert f'<a href="{other.get_absolute_url()}">{other.number}</a>' in page(
        client, case
    )
    text = page(client, other)
    assert "Merged into this case" in text
    assert f"merged {case.number} into this case" in text


def test_the_clocks_keep_what_was_due_before(
    new_case: NewCase, front_desk: User, supervisor: User, english: English
) -> None:
    case = new_case(received_at=clock.now() - timedelta(days=30))
    services.accept_case(case, actor=front_desk)
    services.set_tier(case, actor=front_desk, tier=3, reason="重大")
    text = page(english(supervisor), case)
    assert "1 earlier due time" in text
    assert text.count("bar bar-red") == 1


@pytest.mark.parametrize("several", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_record_as_for_three(
    several: int,
    new_case: NewCase,
    front_desk: User,
    department: Department,
    category: Category,
    head: User,
    english: English,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [UserFactory() for __ in range(3)]
    lines = [SubjectLine(category, department, who) for who in people]
    case = new_case(subjects=lines[:several])
    for __ in range(several):
        services.open_task(
            case, actor=front_desk, department=department, demand="请整改"
        )
    client = english(front_desk)
    with django_assert_num_queries(32):
        client.get(case.get_absolute_url())


def test_a_clock_that_runs_out_soon_is_amber(
    case: Case, front_desk: User, english: English
) -> None:
    feedback = case.deadlines.get(clock="feedback")
    with clock.at(feedback.due_at - timedelta(hours=2)):
        assert "bar bar-amber" in page(english(front_desk), case)
