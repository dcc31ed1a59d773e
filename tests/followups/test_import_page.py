"""The pages: choose a list, match its columns, see the verdicts, take over."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from followups.models import Import, Stay
from followups.services import importing
from hospital import clock
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.stay_files import LI, ZHANG, bring_in, check, csv_file

English = Callable[[User], Client]
PAGE = reverse("followups:imports")
NOW = moment("2026-03-10T09:00")
FORMULA = LI.replace("股骨骨折", "=HYPERLINK(1)").replace("骨科", "@某科")


@pytest.fixture(autouse=True)
def a_morning(department: Department, other_department: Department) -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def browser(english: English, supervisor: User) -> Client:
    return english(supervisor)


def address(name: str, upload: Import) -> str:
    return reverse(f"followups:{name}", args=[upload.pk])


def test_the_whole_way(browser: Client) -> None:
    answer = browser.post(PAGE, {"file": csv_file(ZHANG, LI, encoding="gb18030")})
    upload = Import.objects.get()
    assert answer["Location"] == address("import_columns", upload)
    page = browser.get(answer["Location"])
    assert "张建国" in page.text
    assert "Filled in as last time" not in page.text
    sent = {f"column_{at}": key for key, at in upload.columns.items()}
    answer = browser.post(answer["Location"], sent)
    assert answer["Location"] == address("import", upload)
    assert "waiting for its turn" in browser.get(answer["Location"]).text
    importing.work_on_imports()
    page = browser.get(address("import", upload))
    assert "Take over 2 rows" in page.text
    assert "张建国" not in page.text
    browser.post(address("import_run", upload))
    assert "being taken over" in browser.get(address("import", upload)).text
    importing.work_on_imports()
    page = browser.get(address("import", upload))
    assert "2 rows were taken over" in page.text
    assert Stay.objects.count() == 2


@pytest.mark.parametrize("who", ["front_desk", "agent", "leader", "head"])
def test_lists_are_not_for_everybody(
    request: pytest.FixtureRequest, english: English, supervisor: User, who: str
) -> None:
    upload = check(csv_file(ZHANG), supervisor)
    client = english(request.getfixturevalue(who))
    names = ("import", "import_columns", "import_progress", "import_errors")
    for url in (PAGE, *(address(name, upload) for name in names)):
        assert client.get(url).status_code == 403
    for name in ("import_run", "import_discard", "import_departments"):
        assert client.post(address(name, upload)).status_code == 403
    assert upload.rows.count() == 1


@pytest.mark.parametrize("name", ["run", "discard", "departments"])
def test_an_action_is_not_a_link(browser: Client, supervisor: User, name: str) -> None:
    upload = check(csv_file(ZHANG), supervisor)
    assert browser.get(address(f"import_{name}", upload)).status_code == 405


def test_without_any_list_the_page_says_so(browser: Client) -> None:
    assert "No list has been brought in yet." in browser.get(PAGE).text


def test_a_file_that_is_no_list_is_told_beside_the_field(browser: Client) -> None:
    page = browser.post(PAGE, {"file": csv_file(headings="x")})
    assert "No row of headings was found." in page.text
    assert Import.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_for_one_and_for_three(
    browser: Client,
    supervisor: User,
    rows: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for __ in range(rows):
        check(csv_file(ZHANG), supervisor)
    browser.get(PAGE)
    with django_assert_num_queries(3):
        assert len(browser.get(PAGE).context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_rows_cost_the_same_for_one_and_for_three(
    browser: Client,
    supervisor: User,
    rows: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    lines = [ZHANG.replace("0012345", f"{n}") for n in range(rows)]
    upload = check(csv_file(*lines), supervisor)
    browser.get(PAGE)
    with django_assert_num_queries(4):
        page = browser.get(address("import", upload))
    assert len(page.context["rows"]) == rows


def test_the_rows_are_leafed_by_line_and_filtered_by_verdict(
    browser: Client, supervisor: User
) -> None:
    lines = [ZHANG.replace("0012345", f"{n}") for n in range(60)]
    upload = check(csv_file(*lines, ZHANG.replace("男", "甲"), FORMULA), supervisor)
    url = address("import", upload)
    page = browser.get(url)
    assert [it["row"].line for it in page.context["rows"]] == list(range(2, 52))
    page = browser.get(url, {"older": page.context["page"].older})
    assert [it["row"].line for it in page.context["rows"]] == list(range(52, 64))
    page = browser.get(url, {"newer": page.context["page"].newer})
    assert [it["row"].line for it in page.context["rows"]] == list(range(2, 52))
    shown = {
        show: [
            it["row"].line for it in browser.get(url, {"show": show}).context["rows"]
        ]
        for show in ("warnings", "error", "same")
    }
    assert shown == {"warnings": [62], "error": [63], "same": []}


def test_the_errors_come_as_a_file_that_can_be_corrected(
    browser: Client, supervisor: User
) -> None:
    upload = check(csv_file(ZHANG, FORMULA), supervisor)
    answer = browser.get(address("import_errors", upload))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeffline,what is wrong,病案号")
    __, row = csv.reader(io.StringIO(text))
    assert row[:2] == ["3", "There is no department “@某科”."]
    assert (row[8], row[11]) == ("'@某科", "'=HYPERLINK(1)")
    corrected = text.replace("'@某科", "骨科")
    again = check(
        csv_file(headings=corrected.removeprefix("\ufeff").strip()), supervisor
    )
    assert [row.verdict for row in again.rows.all()] == ["new"]
    assert again.rows.get().facts["diagnosis"] == "=HYPERLINK(1)"


def test_unknown_departments_are_named_on_the_page(
    browser: Client, supervisor: User, department: Department
) -> None:
    upload = check(csv_file(ZHANG.replace("心内科", "心脏内科")), supervisor)
    page = browser.get(address("import", upload))
    form = page.context["departments_form"]
    assert form["name_0"].value() == department.pk
    url = address("import_departments", upload)
    page = browser.post(url, {"name_0": ""})
    assert "Choose a department for at least one name." in page.text
    browser.post(url, {"name_0": department.pk})
    importing.work_on_imports()
    assert [row.verdict for row in upload.rows.all()] == ["new"]


def test_columns_that_cannot_be_right_are_told(
    browser: Client, supervisor: User
) -> None:
    upload = importing.accept_upload(csv_file(ZHANG), actor=supervisor)
    url = address("import_columns", upload)
    page = browser.post(url, {"column_0": "patient", "column_1": "patient"})
    assert "Column 1 already means this." in page.text
    assert "No column is said to be: Visit number." in page.text
    page = browser.post(url, {"column_0": "patient", "column_1": "visit"})
    assert "No column tells the admission or the discharge." in page.text


def test_progress_asks_again_until_there_is_something_to_see(
    browser: Client, supervisor: User
) -> None:
    upload = importing.accept_upload(csv_file(ZHANG), actor=supervisor)
    importing.set_columns(upload, upload.columns, number_length=None, actor=supervisor)
    url = address("import_progress", upload)
    htmx = {"HX-Request": "true"}
    assert 'hx-trigger="every 1s"' in browser.get(url, headers=htmx).text
    importing.work_on_imports()
    assert browser.get(url, headers=htmx)["HX-Refresh"] == "true"


def test_a_discarded_list_is_gone(browser: Client, supervisor: User) -> None:
    upload = check(csv_file(ZHANG), supervisor)
    browser.post(address("import_discard", upload))
    upload.refresh_from_db()
    assert (upload.state, upload.rows.count(), bool(upload.file)) == (
        "discarded",
        0,
        False,
    )
    assert "The rows are no longer kept." in browser.get(address("import", upload)).text
    assert browser.get(address("import_errors", upload)).status_code == 404


def test_what_was_taken_over_is_not_discarded(
    browser: Client, supervisor: User
) -> None:
    upload = bring_in(csv_file(ZHANG), supervisor)
    browser.post(address("import_discard", upload))
    browser.post(address("import_run", upload))
    upload.refresh_from_db()
    assert (upload.state, upload.rows.count()) == ("done", 1)


def test_old_lists_are_forgotten(supervisor: User) -> None:
    upload = bring_in(csv_file(ZHANG), supervisor)
    assert importing.forget_old_imports() == 0
    with clock.at(moment("2026-04-10T09:00")):
        assert importing.forget_old_imports() == 1
        assert importing.forget_old_imports() == 0
    assert upload.rows.count() == 0
    assert Stay.objects.count() == 1
