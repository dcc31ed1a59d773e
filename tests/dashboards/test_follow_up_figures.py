"""The page of follow-up figures, and the stays and calls behind them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboards.follow_ups.counting import count_calls, count_stays
from dashboards.follow_ups.definitions import MEASURES
from dashboards.follow_ups.scope import FollowUpScope
from dashboards.measures import Month
from followups.models import Outcome, Stay
from hospital import clock
from hospital.models import Role, User
from tests.dashboards.follow_up_world import call
from tests.factories import DepartmentFactory, UserFactory
from tests.followups.world import NOW, discharge

MARCH = Month(2026, 3)
FIGURES = reverse("dashboards:follow_up_figures")

SignIn = Callable[[User], Client]


def behind(key: str, **query: str) -> str:
    return reverse("dashboards:follow_up_rows", args=[key], query=query or None)


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def rows(html: str) -> list[list[str]]:
    """The words in the cells of the list."""
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [
            re.sub(r"<[^>]*>|\s+", " ", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


def test_the_supervisor_reads_the_page(
    march: None, supervisor: User, english: SignIn
) -> None:
    html = read(english(supervisor), FIGURES)
    assert "Follow-up figures of March 2026" in html
    assert re.findall(r'<span id="value-([\w-]+)">([^<]+)</span>', html) == [
        ("discharged", "12"),
        ("ratio", "25.0%"),
        ("eligible-ratio", "33.3%"),
        ("attempted", "66.7%"),
        ("reached", "50.0%"),
        ("effective", "66.7%"),
    ]
    assert "By agent" in html
    assert "official indicator 21" in html


def test_the_two_pages_of_figures_lead_to_each_other(
    supervisor: User, english: SignIn
) -> None:
    client, complaints = english(supervisor), reverse("dashboards:figures")
    with clock.at(NOW):
        html = read(client, f"{complaints}?month=2026-02")
        assert f'href="{FIGURES}?month=2026-02">Follow-ups</a>' in html
        html = read(client, f"{FIGURES}?month=2026-02")
    assert f'href="{complaints}?month=2026-02">Complaints</a>' in html
    assert "Follow-up figures of February 2026" in html
    assert f'href="{FIGURES}?month=2026-03" rel="next"' in html


def test_every_figure_of_the_page_opens_a_list_of_so_many_rows(
    march: None, supervisor: User, english: SignIn
) -> None:
    client = english(supervisor)
    links = re.findall(
        r'href="(/figures/follow-ups/[\w-]+/[^"]*)" aria-label="[^"]*: '
        r'(?:(\d+)|[\d.]+% \(\d+ of (\d+)\)|—[^"]*)"',
        read(client, FIGURES),
    )
    shown = {url.replace("&amp;", "&"): int(n or of or 0) for url, n, of in links}
    assert len(shown) > 40
    assert {url: len(rows(read(client, url))) for url in shown} == shown


@pytest.mark.parametrize("key", MEASURES)
def test_the_list_is_as_long_as_its_figure_and_each_of_its_parts(
    march: None, leader: User, english: SignIn, key: str
) -> None:
    scope = FollowUpScope(leader)
    stays, calls = count_stays(scope, MARCH), count_calls(scope, MARCH)
    figures = [*stays.figures.values(), *calls.figures]
    figures += [group.figure for group in stays.groups]
    (count,) = [figure.count for figure in figures if figure.measure.key == key]
    lengths = {"denominator": count.base}
    if MEASURES[key].is_rate:
        lengths |= {"numerator": count.hits, "rest": count.base - count.hits}
    for part, length in lengths.items():
        html = read(english(leader), behind(key, month="2026-03", part=part))
        assert f'data-count="{length}"' in html
        assert len(rows(html)) == length


def test_the_supervisor_sees_masked_names_and_what_became_of_each(
    march: None, supervisor: User, agent: User, english: SignIn
) -> None:
    client = english(supervisor)
    stays = read(client, behind("ratio", part="numerator", department="XNK"))
    assert rows(stays) == [
        ["张*", "Cardiology", "2026-03-07 09:30", "Reached, but no answers"],
        [
            "张*",
            "Cardiology",
            "2026-03-07 09:30",
            "Reached, and the questions answered",
        ],
    ]
    calls = read(client, behind("calls", day_part="afternoon"))
    assert rows(calls) == [
        ["张*", "Cardiology", "2026-03-10 14:30", "Afternoon", "Busy", agent.name]
    ]


def test_the_leadership_sees_rows_without_names_and_without_agents(
    march: None, leader: User, agent: User, english: SignIn
) -> None:
    client = english(leader)
    calls = read(client, behind("calls", day_part="afternoon"))
    assert rows(calls) == [["Cardiology", "2026-03-10 14:30", "Afternoon", "Busy"]]
    assert "张" not in read(client, behind("discharged"))
    assert "By agent" not in read(client, FIGURES)
    assert client.get(behind("calls", agent=str(agent.pk))).status_code == 404


def test_a_head_sees_the_own_department_and_no_rate_of_fewer_than_five(
    march: None, outsider: User, english: SignIn
) -> None:
    client = english(outsider)
    html = read(client, FIGURES)
    assert re.findall(r'<span id="value-([\w-]+)">([^<]+)</span>', html) == [
        ("discharged", "1"),
        ("ratio", "—"),
        ("eligible-ratio", "—"),
        ("attempted", "—"),
        ("reached", "—"),
        ("effective", "—"),
    ]
    assert "Rates of fewer than five are not shown" in html
    assert "Orthopaedics" in html
    assert "Cardiology" not in html
    assert "By agent" not in html
    assert [row[0] for row in rows(read(client, behind("discharged")))] == ["李*"]
    whole = read(client, behind("ratio", part="numerator"))
    assert "could point at single persons" in whole
    assert client.get(behind("discharged", department="XNK")).status_code == 404
    assert rows(read(client, behind("discharged", department="-"))) == []


def test_a_month_without_stays_shows_dashes(supervisor: User, english: SignIn) -> None:
    with clock.at(NOW):
        html = read(english(supervisor), FIGURES)
    values = re.findall(r'<span id="value-[\w-]+">([^<]+)</span>', html)
    assert values == ["0", "—", "—", "—", "—", "—"]
    assert "No stay ended in this month." in html
    assert html.count("Nobody was called in this month.") == 2


@pytest.mark.parametrize("url", [FIGURES, behind("ratio")])
@pytest.mark.parametrize("who", ["front_desk", "agent", "staff", "it_admin"])
def test_others_may_not_see_figures(
    request: pytest.FixtureRequest, sign_in: SignIn, who: str, url: str
) -> None:
    assert sign_in(request.getfixturevalue(who)).get(url).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        behind("unknown"),
        behind("ratio", month="2026-13"),
        behind("ratio", month="2026-04"),
        behind("ratio", department="NONE"),
        behind("ratio", reason="missed"),
        behind("untried", reason="deceased"),
        behind("ratio", part="half"),
        behind("calls", agent="nobody"),
        behind("calls", agent="9" * 19),
        behind("calls", agent="0"),
    ],
)
def test_what_does_not_exist_is_not_found(
    supervisor: User, sign_in: SignIn, url: str
) -> None:
    with clock.at(NOW):
        assert sign_in(supervisor).get(url).status_code == 404


def test_figures_are_read_only(supervisor: User, sign_in: SignIn) -> None:
    client = sign_in(supervisor)
    assert client.post(FIGURES).status_code == 405
    assert client.post(behind("ratio")).status_code == 405


def test_a_long_list_is_paged(
    calm: None, supervisor: User, english: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hospital.paging.keyset_page.__kwdefaults__", {"size": 2})
    for number in range(1, 4):
        discharge(str(number), at=NOW - timedelta(days=number))
    client = english(supervisor)
    first = read(client, behind("discharged", month="2026-03"))
    (older,) = re.findall(r'href="([^"]*older=[^"]*)"', first)
    second = read(client, behind("discharged") + older.replace("&amp;", "&"))
    assert [row[2] for row in rows(first) + rows(second)] == [
        "2026-03-09 09:30",
        "2026-03-08 09:30",
        "2026-03-07 09:30",
    ]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("url", "queries"), [(FIGURES, 7), (behind("ratio"), 4), (behind("calls"), 4)]
)
def test_more_stays_departments_and_agents_cost_no_more_queries(
    calm: None,
    supervisor: User,
    sign_in: SignIn,
    django_assert_num_queries: Any,
    count: int,
    url: str,
    queries: int,
) -> None:
    client = sign_in(supervisor)
    for number in range(1, count + 1):
        agent = UserFactory(roles=[Role.CALLBACK_AGENT])
        discharge(str(number), department=DepartmentFactory())
        call(str(number), agent, Outcome.REACHED_PATIENT)
    assert Stay.objects.count() == count
    with django_assert_num_queries(queries):
        client.get(url)
