"""What the guide promises about rules and costs, played by the official client and in Chromium, with its exact sentences."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent
from playwright.async_api import Page, expect

from e2e.conftest import NewPage
from e2e.support.chatgpt import ChatGpt
from e2e.support.official_client import official_client
from e2e.support.page_checks import Complaints
from e2e.support.people import Person
from e2e.support.product import Product
from tests.support.promptly import PATIENCE_S

SANDBOX = ("sandbox-issue-tracker", "sandbox-code-host", "sandbox-team-chat")


class Team:
    """A workspace with the three sandbox services, its owner, and somebody of another role."""

    def __init__(self, owner: Person, other: Person, others_client: Client, owners_client: Client) -> None:
        self.owner = owner
        self.other = other
        self.others_client = others_client
        self.owners_client = owners_client

    async def put_in_force(self, page: Page, policy: str) -> None:
        """One of the ready-made policies, with one click."""
        await page.goto(f"/w/{self.owner.workspace}/policies")
        await page.get_by_role("button", name=f"Add “{policy}”").click()
        await expect(page.get_by_role("link", name=policy, exact=True)).to_be_visible()  # “Adjust … first” names it too

    async def price(self, connection: str, dollars: float, tool: str | None = None) -> None:
        wish = {"connection": connection, "tool": tool, "basis": "call", "micro_usd": round(dollars * 1_000_000)}
        await self.owner.ask("PUT", "/prices", json=wish)

    async def issues(self, title: str) -> int:
        """How many issues of that title the tracker has."""
        found = await self.owners_client.call_tool("linear-prod_search_issues", {"query": title})
        assert found.structured_content is not None
        return sum(issue["title"] == title for issue in found.structured_content["issues"])


@asynccontextmanager
async def team(product: Product, role: str) -> AsyncIterator[Team]:
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(Person(product, "Owner"))
        other = await stack.enter_async_context(Person(product, role.capitalize()))
        for service in SANDBOX:
            await owner.connect(service=service)
        await other.join(owner, role)
        theirs = await _client(stack, product, other, owner.workspace)
        yield Team(owner, other, theirs, await _client(stack, product, owner, owner.workspace))


async def test_a_call_that_needs_approval_is_carried_out_once_it_has_it(product: Product, new_page: NewPage) -> None:
    async with team(product, "member") as lab:
        await lab.put_in_force(await new_page(lab.owner), "All Linear issue creations require approval")
        wish = {"title": f"Approved by people {lab.owner.email}"}  # the sandbox is everybody's

        asked = await lab.others_client.call_tool("linear-prod_create_issue", wish)

        assert asked.is_error
        assert text(asked).startswith("Approval required. Request sent to Admin team.")
        assert asked.structured_content is not None
        approval_id = asked.structured_content["approval_id"]
        assert await lab.issues(wish["title"]) == 0
        again = await lab.others_client.call_tool("linear-prod_create_issue", wish)
        assert again.structured_content is not None
        assert again.structured_content["approval_id"] == approval_id

        await lab.owner.ask("POST", f"/approvals/{approval_id}/decision", json={"decision": "approve"})

        done = await until_answered(lab.others_client, "linear-prod_create_issue", wish)
        assert wish["title"] in text(done)
        assert text(await lab.others_client.call_tool("linear-prod_create_issue", wish)) == text(done)
        assert await lab.issues(wish["title"]) == 1


async def test_an_admin_decides_in_an_inbox_that_was_open_all_the_time(product: Product, new_page: NewPage) -> None:
    async with team(product, "member") as lab:
        page = await new_page(lab.owner)
        complaints = Complaints(page)
        await lab.put_in_force(page, "All Linear issue creations require approval")
        await page.goto(f"/w/{lab.owner.workspace}/approvals")
        await expect(page.get_by_role("row").filter(has_text="Create issue")).to_have_count(0)
        wish = {"title": f"Approved in Chromium {lab.owner.email}"}
        await lab.others_client.call_tool("linear-prod_create_issue", wish)

        await page.get_by_role("link", name="Create issue in linear-prod").click()

        await expect(page.get_by_text("All Linear issue creations require approval")).to_be_visible()
        await expect(page.get_by_role("region", name="Arguments").get_by_text(wish["title"])).to_be_visible()
        decision = page.get_by_role("region", name="Decision")
        await decision.get_by_label("Comment").fill("Go ahead")
        await decision.get_by_role("button", name="Approve").click()
        done = await until_answered(lab.others_client, "linear-prod_create_issue", wish)
        assert wish["title"] in text(done)
        requester = await new_page(lab.other)
        await requester.goto(f"/w/{lab.owner.workspace}/approvals?tab=mine")
        await requester.get_by_role("link", name="Create issue in linear-prod").click()
        await expect(requester.get_by_text("Go ahead")).to_be_visible()
        await expect(requester.get_by_role("main")).to_contain_text("Result")
        assert complaints.beside() == []


async def test_a_budget_blocks_what_would_exceed_it(product: Product, new_page: NewPage) -> None:
    async with team(product, "member") as lab:
        page = await new_page(lab.owner)
        await lab.put_in_force(page, "Monthly budget limit: $100")
        await lab.price("linear-prod", 95, "search_issues")
        await lab.price("linear-prod", 10, "create_issue")
        assert not (await lab.others_client.call_tool("linear-prod_search_issues", {"query": "login"})).is_error

        blocked = await lab.others_client.call_tool("linear-prod_create_issue", {"title": "Too dear"})

        assert blocked.is_error
        assert text(blocked).startswith("Operation blocked: Monthly budget limit reached ($100)")
        await page.goto(f"/w/{lab.owner.workspace}/audit?outcome=denied")
        await expect(page.get_by_role("main")).to_contain_text("Operation blocked: Monthly budget limit reached ($100)")


async def test_contractors_who_may_only_read_are_told_so(product: Product, new_page: NewPage) -> None:
    async with team(product, "contractor") as lab:
        page = await new_page(lab.owner)
        await lab.put_in_force(page, "Only allow read operations for contractors")

        denied = await lab.others_client.call_tool("linear-prod_update_issue", {"issue_id": "ENG-1", "state": "done"})

        assert denied.is_error
        assert text(denied).startswith("Permission denied: Update operations not allowed")
        await page.goto(f"/w/{lab.owner.workspace}/audit?outcome=denied")
        await expect(page.get_by_role("main")).to_contain_text("Permission denied: Update operations not allowed")
        assert not (await lab.others_client.call_tool("linear-prod_search_issues", {"query": "login"})).is_error


async def test_what_was_spent_is_said_in_one_sentence(product: Product, new_page: NewPage) -> None:
    async with team(product, "member") as lab:
        for connection, title, dollars in (
            ("linear-prod", "Linear", 12),
            ("github-main", "GitHub", 8),
            ("slack-alerts", "Slack", 3.45),
        ):
            await lab.owner.ask("PATCH", f"/connections/{connection}", json={"title": title})
            await lab.price(connection, dollars)
        for tool in ("linear-prod_search_issues", "github-main_list_repos", "slack-alerts_list_channels"):
            assert not (await lab.owners_client.call_tool(tool, {})).is_error

        told = await until_said(lab.owners_client, "Total: $23.45 (Linear: $12, GitHub: $8, Slack: $3.45)")

        assert told.structured_content is not None
        assert told.structured_content["total_micro_usd"] == 23_450_000
        page = await new_page(lab.owner)
        await page.goto(f"/w/{lab.owner.workspace}/usage")
        await expect(page.get_by_role("main")).to_contain_text("$23.45")
        for spent in ("$12", "$8", "$3.45"):
            await expect(page.get_by_role("main")).to_contain_text(spent)


def text(result: CallToolResult) -> str:
    (first, *_) = result.content
    assert isinstance(first, TextContent)
    return first.text


async def until_answered(client: Client, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    """Ask again, as a model does, until a worker has carried it out."""
    return await _until(client, tool, arguments, lambda result: not result.is_error)


async def until_said(client: Client, sentence: str) -> CallToolResult:
    """Costs are in the audit a moment after the answer."""
    return await _until(client, "conducktr_get_usage_stats", {}, lambda result: text(result) == sentence)


async def _until(client: Client, tool: str, arguments: dict[str, Any], holds: Callable[[CallToolResult], bool]) -> CallToolResult:
    result = await client.call_tool(tool, arguments)
    async with asyncio.timeout(2 * PATIENCE_S):
        while not holds(result):
            await asyncio.sleep(0.1)
            result = await client.call_tool(tool, arguments)
    return result


async def _client(stack: AsyncExitStack, product: Product, person: Person, workspace: str) -> Client:
    async with ChatGpt(product.endpoint) as app:
        await app.discover_authorization()
        location = await person.consent(app.authorization_url(), workspace=workspace)
        await app.redeem(app.read_redirect(location))
        token = str(app.tokens["access_token"])
    client, _ = await stack.enter_async_context(official_client(product.endpoint, token=token))
    return client
