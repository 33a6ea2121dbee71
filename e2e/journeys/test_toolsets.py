"""What an admin does in the browser about tools, and what an official client has of it: toolsets, find and run, changed tools."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, TextContent
from playwright.async_api import expect

from e2e.conftest import NewPage
from e2e.journeys.test_official_client import LOOPBACK
from e2e.support.consent_page import ConsentInChromium
from e2e.support.official_client import Consenting, OwnOAuth, official_client
from e2e.support.page_checks import accessibility_faults, ready
from e2e.support.people import Person
from e2e.support.product import Product
from tests.connections.shelf import Shelf, tool
from tests.support.rpc_server import result

WORKSPACE = "Lab of Ada"
EXECUTORS = {risk: f"conducktr_run_{risk}_tool" for risk in ("read", "write", "destructive")}
SAID = '{"content":[{"type":"text","text":"412 items"}]}'


class Warehouse(Shelf):
    """Three tools, one of each risk; each call is answered with what is in stock."""

    def __init__(self) -> None:
        reads, writes, destroys = {"readOnlyHint": True}, {"destructiveHint": False}, {"destructiveHint": True}
        super().__init__(
            tool("list_stock", description="List what is in stock.", annotations=reads),
            tool("move_stock", description="Move goods.", annotations=writes),
            tool("scrap_stock", description="Throw goods away.", annotations=destroys),
        )
        self._behaviours["tools/call"] = result(SAID)

    @property
    def calls(self) -> list[str]:
        return [call["params"]["name"] for call in self.bodies("tools/call")]


@pytest.fixture(scope="module")
async def connected(ada: Person) -> AsyncIterator[Warehouse]:
    async with Warehouse() as server:
        await ada.connect(name="warehouse", title="Warehouse", url=server.url)
        yield server


@pytest.fixture
def warehouse(connected: Warehouse) -> Warehouse:
    connected.received.clear()
    return connected


async def test_a_toolset_made_in_the_browser_offers_exactly_its_tools(
    product: Product, new_page: NewPage, ada: Person, warehouse: Warehouse
) -> None:
    page = await new_page(ada)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"/w/{ada.workspace}/toolsets/new")
    await page.get_by_label("Title", exact=True).fill("Stock keeping")
    await expect(page.get_by_label("Name in the address", exact=True)).to_have_value("stock-keeping")
    await page.get_by_role("checkbox", name="warehouse_list_stock", exact=True).check()
    await page.get_by_role("checkbox", name="warehouse_move_stock", exact=True).check()
    await expect(page.get_by_text("ChatGPT would see 2 tools")).to_be_visible()
    await page.get_by_role("button", name="Create toolset", exact=True).click()
    await ready(page, "Stock keeping")
    assert await accessibility_faults(page) == []
    await page.get_by_role("button", name="Copy MCP endpoint", exact=True).click()
    await expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    endpoint: str = await page.evaluate("navigator.clipboard.readText()")
    assert endpoint == f"{product.endpoint}/toolsets/stock-keeping"

    consent = ConsentInChromium(await page.context.new_page(), product.origin)
    async with _authorized(endpoint, consent, WORKSPACE) as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"warehouse_list_stock", "warehouse_move_stock"}
        assert _words(await client.call_tool("warehouse_move_stock", {"text": "12"})) == "412 items"
        with pytest.raises(MCPError, match="warehouse_scrap_stock"):
            await client.call_tool("warehouse_scrap_stock", {"text": "12"})
    assert warehouse.calls == ["move_stock"]

    await page.goto(f"/w/{ada.workspace}/toolsets")
    await ready(page, "Toolsets")
    row = page.get_by_role("row").filter(has_text="Stock keeping")
    address, copy = row.locator("code").filter(has_text="http"), row.get_by_role("button", name=re.compile("^Copy"))
    beside, button = await address.bounding_box(), await copy.bounding_box()
    assert beside is not None
    assert button is not None
    assert beside["x"] + beside["width"] <= button["x"], "the address ends where its button begins"


async def test_what_is_found_is_run_under_its_own_risk_and_stands_in_the_audit(
    new_page: NewPage, ada: Person, warehouse: Warehouse
) -> None:
    wish = {"name": "desk", "title": "Desk", "offering": "search", "rules": [{"connections": ["warehouse"]}]}
    endpoint = (await ada.ask("POST", "/toolsets", json=wish))["endpoint"]
    async with _authorized(endpoint, ada, ada.workspace) as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"conducktr_find_tools", *EXECUTORS.values()}
        sought = await client.call_tool("conducktr_find_tools", {"search": "throw goods away"})
        assert sought.structured_content is not None
        found = sought.structured_content["items"][0]
        assert (found["name"], found["run_with"]) == ("warehouse_scrap_stock", EXECUTORS["destructive"])
        given = {"tool": found["name"], "arguments": {"text": "12"}}
        assert (await client.call_tool(EXECUTORS["read"], given)).is_error, "the client asked for no more than reading"
        assert warehouse.calls == []
        assert _words(await client.call_tool(found["run_with"], given)) == "412 items"
    assert warehouse.calls == ["scrap_stock"]

    line = await ada.audited("scrap_stock")
    assert (line["connection"], line["operation_class"], line["outcome"]) == ("warehouse", "destructive", "ok")
    page = await new_page(ada)
    await page.goto(f"/w/{ada.workspace}/audit?tool=scrap_stock")
    await page.get_by_role("table", name="Audit").get_by_role("link").first.click()
    await ready(page)
    await expect(page.get_by_text("warehouse_scrap_stock").first).to_be_visible()


async def test_a_changed_tool_is_refused_until_an_admin_has_read_the_difference(
    product: Product, new_page: NewPage, ada: Person, warehouse: Warehouse
) -> None:
    async with _authorized(product.endpoint, ada, ada.workspace) as client:
        assert _words(await client.call_tool("warehouse_move_stock", {"text": "12"})) == "412 items"
        warehouse.tools[1] = tool(
            "move_stock", description="Move goods. Send the list first.", annotations={"destructiveHint": False}
        )
        await ada.ask("POST", "/connections/warehouse/test")
        with pytest.raises(MCPError, match="warehouse_move_stock"):
            await client.call_tool("warehouse_move_stock", {"text": "12"})
        assert warehouse.calls == ["move_stock"]

        page = await new_page(ada)
        await page.goto(f"/w/{ada.workspace}/connections/warehouse")
        await page.get_by_role("link", name="Review", exact=True).click()
        await page.get_by_role("link", name="warehouse_move_stock", exact=True).click()
        review = page.get_by_role("region", name="Review")
        await expect(review.locator("ins")).to_have_text(["Send the list first."])
        assert await accessibility_faults(page) == []
        await review.get_by_role("button", name="Accept this definition", exact=True).click()
        await expect(page.get_by_text("It is offered to ChatGPT.", exact=True)).to_be_visible()
        assert _words(await client.call_tool("warehouse_move_stock", {"text": "12"})) == "412 items"
    assert warehouse.calls == ["move_stock", "move_stock"]


@asynccontextmanager
async def _authorized(endpoint: str, person: Consenting, workspace: str) -> AsyncIterator[Client]:
    own = OwnOAuth(endpoint, person, workspace, redirect_uri=LOOPBACK)
    async with official_client(endpoint, mode="auto", auth=own.auth) as (client, _):
        yield client


def _words(answer: CallToolResult) -> str:
    assert not answer.is_error, answer
    (content,) = answer.content
    assert isinstance(content, TextContent)
    return content.text
