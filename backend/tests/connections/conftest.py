"""All parts of the product on a database of their own, without HTTP in front; two workspaces with an owner each."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import insert

from conducktor.connections.toolbox import Toolbox
from conducktor.core.actor import Actor, Surface
from conducktor.core.clock import utc_now
from conducktor.core.ids import UserId
from conducktor.core.operation import Operation
from conducktor.edges.catalog import OPERATIONS
from conducktor.identity.models import User
from conducktor.parts import Parts
from conducktor.settings import Settings
from conducktor.workspaces.create import create_workspace
from tests.connections.shelf import Shelf, tool
from tests.product import be_patient, eventually

_BY_NAME: dict[str, Operation] = {declared.name: declared for declared in OPERATIONS}


class Desk(msgspec.Struct, frozen=True):
    """A person at work: runs operations by name, as the JSON API does."""

    parts: Parts
    actor: Actor

    async def run(self, operation: str, **data: Any) -> Any:
        declared = _BY_NAME[operation]
        return await self.parts.gate.run(declared, self.actor, msgspec.convert(data, declared.data_type))

    async def connect(self, server: Shelf, name: str = "shelf", **more: Any) -> Any:
        return await self.run("connections.create", name=name, url=server.url, **more)

    async def tools(self, name: str = "shelf") -> dict[str, Any]:
        """The tools of a connection by the name their server gives them."""
        return {t.name: t for t in (await self.run("connections.tools", name=name)).items}

    async def toolbox(self) -> Toolbox:
        return await self.parts.toolboxes.of(self.actor.workspace_id)

    async def listed(self) -> list[dict[str, Any]]:
        """What `tools/list` shows of the upstreams."""
        return [msgspec.json.decode(t.listed) for t in (await self.toolbox()).tools.values()]

    def through(self, surface: Surface) -> "Desk":
        return Desk(self.parts, msgspec.structs.replace(self.actor, surface=surface))


@pytest.fixture
async def parts(settings: Settings) -> AsyncIterator[Parts]:
    running = Parts(settings)
    async with running.running():
        await eventually(lambda: running.changes.is_live)
        be_patient(running)
        yield running


@pytest.fixture
async def desk(parts: Parts) -> Desk:
    return Desk(parts, await _owner(parts, "ada@example.com"))


@pytest.fixture
async def other_desk(parts: Parts) -> Desk:
    """Somebody with the same role in another workspace."""
    return Desk(parts, await _owner(parts, "grace@example.com"))


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    async with Shelf(tool("take"), tool("put")) as server:
        yield server


async def _owner(parts: Parts, email: str) -> Actor:
    user_id = UserId(uuid4())
    async with parts.database.transaction() as tx:
        values = {"id": user_id, "name": "Ada", "email": email, "password_hash": "", "is_founder": False, "created_at": utc_now()}
        await tx.session.execute(insert(User).values(values))
        made = await create_workspace(tx, user_id, email, utc_now())
    return Actor(
        user_id=user_id,
        user_name="Ada",
        user_email=email,
        workspace_id=made.workspace_id,
        role=made.role,
        permissions=made.permissions,
        surface=Surface.WEB,
    )
