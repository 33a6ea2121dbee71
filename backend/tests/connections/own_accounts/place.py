"""A service that people use with accounts of their own, and the people."""

import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from conducktor.connections.own_accounts.jobs import revoke_left_accounts
from tests.connections.guarded import Guarded
from tests.connections.signing_in import BASE, come_back, result_of
from tests.gateway.client import Client
from tests.product import Browser, Product, decoded, signed_up

EVERYTHING = ["read", "write", "destructive"]
names = (f"service{n}" for n in itertools.count())
"""Of connections, each once in a process."""


class Person(msgspec.Struct, frozen=True):
    browser: Browser
    client: Client


class Place(msgspec.Struct, frozen=True):
    """A guarded service and the connection to it."""

    product: Product
    service: Guarded
    name: str

    @property
    def account(self) -> str:
        return f"{BASE}/connections/{self.name}/own-account"

    async def use_own_accounts(self, admin: Browser, classes: list[str] = EVERYTHING) -> None:
        decoded(await admin.patch(f"{BASE}/connections/{self.name}", {"personal_for": classes}))

    async def sign_in(self, browser: Browser) -> str:
        """With the person's own account; returns the access token that the service gave."""
        before = set(self.service.valid)
        assert await self.try_to_sign_in(browser) == "done"
        (token,) = self.service.valid - before
        return token

    async def try_to_sign_in(self, browser: Browser) -> str:
        address = decoded(await browser.post(f"{self.account}/sign-in", {}))["authorize_url"]
        return result_of(await come_back(browser, self.service.authorize(address)))

    async def call(self, person: Person, tool_name: str = "take") -> dict[str, Any]:
        return await person.client.call(f"{self.name}_{tool_name}", text="x")

    def shown_last(self) -> str:
        """The credential of the last call that the service got."""
        calls = [r for r in self.service.received if b'"tools/call"' in r.body]
        return calls[-1].headers["authorization"].removeprefix("Bearer ")

    async def settle(self) -> None:
        """As the worker does within half a minute."""
        parts = self.product.parts
        await revoke_left_accounts({**parts.by_name()})

    async def sql(self, statement: str) -> list[Any]:
        async with self.product.parts.database.transaction() as tx:
            done = await (await tx.session.connection()).exec_driver_sql(statement)
            return list(done.all()) if done.returns_rows else []


async def joined(product: Product, owner: Browser, email: str, role: str = "member") -> Browser:
    invited = decoded(await owner.post(f"{BASE}/invitations", {"email": email, "role": role}))
    browser = await signed_up(product, email, name=email.partition("@")[0].title(), workspace_name=f"Of {email}")
    token = parse_qs(urlsplit(invited["link"]).query)["token"][0]
    decoded(await browser.post("/api/invitations/accept", {"token": token}))
    return browser
