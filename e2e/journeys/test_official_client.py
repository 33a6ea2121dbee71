"""The official `mcp` client comes without a token and finds everything itself: who to ask, how to be known, what to call."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest

from e2e.support.chatgpt import STABLE_REDIRECT, STATIC_CLIENT
from e2e.support.client_document import ClientDocument
from e2e.support.official_client import OwnOAuth, official_client
from e2e.support.people import Person
from e2e.support.product import Product
from tests.support.certificates import Authority
from tests.support.promptly import PATIENCE_S, PROMPTLY_S

LOOPBACK = "http://127.0.0.1:53682/callback"
SERVICES = ("sandbox-issue-tracker", "sandbox-code-host", "sandbox-team-chat")
TOOLS_OF_THE_GUIDE = {
    "linear-prod_search_issues",
    "linear-prod_create_issue",
    "linear-prod_update_issue",
    "github-main_list_repos",
    "github-main_create_issue",
    "github-main_create_pr",
    "github-main_list_prs",
    "slack-alerts_post_message",
    "slack-alerts_list_channels",
}

Way = Callable[[Product, Person, str, Authority], AbstractAsyncContextManager[OwnOAuth]]


@pytest.fixture(scope="module")
async def guide(ada: Person) -> str:
    """A second workspace of Ada's, connected as the product's guide has it."""
    slug = await ada.make_workspace("Guide")
    for service in SERVICES:
        await ada.connect(workspace=slug, service=service)
    return slug


@asynccontextmanager
async def with_a_static_id(product: Product, ada: Person, workspace: str, _: Authority) -> AsyncIterator[OwnOAuth]:
    yield OwnOAuth(product.endpoint, ada, workspace, redirect_uri=STABLE_REDIRECT, client_id=STATIC_CLIENT)


@asynccontextmanager
async def with_dynamic_registration(product: Product, ada: Person, workspace: str, _: Authority) -> AsyncIterator[OwnOAuth]:
    yield OwnOAuth(product.endpoint, ada, workspace, redirect_uri=LOOPBACK)


@asynccontextmanager
async def with_a_document(product: Product, ada: Person, workspace: str, authority: Authority) -> AsyncIterator[OwnOAuth]:
    async with ClientDocument(authority) as document:
        # Native programs take a free port each time, so the one in the document does not count.
        document.content |= {"client_name": "A native program", "redirect_uris": ["http://127.0.0.1/callback"]}
        yield OwnOAuth(product.endpoint, ada, workspace, redirect_uri=LOOPBACK, document_url=document.url)
        assert document.fetched == 1


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("way", [with_a_static_id, with_dynamic_registration, with_a_document])
async def test_it_authorizes_lists_calls_and_loses_its_permission(
    product: Product, ada: Person, guide: str, authority: Authority, way: Way, mode: str
) -> None:
    async with (
        way(product, ada, guide, authority) as own,
        official_client(product.endpoint, mode=mode, auth=own.auth) as (client, wire),
    ):
        assert client.protocol_version == {"legacy": "2025-11-25", "auto": "2026-07-28"}[mode]
        listed = await client.list_tools()
        assert {tool.name for tool in listed.tools} >= TOOLS_OF_THE_GUIDE

        created = await client.call_tool("linear-prod_create_issue", {"title": f"Made in mode {mode}"})
        assert created.is_error is False
        assert created.structured_content is not None
        line = await ada.audited("create_issue", workspace=guide)
        assert (line["connection"], line["outcome"], line["client_id"]) == ("linear-prod", "ok", own.client_id)
        [authorization] = [a for a in await ada.authorizations(workspace=guide) if a["client"]["id"] == own.client_id]

        await ada.revoke(authorization["id"], workspace=guide)
        await refused_within_a_second(product, own)
        # The client asks anew by itself, and the person may let it in again.
        assert (await client.call_tool("slack-alerts_list_channels", {})).is_error is False
        assert own.asked == 2
        assert wire.statuses.count(401) == 2
        await _end_all(ada, guide)


async def refused_within_a_second(product: Product, own: OwnOAuth) -> None:
    headers = {"Authorization": f"Bearer {own.access_token}"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http, asyncio.timeout(PROMPTLY_S):
        while (await http.post(product.endpoint, json=body, headers=headers)).status_code != 401:
            await asyncio.sleep(0.02)


async def _end_all(person: Person, workspace: str) -> None:
    for authorization in await person.authorizations(workspace=workspace):
        await person.revoke(authorization["id"], workspace=workspace)
