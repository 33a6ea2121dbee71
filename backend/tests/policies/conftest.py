"""One product, a person, a connection: what policies are tried on."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connections.shelf import Shelf
from tests.gateway.conftest import ada, client, connected, product, shelf
from tests.product import Browser, Product, decoded, signed_up
from tests.support.rpc_server import result

__all__ = ["ada", "client", "connected", "product", "shelf"]

OK = '{"content":[{"type":"text","text":"done"}]}'
LAB = "/api/workspaces/lab"
POLICIES = f"{LAB}/policies"


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


@asynccontextmanager
async def joined(product: Product, owner: Browser, role: str) -> AsyncIterator[Browser]:
    """Somebody new with that role in the workspace "lab"."""
    email = f"{secrets.token_hex(4)}@example.com"
    invited = decoded(await owner.post(f"{LAB}/invitations", {"email": email, "role": role}))
    async with await signed_up(product, email, name=role.capitalize(), workspace_name=f"Of {email[:8]}") as browser:
        token = parse_qs(urlsplit(invited["link"]).query)["token"][0]
        decoded(await browser.post("/api/invitations/accept", {"token": token}))
        yield browser


class Admin:
    """Somebody who may write policies."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def add(self, name: str, kind: str, settings: dict[str, object] | None = None, **more: object) -> dict[str, Any]:
        wish = {"name": name, "kind": kind, "settings": settings or {}} | more
        made: dict[str, Any] = decoded(await self.browser.post(POLICIES, wish))
        return made
