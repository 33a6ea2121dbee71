"""A product with a worker and a mail server, and a receiver of webhooks."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from conducktor.settings import Settings
from tests.notices.receiver import Receiver
from tests.product import Browser, Product, running_product, signed_up
from tests.support.mail_server import MailServer, mail_server


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def product(settings: Settings, mail: MailServer) -> AsyncIterator[Product]:
    async with running_product(msgspec.structs.replace(settings, worker="in-process", smtp_url=mail.url)) as running:
        yield running


@pytest.fixture
async def ada(product: Product) -> AsyncIterator[Browser]:
    """Owner of the workspace `lab`."""
    async with await signed_up(product, "ada@example.com") as browser:
        yield browser


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as server:
        yield server
