"""Conducktor as the client that the suite judges: an admin connects the harness, signs in to it, and an app calls its tools."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from aiohttp import web
from mcp.client.client import Client
from mcp.client.context import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult

from e2e.support.official_client import official_client
from e2e.support.people import Person
from tests.product import decoded
from tests.support.promptly import PATIENCE_S

AT_ONCE = 6
SETTLES_WITHIN_S = 60.0
SIGN_INS = 3
"""How often this admin signs in when the connection asks for it. The suite wants an end of it."""
SIGN_IN_HELPS = ("needs_sign_in", "needs_more_access")
CALL_S = 60.0

_FILLERS: dict[str, object] = {"number": 2, "integer": 2, "boolean": True, "array": [], "object": {}, "string": "text"}


class Task(msgspec.Struct, frozen=True):
    """What the harness asks of its client; `url` is its MCP server."""

    scenario: str
    revision: str
    context: dict[str, Any]
    url: str


class Stopped(Exception):
    """The gateway, or this admin, went no further. Often that is what a scenario wants."""


class ClientSide:
    """Plays all scenarios of a run in the workspace of one admin, each with a connection of its own."""

    def __init__(self, admin: Person, endpoint: str, token: str) -> None:
        self._admin = admin
        self._endpoint = endpoint
        self._token = token
        self._room = asyncio.Semaphore(AT_ONCE)
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The address to which the shim brings its tasks."""
        app = web.Application()
        app.router.add_post("/", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        task = msgspec.json.decode(await request.read(), type=Task)
        async with self._room:
            try:
                await self._play(task)
                complaint = ""
            except (Stopped, TimeoutError, AssertionError) as stopped:
                complaint = str(stopped) or "it took too long"
        return web.json_response({"complaint": complaint})

    async def _play(self, task: Task) -> None:
        name = f"harness-{next(self._numbers)}"
        decoded(await self._admin.browser.post(self._path("/connections"), {"name": name, "url": task.url}))
        if task.scenario == "auth/pre-registration":
            client = {"client_id": task.context["client_id"], "secret": task.context["client_secret"]}
            await self._admin.ask("PUT", f"/connections/{name}/sign-in-client", json=client)
        try:
            await self._make_usable(name)
            await self._use(name, task)
            if (await self._settled(name))["fault"] in SIGN_IN_HELPS:
                await self._sign_in(name)
                await self._use(name, task)
        finally:
            await self._admin.ask("DELETE", f"/connections/{name}")

    async def _make_usable(self, name: str) -> None:
        for _ in range(SIGN_INS):
            connection = await self._settled(name)
            if connection["state"] == "ACTIVE":
                return
            if connection["fault"] not in SIGN_IN_HELPS:
                raise Stopped(connection["reason"])
            await self._sign_in(name)

    async def _settled(self, name: str) -> dict[str, Any]:
        async with asyncio.timeout(SETTLES_WITHIN_S):
            while True:
                connection: dict[str, Any] = (await self._admin.ask("GET", f"/connections/{name}"))["connection"]
                if connection["state"] != "PENDING":
                    return connection
                await asyncio.sleep(0.1)

    async def _sign_in(self, name: str) -> None:
        """As a browser does: to the harness' page, which sends it straight back."""
        begun = await self._admin.browser.post(self._path(f"/connections/{name}/sign-in"))
        if not begun.is_success:
            raise Stopped(begun.json()["detail"])
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            sent_back = await http.get(begun.json()["authorize_url"])
        parts = urlsplit(sent_back.headers["location"])
        returned = await self._admin.browser.get(f"{parts.path}?{parts.query}")
        location = returned.headers.get("location", "")
        if not location.endswith("sign_in=done"):
            raise Stopped(location or returned.text)

    async def _use(self, name: str, task: Task) -> None:
        """List everything and call every tool, as an app of the harness' own era."""
        mode = "legacy" if task.revision < "2026" else "auto"
        url = f"{self._endpoint}/{name}"
        async with (
            asyncio.timeout(CALL_S),
            official_client(url, mode=mode, token=self._token, on_question=_agree) as (client, _),
        ):
            tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
            calls = task.context.get("toolCalls") or [
                {"name": name, "arguments": _filled(schema)} for name, schema in tools.items()
            ]
            for call in calls:
                await client.call_tool(call["name"], call["arguments"])
            await _read_the_rest(client)

    def _path(self, path: str) -> str:
        return f"/api/workspaces/{self._admin.workspace}{path}"


async def _read_the_rest(client: Client) -> None:
    for prompt in (await client.list_prompts()).prompts:
        await client.get_prompt(prompt.name)
    for resource in (await client.list_resources()).resources:
        await client.read_resource(str(resource.uri))


def _filled(schema: dict[str, Any]) -> dict[str, object]:
    properties = schema.get("properties", {})
    return {name: _FILLERS[properties[name].get("type", "string")] for name in schema.get("required", ())}


async def _agree(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
    """What was left open takes its default; the rest is filled."""
    assert isinstance(params, ElicitRequestFormParams)
    asked = params.requested_schema.get("properties", {})
    content = {name: field.get("default", _FILLERS[field["type"]]) for name, field in asked.items()}
    return ElicitResult(action="accept", content=content)
