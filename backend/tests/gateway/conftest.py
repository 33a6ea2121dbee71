"""One product for the folder, a person, and connections to servers that do what a test says."""

import os
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from conducktor.settings import Settings
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.product import Browser, Product, decoded, running_product, signed_up
from tests.support.databases import copied
from tests.support.served import Process, killed_in_the_end

PING_S = 0.5
"""Of the served processes."""
DEADLINE_S = 3.0  # above what a busy machine needs for any answer; a few tests wait it out


@pytest.fixture(scope="package")
async def product(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with copied(postgres, template) as url:
        settings = Settings(
            database_url=url,
            data_dir=tmp_path_factory.mktemp("gateway"),
            outbound_allow=("127.0.0.0/8",),
            worker="separate",
            call_deadline_s=DEADLINE_S,
        )
        async with running_product(settings) as running:
            yield running


@pytest.fixture(scope="package")
def processes(product: Product) -> Iterator[list[Process]]:
    """Processes of their own beside the test's; wait until one is `ready`."""
    many = int(os.environ.get("CROSSING_PROCESSES", "1"))
    # A crowd waits for its turn; and open streams are heard of within moments.
    settings = msgspec.structs.replace(product.parts.settings, call_deadline_s=60.0, stream_ping_s=PING_S)
    served = [Process(settings, settings.origin, settings.data_dir / "served.log") for _ in range(many)]
    with killed_in_the_end(served):
        yield served


@pytest.fixture(scope="package")
async def ada(product: Product) -> AsyncIterator[Browser]:
    """Owner of the workspace `lab`."""
    async with await signed_up(product, "ada@example.com") as browser:
        yield browser


@pytest.fixture(scope="package")
async def client(product: Product, ada: Browser) -> AsyncIterator[Client]:
    async with await Client.authorized(product, ada, "lab") as authorized:
        yield authorized


@pytest.fixture(scope="package")
async def other_app(product: Product, ada: Browser) -> AsyncIterator[Client]:
    """Ada's too, with an authorization of its own."""
    async with await Client.authorized(product, ada, "lab") as authorized:
        yield authorized


@pytest.fixture(scope="package")
async def shelf() -> AsyncIterator[Shelf]:
    async with Shelf(tool("echo"), tool("other")) as server:
        yield server


@pytest.fixture(scope="package")
async def connected(ada: Browser, shelf: Shelf) -> str:
    """The name of a connection to the shelf, with a credential."""
    wish = {"name": "shelf", "url": shelf.url, "auth": "bearer", "secret": "upstream-credential"}
    made = decoded(await ada.post("/api/workspaces/lab/connections", wish))
    assert made["state"] == "ACTIVE", made
    return "shelf"
