"""The sign-in page, and the accounts it offers in the demonstration."""

import pytest
from django.test import Client
from pytest_django import Settings

from complaints.demo.hospital import PASSWORD, SHOWN
from hospital.models import Role
from tests.factories import UserFactory

FILLED = f'data-fill-username="{SHOWN[0]}" data-fill-password="{PASSWORD}"'


@pytest.mark.django_db
def test_the_demonstration_offers_its_accounts(settings: Settings) -> None:
    settings.DEMO_MODE = True
    UserFactory(employee_number=SHOWN[0], roles=[Role.FRONT_DESK])
    assert FILLED in Client().get("/login/").content.decode()


@pytest.mark.django_db
def test_a_real_hospital_offers_no_account(settings: Settings) -> None:
    settings.DEMO_MODE = False
    UserFactory(employee_number=SHOWN[0], roles=[Role.FRONT_DESK])
    assert "data-fill-password" not in Client().get("/login/").content.decode()


@pytest.mark.django_db
def test_a_wrong_password_is_told_on_the_page() -> None:
    answer = Client().post("/login/", {"username": "none", "password": "none"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
