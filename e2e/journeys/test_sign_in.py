"""A service that wants a person to sign in, guarded by an authorization server that we did not write (npm `oidc-provider`)."""

import asyncio
import re
from typing import Any

import httpx
from playwright.async_api import Page, expect

from e2e.conftest import NewPage
from e2e.support.chatgpt import ChatGpt, message
from e2e.support.people import Person
from e2e.support.product import Product
from e2e.upstreams import servers
from tests.product import decoded
from tests.support.promptly import PATIENCE_S


async def test_an_admin_signs_in_to_a_service_stays_signed_in_and_signs_in_again_after_it_was_revoked(
    new_page: NewPage, ada: Person
) -> None:
    async with servers.guarded() as url, httpx.AsyncClient(base_url=url.removesuffix("/mcp"), timeout=PATIENCE_S) as service:
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
        async with asyncio.timeout(2 * PATIENCE_S):  # the token is good for 10 s; every test needs one
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


async def test_two_people_use_their_own_accounts_and_one_signs_in_again_from_the_chat(
    new_page: NewPage, ada: Person, product: Product
) -> None:
    async with (
        servers.guarded() as url,
        httpx.AsyncClient(base_url=url.removesuffix("/mcp"), timeout=PATIENCE_S) as service,
        Person(product, "Bob") as bob,
        ChatGpt(product.endpoint) as adas_chat,
        ChatGpt(product.endpoint) as bobs_chat,
    ):
        await bob.join(ada, "member")
        await ada.try_to_connect(name="shared-desk", url=url, auth="oauth")
        of_ada = await new_page(ada)
        await of_ada.goto(f"/w/{ada.workspace}/connections/shared-desk?tab=settings")
        await of_ada.get_by_role("radio", name="Each person’s own", exact=True).check()
        await of_ada.get_by_role("button", name="Sign in with your account").click()
        await _allow(of_ada)
        await expect(of_ada.get_by_text("Go back to the chat and ask again.")).to_be_visible()

        await adas_chat.connect(ada)
        await bobs_chat.connect(bob, workspace=ada.workspace)
        assert "Echo" in _told(await adas_chat.call("shared-desk_echo", message="from Ada"))
        refused = await bobs_chat.call("shared-desk_echo", message="from Bob")
        assert "you are not signed in" in _told(refused)

        of_bob = await new_page(bob)
        await of_bob.goto(_link_in(refused))
        await of_bob.get_by_role("button", name="Sign in with your account").click()
        await _allow(of_bob, "bob")
        await expect(of_bob.get_by_text("Go back to the chat and ask again.")).to_be_visible()
        assert "Echo" in _told(await bobs_chat.call("shared-desk_echo", message="from Bob"))

        await of_ada.goto(_link_in(refused))
        await expect(of_ada.get_by_text("It was not made for you")).to_be_visible()

        assert await _callers(service) == ["ada", "bob"]  # each with the own account, nobody with another's

        await service.post("/forget", params={"account": "bob"})
        refused = await bobs_chat.call("shared-desk_echo", message="again")
        assert "does not accept your account any more" in _told(refused)
        assert "/connections/shared-desk/account?link=" in _link_in(refused)
        (challenge,) = refused["_meta"]["mcp/www_authenticate"]
        assert "resource_metadata=" in challenge
        assert "does not accept your account any more" in challenge
        await of_bob.goto(await _link_of_question(bobs_chat))
        await of_bob.get_by_role("button", name="Sign in with your account").click()
        await _allow(of_bob, "bob")
        await expect(of_bob.get_by_text("Go back to the chat and ask again.")).to_be_visible()
        assert "Echo" in _told(await bobs_chat.call("shared-desk_echo", message="again"))
        assert "Echo" in _told(await adas_chat.call("shared-desk_echo", message="still"))
        assert await _callers(service) == ["ada", "bob", "bob", "ada"]


async def _allow(page: Page, login_name: str = "ada") -> None:
    """The provider's own pages: who are you (unless it remembers), and may this app."""
    await page.wait_for_url(re.compile(r"http://127\.0\.0\.1:\d+/interaction/"))
    login = page.get_by_placeholder("Enter any login")
    await expect(login.or_(page.get_by_role("button", name="Continue", exact=True))).to_be_visible()
    if await login.count():
        await login.fill(login_name)
        await page.get_by_placeholder("and password").fill("anything")
        await page.get_by_role("button", name=re.compile("Sign-in", re.IGNORECASE)).click()
    await page.get_by_role("button", name="Continue").click()


def _told(result: dict[str, Any]) -> str:
    text: str = result["content"][0]["text"]
    return text


async def _callers(service: httpx.AsyncClient) -> list[str]:
    """Whose accounts the service has seen at its tools."""
    callers: list[str] = decoded(await service.get("/callers"))["callers"]
    return callers


async def _link_of_question(chat: ChatGpt) -> str:
    """Where an app that can open links is asked to send its person, by the same call."""
    able: dict[str, object] = {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {"url": {}}}}
    asked = message(await chat.ask("tools/call", {"name": "shared-desk_echo", "arguments": {"message": "again"}}, meta=able))[
        "result"
    ]
    assert asked["resultType"] == "input_required"
    (question,) = asked["inputRequests"].values()
    assert (question["method"], question["params"]["mode"]) == ("elicitation/create", "url")
    url: str = question["params"]["url"]
    return url


def _link_in(refused: dict[str, Any]) -> str:
    """As a person finds it in the chat."""
    found = re.search(r"http\S+", _told(refused))
    assert found, refused
    return found[0]
