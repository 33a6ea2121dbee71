"""Every page, full, empty, refused and broken: it says what there is and what to do, to everybody, on every screen."""

import json
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, expect

from e2e.conftest import NewPage
from e2e.support.page_checks import (
    NARROW,
    READY_MS,
    WIDE,
    Complaints,
    accessibility_faults,
    assert_explained,
    elements_beyond_the_screen,
    ready,
)
from e2e.support.product import Product
from e2e.support.showcase import Showcase

MISSING = "Failed to load resource: the server responded with a status of 404"


@pytest.fixture(scope="module")
async def lab(product: Product) -> AsyncIterator[Showcase]:
    """A workspace in which much has happened, well and badly, and one in which nothing has."""
    async with Showcase(product) as shown:
        yield shown


@pytest.fixture(scope="module")
async def owners_tab(browser: Browser, product: Product, lab: Showcase) -> AsyncIterator[Page]:
    """The owner's, for one page after another: a browser that has run the application once starts it in half the time."""
    async with await browser.new_context(base_url=product.origin, viewport=WIDE, reduced_motion="reduce") as context:
        context.set_default_timeout(READY_MS)
        await lab.owner.sign_in_browser(context)
        yield await context.new_page()


@pytest.fixture
async def tab(owners_tab: Page) -> Page:
    """The tab, showing nothing yet; in light and wide."""
    await owners_tab.unroute_all()
    await owners_tab.goto("about:blank")  # what the last page still says is no longer heard
    await owners_tab.emulate_media(color_scheme="light")
    await owners_tab.set_viewport_size(WIDE)
    return owners_tab


WITHOUT_AN_ACCOUNT = {
    "/sign-in": "Sign in",
    "/sign-in?next=/w/nowhere": "Sign in",
    "/sign-up": "Create an account",
    "/forgot-password": "Reset your password",
    "/reset-password?token=anything": "Set a new password",
    "/reset-password": "This link is incomplete",
    "/verify-email?token=anything": "Verify your e-mail address",
    "/verify-email": "This link is incomplete",
    "/invitation": "This link is incomplete",
    "{invitation}": "Join Engineering",
}
OF_A_WORKSPACE = {
    "": "Overview",
    "/connect-chatgpt": "Connect ChatGPT",
    "/connections": "Connections",
    "/connections?state=ERROR": "Connections",
    "/connections/new": "Add a connection",
    "/connections/new?search=issue": "Add a connection",
    "/connections/new/sandbox-issue-tracker": "Connect Issue tracker",
    "/connections/new/custom": "Connect a custom server",
    "/connections/linear-prod": "Issue tracker",
    "/connections/linear-prod?tool=linear-prod_create_issue": "Issue tracker",
    "/connections/linear-prod?tab=calls": "Issue tracker",
    "/connections/linear-prod?tab=about": "Issue tracker",
    "/connections/linear-prod?tab=settings": "Issue tracker",
    "/connections/warehouse?state=quarantined&tool=warehouse_move_stock": "Warehouse",
    "/connections/finance": "Finance reports",
    "/toolsets": "Toolsets",
    "/toolsets/new": "New toolset",
    "/toolsets/triage": "Triage",
    "/connections/staging-tracker": "Staging tracker",
    "/audit": "Audit",
    "/audit?outcome=denied&time=24h": "Audit",
    "/audit/{call}": "linear-prod_create_issue",
    "/audit/{call}?tab=json": "linear-prod_create_issue",
    "/audit/{denied}": "stripe-live_refund_payment",
    "/approvals": "Approvals",
    "/approvals?tab=mine": "Approvals",
    "/approvals?tab=all&state=executed": "Approvals",
    "/approvals/{approval}": "Create issue in linear-prod",
    "/approvals/{approval_executed}?tab=json": "Create issue in linear-prod",
    "/approvals/{approval_denied}": "Update issue in linear-prod",
    "/budgets": "Budgets",
    "/budgets?tab=prices": "Budgets",
    "/budgets/new": "Add a budget",
    "/budgets/{budget}": "Issues and code",
    "/budgets/{budget_of_each}": "Each person",
    "/usage": "Usage",
    "/usage?time=7d&show=calls": "Usage",
    "/settings/notifications": "Notifications",
    "/authorizations": "Authorized apps",
    "/policies": "Policies",
    "/policies/new": "New policy",
    "/policies/new?template=linear-approval": "New policy",
    "/policies/new?kind=untrusted_flow": "New policy",
    "/policies/{policy}": "Messages to customers need two",
    "/policies/{policy}?tab=history": "Messages to customers need two",
    "/policies/{policy}/edit": "Edit “Messages to customers need two”",
    "/audit?policy={policy}": "Audit",
    "/settings/workspace": "Workspace",
    "/settings/members": "Members",
    "/profile": "Profile",
}
WITHOUT_A_WORKSPACE = {"/new-workspace": "Create a workspace", "{consent}": "Authorize ChatGPT"}
NOWHERE = {
    "/nowhere": "There is nothing here",
    "/w/somebody-elses": "There is nothing here",
    "/w/{workspace}/nowhere": "There is nothing here",
    "/w/{workspace}/connections/none": "There is no connection of this name in the workspace.",
    "/w/{workspace}/audit/01890000-0000-7000-8000-000000000000": "There is nothing here",
    "/w/{workspace}/approvals/01890000-0000-7000-8000-000000000000": "There is no such request in this workspace",
    "/w/{workspace}/policies/01890000-0000-7000-8000-000000000000": "There is no such policy.",
    "/w/{workspace}/budgets/01890000-0000-7000-8000-000000000000": "There is no such budget in this workspace",
}
OF_AN_EMPTY_WORKSPACE = {
    "": "Connect ChatGPT",
    "/connections": "Connect your first service",
    "/audit?kind=call": "Nothing matches these filters",
    "/approvals": "Nothing waits for you",
    "/approvals?tab=all": "No call has needed approval",
    "/policies": "Decide what may happen without you",
    "/budgets": "Limit what calls may cost",
    "/budgets?tab=prices": "Nothing to price yet",
    "/usage": "No calls in this time",
    "/settings/notifications": "Tell people where they are",
    "/authorizations": "No app acts for you here",
}


