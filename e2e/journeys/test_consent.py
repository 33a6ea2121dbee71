"""The page on which a person lets an app in: whoever comes to it, in whatever state, learns what it asks and what to do next."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from playwright.async_api import Page, expect

from conducktor.infra.embedded_postgres import running_dsn
from e2e.conftest import NewPage
from e2e.support.chatgpt import ChatGpt
from e2e.support.consent_page import Departures, choose_workspace
from e2e.support.page_checks import NARROW, elements_beyond_the_screen
from e2e.support.people import Person
from e2e.support.product import Product
from tests.product import PASSWORD
from tests.support.ports import quiet_port


@pytest.fixture
async def chatgpt(product: Product) -> AsyncIterator[ChatGpt]:
    async with ChatGpt(product.endpoint) as connector:
        await connector.discover_authorization()
        yield connector


async def test_cancelling_sends_the_refusal_back_to_the_app(
    product: Product, new_page: NewPage, ada: Person, chatgpt: ChatGpt
) -> None:
    page = await new_page(ada)
    departures = await Departures.of(page, product.origin)
    await page.goto(chatgpt.authorization_url())
    await page.get_by_role("button", name="Cancel").click()
    answer = chatgpt.read_response(await departures.next())
    assert answer["error"] == "access_denied"
    assert "code" not in answer


async def test_somebody_signed_out_signs_in_and_is_back_at_the_question(
    product: Product, page: Page, ada: Person, chatgpt: ChatGpt
) -> None:
    departures = await Departures.of(page, product.origin)
    await page.goto(chatgpt.authorization_url())
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_label("E-mail").fill(ada.email)
    await page.get_by_role("textbox", name="Password").fill("not this one")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()

    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Authorize ChatGPT")).to_be_visible()
    await expect(page.get_by_text(ada.email)).to_be_visible()
    await page.get_by_role("button", name="Authorize").click()
    await chatgpt.redeem(chatgpt.read_redirect(await departures.next()))
    assert "conducktr_list_connections" in await chatgpt.tool_names()


async def test_somebody_new_makes_an_account_confirms_the_address_and_is_back_at_the_question(
    product: Product, page: Page, chatgpt: ChatGpt
) -> None:
    departures = await Departures.of(page, product.origin)
    await page.goto(chatgpt.authorization_url())
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_role("textbox", name="Name").fill("Grace")
    await page.get_by_label("E-mail").fill("grace-new@example.com")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("textbox", name="Workspace").fill("Harbour")
    await page.get_by_role("button", name="Create account").click()

    await expect(page.get_by_role("heading", name="Confirm your e-mail address first")).to_be_visible()
    await expect(page.get_by_text("in the server’s log")).to_be_visible()
    await expect(page.get_by_role("button", name="Authorize")).to_have_count(0)
    other = await page.context.new_page()
    await other.goto(await product.printed(r"to=grace-new@example\.com.*\blink\W+(http[^\s\"']+)"))
    await other.get_by_role("button", name="Verify").click()
    await expect(other.get_by_role("heading", name="Your e-mail address is verified")).to_be_visible()

    await expect(page.get_by_role("combobox", name="Workspace")).to_have_value("Harbour (owner)")
    await page.get_by_role("button", name="Authorize").click()
    await chatgpt.redeem(chatgpt.read_redirect(await departures.next()))
    assert "conducktr_list_connections" in await chatgpt.tool_names()


async def test_what_is_offered_follows_the_role_in_the_chosen_workspace(
    product: Product, new_page: NewPage, ada: Person, chatgpt: ChatGpt
) -> None:
    async with Person(product, "Grace") as grace:
        await grace.join(ada, "contractor")
        page = await new_page(grace)
        departures = await Departures.of(page, product.origin)
        await page.goto(chatgpt.authorization_url())
        await choose_workspace(page, "Lab of Grace (owner)")
        await page.get_by_role("checkbox", name="Manage this workspace").check()

        await choose_workspace(page, "Lab of Ada (contractor)")
        await expect(page.get_by_role("checkbox", name="Manage this workspace")).to_have_count(0)
        await expect(page.get_by_role("checkbox", name="Decide approvals")).not_to_be_checked()  # anybody may be named to decide
        usage = page.get_by_role("listitem").filter(has_text="View usage analytics")
        await expect(usage).to_contain_text("Not granted: your role in this workspace (contractor) does not include it.")
        await page.get_by_role("button", name="Authorize").click()
        tokens = await chatgpt.redeem(chatgpt.read_redirect(await departures.next()))
        assert tokens["scope"].split() == ["connections", "tools"]


async def test_a_question_that_is_over_says_so_and_where_to_start_again(
    product: Product, new_page: NewPage, ada: Person, chatgpt: ChatGpt
) -> None:
    page = await new_page(ada)
    await page.goto(chatgpt.authorization_url())
    await expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    await _let_every_question_expire(product)
    await page.get_by_role("button", name="Authorize").click()
    await expect(page.get_by_role("alert")).to_contain_text("Go back to the app and connect again.")
    await page.reload()
    await expect(page.get_by_role("button", name="Authorize")).to_have_count(0)
    await expect(page.get_by_role("heading", name="This request is over")).to_be_visible()
    await expect(page.get_by_text("Go back to the app and connect again.")).to_be_visible()


async def test_it_works_on_a_telephone_and_by_the_keyboard_alone(
    product: Product, new_page: NewPage, ada: Person, chatgpt: ChatGpt
) -> None:
    await ada.make_workspace("Zebra")
    page = await new_page(ada)
    await page.set_viewport_size(NARROW)
    departures = await Departures.of(page, product.origin)
    await page.goto(chatgpt.authorization_url())
    await expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    assert await elements_beyond_the_screen(page) == []

    await _tab_to(page, "combobox", "Workspace")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Workspace")).to_have_value("Zebra (owner)")
    await _tab_to(page, "checkbox", "Manage this workspace")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("checkbox", name="Manage this workspace")).to_be_checked()
    await _tab_to(page, "button", "Authorize")
    await page.keyboard.press("Enter")
    tokens = await chatgpt.redeem(chatgpt.read_redirect(await departures.next()))
    assert "manage" in tokens["scope"].split()


async def test_it_cannot_be_put_into_a_frame(product: Product, new_page: NewPage, ada: Person, chatgpt: ChatGpt) -> None:
    page = await new_page(ada)
    await page.goto(chatgpt.authorization_url())
    await expect(page.get_by_role("button", name="Authorize")).to_be_visible()
    question = page.url

    # Another port of the same host: the nearest that a foreign page can come, with every cookie of the person.
    decoy = f"http://localhost:{quiet_port()}/"
    await page.route(decoy, lambda route: route.fulfill(content_type="text/html", body=f"<iframe src='{question}'></iframe>"))
    async with page.expect_event("requestfailed", lambda request: request.url == question):
        await page.goto(decoy)
    assert all(question not in frame.url for frame in page.frames)


async def test_it_shows_nothing_in_another_browser(product: Product, new_page: NewPage, ada: Person, chatgpt: ChatGpt) -> None:
    asked = await new_page(ada)
    await asked.goto(chatgpt.authorization_url())
    await expect(asked.get_by_role("button", name="Authorize")).to_be_visible()
    async with Person(product, "Mallory") as mallory:
        for person in (mallory, ada):
            other = await new_page(person)
            await other.goto(asked.url)
            await expect(other.get_by_role("heading", level=1)).to_be_visible()
            await expect(other.get_by_role("button", name="Authorize")).to_have_count(0)
            await expect(other.get_by_text("ChatGPT")).to_have_count(0)


async def _tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until it has the focus."""
    wanted = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never came to the {role} {name}")


async def _let_every_question_expire(product: Product) -> None:
    dsn = running_dsn(product.data_dir / "postgres")
    assert dsn
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE consent_requests SET expires_at = now() - interval '1 second'")
    await connection.close()
