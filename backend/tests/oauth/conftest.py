"""People with workspaces, and an app that wants to act for them."""

from collections.abc import AsyncIterator
from uuid import uuid4

import msgspec
import pytest

from conducktor.settings import Settings
from tests.oauth.app import App
from tests.product import Browser, Product, running_product, signed_up
from tests.support.certificates import Authority
from tests.support.databases import copied
from tests.support.ports import quiet_port


@pytest.fixture(scope="package")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs the certificates of servers with client documents; the product trusts it."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="package")
async def product(
    postgres: str, template: str, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Product]:
    """One product for the whole folder: starting one takes longer than most tests."""
    async with copied(postgres, template) as url:
        settings = Settings(
            database_url=url,
            data_dir=tmp_path_factory.mktemp("oauth"),
            outbound_allow=("127.0.0.0/8", "::1"),
            outbound_ca_file=authority.pem,
            worker="separate",
            trusted_proxies=("127.0.0.1",),
        )
        async with running_product(settings) as running:
            yield running


@pytest.fixture(scope="package")
async def ada(product: Product) -> AsyncIterator[Browser]:
    """The founder, owner of the workspace `lab`, address verified. She authorises a lot."""
    async with await signed_up(product, "ada@example.com") as browser:
        yield browser


@pytest.fixture
async def newcomer(product: Product) -> AsyncIterator[Browser]:
    """Somebody who has authorised nothing yet, owner of a workspace; see `workspace_of`."""
    async with await signed_up(product, f"{uuid4().hex}@example.com", name="New", workspace_name="Attic") as browser:
        yield browser


@pytest.fixture
def app(product: Product) -> App:
    return App(product)


@pytest.fixture
async def two_products(settings: Settings) -> AsyncIterator[tuple[Product, Product]]:
    """Two servers on one database behind one public address, each reachable at a port of its own."""
    behind = msgspec.structs.replace(settings, public_url=f"http://localhost:{quiet_port()}")
    async with running_product(behind) as first, running_product(behind, process_index=1) as second:
        yield first, second


@pytest.fixture
def two(two_products: tuple[Product, Product]) -> tuple[App, App]:
    return App(two_products[0]), App(two_products[1])


@pytest.fixture
async def founder(two_products: tuple[Product, Product], two: tuple[App, App]) -> AsyncIterator[Browser]:
    """As `ada`, at the first of the two servers."""
    async with await signed_up(msgspec.structs.replace(two_products[0], url=two[0].url), "ada@example.com") as browser:
        yield browser
