"""One product with a worker for the folder, a team, and a connection to a server that does what a test says."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import pytest

from conducktor.core.ids import UserId
from conducktor.identity import queries as identity_queries
from conducktor.infra.database import Change
from conducktor.settings import Settings
from conducktor.workspaces.roles import Role
from tests.approvals.desk import Desk
from tests.connections.shelf import Shelf, tool
from tests.gateway.client import Client
from tests.product import Product, decoded, running_product
from tests.support.databases import copied
from tests.workspaces.team import LAB, Person, team

DEADLINE_S = 5.0  # far above what a busy machine needs for what tests do while a call is under way


@pytest.fixture(scope="package")
async def product(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with copied(postgres, template) as url:
        settings = Settings(
            database_url=url,
            data_dir=tmp_path_factory.mktemp("approvals"),
            outbound_allow=("127.0.0.0/8",),
            call_deadline_s=DEADLINE_S,
        )
        async with running_product(settings) as running:
            yield running


@asynccontextmanager
async def make_desk(product: Product) -> AsyncIterator[Desk]:
    """The owner, two admins, a member (who asks) and a contractor; the member's app may call tools."""
    async with AsyncExitStack() as stack:
        people = await stack.enter_async_context(team(product, Role.ADMIN, Role.ADMIN, Role.MEMBER, Role.CONTRACTOR))
        await _verify(product, people)
        shelf = await stack.enter_async_context(Shelf(tool("echo"), tool("other")))
        wish = {"name": "shelf", "url": shelf.url, "auth": "bearer", "secret": "upstream-credential"}
        decoded(await people[0].browser.post(f"{LAB}/connections", wish))
        app = await Client.authorized(product, people[3].browser, "lab", ("connections", "tools"))
        yield Desk(product, people, shelf, await stack.enter_async_context(app))


@pytest.fixture(scope="package")
async def everybody(product: Product) -> AsyncIterator[Desk]:
    async with make_desk(product) as desk:
        yield desk


async def _verify(product: Product, people: list[Person]) -> None:
    async with product.parts.database.transaction() as tx:
        for person in people:
            await identity_queries.mark_verified(tx, UserId(UUID(person.id)), product.parts.clock())
            await tx.announce(Change(topic="users", id=person.id))


@pytest.fixture
async def desk(everybody: Desk) -> AsyncIterator[Desk]:
    """With the shelf working and without policies."""
    await everybody.clear()
    yield everybody
    await everybody.clear()
