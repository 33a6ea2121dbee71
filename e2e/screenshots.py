"""Pictures of the running product, in light, in dark and on a phone: `make screenshots`.

`python -m e2e.screenshots audit members` takes those whose names begin so. All go to e2e/artifacts/screenshots; the few that the
documentation shows go to docs/images too.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec
from playwright.async_api import Browser, BrowserContext, Page
from playwright.async_api import TimeoutError as TooLate

from e2e.account_scenes import account_scenes
from e2e.scene import Scene
from e2e.scenes import scenes
from e2e.support.chromium import chromium
from e2e.support.customer_care import CustomerCare
from e2e.support.page_checks import elements_beyond_the_screen, ready
from e2e.support.people import Person
from e2e.support.product import Product
from e2e.support.showcase import Showcase
from tests.product import PASSWORD
from tests.support.certificates import Authority

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "e2e" / "artifacts" / "screenshots"
DOCUMENTED = ROOT / "docs" / "images"
SHOWN_IN_DOCS = frozenset({"overview", "audit", "consent", "connection"})
DOCUMENTED_MAX = 200_000
SETTLED_MS = 400  # longer than any transition


class Look(msgspec.Struct, frozen=True):
    name: str
    width: int
    height: int
    is_dark: bool = False


LIGHT = Look("light", 1280, 800)
LOOKS = (LIGHT, Look("dark", 1280, 800, is_dark=True), Look("narrow", 390, 844))


async def main(wanted: Iterable[str]) -> int:
    """Take them all, or those whose name begins with one of `wanted`. The number of scenes that could not be taken."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    DOCUMENTED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as directory:
        authority = Authority(Path(directory))
        product = await Product.start(Path(directory) / "var", CONDUCKTOR_OUTBOUND_CA_FILE=str(authority.pem))
        try:
            async with Showcase(product) as shown, CustomerCare(shown, authority) as care, chromium() as browser:
                await _sign_in(browser, shown.owner)
                every = [*scenes(shown, await shown.consent_request()), *account_scenes(care)]
                chosen = [scene for scene in every if _is_wanted(scene, tuple(wanted))]
                return sum([await _photograph(browser, shown, look, chosen) for look in LOOKS])
        finally:
            await product.stop()


def _is_wanted(scene: Scene, wanted: tuple[str, ...]) -> bool:
    return not wanted or scene.name.startswith(wanted)


async def _sign_in(browser: Browser, person: Person) -> None:
    """By the form, so that the person's list of sessions names this browser."""
    context = await browser.new_context(base_url=person.product.origin)
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.get_by_label("E-mail").fill(person.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/w/**")
    person.browser.cookies = {cookie["name"]: cookie["value"] for cookie in await context.cookies()}
    await context.close()


async def _photograph(browser: Browser, shown: Showcase, look: Look, chosen: list[Scene]) -> int:
    failures = 0
    for who in dict.fromkeys(scene.who for scene in chosen):
        context = await _context(browser, shown, look, who)
        for scene in chosen:
            if scene.who == who and not await _take(context, scene, look):
                failures += 1
        await context.close()
    return failures


async def _context(browser: Browser, shown: Showcase, look: Look, who: str | None) -> BrowserContext:
    context = await browser.new_context(
        base_url=shown.owner.product.origin,
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.is_dark else "light",
        reduced_motion="reduce",
    )
    people = {"owner": shown.owner, "admin": shown.admin, "contractor": shown.contractor}
    if who:
        await people[who].sign_in_browser(context)
    return context


async def _take(context: BrowserContext, scene: Scene, look: Look) -> bool:
    """False, with a line that says why, when it could not be taken."""
    page = await context.new_page()
    try:
        await _arrange(page, scene)
    except (AssertionError, TooLate) as error:
        print(f"{scene.name} ({look.name}): {str(error).splitlines()[0]}")
        return False
    else:
        for line in await elements_beyond_the_screen(page):
            print(f"{scene.name} ({look.name}) is too wide: {line}")
        await page.screenshot(path=PICTURES / f"{scene.name}-{look.name}.png", full_page=scene.act is None)
        if look is LIGHT and scene.name in SHOWN_IN_DOCS:
            await _document(page, scene.name)
        return True
    finally:
        await page.close()


async def _arrange(page: Page, scene: Scene) -> None:
    if scene.before:
        await scene.before(page)
    await page.goto(scene.path)
    if scene.is_loading:
        await page.get_by_role("status", name="Loading").first.wait_for()
    else:
        await ready(page)
    if scene.act:
        await scene.act(page)
    await page.wait_for_timeout(SETTLED_MS)


async def _document(page: Page, name: str) -> None:
    path = DOCUMENTED / f"{name}.png"
    await page.screenshot(path=path)
    size = path.stat().st_size
    assert size < DOCUMENTED_MAX, f"{path} has {size} bytes; the repository takes {DOCUMENTED_MAX}"


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main(sys.argv[1:])) else 0)
