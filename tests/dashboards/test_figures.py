"""The page of figures, and the lists behind its figures."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Case
from complaints.services import SubjectLine
from dashboards.measures import MEASURES, Month, month_summary
from hospital import clock
from hospital.models import User
from tests.dashboards.world import NOW, World, local
from tests.factories import CategoryFactory, DepartmentFactory

NOVEMBER = Month(2026, 11)
FIGURES = reverse("dashboards:figures")
ENGLISH = {"accept-language": "en"}

SignIn = Callable[[User], Client]


def behind(key: str, **query: str) -> str:
    return reverse("dashboards:figure_cases", args=[key], query=query or None)


def read(client: Client, url: str) -> str:
    response = client.get(url, headers=ENGLISH)
    assert response.status_code == 200
    return str(response.content.decode())


def numbers(html: str) -> list[str]:
    """The case numbers in the rows of a list."""
    return re.findall(r'<th scope="row"[^>]*>\s*(?:<a[^>]*>)?(C-2026-\d{6})', html)


def test_a_leader_reads_the_month(world: World, leader: User, sign_in: SignIn) -> None:
    html = read(sign_in(leader), FIGURES)
    assert "Figures of November 2026" in html
    assert re.findall(r'<span id="value-([\w-]+)">([^<]+)</span>', html) == [
        ("received", "12"),
        ("handled", "44.4%"),
        ("on-time", "54.5%"),
        ("satisfaction", "50.0%"),
        ("open", "8"),
        ("overdue", "3"),
    ]
    assert "counts once in each of them" in html


def test_every_figure_of_the_page_opens_a_list_of_so_many_rows(
    world: World, supervisor: User, sign_in: SignIn
) -> None:
    client = sign_in(supervisor)
    html = read(client, FIGURES)
    links = re.findall(
        r'href="(/figures/[\w-]+/cases/[^"]*)" aria-label="[^"]*: '
        r'(?:(\d+)|[\d.]+% \(\d+ of (\d+)\)|—)"',
        html,
    )
    shown = {url.replace("&amp;", "&"): int(n or of or 0) for url, n, of in links}
    assert len(shown) > 40
    assert {url: len(numbers(read(client, url))) for url in shown} == shown


@pytest.mark.parametrize("key", MEASURES)
def test_the_list_is_as_long_as_its_figure(
    world: World, leader: User, sign_in: SignIn, key: str
) -> None:
    count = month_summary(leader, NOVEMBER)[key].count
    lengths = {"denominator": count.base}
    if MEASURES[key].is_rate:
        lengths |= {"numerator": count.hits, "rest": count.base - count.hits}
    client = sign_in(leader)
    for part, length in lengths.items():
        html = read(client, behind(key, month="2026-11", part=part))
        assert f'data-count="{length}"' in html
        assert len(numbers(html)) == length


def test_a_leader_sees_rows_that_may_not_be_opened_without_link_or_contents(
    world: World, leader: User, sign_in: SignIn
) -> None:
    html = read(sign_in(leader), behind("received", month="2026-11"))
    open_for_leader, closed = world.cases["M"], world.cases["A"]
    assert f'href="{open_for_leader.get_absolute_url()}"' in html
    assert closed.number in numbers(html)
    assert closed.get_absolute_url() not in html
    assert world.cases["N"].number not in html
    for secret in (closed.narrative, "张", "1381", "5678"):
        assert secret not in html


def test_a_head_reads_the_own_department_only(
    world: World, outsider: User, sign_in: SignIn
) -> None:
    client = sign_in(outsider)
    html = read(client, FIGURES)
    assert "Rates of fewer than five cases are not shown" in html
    assert "Orthopaedics" in html
    assert "Cardiology" not in html
    rows = read(client, behind("received", department="GK"))
    assert numbers(rows) == [world.cases["C"].number]
    foreign = client.get(behind("received", department="XNK"))
    assert foreign.status_code == 404


def test_a_head_does_not_learn_what_one_person_answered(
    world: World, head: User, sign_in: SignIn
) -> None:
    html = read(sign_in(head), behind("satisfaction", part="numerator"))
    assert len(numbers(html)) == 4
    assert "could point at single persons" in html
    assert "Very satisfied" not in html


@pytest.mark.parametrize("url", [FIGURES, behind("received")])
@pytest.mark.parametrize(
    "who", ["front_desk", "agent", "staff", "quality_admin", "it_admin"]
)
def test_others_may_not_see_figures(
    request: pytest.FixtureRequest, sign_in: SignIn, who: str, url: str
) -> None:
    assert sign_in(request.getfixturevalue(who)).get(url).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        behind("unknown"),
        behind("received", month="2026-13"),
        behind("received", month="2027-01"),
        behind("received", month="letters"),
        behind("received", kind="rumour"),
        behind("received", department="NONE"),
        behind("received", category="NONE"),
        behind("handled", part="half"),
    ],
)
def test_what_does_not_exist_is_not_found(
    supervisor: User, sign_in: SignIn, url: str
) -> None:
    with clock.at(NOW):
        assert sign_in(supervisor).get(url).status_code == 404


def test_an_unknown_month_is_told_and_this_month_shown(
    supervisor: User, sign_in: SignIn
) -> None:
    with clock.at(NOW):
        html = read(sign_in(supervisor), f"{FIGURES}?month=2031-01")
    assert "There are no figures of “2031-01”; this month is shown." in html
    assert "Figures of November 2026" in html


def test_an_earlier_month_leads_back_and_forth(
    supervisor: User, sign_in: SignIn
) -> None:
    with clock.at(NOW):
        html = read(sign_in(supervisor), f"{FIGURES}?month=2024-12&kind=help")
    assert "/figures/?month=2024-11&amp;kind=help" in html
    assert "/figures/?month=2025-01&amp;kind=help" in html
    assert '<option value="2024-12" selected>' in html


def test_figures_are_read_only(supervisor: User, sign_in: SignIn) -> None:
    client = sign_in(supervisor)
    assert client.post(FIGURES).status_code == 405
    assert client.post(behind("received")).status_code == 405


def test_a_long_list_is_paged(
    supervisor: User,
    sign_in: SignIn,
    new_case: Callable[..., Case],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 2})
    with clock.at(local("11-02 09:00")):
        made = [new_case().number for __ in range(3)]
    client = sign_in(supervisor)
    with clock.at(NOW):
        first = read(client, behind("received", kind="complaint"))
        (older,) = re.findall(r'href="([^"]*older=[^"]*)"', first)
        second = read(client, behind("received") + older.replace("&amp;", "&"))
    assert numbers(first) + numbers(second) == made[::-1]
    assert "kind=complaint" in older
    assert 'data-count="3"' in second


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [(FIGURES, 12), (behind("received"), 8)])
def test_more_cases_and_departments_cost_no_more_queries(
    supervisor: User,
    sign_in: SignIn,
    new_case: Callable[..., Case],
    django_assert_num_queries: Any,
    count: int,
    url: str,
    queries: int,
) -> None:
    client = sign_in(supervisor)
    for __ in range(count):
        line = SubjectLine(CategoryFactory(), DepartmentFactory())
        with clock.at(local("11-02 09:00")):
            new_case(subjects=[line])
    with clock.at(NOW), django_assert_num_queries(queries):
        client.get(url)
