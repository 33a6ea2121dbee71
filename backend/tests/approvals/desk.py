"""What tests of approvals do: put a policy, ask, decide, look."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx

from tests.connections.shelf import Shelf
from tests.gateway.client import Client
from tests.product import Browser, Product, decoded
from tests.support.databases import execute
from tests.support.promptly import PATIENCE_S
from tests.support.rpc_server import result
from tests.workspaces.team import LAB, Person

OK = '{"content":[{"type":"text","text":"done"}]}'
FINAL = {"executed", "denied", "expired", "cancelled", "void", "outcome_unknown"}


class Desk:
    """`client` is the app of `member`."""

    def __init__(self, product: Product, people: list[Person], shelf: Shelf, client: Client) -> None:
        self.product = product
        self.owner, self.admin, self.other_admin, self.member, self.contractor = people
        self.shelf = shelf
        self.client = client

    async def clear(self) -> None:
        for policy in decoded(await self.owner.browser.get(f"{LAB}/policies"))["policies"]:
            decoded(await self.owner.browser.delete(f"{LAB}/policies/{policy['id']}"))
        await self.sql("UPDATE approvals SET state = 'cancelled', ended_at = now() WHERE state = 'pending'")
        self.shelf._behaviours["tools/call"] = result(OK)
        self.shelf.received.clear()

    async def policy(self, kind: str = "require_approval", *, tools: tuple[str, ...] = ("shelf_*",), **settings: object) -> str:
        """Add one; calls that start now are judged by it."""
        wish = {"name": f"Rule {uuid4().hex[:6]}", "kind": kind, "settings": settings, "what": {"tools": list(tools)}}
        made = decoded(await self.owner.browser.post(f"{LAB}/policies", wish))
        return str(made["id"])

    async def ask(self, text: str | None = None, *, tool: str = "shelf_echo", client: Client | None = None) -> "Asked":
        """Call the tool; what came back."""
        return await Asked.of(client or self.client, tool, text or uuid4().hex)

    async def get(self, approval_id: str, person: Person | None = None) -> dict[str, Any]:
        answer = await (person or self.owner).browser.get(f"{LAB}/approvals/{approval_id}")
        while answer.status_code == 503:
            await asyncio.sleep(0.1)
            answer = await (person or self.owner).browser.get(f"{LAB}/approvals/{approval_id}")
        detail: dict[str, Any] = decoded(answer)
        return detail

    async def decide(
        self, approval_id: str, person: Person | None = None, decision: str = "approve", comment: str | None = None
    ) -> httpx.Response:
        """Again, as a person would, when the server is too busy (503): the machine may be."""
        wish = {"decision": decision, "comment": comment}
        while True:
            answer = await (person or self.admin).browser.post(f"{LAB}/approvals/{approval_id}/decision", wish)
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.1)

    async def ended(self, approval_id: str, *, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """The request, once it has come to an end."""
        async with asyncio.timeout(within_s):
            while True:
                line: dict[str, Any] = (await self.get(approval_id))["approval"]
                if line["state"] in FINAL:
                    return line
                await asyncio.sleep(0.02)

    async def state(self, approval_id: str, state: str, *, within_s: float = PATIENCE_S) -> None:
        async with asyncio.timeout(within_s):
            while (await self.get(approval_id))["approval"]["state"] != state:
                await asyncio.sleep(0.02)

    def executions(self, text: str | None = None) -> int:
        """How often the service was called (with that text)."""
        bodies = self.shelf.bodies("tools/call")
        return sum(1 for body in bodies if text is None or body["params"]["arguments"].get("text") == text)

    async def sql(self, statement: str, *arguments: object) -> None:
        await execute(self.product.parts.settings.database_url, statement, *arguments)


class Asked:
    """A call and what came back."""

    def __init__(self, client: Client, tool: str, text: str, answer: dict[str, Any]) -> None:
        self.client = client
        self.tool = tool
        self.text = text
        self.answer = answer

    @classmethod
    async def of(cls, client: Client, tool: str, text: str) -> "Asked":
        return cls(client, tool, text, await client.call(tool, text=text))

    async def again(self) -> dict[str, Any]:
        return await self.client.call(self.tool, text=self.text)

    @property
    def said(self) -> str:
        text: str = self.answer["content"][0]["text"]
        return text

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.answer["structuredContent"]
        return facts

    @property
    def id(self) -> str:
        return str(self.facts["approval_id"])


async def sign_in_elsewhere(desk: Desk, person: Person) -> Browser:
    """A second browser of the same account."""
    browser = Browser(desk.product.url)
    email = (await person.browser.session())["user"]["email"]
    decoded(await browser.sign_in(email))
    return browser


def arguments_of(detail: dict[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = json.loads(detail["arguments"])
    return arguments