@pytest.mark.parametrize("path", WITHOUT_AN_ACCOUNT)
async def test_pages_without_an_account_are_whole(page: Page, lab: Showcase, path: str) -> None:
    await _assert_whole(page, path.format(invitation=lab.invitation), WITHOUT_AN_ACCOUNT[path])


@pytest.mark.parametrize("path", OF_A_WORKSPACE)
async def test_pages_of_a_full_workspace_are_whole(tab: Page, lab: Showcase, path: str) -> None:
    await _assert_whole(tab, f"/w/{lab.owner.workspace}{path.format(**lab.entries)}", OF_A_WORKSPACE[path])


@pytest.mark.parametrize("path", WITHOUT_A_WORKSPACE)
async def test_pages_beside_a_workspace_are_whole(tab: Page, lab: Showcase, path: str) -> None:
    await _assert_whole(tab, path.format(consent=await lab.consent_request()), WITHOUT_A_WORKSPACE[path])


@pytest.mark.parametrize("path", OF_AN_EMPTY_WORKSPACE)
async def test_a_page_without_anything_to_show_says_what_it_is_for(tab: Page, lab: Showcase, path: str) -> None:
    await tab.goto(f"/w/{lab.empty_workspace}{path}")
    await expect(tab.get_by_role("heading", name=OF_AN_EMPTY_WORKSPACE[path])).to_be_visible()
    await _assert_usable(tab)


@pytest.mark.parametrize("path", NOWHERE)
async def test_an_address_that_leads_nowhere_says_so_and_leads_back(tab: Page, lab: Showcase, path: str) -> None:
    complaints = Complaints(tab)
    await tab.goto(path.format(workspace=lab.owner.workspace))
    await expect(tab.get_by_text(NOWHERE[path])).to_be_visible()
    await _assert_usable(tab)
    assert complaints.beside(MISSING) == []
    await tab.get_by_role("link", name="Go to your workspace").or_(tab.get_by_role("link", name="Overview")).last.click()
    await expect(tab.get_by_role("heading", name="Overview", level=1)).to_be_visible()


async def test_filters_are_in_the_address_and_survive_a_reload(new_page: NewPage, lab: Showcase) -> None:
    page = await new_page(lab.owner)
    await page.goto(f"/w/{lab.owner.workspace}/audit")
    await page.get_by_role("group", name="Filters").get_by_role("button", name="Outcome").click()
    await page.get_by_role("menuitem", name="Denied").click()
    await expect(page).to_have_url(re.compile(r"\?outcome=denied$"))
    await _assert_only_denied(page)
    await page.reload()
    await _assert_only_denied(page)
    await page.get_by_role("button", name="Remove filter Outcome: Denied").click()
    await expect(page).to_have_url(re.compile(r"/audit$"))
    await expect(page.get_by_role("cell", name="OK", exact=True).first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "asked", "shown"),
    [
        ("", "audit", "Overview"),
        ("/connections", "connections", "linear-prod"),
        ("/connections/new", "catalog", "Custom server"),
        ("/connections/linear-prod", "connections/linear-prod", "linear-prod_search_issues"),
        ("/connections/linear-prod", "connections/linear-prod/tools", "linear-prod_search_issues"),
        ("/connections/linear-prod?tab=calls", "audit", "search_issues"),
        ("/audit", "audit", "linear-prod_create_issue"),
        ("/audit/{call}", "audit/{call}", "Reset the password of the build account"),
        ("/authorizations", "authorizations", "Workspace admin"),
        ("/policies", "policies", "Messages to customers need two"),
        ("/policies/new", "policies/kinds", "Require approval"),
        ("/policies/{policy}", "policies/{policy}", "2 of admins or Finance must approve"),
        ("/policies/{policy}?tab=history", "policies/{policy}/versions", "Version 3"),
        ("/settings/workspace", "settings", "It is"),
        ("/settings/members", "groups", "Finance"),
        ("/settings/members", "members", "admin@example.com"),
        ("/settings/members", "invitations", "colleague@example.com"),
    ],
)
async def test_a_page_whose_request_fails_says_what_happened_and_can_be_asked_again(
    tab: Page, lab: Showcase, path: str, asked: str, shown: str
) -> None:
    requests = re.compile(rf"/api/workspaces/{lab.owner.workspace}/{asked.format(**lab.entries)}(\?|$)")
    await tab.route(requests, _fail)
    await tab.goto(f"/w/{lab.owner.workspace}{path.format(**lab.entries)}")
    problem = tab.get_by_role("alert").filter(has_text="The disk is full.")
    await expect(problem).to_contain_text("Nothing could be read.")
    await expect(problem).to_contain_text("Tell your operator.")
    assert await accessibility_faults(tab) == []

    await tab.unroute(requests)
    await problem.get_by_role("button", name="Try again").click()
    await expect(problem).to_be_hidden()
    await expect(tab.get_by_role("main").get_by_text(shown).first).to_be_visible()


