from collections.abc import Iterator

import pytest
from rest_framework.authtoken.models import Token

from hospital.models import User
from tests.service_center.office import office


@pytest.fixture(autouse=True)
def _fresh_office() -> Iterator[None]:
    office.__init__()  # type: ignore[misc]  # the view holds this very object
    yield
    office.may_go_on.set()


@pytest.fixture
def token(front_desk: User) -> str:
    return f"Token {Token.objects.create(user=front_desk).key}"
