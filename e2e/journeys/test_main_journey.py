"""From the first account of a new installation to a call that ChatGPT makes, and to the end of its permission."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

import pytest
from playwright.async_api import Page, expect

from e2e.journeys.test_official_client import LOOPBACK, refused_within_a_second
from e2e.support.chatgpt import STABLE_REDIRECT, STATIC_CLIENT
from e2e.support.client_document import ClientDocument
from e2e.support.consent_page import ConsentInChromium
from e2e.support.official_client import OwnOAuth, official_client
from e2e.support.page_checks import Complaints
from e2e.support.product import Product
from tests.product import PASSWORD
from tests.support.certificates import Authority
from tests.support.open_directory import open_directory

FIRST, SECOND = "Operations", "Product team"
TRACKER_TOOLS = {"linear-prod_search_issues", "linear-prod_create_issue", "linear-prod_update_issue"}
PERMISSIONS = ("Access to your MCP connections", "Execute tools on your behalf", "View usage analytics")
OPTIONAL = ("Manage this workspace", "Decide approvals")


class Known(NamedTuple):
    """What the consent page must say of a client."""

    name: str
    host: str
    is_verified: bool

    async def check(self, page: Page) -> None:
        await expect(page.get_by_role("heading", name=f"Authorize {self.name}")).to_be_visible()
        await expect(page.get_by_text(f"you will be sent to {self.host}")).to_be_visible()
        await expect(page.get_by_text("Verified:", exact=False)).to_have_count(1 if self.is_verified else 0)
        await expect(page.get_by_text("Unverified.")).to_have_count(0 if self.is_verified else 1)
        for permission in PERMISSIONS:
            await expect(page.get_by_role("listitem").filter(has_text=permission)).to_be_visible()
        for optional in OPTIONAL:
            await expect(page.get_by_role("checkbox", name=optional)).not_to_be_checked()
        await page.get_by_role("combobox", name="Workspace").click()
        await expect(page.get_by_role("option")).to_have_text([f"{FIRST} (owner)", f"{SECOND} (owner)"])
        await page.keyboard.press("Escape")


Way = Callable[[Product, ConsentInChromium, Authority], AbstractAsyncContextManager[OwnOAuth]]


@asynccontextmanager
async def with_a_static_id(product: Product, consent: ConsentInChromium, _: Authority) -> AsyncIterator[OwnOAuth]:
    yield OwnOAuth(product.endpoint, consent, FIRST, redirect_uri=STABLE_REDIRECT, client_id=STATIC_CLIENT)


@asynccontextmanager
async def with_dynamic_registration(product: Product, consent: ConsentInChromium, _: Authority) -> AsyncIterator[OwnOAuth]:
    yield OwnOAuth(product.endpoint, consent, FIRST, redirect_uri=LOOPBACK)


@asynccontextmanager
async def with_a_document(product: Product, consent: ConsentInChromium, authority: Authority) -> AsyncIterator[OwnOAuth]:
    async with ClientDocument(authority) as document:
        document.content |= {"client_name": "A native program", "redirect_uris": [STABLE_REDIRECT]}
        yield OwnOAuth(product.endpoint, consent, FIRST, redirect_uri=STABLE_REDIRECT, document_url=document.url)


WAYS: dict[Way, Known] = {
    with_a_static_id: Known("ChatGPT", "chatgpt.com", is_verified=True),
    with_dynamic_registration: Known("An official client", "127.0.0.1", is_verified=False),
    with_a_document: Known("A native program", "chatgpt.com", is_verified=False),
}


@pytest.fixture(scope="module")
async def product(authority: Authority) -> AsyncIterator[Product]:
    """One of its own: nobody has an account yet."""
    with open_directory() as place:
        running = await Product.start(place / "var", CONDUCKTOR_OUTBOUND_CA_FILE=str(authority.pem))
        yield running
        await running.stop()


async def test_from_the_first_account_to_a_call_in_the_audit_and_a_revoked_permission(
    product: Product, page: Page, authority: Authority
) -> None:
    complaints = Complaints(page)
    await sign_up_as_the_first_account(page)
    await confirm_the_address(page)
    await add_the_issue_tracker(page)
    await make_a_second_workspace(page)
    await page.goto(f"/w/{FIRST.lower()}")
    audit = await page.context.new_page()
    await audit.goto(f"/w/{FIRST.lower()}/audit")

    for way, known in WAYS.items():
        consent = ConsentInChromium(await page.context.new_page(), product.origin, check=known.check)
        async with (
            way(product, consent, authority) as own,
            official_client(product.endpoint, mode="auto", auth=own.auth) as (client, _),
        ):
            assert {tool.name for tool in (await client.list_tools()).tools} >= TRACKER_TOOLS
            created = await client.call_tool("linear-prod_create_issue", {"title": f"Found by {known.name}"})
            assert created.structured_content is not None
            # Both pages have been open all the time.
            await expect(page.get_by_role("heading", name=f"{known.name} is connected")).to_be_visible()
            await read_about_the_call(audit, known.name)
            await revoke(audit, known.name)
            await refused_within_a_second(product, own)
    assert complaints.beside() == []


async def sign_up_as_the_first_account(page: Page) -> None:
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Create the first account")).to_be_visible()
    await page.get_by_label("Name", exact=True).fill("Ada")
    await page.get_by_label("E-mail").fill("ada@example.com")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_label("Workspace").fill(FIRST)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Connect ChatGPT")).to_be_visible()


async def confirm_the_address(page: Page) -> None:
    """Without a mail server the founder is shown the link."""
    await page.get_by_role("link", name="Open the link").click()
    await page.get_by_role("button", name="Verify").click()
    await page.get_by_role("link", name="Go to your workspace").click()
    await expect(page.get_by_role("heading", name="Confirm your e-mail address (done)")).to_be_visible()


async def add_the_issue_tracker(page: Page) -> None:
    await page.get_by_role("main").get_by_role("link", name="Add connection").click()
    await page.get_by_role("link", name="Issue tracker").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("linear-prod")
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("main").get_by_text("Active", exact=True).first).to_be_visible()
    await expect(page.get_by_role("link", name="linear-prod_search_issues")).to_be_visible()


async def make_a_second_workspace(page: Page) -> None:
    await page.get_by_role("link", name="Profile").click()
    await page.get_by_role("link", name="Create another workspace").click()
    await expect(page.get_by_role("heading", name="Create a workspace")).to_be_visible()
    await page.get_by_label("Name").fill(SECOND)
    await page.get_by_role("button", name="Create workspace").click()
    await expect(page.get_by_role("button", name=f"{SECOND} , switch workspace")).to_be_visible()


async def read_about_the_call(audit: Page, client: str) -> None:
    line = audit.get_by_role("row").filter(has_text=client).filter(has_text="linear-prod_create_issue")
    await audit.bring_to_front()  # a page behind others is drawn once a second, and each click waits for two drawings
    await line.get_by_role("link").click()
    await expect(audit.get_by_role("region", name="Arguments").get_by_text(f"Found by {client}")).to_be_visible()
    await expect(audit.get_by_text("The service answered.")).to_be_visible()


async def revoke(page: Page, client: str) -> None:
    """And go back to the audit."""
    await page.get_by_role("link", name="Authorized apps").click()
    await page.get_by_role("button", name=f"Revoke {client} of yourself").click()
    dialog = page.get_by_role("dialog", name=f"Revoke “{client}”?")
    await dialog.get_by_role("button", name="Revoke").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("heading", name="No app acts for you here")).to_be_visible()
    await page.get_by_role("link", name="Audit").click()
