"""One running product for all journeys, a browser, a certificate authority, and MCP servers that we did not write."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect
from playwright.async_api import Error as PlaywrightError

from e2e.support.chromium import chromium
from e2e.support.page_checks import READY_MS, WIDE
from e2e.support.people import Person
from e2e.support.product import Product
from e2e.upstreams import servers
from tests.support.certificates import Authority
from tests.support.open_directory import open_directory

ARTIFACTS = Path(__file__).resolve().parent / "artifacts"
LOG_LINES_SHOWN = 30
FAILED = pytest.StashKey[bool]()

NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The product trusts it, besides the usual ones, on its way out."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
async def product(authority: Authority) -> AsyncIterator[Product]:
    """As `make run` starts it. Journeys share it, so each makes people and workspaces of its own."""
    with open_directory() as place:
        running = await Product.start(place / "var", CONDUCKTOR_OUTBOUND_CA_FILE=str(authority.pem))
        yield running
        await running.stop()


@pytest.fixture(scope="module")
async def ada(product: Product) -> AsyncIterator[Person]:
    """Somebody with an account, a verified address and an empty workspace; one for the journeys of a file."""
    async with Person(product, "Ada") as person:
        yield person


@pytest.fixture(scope="session")
async def everything() -> AsyncIterator[str]:
    async with servers.everything() as url:
        yield url


@pytest.fixture(scope="session")
async def everything_over_sse() -> AsyncIterator[str]:
    async with servers.everything("sse") as url:
        yield url


@pytest.fixture(scope="session")
async def time_server() -> AsyncIterator[str]:
    async with servers.time_server() as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        expect.set_options(timeout=READY_MS)
        yield launched


@pytest.fixture
async def new_page(browser: Browser, product: Product, request: pytest.FixtureRequest) -> AsyncIterator[NewPage]:
    """`await new_page()`: a page in a browser of its own; `await new_page(ada)`: one in which Ada is signed in.

    When the journey fails, every open page is photographed into e2e/artifacts.
    """
    contexts: list[BrowserContext] = []

    async def open_page(person: Person | None = None) -> Page:
        context = await browser.new_context(base_url=product.origin, viewport=WIDE)
        contexts.append(context)
        context.set_default_timeout(READY_MS)
        if person:
            await person.sign_in_browser(context)
        return await context.new_page()

    yield open_page
    if request.node.stash.get(FAILED, False):
        await _photograph(browser, request.node.name)
    await asyncio.gather(*(each.close() for each in contexts))


@pytest.fixture
async def page(new_page: NewPage) -> Page:
    """In a browser in which nobody is signed in."""
    return await new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    running = getattr(item, "funcargs", {}).get("product")
    if report.failed and isinstance(running, Product):
        report.sections.append(("The product's log ends with", "\n".join(running.log.splitlines()[-LOG_LINES_SHOWN:])))
    return report


async def _photograph(browser: Browser, test: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", test)
    pages = [page for context in browser.contexts for page in context.pages]
    for number, page in enumerate(pages):
        with suppress(PlaywrightError):  # a page that hangs must not hide why the journey failed
            await page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)
