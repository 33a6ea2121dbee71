"""A service that wants a person to sign in, guarded by an authorization server that we did not write (npm `oidc-provider`)."""

import asyncio
import re

import httpx
from playwright.async_api import Page, expect

from e2e.conftest import NewPage
from e2e.support.people import Person
from e2e.upstreams import servers
from tests.product import decoded


async def test_an_admin_signs_in_to_a_service_stays_signed_in_and_signs_in_again_after_it_was_revoked(
    new_page: NewPage, ada: Person
) -> None:
    async with servers.guarded() as url, httpx.AsyncClient(base_url=url.removesuffix("/mcp")) as service:
        page = await new_page(ada)
        await page.goto(f"/w/{ada.workspace}/connections/new/custom")
        await page.get_by_label("Name", exact=True).fill("guarded")
        await page.get_by_label("Address").fill(url)
        await page.get_by_role("button", name="Connect").click()
        waits = page.get_by_role("status").filter(has_text="It waits for somebody to sign in.")
        await expect(waits).to_be_visible()

        await waits.get_by_role("button", name="Sign in").click()
        await _allow(page)
        await expect(page.get_by_text("You are signed in")).to_be_visible()
        await expect(page.get_by_role("link", name="guarded_echo")).to_be_visible()

        refreshed = int(decoded(await service.get("/refreshes"))["count"])
        async with asyncio.timeout(30):  # the token is good for 10 s; every test needs one
            while int(decoded(await service.get("/refreshes"))["count"]) == refreshed:
                report = decoded(await ada.browser.post(f"/api/workspaces/{ada.workspace}/connections/guarded/test"))
                assert report["connection"]["state"] == "ACTIVE", report

        await service.post("/forget")
        await page.get_by_role("button", name="Test connection").click()
        await expect(waits).to_be_visible()
        await waits.get_by_role("button", name="Sign in").click()
        await _allow(page)
        await expect(page.get_by_text("You are signed in")).to_be_visible()
        await expect(waits).to_be_hidden()

        await page.get_by_role("link", name="Settings").last.click()
        await expect(page.get_by_text(re.compile("Ada signed in"))).to_be_visible()


async def test_who_does_not_allow_it_comes_back_to_the_page_that_says_so(new_page: NewPage, ada: Person) -> None:
    async with servers.guarded() as url:
        page = await new_page(ada)
        await page.goto(f"/w/{ada.workspace}/connections/new/custom")
        await page.get_by_label("Name", exact=True).fill("denied")
        await page.get_by_label("Address").fill(url)
        await page.get_by_role("button", name="Connect").click()
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("link", name="Cancel").click()

        await expect(page.get_by_text("You did not allow it")).to_be_visible()
        await expect(page.get_by_text("It waits for somebody to sign in.")).to_be_visible()


async def _allow(page: Page) -> None:
    """The provider's own pages: who are you (unless it remembers), and may this app."""
    await page.wait_for_url(re.compile(r"http://127\.0\.0\.1:\d+/interaction/"))
    login = page.get_by_placeholder("Enter any login")
    if await login.count():
        await login.fill("ada")
        await page.get_by_placeholder("and password").fill("anything")
        await page.get_by_role("button", name=re.compile("Sign-in", re.IGNORECASE)).click()
    await page.get_by_role("button", name="Continue").click()
