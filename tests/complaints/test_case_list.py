"""The list of cases: heaps, search, filters, and what it hides."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from complaints import services
from complaints.models import Case, Category
from complaints.services import SubjectLine
from complaints.views import cases as case_views
from hospital import clock
from hospital.models import Department, Role, User
from hospital.paging import keyset_page
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


# --- the list --------------------------------------------------------------------


def test_the_list_shows_own_cases_and_hides_those_of_others(
    case: Case,
    front_desk: User,
    supervisor: User,
    colleague: User,
    head: User,
    outsider: User,
    english: English,
) -> None:
    seen = {
        who.name: listed(english(who))
        for who in (front_desk, supervisor, colleague, head, outsider)
    }
    assert seen == {
        "前台": [case.number],
        "主管": [case.number],
        "同事": [],
        "主任": [case.number],
        "外人": [],
    }


def test_each_heap_holds_its_cases_and_work_is_sorted_by_time_left(
    new_case: NewCase, front_desk: User, supervisor: User, english: English
) -> None:
    fresh = new_case()
    late = new_case(received_at=clock.now() - timedelta(days=60))
    grave = new_case()
    services.set_tier(grave, actor=front_desk, tier=3, reason="重大")
    theirs = new_case(actor=supervisor)
    services.offer_handover(theirs, actor=supervisor, to=front_desk, reason="请接")
    ended = new_case()
    services.withdraw_case(ended, actor=front_desk, reason="已解决")
    client = english(front_desk)
    assert listed(client)[0] == late.number
    assert set(listed(client, scope="mine")) == {
        fresh.number,
        late.number,
        grave.number,
    }
    assert listed(client, scope="overdue") == [late.number]
    assert listed(client, scope="major") == [grave.number]
    assert listed(client, scope="handed") == [theirs.number]
    assert len(listed(client, scope="all")) == 5
    assert ended.number not in listed(client, scope="nonsense")


def test_the_desk_finds_any_case_that_is_quoted_to_it(
    case: Case, colleague: User, english: English
) -> None:
    client = english(colleague)
    quotes = [
        case.number,
        case.number.lower().removeprefix("c-"),
        case.tracking_code,
        case.tracking_code.replace("-", "").lower(),
        "138 1234 5678",
        "+86-13812345678",
        "５６７８",
    ]
    assert [listed(client, q=quote) for quote in quotes] == [[case.number]] * 7
    assert listed(client, q="三个小时") == []


def test_words_of_the_narrative_and_names_find_only_visible_cases(
    case: Case, front_desk: User, head: User, english: English
) -> None:
    assert listed(english(front_desk), q="三个小时") == [case.number]
    assert listed(english(front_desk), q="张建国") == [case.number]
    assert listed(english(head), q="三个小时") == [case.number]
    assert listed(english(head), q="张建国") == []


def test_a_department_does_not_learn_who_spoke_by_searching_for_the_number(
    case: Case, head: User, english: English
) -> None:
    assert listed(english(head), q="13812345678") == []
    assert listed(english(head), q="5678") == []
    assert listed(english(head), q=case.number) == [case.number]


def test_filters_narrow_the_list_and_stand_as_chips_that_can_be_removed(
    new_case: NewCase,
    front_desk: User,
    department: Department,
    other_department: Department,
    category: Category,
    english: English,
) -> None:
    today = clock.today().isoformat()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    first = new_case()
    old = new_case(
        kind="help",
        channel="letter",
        subjects=[SubjectLine(category, other_department)],
        received_at=clock.now() - timedelta(days=10),
    )
    client = english(front_desk)
    narrowed = [
        {"kind": "help"},
        {"channel": "letter"},
        {"department": "GK"},
        {"received_to": yesterday},
    ]
    assert [listed(client, **query) for query in narrowed] == [[old.number]] * 4
    assert listed(client, received_from=today) == [first.number]
    assert listed(client, status="closed") == []
    response = client.get(LIST, {"kind": "help", "department": "GK", "scope": "open"})
    chips = [(c.label, c.value, c.url) for c in response.context["chips"]]
    assert chips == [
        ("Kind", "Help", "?department=GK&scope=open"),
        ("Department", "Orthopaedics", "?kind=help&scope=open"),
    ]


def test_rows_show_the_masked_contact_to_the_centre_alone(
    new_case: NewCase, front_desk: User, head: User, english: English
) -> None:
    new_case()
    new_case(contact=None)
    for who, shown in ((front_desk, True), (head, False)):
        text = english(who).get(LIST).content.decode()
        assert ("138****5678" in text, "Anonymous" in text) == (shown, shown)
        assert "13812345678" not in text


def test_a_list_of_many_cases_is_leafed_through(
    new_case: NewCase,
    front_desk: User,
    english: English,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(case_views, "keyset_page", partial(keyset_page, size=1))
    numbers = [new_case().number for __ in range(3)]
    client = english(front_desk)
    first = client.get(LIST, {"scope": "all"})
    second = client.get(LIST + first.context["older_url"])
    again = client.get(LIST + second.context["newer_url"])
    shown = [r.context["rows"][0]["case"].number for r in (first, second, again)]
    assert shown == [numbers[2], numbers[1], numbers[2]]


def test_an_empty_list_says_so_and_offers_the_way_out(
    front_desk: User, english: English
) -> None:
    client = english(front_desk)
    assert "Nothing waits here." in client.get(LIST).content.decode()
    narrowed = client.get(LIST, {"kind": "praise"}).content.decode()
    assert "Look in all cases" in narrowed
    nothing = client.get(LIST, {"q": "没有这样的话"}).content.decode()
    assert "No case fits these filters." in nothing


def test_htmx_gets_the_results_without_the_page(
    case: Case, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    part = client.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert (case.number in part, "<html" in part) == (True, False)
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(LIST, headers=restored).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_one_row_as_for_three(
    rows: int,
    new_case: NewCase,
    front_desk: User,
    english: English,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for __ in range(rows):
        new_case()
    client = english(front_desk)
    with django_assert_num_queries(7):
        client.get(LIST)
