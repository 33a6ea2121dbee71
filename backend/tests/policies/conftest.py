"""One product, a person, a connection: what policies are tried on."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from tests.connections.shelf import Shelf, tool
from tests.gateway.conftest import ada, client, connected, product
from tests.product import Browser, Product, all_heard, decoded, running_product, signed_up
from tests.support.rpc_server import result

__all__ = ["ada", "client", "connected", "product"]

OK = '{"content":[{"type":"text","text":"done"}]}'
LAB = "/api/workspaces/lab"
POLICIES = f"{LAB}/policies"


@pytest.fixture(scope="package")
async def shelf() -> AsyncIterator[Shelf]:
    """Offers tools, a prompt and resources."""
    reading = tool("search_issues", annotations={"readOnlyHint": True})
    async with Shelf(tool("echo"), tool("other"), tool("update_issue"), reading) as server:
        server.prompts = [{"name": "greet"}]
        server.resources = [{"uri": "file:///notes", "name": "notes"}]
        server.templates = [{"uriTemplate": "file:///box/{+path}", "name": "box"}]
        yield server


@pytest.fixture
async def upstream(shelf: Shelf, connected: str) -> Shelf:
    """The shelf behind a connection, answering every call with "done"."""
    shelf._behaviours["tools/call"] = result(OK)
    shelf.received.clear()
    return shelf


@pytest.fixture
async def policies(ada: Browser, product: Product) -> AsyncIterator["Admin"]:
    """Makes policies; all are gone afterwards."""
    admin = Admin(ada, product)
    yield admin
    await admin.remove_all()


@asynccontextmanager
async def second_process(product: Product) -> AsyncIterator[Product]:
    """Another server on the same database behind the same public address; `url` is where it listens."""
    settings = msgspec.structs.replace(product.parts.settings, public_url=product.url)
    async with running_product(settings, process_index=1) as other:
        yield msgspec.structs.replace(other, url=f"http://127.0.0.1:{other.parts.settings.port}")


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
    """Somebody who may write policies, and waits until his process has heard of it (which the product promises within 1 s)."""

    def __init__(self, browser: Browser, product: Product) -> None:
        self.browser = browser
        self._product = product

    async def add(self, name: str, kind: str, settings: dict[str, object] | None = None, **more: object) -> dict[str, Any]:
        wish = {"name": name, "kind": kind, "settings": settings or {}} | more
        made: dict[str, Any] = decoded(await self.browser.post(POLICIES, wish))
        await self.heard()
        return made

    async def change(self, policy: dict[str, Any], **wish: object) -> dict[str, Any]:
        changed: dict[str, Any] = decoded(await self.browser.patch(f"{POLICIES}/{policy['id']}", wish))
        await self.heard()
        return changed

    async def remove(self, policy: dict[str, Any]) -> None:
        decoded(await self.browser.delete(f"{POLICIES}/{policy['id']}"))
        await self.heard()

    async def remove_all(self) -> None:
        for policy in decoded(await self.browser.get(POLICIES))["policies"]:
            decoded(await self.browser.delete(f"{POLICIES}/{policy['id']}"))
        await self.heard()

    async def heard(self) -> None:
        await all_heard(self._product.parts)
