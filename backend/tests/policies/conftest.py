"""One product, a person, a connection: what policies are tried on."""

from collections.abc import AsyncIterator

import pytest

from tests.connections.shelf import Shelf
from tests.gateway.conftest import ada, client, connected, product, shelf
from tests.product import Browser, decoded
from tests.support.rpc_server import result

__all__ = ["ada", "client", "connected", "product", "shelf"]

OK = '{"content":[{"type":"text","text":"done"}]}'
POLICIES = "/api/workspaces/lab/policies"


@pytest.fixture
async def upstream(shelf: Shelf, connected: str) -> Shelf:
    """The shelf behind a connection, answering every call with "done"."""
    shelf._behaviours["tools/call"] = result(OK)
    shelf.received.clear()
    return shelf


@pytest.fixture
async def policies(ada: Browser) -> AsyncIterator["Admin"]:
    """Makes policies; all are gone afterwards."""
    yield Admin(ada)
    for policy in decoded(await ada.get(POLICIES))["policies"]:
        decoded(await ada.delete(f"{POLICIES}/{policy['id']}"))


class Admin:
    """Somebody who may write policies."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def add(self, name: str, kind: str, settings: dict[str, object] | None = None, **more: object) -> dict[str, object]:
        wish = {"name": name, "kind": kind, "settings": settings or {}} | more
        made: dict[str, object] = decoded(await self.browser.post(POLICIES, wish))
        return made