async def test_a_server_that_does_not_answer_is_said_and_found_again(new_page: NewPage, lab: Showcase) -> None:
    page = await new_page(lab.owner)
    await page.goto(f"/w/{lab.owner.workspace}/profile")
    await ready(page)
    await page.route("**/api/workspaces/**", lambda route: route.abort())
    await page.get_by_role("link", name="Members").click()
    problem = page.get_by_role("alert").filter(has_text="Conducktor cannot be reached.").first
    await expect(problem).to_contain_text("Check your connection and try again.")
    await page.unroute("**/api/workspaces/**")
    await problem.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("cell", name="admin@example.com")).to_be_visible()


async def test_a_form_keeps_what_was_typed_when_the_server_fails(new_page: NewPage, lab: Showcase) -> None:
    page = await new_page(lab.owner)
    await page.goto(f"/w/{lab.owner.workspace}/connections/new/custom")
    await page.get_by_label("Name", exact=True).fill("kept")
    await page.get_by_label("Address").fill("https://mcp.example.com/mcp")
    await page.route("**/connections", _fail)
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("alert")).to_contain_text("The disk is full.")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("kept")
    await expect(page.get_by_label("Address")).to_have_value("https://mcp.example.com/mcp")


async def test_what_a_contractor_may_not_see_or_do_is_explained(new_page: NewPage, lab: Showcase) -> None:
    page = await new_page(lab.contractor)
    for path in ("/settings/members", "/connections/new/sandbox-issue-tracker", "/policies", "/policies/new"):
        await page.goto(f"/w/{lab.owner.workspace}{path}")
        refusal = page.get_by_role("alert").filter(has_text="You do not have this permission")
        await expect(refusal).to_contain_text(re.compile("Ask an owner or admin"))
        await _assert_usable(page)
    await page.goto(f"/w/{lab.owner.workspace}/connections/linear-prod?tab=settings")
    await expect(page.get_by_text("You can read these settings, but not change them")).to_be_visible()
    await assert_explained(page.get_by_role("button", name="Delete connection"), "contractor", "owner or admin")
    await page.goto(f"/w/{lab.owner.workspace}/audit/{lab.entries['call']}")
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_text("Reset the password")).to_have_count(0)


async def test_being_offline_is_said_while_it_lasts(new_page: NewPage, lab: Showcase) -> None:
    page = await new_page(lab.owner)
    await page.goto(f"/w/{lab.owner.workspace}/connections")
    await ready(page)
    banner = page.get_by_role("status").filter(has_text="You are offline.")
    await expect(banner).to_have_count(0)
    await page.context.set_offline(True)
    await expect(banner).to_be_visible()
    await page.context.set_offline(False)
    await expect(banner).to_have_count(0)


async def _assert_whole(page: Page, path: str, heading: str) -> None:
    complaints = Complaints(page)
    await page.goto(path)
    await ready(page, heading)
    await _assert_usable(page)
    assert complaints.beside() == []


async def _assert_usable(page: Page) -> None:
    """By everybody: in light and dark, and on a telephone. What axe has looked at once, it does not look at again."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    assert await accessibility_faults(page) == []
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert await accessibility_faults(page, runOnly=["color-contrast"]) == [], "dark"
    await page.set_viewport_size(NARROW)
    assert await elements_beyond_the_screen(page) == []
    assert await accessibility_faults(page, rules={"color-contrast": {"enabled": False}}) == [], "narrow"
    await page.set_viewport_size(WIDE)


async def _assert_only_denied(page: Page) -> None:
    rows = page.get_by_role("table", name="Audit").get_by_role("row")
    await expect(page.get_by_role("button", name="Remove filter Outcome: Denied")).to_be_visible()
    await expect(rows.filter(has_text="stripe-live_refund_payment")).to_have_count(1)
    await expect(rows.filter(has_text="OK")).to_have_count(0)


async def _fail(route: Route) -> None:
    problem = {"title": "The disk is full.", "detail": "Nothing could be read.", "next_step": "Tell your operator."}
    await route.fulfill(status=500, content_type="application/problem+json", body=json.dumps(problem))
