"""A service goes down: the pages say what is wrong and what to do, and Test connection finds out when it is well again."""

import re

from playwright.async_api import expect

from e2e.conftest import NewPage
from e2e.support.people import Person
from e2e.upstreams import servers
from tests.support.ports import quiet_port


async def test_a_service_that_goes_down_is_shown_with_cause_and_next_step_and_healed_by_a_test(
    new_page: NewPage, ada: Person
) -> None:
    port = quiet_port()
    page = await new_page(ada)
    async with servers.everything(port=port) as url:
        await page.goto(f"/w/{ada.workspace}/connections/new/custom")
        await page.get_by_label("Name", exact=True).fill("fragile")
        await page.get_by_label("Address").fill(url)
        await page.get_by_role("button", name="Connect").click()
        await expect(page.get_by_role("link", name="fragile_echo")).to_be_visible()

    test = page.get_by_role("button", name="Test connection")
    await test.click()
    await expect(page.get_by_text("Tested just now: fragile does not work")).to_be_visible()
    cause = page.get_by_role("status").filter(has_text="fragile cannot be reached")
    await expect(cause).to_be_visible()
    await expect(cause).to_contain_text("Next check")
    await cause.get_by_role("link", name="Check the address").click()
    await expect(page.get_by_label("Address")).to_have_value(url)

    await page.get_by_role("link", name="Overview").click()
    connections = page.get_by_role("region", name="Connections")
    await expect(connections.get_by_role("heading", name="1 connection needs attention")).to_be_visible()
    await connections.get_by_role("link", name=re.compile("fragile")).click()

    async with servers.everything(port=port):
        await test.click()
        await expect(page.get_by_role("status").filter(has_text="Tested just now")).to_contain_text("fragile works")
        await expect(cause).to_be_hidden()
        await page.get_by_role("link", name="Overview").click()
        await expect(connections.get_by_role("heading", name="The connection works")).to_be_visible()


async def test_an_address_that_leads_nowhere_is_kept_with_what_to_do_about_it(new_page: NewPage, ada: Person) -> None:
    page = await new_page(ada)
    await page.goto(f"/w/{ada.workspace}/connections/new/custom")
    await page.get_by_label("Name", exact=True).fill("Not a name")
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_text("Use up to 40 lower-case letters")).to_be_visible()
    await expect(page.get_by_text("Enter the address of the MCP server.")).to_be_visible()

    await page.get_by_label("Name", exact=True).fill("nowhere")
    await page.get_by_label("Address").fill(f"http://127.0.0.1:{quiet_port()}/mcp")
    await page.get_by_role("button", name="Connect").click()
    cause = page.get_by_role("status").filter(has_text="nowhere cannot be reached")
    await expect(cause).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("Error", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name="No tools")).to_be_visible()
