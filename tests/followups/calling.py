"""What an agent does on the page, for the tests."""

from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from tests.followups.world import patient

CALLS = "/calls/"


def read(browser: Client, path: str = CALLS) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def take(browser: Client) -> str:
    """One key for the next call; the page that follows."""
    response = browser.post(reverse("followups:take"), follow=True)
    return response.content.decode()


def finish(browser: Client, number: str, outcome: str, **words: Any) -> str:
    sent = {"submission": str(uuid4()), "outcome": outcome, **words}
    path = reverse("followups:finish", args=[patient(number).pk])
    return browser.post(path, sent, follow=True).content.decode()
