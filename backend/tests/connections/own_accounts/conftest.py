"""One product for the folder, two people, and a service for each test."""

from collections.abc import AsyncIterator

import pytest

from conducktor.settings import Settings
from tests.connections.guarded import Guarded
from tests.connections.own_accounts.place import Person, Place, joined, names
from tests.connections.shelf import tool
from tests.connections.signing_in import BASE, connected
from tests.gateway.client import Client
from tests.product import Product, decoded, running_product, signed_up
from tests.support.databases import copied
from tests.support.rpc_server import result


@pytest.fixture(scope="package")
async def product(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with copied(postgres, template) as url:
        directory = tmp_path_factory.mktemp("own_accounts")
        settings = Settings(database_url=url, data_dir=directory, outbound_allow=("127.0.0.0/8",), worker="separate")
        async with running_product(settings) as running:
            yield running


@pytest.fixture(scope="package")
async def ada(product: Product) -> AsyncIterator[Person]:
    """Owner of the workspace `lab`."""
    async with (
        await signed_up(product, "ada@example.com") as browser,
        await Client.authorized(product, browser, "lab") as client,
    ):
        yield Person(browser, client)


@pytest.fixture(scope="package")
async def bob(product: Product, ada: Person) -> AsyncIterator[Person]:
    async with (
        await joined(product, ada.browser, "bob@example.com") as browser,
        await Client.authorized(product, browser, "lab") as client,
    ):
        yield Person(browser, client)


@pytest.fixture
async def place(product: Product, ada: Person) -> AsyncIterator[Place]:
    async with Guarded(tool("take", annotations={"readOnlyHint": True}), tool("put")) as service:
        service._behaviours["tools/call"] = result('{"content":[{"type":"text","text":"taken"}]}')
        here = Place(product, service, next(names))
        await connected(ada.browser, service, here.name)
        yield here
        decoded(await ada.browser.delete(f"{BASE}/connections/{here.name}"))
        await here.settle()
