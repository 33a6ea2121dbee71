"""Several people, several workspaces: each sees and may what belongs to them, and no longer than it does."""

import asyncio
import re

from playwright.async_api import Page, expect

from e2e.conftest import NewPage
from e2e.support.chatgpt import ChatGpt
from e2e.support.page_checks import assert_explained
from e2e.support.people import Person
from e2e.support.product import Product
from tests.product import PASSWORD
from tests.support.promptly import PROMPTLY_S


async def test_somebody_invited_joins_by_the_link_and_sees_what_the_role_allows(
    product: Product, new_page: NewPage, ada: Person
) -> None:
    await ada.connect(service="sandbox-issue-tracker")
    link = await _invite(await new_page(ada), ada, "sam@example.com", "Contractor")

    page = await new_page()
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Join Lab of Ada")).to_be_visible()
    await expect(page.get_by_text("Ada invites sam@example.com as a contractor.")).to_be_visible()
    await page.get_by_role("textbox", name="Name").fill("Sam")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account and join").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    await page.get_by_role("link", name="Connections", exact=True).click()
    await expect(page.get_by_role("link", name="linear-prod")).to_be_visible()
    await assert_explained(page.get_by_role("button", name="Add connection"), "contractor", "owner or admin")
    await page.get_by_role("link", name="linear-prod").click()
    await assert_explained(page.get_by_role("button", name="Test connection"), "contractor", "owner or admin")
    await page.get_by_role("link", name="Audit", exact=True).click()
    await expect(page.get_by_text("Your own calls and changes.")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="Added a connection")).to_have_count(0)
    await page.get_by_role("link", name="Members").click()
    await expect(page.get_by_role("alert")).to_contain_text("You do not have this permission")
    await expect(page.get_by_text("ada-")).to_have_count(0)


async def test_a_used_link_is_explained_to_whoever_opens_it_again(product: Product, new_page: NewPage, ada: Person) -> None:
    async with Person(product, "Grace") as grace:
        link = await _invite(await new_page(ada), ada, grace.email, "Member")
        page = await new_page(grace)
        await page.goto(link)
        await page.get_by_role("button", name="Accept the invitation").click()
        await expect(page.get_by_role("button", name=re.compile("^Lab of Ada"))).to_be_visible()
        await page.goto(link)
        await expect(page.get_by_role("heading", name="This invitation does not work any more.")).to_be_visible()


async def test_a_changed_role_shows_in_a_page_that_is_open(product: Product, new_page: NewPage, ada: Person) -> None:
    async with Person(product, "Grace") as grace:
        await grace.join(ada, "contractor")
        page = await new_page(grace)
        await page.goto(f"/w/{ada.workspace}/connections")
        await assert_explained(page.get_by_role("button", name="Add connection"), "contractor")

        owner = await new_page(ada)
        await owner.goto(f"/w/{ada.workspace}/settings/members")
        row = owner.get_by_role("row").filter(has_text=grace.email)
        await row.get_by_role("button", name="Role of Grace: Contractor").click()
        await owner.get_by_role("menuitem", name=re.compile("^Admin")).click()
        dialog = owner.get_by_role("dialog", name="Make Grace an admin?")
        await dialog.get_by_role("button", name="Change role").click()
        await expect(row.get_by_role("button", name="Role of Grace: Admin")).to_be_visible()

        await expect(page.get_by_role("link", name="Add connection")).to_be_visible()


async def test_somebody_removed_is_out_within_a_second_with_the_apps_and_the_open_page_says_so(
    product: Product, new_page: NewPage, ada: Person
) -> None:
    async with Person(product, "Grace") as grace, ChatGpt(product.endpoint) as chatgpt:
        await grace.join(ada, "member")
        await chatgpt.connect(grace, workspace=ada.workspace)
        assert await chatgpt.tool_names()
        page = await new_page(grace)
        await page.goto(f"/w/{ada.workspace}/connections")
        await expect(page.get_by_role("heading", name="Connections")).to_be_visible()

        owner = await new_page(ada)
        await owner.goto(f"/w/{ada.workspace}/settings/members")
        await owner.get_by_role("row").filter(has_text=grace.email).get_by_role("button", name="Remove").click()
        dialog = owner.get_by_role("dialog", name="Remove “Grace”?")
        async with owner.expect_response(lambda response: response.request.method == "DELETE") as removed:
            await dialog.get_by_role("button", name="Remove").click()
        assert (await removed.value).status == 204
        async with asyncio.timeout(PROMPTLY_S):
            while (await chatgpt.ask("tools/list")).status_code not in (401, 403):
                await asyncio.sleep(0.02)

        await expect(page.get_by_role("heading", name="You no longer belong to Lab of Ada")).to_be_visible()
        await page.get_by_role("link", name="Go to your workspace").click()
        await expect(page.get_by_role("button", name=re.compile("^Lab of Grace"))).to_be_visible()


async def test_signing_out_ends_every_page_of_that_browser(product: Product, new_page: NewPage) -> None:
    async with Person(product, "Grace") as grace:
        page = await new_page(grace)
        await page.goto(f"/w/{grace.workspace}/audit")
        await expect(page.get_by_role("heading", name="Audit")).to_be_visible()
        other = await page.context.new_page()
        await other.goto(f"/w/{grace.workspace}")
        await other.get_by_role("button", name="Account: Grace").click()
        await other.get_by_role("menuitem", name="Sign out").click()
        await expect(other).to_have_url(re.compile("/sign-in$"))
        await expect(page).to_have_url(re.compile(r"/sign-in\?next="))


async def test_each_workspace_shows_its_own(new_page: NewPage, ada: Person) -> None:
    other = await ada.make_workspace("Chat team")
    await ada.connect(workspace=other, service="sandbox-team-chat")
    page = await new_page(ada)
    await page.goto(f"/w/{ada.workspace}/connections")
    await expect(page.get_by_role("link", name="linear-prod")).to_be_visible()

    await page.get_by_role("button", name=re.compile("^Lab of Ada")).click()
    await page.get_by_role("menuitem", name="Chat team").click()
    await expect(page).to_have_url(re.compile(f"/w/{other}$"))
    await page.get_by_role("link", name="Connections", exact=True).click()
    await expect(page.get_by_role("link", name="slack-alerts")).to_be_visible()
    await expect(page.get_by_role("link", name="linear-prod")).to_have_count(0)

    await page.goto(f"/w/{other}/connections/linear-prod")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.goto("/")
    await expect(page).to_have_url(re.compile(f"/w/{other}$"))


async def _invite(page: Page, host: Person, email: str, role: str) -> str:
    """The link that is shown where there is no mail server."""
    await page.goto(f"/w/{host.workspace}/settings/members")
    await page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog", name="Invite somebody")
    await dialog.get_by_label("E-mail").fill(email)
    await dialog.get_by_role("radio", name=role).check()
    await dialog.get_by_role("button", name="Invite").click()
    link = await dialog.get_by_text("/invitation?token=").inner_text()
    await dialog.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("row").filter(has_text=email)).to_be_visible()
    return link
