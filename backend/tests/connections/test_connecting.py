"""Making, changing and removing connections."""

import pytest

from conducktor.connections.states import ConnectionState
from conducktor.core.actor import Surface
from conducktor.core.errors import Conflict, Invalid, NotFound
from tests.connections.conftest import Desk
from tests.connections.shelf import Shelf, tool


async def test_a_new_connection_is_active_at_once_with_prefixed_tools(desk: Desk, shelf: Shelf) -> None:
    made = await desk.connect(shelf, "linear-prod")

    assert made.state is ConnectionState.ACTIVE
    assert made.protocol_version == "2025-11-25"
    assert made.tools.active == 2
    assert [t["name"] for t in await desk.listed()] == ["linear-prod_put", "linear-prod_take"]
