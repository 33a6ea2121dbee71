"""The public status page keeps itself up to date under a reader's eyes."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, Route, expect

from e2e.support.page_checks import Complaints

REFRESHES_MS = 30_000
UNANSWERED = "net::ERR_FAILED"


async def test_the_status_page_follows_the_service_without_being_loaded_anew(page: Page) -> None:
    complaints = Complaints(page)
    await page.clock.install()
    await page.goto("/status")
    heading, words = page.get_by_role("heading", level=1), page.locator("h1 + p")
    await expect(heading).to_have_text("Conducktor Up")
    await page.evaluate("document.documentElement.dataset.kept = 'yes'")

    await page.route("**/status", _say("The database is being moved."))
    await page.clock.fast_forward(REFRESHES_MS)
    await expect(words).to_have_text("The database is being moved.")

    await page.unroute_all()
    await page.route("**/status", lambda route: route.abort())
    await page.clock.fast_forward(REFRESHES_MS)
    await expect(heading).to_have_text("Conducktor Out of reach")

    await page.unroute_all()
    await page.clock.fast_forward(REFRESHES_MS)
    await expect(heading).to_have_text("Conducktor Up")
    await expect(words).to_have_text("Everything works.")
    await expect(page.locator("html[data-kept=yes]")).to_have_count(1)
    assert complaints.beside(UNANSWERED) == []


def _say(text: str) -> Callable[[Route], Awaitable[None]]:
    async def answer(route: Route) -> None:
        answered = await route.fetch()
        await route.fulfill(response=answered, body=(await answered.text()).replace("Everything works.", text))

    return answer
