from collections.abc import Iterator

import pytest

from hospital.models import User
from notifications.models import Address, Channel
from notifications.services import add_address
from tests.factories import UserFactory
from tests.notifications.servers import HookServer, served


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory(name="读者", email="reader@hospital.test", language="en")


@pytest.fixture
def robot(reader: User) -> Address:
    """The reader's group robot of WeCom."""
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-secret-key-1234"
    return add_address(actor=reader, channel=Channel.WECOM, url=url, label="夜班")


@pytest.fixture
def hook_server() -> Iterator[HookServer]:
    with served(HookServer()) as server:
        yield server
