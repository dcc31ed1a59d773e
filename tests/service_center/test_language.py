"""Chinese and English: the person's choice, the browser's, and the switch."""

from collections.abc import Callable

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.translation import get_language

from hospital.models import User


def show_language(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_language())


urlpatterns = [
    path("inside", show_language),
    path("public", login_not_required(lambda request: show_language(request))),
]


@pytest.mark.parametrize(
    ("accepts", "speaks"),
    [
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("en-GB", "en"),
        ("fr", "zh-hans"),
        ("", "zh-hans"),
    ],
)
@pytest.mark.urls(__name__)
def test_browser_chooses_for_strangers(
    client: Client, accepts: str, speaks: str
) -> None:
    answer = client.get("/public", headers={"Accept-Language": accepts})

    assert answer.content.decode() == speaks
    assert answer["Content-Language"] == speaks
    assert answer["Vary"] == "Accept-Language, Cookie"


@pytest.mark.urls(__name__)
def test_own_choice_is_stronger_than_the_browser(
    sign_in: Callable[[User], Client], front_desk: User
) -> None:
    front_desk.language = User.Language.ENGLISH
    front_desk.save()

    answer = sign_in(front_desk).get("/inside", headers={"Accept-Language": "zh-CN"})

    assert answer.content.decode() == "en"
    assert answer["Content-Language"] == "en"


@pytest.mark.urls(__name__)
def test_browser_chooses_for_who_never_chose(
    sign_in: Callable[[User], Client], front_desk: User
) -> None:
    answer = sign_in(front_desk).get("/inside", headers={"Accept-Language": "en"})

    assert (front_desk.language, answer.content.decode()) == ("", "en")


def test_switch_is_kept_for_the_person_and_the_browser(
    sign_in: Callable[[User], Client], front_desk: User
) -> None:
    browser = sign_in(front_desk)

    answer = browser.post("/language/", {"language": "en", "next": "/somewhere/"})

    front_desk.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/somewhere/")
    assert front_desk.language == "en"
    assert browser.cookies["django_language"].value == "en"


def test_switch_works_before_signing_in(client: Client) -> None:
    answer = client.post(
        "/language/", {"language": "en"}, headers={"Referer": "/login/"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert client.get("/login/")["Content-Language"] == "en"


def test_unknown_language_changes_nothing(
    sign_in: Callable[[User], Client], front_desk: User
) -> None:
    browser = sign_in(front_desk)

    answer = browser.post("/language/", {"language": "tlh", "next": "/"})

    front_desk.refresh_from_db()
    assert (answer.status_code, front_desk.language) == (302, "")
    assert "django_language" not in browser.cookies


def test_switch_never_leads_to_another_site(client: Client) -> None:
    answer = client.post(
        "/language/", {"language": "en", "next": "https://elsewhere.example/"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_switch_is_not_a_link(client: Client) -> None:
    assert client.get("/language/").status_code == 405
